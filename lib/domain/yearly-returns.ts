import { type Amount, roundToAmount } from './amount';
import { daysBetween, type TradingDate } from './trading-date';

const YEAR_DAYS = 365.25;
/** Up to here a yearly figure would promise more than happened. */
const ANNUALISED_FROM_DAYS = 366;
const PLACES = 8;

/** A return over some days as what it comes to a year; null up to a year, and where all was lost. */
export function annualise(growth: Amount, from: TradingDate, to: TradingDate): Amount | null {
  const days = daysBetween(from, to);
  const factor = 1 + Number(growth);
  if (days < ANNUALISED_FROM_DAYS || factor <= 0) return null;
  return roundToAmount(factor ** (YEAR_DAYS / days) - 1, PLACES);
}

/** A day in a chain of returns; see `HistoryPoint`. */
interface ChainedDay {
  readonly date: TradingDate;
  readonly twr: Amount | null;
  readonly returnSince?: TradingDate;
}

/** The time-weighted return of one calendar year, or of the part of it that is known. */
export interface YearReturn {
  readonly year: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly growth: Amount;
  /** Whether it runs from the last day of the year before to the last day of this one that is not the newest. */
  readonly isWhole: boolean;
}

/**
 * The returns of the calendar years of a history, oldest first. A year begins with the last known day of the year before, so that
 * no night is lost between two; a year in which the chain of returns starts anew has only the part since.
 */
export function yearReturns(days: readonly ChainedDay[]): readonly YearReturn[] {
  const known = days.filter(({ twr }) => twr !== null);
  const years = [...new Set(known.map(({ date }) => date.slice(0, 4)))];
  return years.flatMap((year, at) => {
    const last = known.findLast(({ date }) => date.startsWith(year));
    if (last === undefined) return [];
    const chain = known.filter(
      ({ returnSince, date }) => returnSince === last.returnSince && date < last.date,
    );
    const before = chain.findLast(({ date }) => date.slice(0, 4) < year);
    const first = before ?? chain.find(({ date }) => date.startsWith(year));
    const base = 1 + Number(first?.twr);
    if (first === undefined || base <= 0) return [];
    const growth = roundToAmount((1 + Number(last.twr)) / base - 1, PLACES);
    const isWhole = before !== undefined && at < years.length - 1;
    return growth === null ? [] : [{ year, from: first.date, to: last.date, growth, isWhole }];
  });
}
