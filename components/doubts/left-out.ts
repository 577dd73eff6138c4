import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryPoint } from '@/lib/history/document';

/** An account that some days' totals are without. */
interface LeftOutDays {
  readonly accountId: string;
  readonly name: string;
  readonly days: number;
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** Which accounts days are told without, on how many days, and between which; in the order in which they are first left out. */
export function countLeftOut(
  points: readonly Pick<HistoryPoint, 'date' | 'leftOut'>[],
): readonly LeftOutDays[] {
  const byAccount = new Map<string, LeftOutDays>();
  for (const { date, leftOut } of points) {
    for (const { accountId, name } of leftOut) {
      const known = byAccount.get(accountId);
      byAccount.set(accountId, {
        accountId,
        name,
        days: (known?.days ?? 0) + 1,
        from: known?.from ?? date,
        to: date,
      });
    }
  }
  return [...byAccount.values()];
}
