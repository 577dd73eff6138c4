import type { Amount, Currency } from '@/lib/domain/money';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** An amount in three parts, so that a headline can set the fraction apart. */
interface MoneyParts {
  readonly before: string;
  readonly fraction: string;
  readonly after: string;
}

/** How amounts, dates and instants are written for one viewer. */
export interface Formats {
  readonly locale: string;
  money(amount: Amount): string;
  /** Without its fraction, for labels. */
  wholeMoney(amount: Amount): string;
  /** With its sign, except for zero. */
  signedMoney(amount: Amount): string;
  moneyParts(amount: Amount): MoneyParts;
  /** A signed percentage from a decimal fraction: `0.0331` becomes `+3.31%`. */
  signedPercent(fraction: Amount): string;
  /** A share, without a sign, from a decimal fraction: `0.331` becomes `33.1%`. */
  percent(fraction: Amount): string;
  /** A distance between two percentages, from decimal fractions: `0.0213` becomes `2.13 points`. */
  points(fraction: number): string;
  /** Axis labels, as short as they can be while each of them is exact. */
  axisMoney(values: readonly number[]): string[];
  /** The same of decimal fractions: `0.025` becomes `2.5%`. */
  axisPercent(values: readonly number[]): string[];
  count(value: number): string;
  date(date: TradingDate): string;
  shortDate(date: TradingDate): string;
  longDate(date: TradingDate): string;
  dateRange(from: TradingDate, to: TradingDate): string;
  month(date: TradingDate): string;
  year(date: TradingDate): string;
  /** The wall clock of New York: `14:32 ET`. */
  time(instant: Instant): string;
  /** Date and wall clock of New York: `Nov 20, 2026, 16:32 ET`. */
  instant(instant: Instant): string;
  /** An instant beside a trading day: its time alone when it lies on that day. */
  instantOn(instant: Instant, day: TradingDate): string;
  /** The same instant in UTC, for titles: `2026-11-20 21:32 UTC`. */
  utc(instant: Instant): string;
}

const EXCHANGE_ZONE = 'America/New_York';
/** More digits than this behind a thousand or a million are harder to read than the whole amount. */
const COMPACT_DIGITS_MAX = 2;
/** Below this an amount is as short when it is written whole. */
const COMPACT_FROM = 10_000;
/** Of marks that lie closer, a whole amount tells more than a fraction of a thousand. */
const COMPACT_STEP = 1_000;
/** Digits that distinguish every axis mark from its rounded neighbours. */
const AXIS_DIGITS_EXACT = 8;

/** `Intl` reads decimal text exactly, but its type only admits literals; an `Amount` is always decimal text. */
function asDecimalText(amount: Amount): `${number}` {
  return amount as string as `${number}`;
}

function atMidnightUtc(date: TradingDate): Date {
  return new Date(`${date}T00:00:00Z`);
}

/**
 * A page has one language, so months and weekdays are English for everybody, in the order of the reader's region and on the
 * exchange's calendar; numbers are grouped as the reader is used to, in the digits that the words have. By the text of the tag:
 * asking `Intl.Locale` would cost a phone a tenth of a second before anything is on the page.
 */
export function languagesOf(locale: string): { readonly numbers: string; readonly words: string } {
  const plain = locale.replace(/-u-.*$/, '');
  const region = /-([A-Z]{2})(?:-|$)/.exec(plain)?.[1] ?? 'US';
  return { numbers: `${plain}-u-nu-latn`, words: `en-${region}-u-ca-gregory-nu-latn` };
}

/** Made when first asked for: what writes numbers and dates is costly to make, and no page needs all of it. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Formats for a viewer's locale and a portfolio's currency. Trading dates are formatted in UTC, where they
 * never shift; instants on the exchange's clock. Throws `RangeError` when the locale is not a language tag.
 */
export function createFormats(given: string, currency: Currency): Formats {
  const { numbers: locale, words } = languagesOf(given);
  const style = { style: 'currency', currency } as const;
  const money = lazily(() => new Intl.NumberFormat(locale, style));
  const wholeMoney = lazily(() => new Intl.NumberFormat(locale, { ...style, maximumFractionDigits: 0 }));
  const signedMoney = lazily(() => new Intl.NumberFormat(locale, { ...style, signDisplay: 'exceptZero' }));
  const percent = lazily(
    () =>
      new Intl.NumberFormat(locale, {
        style: 'percent',
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
        signDisplay: 'exceptZero',
      }),
  );
  const share = lazily(() => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }));
  const points = lazily(
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
  const count = lazily(() => new Intl.NumberFormat(locale));
  const dates = (options: Intl.DateTimeFormatOptions) =>
    lazily(() => new Intl.DateTimeFormat(words, { timeZone: 'UTC', ...options }));
  const date = dates({ year: 'numeric', month: 'short', day: 'numeric' });
  const shortDate = dates({ month: 'short', day: 'numeric' });
  const longDate = dates({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
  const month = dates({ month: 'short' });
  const year = dates({ year: 'numeric' });
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: EXCHANGE_ZONE } as const;
  const time = lazily(() => new Intl.DateTimeFormat(words, clock));
  const dayOfInstant = lazily(
    () =>
      new Intl.DateTimeFormat(words, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        timeZone: EXCHANGE_ZONE,
      }),
  );

  const formatTime = (instant: Instant) => `${time().format(new Date(instant))} ET`;
  const formatInstant = (instant: Instant) =>
    `${dayOfInstant().format(new Date(instant))}, ${formatTime(instant)}`;

  return {
    locale,
    money: (amount) => money().format(asDecimalText(amount)),
    wholeMoney: (amount) => wholeMoney().format(asDecimalText(amount)),
    signedMoney: (amount) => signedMoney().format(asDecimalText(amount)),
    moneyParts: (amount) => splitFraction(money().formatToParts(asDecimalText(amount))),
    signedPercent: (fraction) => percent().format(asDecimalText(fraction)),
    percent: (fraction) => share().format(asDecimalText(fraction)),
    points: (fraction) => `${points().format(fraction * 100)} points`,
    axisMoney: (values) =>
      (values.some((value) => Math.abs(value) >= COMPACT_FROM) && smallestStep(values) >= COMPACT_STEP
        ? formatExactly(values, locale, { ...style, notation: 'compact' }, COMPACT_DIGITS_MAX)
        : null) ?? formatWithEnough(values, locale, style),
    axisPercent: (values) => formatWithEnough(values, locale, { style: 'percent' }),
    count: (value) => count().format(value),
    date: (day) => date().format(atMidnightUtc(day)),
    shortDate: (day) => shortDate().format(atMidnightUtc(day)),
    longDate: (day) => longDate().format(atMidnightUtc(day)),
    dateRange: (from, to) => withPlainSpaces(date().formatRange(atMidnightUtc(from), atMidnightUtc(to))),
    month: (day) => month().format(atMidnightUtc(day)),
    year: (day) => year().format(atMidnightUtc(day)),
    time: formatTime,
    instant: formatInstant,
    instantOn: (instant, day) =>
      dayOfInstant().format(new Date(instant)) === date().format(atMidnightUtc(day))
        ? formatTime(instant)
        : formatInstant(instant),

    utc: (instant) => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`,
  };
}

/** Server and browser may disagree on which thin space a range takes, and then the page would be drawn twice. */
function withPlainSpaces(text: string): string {
  return text.replace(/[\u2009\u202f]/g, ' ');
}

function splitFraction(parts: readonly Intl.NumberFormatPart[]): MoneyParts {
  const isFraction = (part: Intl.NumberFormatPart) => part.type === 'decimal' || part.type === 'fraction';
  const start = parts.findIndex(isFraction);
  const end = parts.findLastIndex(isFraction);
  const join = (some: readonly Intl.NumberFormatPart[]) => some.map((part) => part.value).join('');
  if (start === -1) return { before: join(parts), fraction: '', after: '' };
  return {
    before: join(parts.slice(0, start)),
    fraction: join(parts.slice(start, end + 1)),
    after: join(parts.slice(end + 1)),
  };
}

/** How far apart neighbouring marks are, in order of their values; without limit for a single one. */
function smallestStep(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.min(...sorted.slice(1).map((value, at) => value - (sorted[at] ?? value)));
}

/** A rounded label would put a mark where it is not, so digits are added until every label is exact; null when that takes too many. */
function formatExactly(
  values: readonly number[],
  locale: string,
  style: Intl.NumberFormatOptions,
  digitsMax: number,
): string[] | null {
  const write = (digitsMin: number, digits: number) => {
    const { format } = new Intl.NumberFormat(locale, {
      ...style,
      minimumFractionDigits: digitsMin,
      maximumFractionDigits: digits,
    });
    return values.map((value) => format(value));
  };
  const exact = write(0, AXIS_DIGITS_EXACT);
  for (let digits = 0; digits <= digitsMax; digits += 1) {
    if (write(0, digits).every((label, at) => label === exact[at])) return write(digits, digits);
  }
  return null;
}

/** Labels with as many digits as it takes; marks that lie closer than any digit shows are left without one. */
function formatWithEnough(
  values: readonly number[],
  locale: string,
  style: Intl.NumberFormatOptions,
): string[] {
  return formatExactly(values, locale, style, AXIS_DIGITS_EXACT) ?? values.map(() => '');
}

/** Where the choice is kept, so that the server writes the first page already without amounts. */
export const HIDE_AMOUNTS_COOKIE = 'hide-amounts';

/** What stands for every amount while they are hidden. */
export const HIDDEN_AMOUNT = '•••••';

/** The same formats for somebody who does not want amounts to be seen: percentages, days and counts stay. */
export function hideAmounts(formats: Formats): Formats {
  const hidden = () => HIDDEN_AMOUNT;
  return {
    ...formats,
    money: hidden,
    wholeMoney: hidden,
    signedMoney: hidden,
    moneyParts: () => ({ before: HIDDEN_AMOUNT, fraction: '', after: '' }),
    // The place of a mark shows what it is worth beside the others, and no more.
    axisMoney: (values) => values.map(() => ''),
  };
}

/** Pages without amounts need no currency, but formats have one; the cast is safe because it is an ISO code. */
export const ANY_CURRENCY = 'USD' as Currency;

/** Formats for pages that show counts, days and instants but no amounts. */
export function createPlainFormats(locale: string): Formats {
  return createFormats(locale, ANY_CURRENCY);
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A span of time in its two largest units: `850 ms`, `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / SECOND_MS) % 60;
  const minutes = Math.floor(Math.round(ms / SECOND_MS) / 60) % 60;
  const hours = Math.floor(Math.round(ms / SECOND_MS) / 3_600);
  if (ms < MINUTE_MS && hours === 0 && minutes === 0) return `${seconds} s`;
  return ms < HOUR_MS && hours === 0
    ? [`${minutes} min`, seconds > 0 ? `${seconds} s` : ''].filter(Boolean).join(' ')
    : [`${hours} h`, minutes > 0 ? `${minutes} min` : ''].filter(Boolean).join(' ');
}

/** A share as a percentage, rounded down: what is short of a target never reads as if it met it. */
export function formatShare(part: number, whole: number, locale: string): string {
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  return percent.format(whole === 0 ? 0 : Math.floor((part / whole) * 10_000 + 1e-9) / 10_000);
}
