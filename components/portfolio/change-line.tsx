'use client';

import { useFormats } from '@/components/format/formats-context';
import { isPeriod } from '@/lib/domain/period';
import type { HistoryDocument } from '@/lib/history/document';
import { describeSpan } from './describe-span';
import { SummaryFigures } from './summary-figures';
import { DIRECTION_TONES, type Direction, describeChange, withoutSign } from './value-change';

const SIGNS: Readonly<Record<Direction, { readonly arrow: string; readonly word: string }>> = {
  up: { arrow: '▲', word: 'Up' },
  down: { arrow: '▼', word: 'Down' },
  level: { arrow: '', word: 'Unchanged' },
};

/** The change over the shown days in words, and how much of it was paid in or out rather than earned. */
export function ChangeLine({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const change = describeChange(history.summary);
  // With fewer than two days there is nothing to say.
  if (change === null) return null;
  const sign = SIGNS[change.direction];
  const amount = change.direction === 'level' ? '' : ` ${formats.money(withoutSign(change.change))}`;
  const share =
    change.share === null || change.direction === 'level' ? '' : ` (${formats.signedPercent(change.share)})`;
  const span = <span className="text-ink-soft">{describeSpan(history, formats)}</span>;
  const isNamed = isPeriod(history.period);
  return (
    <div className="mt-4">
      <p className="tabular text-base">
        {!isNamed && <>{span}: </>}
        <span className={`font-semibold ${change.isMarketOnly ? DIRECTION_TONES[change.direction] : ''}`}>
          <span aria-hidden="true" className="mr-1 text-xs">
            {sign.arrow}
          </span>
          {sign.word}
          {amount}
          {share}
        </span>
        {isNamed && <> {span}</>}
      </p>
      <SummaryFigures summary={history.summary} />
    </div>
  );
}
