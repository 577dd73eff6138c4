'use client';

import { useFormats } from '@/components/format/formats-context';
import type { HistoryDocument } from '@/lib/domain/history';
import type { Amount } from '@/lib/domain/money';
import { isPeriod } from '@/lib/domain/period';
import { describeSpan } from './describe-span';
import { ReturnFigures } from './return-figures';
import { type Direction, describeChange, findDirection, withoutSign } from './value-change';

const SIGNS: Readonly<
  Record<Direction, { readonly arrow: string; readonly word: string; readonly tone: string }>
> = {
  up: { arrow: '▲', word: 'Up', tone: 'text-gain' },
  down: { arrow: '▼', word: 'Down', tone: 'text-loss' },
  level: { arrow: '', word: 'Unchanged', tone: 'text-ink' },
};

/** The change over the shown days in words, and how much of it was paid in or out rather than earned. */
export function ChangeLine({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const change = describeChange(history.summary);
  if (change === null) return null;
  const sign = SIGNS[change.direction];
  const amount = change.direction === 'level' ? '' : ` ${formats.money(withoutSign(change.change))}`;
  const share =
    change.share === null || change.direction === 'level' ? '' : ` (${formats.signedPercent(change.share)})`;
  const { netDeposits, marketChange, provisional } = history.summary;
  const span = <span className="text-ink-soft">{describeSpan(history, formats)}</span>;
  const isNamed = isPeriod(history.period);
  return (
    <div className="mt-4">
      <p className="tabular text-base">
        {!isNamed && <>{span}: </>}
        <span className={`font-semibold ${change.isMarketOnly ? sign.tone : 'text-ink'}`}>
          <span aria-hidden="true" className="mr-1 text-xs">
            {sign.arrow}
          </span>
          {sign.word}
          {amount}
          {share}
        </span>
        {isNamed && <> {span}</>}
      </p>
      <dl className="tabular mt-1.5 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <div className="flex gap-2">
          <dt className="text-ink-soft">Net deposits</dt>
          <dd className="font-medium">
            {netDeposits === null ? 'not known' : formats.signedMoney(netDeposits)}
          </dd>
        </div>
        {marketChange !== null && <MarketChange amount={marketChange} />}
      </dl>
      <ReturnFigures summary={history.summary} />
      {provisional && (
        <p className="mt-1.5 text-sm text-ink-soft">
          Provisional: deposits and withdrawals of the last day are not known yet.
        </p>
      )}
    </div>
  );
}

function MarketChange({ amount }: { readonly amount: Amount }) {
  const formats = useFormats();
  return (
    <div className="flex gap-2">
      <dt className="text-ink-soft">Market change</dt>
      <dd className={`font-medium ${SIGNS[findDirection(amount)].tone}`}>{formats.signedMoney(amount)}</dd>
    </div>
  );
}
