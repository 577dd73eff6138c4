/** A calendar date of the New York exchange, `YYYY-MM-DD`. Never the server's or the viewer's date. */
export type TradingDate = string & { readonly __brand: 'TradingDate' };

/** An instant as an ISO 8601 string in UTC, such as `2026-11-20T21:00:00.000Z`. */
export type Instant = string & { readonly __brand: 'Instant' };

const DATE_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const MS_PER_DAY = 86_400_000;

/** True when the text is a real calendar date in the form `YYYY-MM-DD` (2026-02-30 is not). */
export function isDate(text: string): text is TradingDate {
  if (!DATE_PATTERN.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}

/** Reads a calendar date; throws `RangeError` on anything that is not one. */
export function toDate(text: string): TradingDate {
  if (!isDate(text)) throw new RangeError(`not a calendar date (YYYY-MM-DD): ${JSON.stringify(text)}`);
  return text;
}

/** The same instant as ISO text in UTC; throws `RangeError` on an unreadable one. */
export function toInstant(value: Date | string): Instant {
  return new Date(value).toISOString() as Instant;
}

/** The date `days` calendar days later (earlier when negative). */
export function addDays(date: TradingDate, days: number): TradingDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10) as TradingDate;
}

/** Whole calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: TradingDate, to: TradingDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MS_PER_DAY);
}
