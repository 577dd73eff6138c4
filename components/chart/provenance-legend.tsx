'use client';

import type { ReactNode } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { KIND_LABELS, MISSING_LABEL } from '@/components/labels/day-states';
import { KINDS, type Kind } from '@/lib/domain/states';
import type { HistoryCoverage } from '@/lib/history/document';
import { LINE_STYLES } from './line-styles';

/** How each part of the line is known, in the line's own strokes, with the number of days. */
export function ProvenanceLegend({ coverage }: { readonly coverage: HistoryCoverage }) {
  const missing = coverage.expectedDays - coverage.presentDays;
  return (
    <ul className="grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
      {KINDS.map((kind) => (
        <Entry
          key={kind}
          words={KIND_LABELS[kind]}
          days={coverage.byKind[kind]}
          swatch={<LineSwatch kind={kind} />}
        />
      ))}
      <Entry words={MISSING_LABEL} days={missing} swatch={<HatchSwatch />} />
    </ul>
  );
}

function Entry({
  words,
  days,
  swatch,
}: {
  readonly words: { readonly label: string; readonly meaning: string };
  readonly days: number;
  readonly swatch: ReactNode;
}) {
  const formats = useFormats();
  return (
    <li className="text-sm">
      <p className="flex items-center gap-2.5">
        {swatch}
        <span className="font-medium">{words.label}</span>
        <span className="tabular whitespace-nowrap text-ink-soft">
          {formats.count(days)} {days === 1 ? 'day' : 'days'}
        </span>
      </p>
      <p className="mt-1 text-xs leading-relaxed text-ink-soft">{words.meaning}</p>
    </li>
  );
}

function LineSwatch({ kind }: { readonly kind: Kind }) {
  return (
    <svg aria-hidden="true" width="28" height="8" className="shrink-0">
      <line x1="2" y1="4" x2="27" y2="4" {...LINE_STYLES[kind]} />
    </svg>
  );
}

/** Drawn with a gradient, since the chart that defines the hatching need not be on the page. */
function HatchSwatch() {
  return (
    <span
      aria-hidden="true"
      className="h-3 w-7 shrink-0 rounded-xs bg-gap-wash"
      style={{
        backgroundImage: 'repeating-linear-gradient(135deg, var(--gap-hatch) 0 1px, transparent 1px 5px)',
      }}
    />
  );
}
