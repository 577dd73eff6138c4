'use client';

import type { ReactNode } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { KIND_LABELS, MISSING_LABEL } from '@/components/labels/states';
import { KINDS, type Kind, type Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import type { DayNote } from '@/lib/notes/document';
import { LINE_STYLES, REFERENCE_STYLES } from './lines';
import { findLive, isComparable, isOfMoney } from './series';

/** What the marks and the lines beside the portfolio's own mean; only those that are drawn. */
export function MarksLegend({
  history,
  measure,
  isBenchmarkShown,
  notes,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly isBenchmarkShown: boolean;
  readonly notes: readonly DayNote[];
}) {
  const { flows, corrections, benchmark, intraday, split, gaps } = history;
  const isPartShown =
    measure === 'value' &&
    gaps.some(({ reason }) => reason === 'connection_broken') &&
    split?.some(({ values }) => values.length > 0) === true;
  return (
    <ul
      aria-label="Marks and further lines"
      className="mt-4 flex flex-wrap gap-x-6 gap-y-2 text-xs leading-relaxed text-ink-soft first:mt-0 empty:hidden"
    >
      {measure === 'deposits' && (
        <>
          <MarkEntry swatch={<StrokeSwatch {...REFERENCE_STYLES.paidIn} />}>
            Money invested: the first value and all net deposits since
          </MarkEntry>
          <MarkEntry
            swatch={<span className="keeps-colours h-3 w-7 rounded-xs border border-gain bg-gain/20" />}
          >
            Gain: worth more than that
          </MarkEntry>
          <MarkEntry swatch={<span className="h-3 w-7 rounded-xs" style={LOSS_HATCH} />}>
            Loss: worth less than that
          </MarkEntry>
        </>
      )}
      {isBenchmarkShown && isComparable(measure) && benchmark === null && (
        <MarkEntry swatch={null}>We have no index prices for these days</MarkEntry>
      )}
      {benchmark !== null && isComparable(measure) && (
        <MarkEntry swatch={<StrokeSwatch {...REFERENCE_STYLES.benchmark} />}>
          {benchmark.name}
          {measure === 'value'
            ? flows === null
              ? ' is not drawn, because we don’t know your deposits'
              : ', had you bought it with the same deposits'
            : ', its growth'}{' '}
          ({benchmark.source})
        </MarkEntry>
      )}
      {isPartShown && (
        <MarkEntry swatch={<StrokeSwatch {...REFERENCE_STYLES.knownPart} />}>
          Known accounts only, while another one needs a reconnect: a part, not the total
        </MarkEntry>
      )}
      {flows !== null && flows.length > 0 && (
        <MarkEntry swatch={<MarkSwatch isHollow={false} d="M3,9.5L10,9.5L6.5,2.5Z" />}>
          Deposit; a hollow triangle pointing down is a withdrawal
        </MarkEntry>
      )}
      {flows === null && <MarkEntry swatch={null}>We don’t know the deposits and withdrawals</MarkEntry>}
      {corrections.length > 0 && (
        <MarkEntry swatch={<MarkSwatch isHollow d="M6.5,1.5L11,6L6.5,10.5L2,6Z" />}>
          This day’s value was corrected; days corrected together share one mark
        </MarkEntry>
      )}
      {notes.some(({ date }) => history.points.some((point) => point.date === date)) && (
        <MarkEntry swatch={<MarkSwatch isHollow={false} d="M3,2.5H10V9.5H3Z" />}>
          Your note on this day
        </MarkEntry>
      )}
      {isOfMoney(measure) && intraday.length > 0 && (
        <MarkEntry swatch={<StrokeSwatch {...REFERENCE_STYLES.today} />}>
          Today so far, not a closing value yet
        </MarkEntry>
      )}
      {isOfMoney(measure) && findLive(history) !== null && (
        <MarkEntry swatch={<span className="size-2.5 rounded-full border-2 border-accent" />}>
          {history.market.isOpen ? 'Live' : 'Last read'}: the latest known value
        </MarkEntry>
      )}
    </ul>
  );
}

const LOSS_HATCH = {
  backgroundImage: 'repeating-linear-gradient(45deg, var(--loss) 0 1.5px, transparent 1.5px 5px)',
};

function MarkEntry({ swatch, children }: { readonly swatch: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <span aria-hidden="true" className="flex shrink-0">
        {swatch}
      </span>
      <span>{children}</span>
    </li>
  );
}

function StrokeSwatch(style: { readonly stroke: string; readonly strokeWidth: number }) {
  return (
    <svg width="28" height="8" aria-hidden="true">
      <line x1="2" y1="4" x2="27" y2="4" {...style} />
    </svg>
  );
}

function MarkSwatch({ d, isHollow }: { readonly d: string; readonly isHollow: boolean }) {
  return (
    <svg width="13" height="12" aria-hidden="true">
      <path
        d={d}
        fill={isHollow ? 'none' : 'var(--ink-soft)'}
        stroke={isHollow ? 'var(--ink)' : 'var(--ink-soft)'}
        strokeWidth={isHollow ? 1.5 : 1}
      />
    </svg>
  );
}

/** How each part of the line that is on the screen is known, in the line's own strokes, with the number of days. */
export function ProvenanceLegend({ coverage }: { readonly coverage: HistoryDocument['coverage'] }) {
  const missing = coverage.expectedDays - coverage.presentDays;
  return (
    <ul className="grid gap-x-6 gap-y-4 empty:hidden sm:grid-cols-[repeat(auto-fit,minmax(12.5rem,1fr))]">
      {KINDS.filter((kind) => coverage.byKind[kind] > 0).map((kind) => (
        <Entry
          key={kind}
          words={KIND_LABELS[kind]}
          days={coverage.byKind[kind]}
          swatch={<LineSwatch kind={kind} />}
        />
      ))}
      {missing > 0 && <Entry words={MISSING_LABEL} days={missing} swatch={<HatchSwatch />} />}
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

export function LineSwatch({ kind }: { readonly kind: Kind }) {
  return (
    <svg aria-hidden="true" width="28" height="8" className="shrink-0">
      <line x1="2" y1="4" x2="27" y2="4" {...LINE_STYLES[kind]} />
    </svg>
  );
}

/** Drawn with a gradient, since the chart that defines the hatching need not be on the page. */
export function HatchSwatch() {
  return (
    <span
      aria-hidden="true"
      className="keeps-colours h-3 w-7 shrink-0 rounded-xs bg-gap-fill"
      style={{
        backgroundImage: 'repeating-linear-gradient(135deg, var(--gap-hatch) 0 1px, transparent 1px 5px)',
      }}
    />
  );
}
