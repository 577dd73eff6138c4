import { isZero } from '@/lib/domain/amount';
import type { Amount } from '@/lib/domain/money';
import type { HistorySummary } from '@/lib/history/document';

export type Direction = 'up' | 'down' | 'level';

/** The colour that repeats what a sign and a word already show. */
export const DIRECTION_TONES: Readonly<Record<Direction, string>> = {
  up: 'text-gain',
  down: 'text-loss',
  level: 'text-ink',
};

/** The change over a range, ready for words. */
export interface ValueChange {
  readonly change: Amount;
  readonly direction: Direction;
  /** True when the market alone moved the value; only then may it look like a gain or a loss. */
  readonly isMarketOnly: boolean;
  /** The return that stands beside the change; null unless the market alone moved the value. */
  readonly share: Amount | null;
}

/** Null when the document knows no change. A deposit never reads as a gain: with flows the change carries no return. */
export function describeChange({
  valueChange,
  netDeposits,
  twr,
}: Pick<HistorySummary, 'valueChange' | 'netDeposits' | 'twr'>): ValueChange | null {
  if (valueChange === null) return null;
  const isMarketOnly = netDeposits !== null && isZero(netDeposits);
  return {
    change: valueChange,
    direction: findDirection(valueChange),
    isMarketOnly,
    share: isMarketOnly ? twr : null,
  };
}

/** The sign of an amount as a direction. */
export function findDirection(amount: Amount): Direction {
  if (isZero(amount)) return 'level';
  return amount.startsWith('-') ? 'down' : 'up';
}

/** Decimal text without its sign, for where a word or an arrow shows it. */
export function withoutSign(amount: Amount): Amount {
  return amount.replace(/^-/, '') as Amount;
}
