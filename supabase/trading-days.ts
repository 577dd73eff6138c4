import {
  CALENDAR_FIRST_DATE,
  CALENDAR_LAST_DATE,
  closuresOf,
  irregularHoursOf,
  REGULAR_HOURS,
} from '@/lib/domain/nyse-calendar';

/**
 * Announcements for days up to here stand in the schema file. Later ones are brought by ticks alone, so that the file, and
 * with it the baseline, stays as it is whatever the exchange announces.
 */
export const ANNOUNCED_UNTIL = '2026-11-26';

/** The schema file that holds the rows. */
export const TRADING_DAYS_FILE = '01_trading_days_rows.sql';

const ITEMS_PER_LINE = 7;
const PAIRS_PER_LINE = 4;

/** The text of the schema file that fills `trading_days`; the lists in it come from the calendar in lib. */
export function renderTradingDays(): string {
  const years = calendarYears();
  const irregular = years.flatMap((year) => [...irregularHoursOf(year, ANNOUNCED_UNTIL)]);
  const earlyCloses = irregular.filter(([, hours]) => hours.closes < REGULAR_HOURS.closes);
  const lateOpens = irregular.filter(([, hours]) => hours.opens > REGULAR_HOURS.opens);
  return `-- The trading days of the New York Stock Exchange, ${CALENDAR_FIRST_DATE} to ${CALENDAR_LAST_DATE}.
-- Written by npm run db:trading-days from the calendar in lib/domain. What was announced since is brought by ticks.

insert into public.trading_days (date, opens_at, closes_at, early_close)
with
  weekday as (
    -- Without a time zone, so that the time zone of the session cannot move a date.
    select day::date as date
    from generate_series(timestamp '${CALENDAR_FIRST_DATE}', timestamp '${CALENDAR_LAST_DATE}', interval '1 day') as day
    where extract(isodow from day) <= 5
  ),
  early_close as (
    select date::date, closes::time
    from (values
${renderPairs(earlyCloses.map(([date, hours]) => [date, hours.closes]))}
    ) as listed (date, closes)
  ),
  late_open as (
    select date::date, opens::time
    from (values
${renderPairs(lateOpens.map(([date, hours]) => [date, hours.opens]))}
    ) as listed (date, opens)
  )
select
  weekday.date,
  (weekday.date + coalesce(late_open.opens, time '${REGULAR_HOURS.opens}')) at time zone 'America/New_York',
  (weekday.date + coalesce(early_close.closes, time '${REGULAR_HOURS.closes}')) at time zone 'America/New_York',
  early_close.date is not null
from weekday
left join early_close on early_close.date = weekday.date
left join late_open on late_open.date = weekday.date
-- Holidays as observed, and closures for mourning, storms and attacks.
where weekday.date <> all (array[
${years.map((year) => renderLines(closuresOf(year, ANNOUNCED_UNTIL).map(quote), ITEMS_PER_LINE, '  ')).join(',\n')}
]::date[]);
`;
}

function calendarYears(): number[] {
  const first = Number(CALENDAR_FIRST_DATE.slice(0, 4));
  const last = Number(CALENDAR_LAST_DATE.slice(0, 4));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function renderPairs(pairs: readonly (readonly [string, string])[]): string {
  const items = pairs.map(([date, time]) => `(${quote(date)}, ${quote(time)})`);
  return renderLines(items, PAIRS_PER_LINE, '      ');
}

/** The items parted by commas, so many on a line. */
function renderLines(items: readonly string[], perLine: number, indent: string): string {
  const lines: string[] = [];
  for (let start = 0; start < items.length; start += perLine) {
    lines.push(indent + items.slice(start, start + perLine).join(', '));
  }
  return lines.join(',\n');
}

function quote(text: string): string {
  return `'${text}'`;
}
