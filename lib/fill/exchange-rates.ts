import {
  crossRates,
  type ExchangeRate,
  RATE_AGE_DAYS_MAX,
  type ReferenceRates,
} from '@/lib/domain/exchange-rate';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { ExchangeRateSource } from '@/lib/providers/exchange-rate-source';
import type { Tally } from './counts';
import type { RateNeed, RateReading } from './evidence-store';

/** The database functions for exchange rates, as `lib/db` provides them. */
export interface RateStore {
  /** The pairs of currencies for which a trading day has no rate, or days before it were never read. */
  needed(tradingDay: TradingDate, now: Date): Promise<readonly RateNeed[]>;
  /** Stores rates and what was read for them; returns how many user days were published by them. */
  record(reading: RateReading, source: string, now: Date): Promise<number>;
}

interface RateDependencies {
  readonly store: RateStore;
  readonly book: RateBook;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Days whose rates are recorded, and whose users are published, in one transaction. */
const DAYS_PER_RECORD = 31;

/**
 * Fetches the exchange rates by which accounts in other currencies are converted into their users': those of the run's trading
 * day, and those of earlier days that were missed. Published rates stay published, so a day can be completed at any time.
 * Nothing here ever fails the run: without a rate, days stay unpublished, and a later run asks again.
 */
export function createRateFetcher(
  tradingDay: TradingSession,
  runId: string,
  { store, book, clock, log }: RateDependencies,
  tally: Tally,
) {
  let missing = 0;

  async function fetchDue(): Promise<void> {
    const needs = await store.needed(tradingDay.date, clock());
    missing = needs.filter(({ isMissing }) => isMissing).length;
    const due = needs.filter(({ isDue }) => isDue);
    const from = due.map((need) => need.from).sort()[0];
    if (from === undefined) return;
    const days = await book.daysSince(addDays(from, -RATE_AGE_DAYS_MAX));
    const published = days.filter(({ date }) => date <= tradingDay.date);
    const through = published.at(-1)?.date;
    if (through === undefined) return;
    const rates = due.flatMap((need) => crossRates(published, need));
    for (const part of inParts(rates))
      tally.addPublished(
        await store.record({ rates: part, pairs: [], since: from, through }, book.sourceId, clock()),
      );
    // Last, so that what was cut short is read once more.
    await store.record({ rates: [], pairs: due, since: from, through }, book.sourceId, clock());
    missing -= due.filter((need) => need.isMissing && isUsable(need, rates, tradingDay.date)).length;
  }

  return {
    /** Fetches what is needed as things are now. */
    async fetchNeeded(): Promise<void> {
      try {
        await fetchDue();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        log('warn', 'rates_not_fetched', { runId, tradingDay: tradingDay.date, message });
      }
    },
    /** Counts the rates that the day still lacks among the run's reasons. */
    countMissing(): void {
      tally.addMissingRates(missing);
    },
  };
}

function isUsable(need: RateNeed, rates: readonly ExchangeRate[], day: TradingDate): boolean {
  const oldest = addDays(day, -RATE_AGE_DAYS_MAX);
  return rates.some(({ base, quote, date }) => base === need.base && quote === need.quote && date >= oldest);
}

/** Newest days first, since they are what people look at. */
function inParts(rates: readonly ExchangeRate[]): readonly (readonly ExchangeRate[])[] {
  const dates = [...new Set(rates.map(({ date }) => date))].sort().reverse();
  const parts: (readonly ExchangeRate[])[] = [];
  for (let start = 0; start < dates.length; start += DAYS_PER_RECORD) {
    const wanted = new Set(dates.slice(start, start + DAYS_PER_RECORD));
    parts.push(rates.filter(({ date }) => wanted.has(date)));
  }
  return parts;
}

export type RateBook = ReturnType<typeof createRateBook>;

/**
 * The published rates as one run sees them. The source is asked when somebody needs a rate, once, and again only for days
 * before those that it was asked for. A question that failed is not asked a second time in the run: everybody who needs a
 * rate is refused alike.
 */
export function createRateBook(source: ExchangeRateSource) {
  let asked: { readonly from: TradingDate; readonly days: Promise<readonly ReferenceRates[]> } | null = null;

  return {
    sourceId: source.id,
    /** Days since a date, oldest first; it may hold days before it. Throws `ProviderError`. */
    async daysSince(from: TradingDate): Promise<readonly ReferenceRates[]> {
      if (asked === null || (from < asked.from && (await succeeds(asked.days))))
        asked = { from, days: source.ratesSince(from) };
      return asked.days;
    },
  };
}

function succeeds(days: Promise<unknown>): Promise<boolean> {
  return days.then(
    () => true,
    () => false,
  );
}
