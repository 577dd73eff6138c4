import type { HistoryDocument } from '@/lib/domain/history';
import { type Amount, isZero, ratio } from '@/lib/domain/money';

export type Direction = 'up' | 'down' | 'level';

/** The change over a range, ready for words. */
export interface ValueChange {
  readonly change: Amount;
  readonly direction: Direction;
  /** True when the market alone moved the value; only then may it look like a gain or a loss. */
  readonly isMarketOnly: boolean;
  /** Change over the first value as a fraction; null unless the market alone moved it. */
  readonly share: Amount | null;
}

/** Null when the document knows no change. A deposit never reads as a gain: with flows there is no share. */
export function describeChange({
  points,
  summary,
}: Pick<HistoryDocument, 'points' | 'summary'>): ValueChange | null {
  const { valueChange, netDeposits } = summary;
  if (valueChange === null) return null;
  const first = points.reduce<(typeof points)[number] | null>(
    (oldest, point) => (oldest === null || point.date < oldest.date ? point : oldest),
    null,
  );
  const isMarketOnly = netDeposits !== null && isZero(netDeposits);
  return {
    change: valueChange,
    direction: findDirection(valueChange),
    isMarketOnly,
    share: isMarketOnly && first !== null ? ratio(valueChange, first.value) : null,
  };
}

/** The sign of an amount as a direction. */
export function findDirection(amount: Amount): Direction {
  if (isZero(amount)) return 'level';
  return amount.startsWith('-') ? 'down' : 'up';
}

/** Decimal text without its sign, for where a word or an arrow says it. */
export function withoutSign(amount: Amount): Amount {
  return amount.replace(/^-/, '') as Amount;
}
