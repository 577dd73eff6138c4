import Decimal from 'decimal.js';
import { CALENDAR_LAST_DATE, sessionOn, tradingSessions } from '@/lib/domain/nyse-calendar';
import { type TradingDate, toDate } from '@/lib/domain/trading-date';

/** Amounts and levels of the sandbox are reckoned with many more digits than are ever shown. */
export const Exact = Decimal.clone({ precision: 40 });

/** Something to invest in. Its daily returns are real ones, moved in time. */
export interface Instrument {
  readonly symbol: string;
  /** How many sessions after the real one a return is replayed. */
  readonly shiftSessions: number;
  /** The level at the close of `baseDate`, as decimal text. */
  readonly startLevel: string;
  readonly baseDate: string;
  /** How many units stand for each one before, by the day from which on they do. Levels are those of today's units. */
  readonly splits?: Readonly<Record<string, string>>;
}

/** Replays the real sessions of 2017 to 2019 from November 2024 on. */
export const DEFAULT_SHIFT_SESSIONS = 1980;

/** The session that the first real close belongs to. */
const FIRST_REAL_SESSION = toDate('2000-01-03');

export interface Market {
  /** The closing level on a date; null when the exchange is closed that day. Throws on an unknown symbol. */
  levelOn(symbol: string, date: TradingDate): Decimal | null;
  hasInstrument(symbol: string): boolean;
  /** How many of today's units stand for one that was traded on a date. */
  unitsSince(symbol: string, date: TradingDate): Decimal;
}

/**
 * A market whose line on any date is the same whatever today is: session n after 2000-01-03 repeats the real
 * close-to-close return of session n less `shiftSessions`, and starts over when the real ones run out. Levels are
 * chained from returns, so starting over changes no level by a jump.
 */
export function createMarket(instruments: readonly Instrument[], realCloses: readonly string[]): Market {
  const closes = realCloses.map((close) => new Exact(close));
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const levels = new Map<string, Decimal>();

  function growthSince2000(ordinal: number, shiftSessions: number): Decimal {
    const { rounds, row } = findReplayedRow(ordinal, shiftSessions, closes.length);
    return ratioOf(closes, closes.length - 1, 0)
      .pow(rounds)
      .times(ratioOf(closes, row, 0));
  }

  function chainLevel(instrument: Instrument, ordinal: number): Decimal {
    const base = sessionOrdinal(toDate(instrument.baseDate));
    if (base === null) throw new RangeError(`the base date of ${instrument.symbol} is not a trading day`);
    return new Exact(instrument.startLevel)
      .times(growthSince2000(ordinal, instrument.shiftSessions))
      .div(growthSince2000(base, instrument.shiftSessions));
  }

  return {
    hasInstrument: (symbol) => bySymbol.has(symbol),
    unitsSince: (symbol, date) =>
      Object.entries(bySymbol.get(symbol)?.splits ?? {})
        .filter(([day]) => day > date)
        .reduce((product, [, ratio]) => product.times(ratio), new Exact(1)),
    levelOn(symbol, date) {
      const instrument = bySymbol.get(symbol);
      if (instrument === undefined) throw new RangeError(`the sandbox has no instrument ${symbol}`);
      const ordinal = sessionOrdinal(date);
      if (ordinal === null) return null;
      const key = `${symbol} ${ordinal}`;
      const level = levels.get(key) ?? chainLevel(instrument, ordinal);
      levels.set(key, level);
      return level;
    },
  };
}

/**
 * Which real row's return a session repeats, and how often the real ones were gone through before. With n real
 * closes there are n - 1 returns, that of row r leading from close r - 1 to close r.
 */
export function findReplayedRow(
  ordinal: number,
  shiftSessions: number,
  realCloseCount: number,
): { readonly rounds: number; readonly row: number } {
  const returnCount = realCloseCount - 1;
  const position = ordinal - 1 - shiftSessions;
  const rounds = Math.floor(position / returnCount);
  return { rounds, row: position - rounds * returnCount + 1 };
}

function ratioOf(closes: readonly Decimal[], row: number, baseRow: number): Decimal {
  const close = closes[row];
  const base = closes[baseRow];
  if (close === undefined || base === undefined) throw new RangeError(`there is no real close ${row}`);
  return close.div(base);
}

let ordinals: ReadonlyMap<TradingDate, number> | undefined;

/** How many sessions lie between 2000-01-03 and a date; null when the exchange is closed that day. */
export function sessionOrdinal(date: TradingDate): number | null {
  if (sessionOn(date) === null) return null;
  ordinals ??= new Map(
    tradingSessions(FIRST_REAL_SESSION, CALENDAR_LAST_DATE).map((session, index) => [session.date, index]),
  );
  return ordinals.get(date) ?? null;
}
