'use client';

import type { ReactNode } from 'react';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import { REFERENCE_STYLES } from './line-styles';
import { isComparable, isOfMoney } from './measure-point';
import { findLive } from './newest-value';

/** What the marks and the lines beside the portfolio's own mean; only those that are drawn. */
export function MarksLegend({
  history,
  measure,
  isBenchmarkShown,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly isBenchmarkShown: boolean;
}) {
  const { flows, corrections, benchmark, intraday } = history;
  return (
    <ul
      aria-label="Marks and further lines"
      className="mt-5 flex flex-wrap gap-x-6 gap-y-2 text-xs leading-relaxed text-ink-soft empty:hidden"
    >
      {measure === 'deposits' && (
        <>
          <MarkEntry swatch={<MarkSwatch {...REFERENCE_STYLES.paidIn} />}>
            Contributed: the first value and all net deposits since
          </MarkEntry>
          <MarkEntry swatch={<span className="h-3 w-7 rounded-xs bg-gain/20" />}>
            Gain: worth more than that
          </MarkEntry>
          <MarkEntry swatch={<span className="h-3 w-7 rounded-xs" style={LOSS_HATCH} />}>
            Loss: worth less than that
          </MarkEntry>
        </>
      )}
      {isBenchmarkShown && isComparable(measure) && benchmark === null && (
        <MarkEntry swatch={null}>No prices to compare with are known for these days</MarkEntry>
      )}
      {benchmark !== null && isComparable(measure) && (
        <MarkEntry swatch={<MarkSwatch {...REFERENCE_STYLES.benchmark} />}>
          {benchmark.name}
          {measure === 'value' ? ', from the first value on, without later deposits' : ', its growth'} (
          {benchmark.source})
        </MarkEntry>
      )}
      {flows !== null && flows.length > 0 && (
        <MarkEntry swatch={<MarkSwatch isHollow={false} d="M3,9.5L10,9.5L6.5,2.5Z" />}>
          Deposit; a hollow triangle that points down is a withdrawal
        </MarkEntry>
      )}
      {flows === null && <MarkEntry swatch={null}>Deposits and withdrawals are not known</MarkEntry>}
      {corrections.length > 0 && (
        <MarkEntry swatch={<MarkSwatch isHollow d="M6.5,1.5L11,6L6.5,10.5L2,6Z" />}>
          The value of this day was corrected
        </MarkEntry>
      )}
      {isOfMoney(measure) && intraday.length > 0 && (
        <MarkEntry swatch={<MarkSwatch {...REFERENCE_STYLES.today} />}>
          Seen since the last close, not yet a day’s history
        </MarkEntry>
      )}
      {isOfMoney(measure) && findLive(history) !== null && (
        <MarkEntry swatch={<span className="size-2.5 rounded-full border-2 border-accent" />}>
          Live: the latest known value
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

function MarkSwatch(style: { readonly stroke: string; readonly strokeWidth: number }) {
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
