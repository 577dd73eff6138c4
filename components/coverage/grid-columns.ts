import type { Formats } from '@/components/format/formats';
import { addDays, dayOfWeek, daysBetween, type TradingDate } from '@/lib/domain/trading-date';

/** How a column is headed and set apart from the one before. */
export interface GridColumn {
  readonly date: TradingDate;
  /** The month at its first session, the day of the month at each week's first; nothing in between. */
  readonly heading: string;
  readonly startsWeek: boolean;
  /** Weekdays without a session between the column before and this one: the exchange was closed. */
  readonly closures: readonly TradingDate[];
}

/** The columns of some trading days, oldest first. */
export function describeColumns(days: readonly TradingDate[], formats: Formats): readonly GridColumn[] {
  return days.map((date, at) => {
    const before = days[at - 1];
    const startsMonth = before === undefined || before.slice(0, 7) !== date.slice(0, 7);
    const startsWeek =
      before === undefined || dayOfWeek(date) < dayOfWeek(before) || daysBetween(before, date) > 6;
    return {
      date,
      heading: startsMonth ? formats.month(date) : startsWeek ? String(Number(date.slice(8))) : '',
      startsWeek,
      closures: before === undefined ? [] : weekdaysBetween(before, date),
    };
  });
}

function weekdaysBetween(before: TradingDate, after: TradingDate): TradingDate[] {
  return Array.from({ length: daysBetween(before, after) - 1 }, (_, at) => addDays(before, at + 1)).filter(
    (date) => dayOfWeek(date) !== 0 && dayOfWeek(date) !== 6,
  );
}
