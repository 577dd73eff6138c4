import type { Formats } from '@/components/format/formats';
import { roundToAmount } from '@/lib/domain/amount';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryAccount } from '@/lib/history/document';

/** What keeps an account from being known to the last of the shown days; null when nothing does. */
export function describeAccountState(
  { closedOn, brokenSince, last }: Pick<HistoryAccount, 'closedOn' | 'brokenSince' | 'last'>,
  lastDay: TradingDate | null,
  formats: Formats,
): string | null {
  if (closedOn !== null) return `Closed ${formats.date(closedOn)}`;
  const known = last === null ? '' : `, last value ${formats.date(last.date)}`;
  if (brokenSince !== null) return `Reconnect needed${known}`;
  if (last === null || lastDay === null || last.date >= lastDay) return null;
  return `Last value ${formats.date(last.date)}`;
}

/** An account's share of what all open accounts were worth last, as a percentage; empty where a share means nothing. */
export function shareOf(
  account: Pick<HistoryAccount, 'id' | 'last' | 'closedOn'>,
  accounts: readonly Pick<HistoryAccount, 'id' | 'last' | 'closedOn'>[],
  formats: Pick<Formats, 'percent'>,
): string {
  const worth = ({ last, closedOn }: Pick<HistoryAccount, 'last' | 'closedOn'>) =>
    last === null || closedOn !== null ? 0 : Number(last.value);
  const total = accounts.reduce((sum, each) => sum + worth(each), 0);
  const isShare = accounts.every((each) => worth(each) >= 0) && total > 0 && account.closedOn === null;
  const fraction = isShare && account.last !== null ? roundToAmount(worth(account) / total, 4) : null;
  return fraction === null ? '' : formats.percent(fraction);
}
