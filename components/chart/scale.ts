import type { Formats } from '@/components/format/formats';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { ChartRow } from './series';

/** The range of the y axis and the round values marked on it. */
export interface ValueScale {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const TICK_COUNT_AIM = 5;
/** Room for what is written above the highest and below the lowest value. */
const PADDING_SHARE = 0.12;
/** A flat or lonely value gets this share of itself above and below, so that it stands in the middle. */
const FLAT_SHARE = 0.02;

/**
 * Fits the y axis around some values; it is not forced down to zero. `flatRoom` is what a single value of zero gets above
 * and below itself, in the values' own unit.
 */
export function fitValueScale(values: readonly number[], flatRoom = 1): ValueScale {
  if (values.length === 0) return { domain: [0, 1], ticks: [] };
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const padding = high > low ? (high - low) * PADDING_SHARE : Math.max(flatRoom, Math.abs(high) * FLAT_SHARE);
  const domain = [low - padding, high + padding] as const;
  return { domain, ticks: roundTicks(domain) };
}

function roundTicks([low, high]: readonly [number, number]): number[] {
  const rough = (high - low) / TICK_COUNT_AIM;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const distance = (factor: number) => Math.abs(Math.log(factor * magnitude) - Math.log(rough));
  const step =
    magnitude * [2, 2.5, 5, 10].reduce((best, each) => (distance(each) < distance(best) ? each : best), 1);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** A labelled place on the date axis. */
export interface DateTick {
  readonly index: number;
  readonly label: string;
}

const DATE_TICKS_MAX = 8;
const MS_PER_DAY = 86_400_000;
/** 1970-01-05 was a Monday, so weeks are counted from there. */
const FIRST_MONDAY_DAYS = 4;

const daysSinceMonday = (date: TradingDate) =>
  Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY - FIRST_MONDAY_DAYS;
const monthNumber = (date: TradingDate) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;

type Label = (formats: Formats, date: TradingDate) => string;
const dayLabel: Label = (formats, date) => formats.shortDate(date);
const monthLabel: Label = (formats, date) =>
  date.slice(5, 7) === '01' ? formats.year(date) : formats.month(date);
const yearLabel: Label = (formats, date) => formats.year(date);

/** Units of the date axis, finest first: two dates with the same number lie in the same unit. */
const UNITS: readonly { readonly number: (date: TradingDate) => number; readonly label: Label }[] = [
  { number: daysSinceMonday, label: dayLabel },
  { number: (date) => Math.floor(daysSinceMonday(date) / 7), label: dayLabel },
  { number: (date) => Math.floor(daysSinceMonday(date) / 14), label: dayLabel },
  { number: monthNumber, label: monthLabel },
  { number: (date) => Math.floor(monthNumber(date) / 3), label: monthLabel },
  { number: (date) => Math.floor(monthNumber(date) / 12), label: yearLabel },
  { number: (date) => Math.floor(monthNumber(date) / 60), label: yearLabel },
];

/** Marks where days, weeks, months or years begin, in the finest unit that does not crowd the axis. */
export function placeDateTicks(rows: readonly ChartRow[], formats: Formats): DateTick[] {
  for (const unit of UNITS) {
    const starts = rows.filter((row, at) => {
      const before = rows[at - 1];
      return before === undefined
        ? rows.length <= DATE_TICKS_MAX
        : unit.number(before.date) !== unit.number(row.date);
    });
    if (starts.length <= DATE_TICKS_MAX) {
      return starts.map((row) => ({ index: row.index, label: unit.label(formats, row.date) }));
    }
  }
  return [];
}
