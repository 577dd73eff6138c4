import { type CurrencyPair, type ExchangeRate, findRate } from '@/lib/domain/exchange-rate';
import { nextSession, type TradingSession } from '@/lib/domain/market-calendar';
import { type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { PortfolioProvider, ProviderId } from '@/lib/providers/provider';
import type { Tally } from './tally';

/** The database functions for exchange rates, as `lib/db` provides them. */
export interface RateStore {
  /** The pairs that a trading day needs and that are not stored for it yet. */
  needed(tradingDay: TradingDate): Promise<readonly CurrencyPair[]>;
  /** Stores rates of a trading day; returns how many user days were published by them. */
  record(
    tradingDay: TradingDate,
    rates: readonly ExchangeRate[],
    source: ProviderId,
    now: Date,
  ): Promise<number>;
}

interface RateDependencies {
  readonly rates: RateStore;
  readonly providers: Readonly<Partial<Record<ProviderId, PortfolioProvider>>>;
  readonly clock: () => Date;
  readonly log: Log;
}

interface Said {
  readonly source: ProviderId;
  readonly rates: readonly ExchangeRate[];
}

/**
 * Learns the exchange rates that a run's trading day needs. The provider is asked once in a run at most, and only where
 * somebody's account is in another currency than their portfolio. Nothing here ever fails the run: without a rate, days
 * stay unpublished, and the next run asks again.
 */
export function createRateLearner(
  tradingDay: TradingSession,
  runId: string,
  { rates: store, providers, clock, log }: RateDependencies,
  tally: Tally,
) {
  let asked: Promise<Said | null> | null = null;
  let missing = 0;

  const warn = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    log('warn', 'rates_not_learned', { runId, tradingDay: tradingDay.date, message });
  };

  async function ask(): Promise<Said | null> {
    try {
      for (const provider of Object.values(providers)) {
        const answer = await provider.exchangeRates();
        if (answer.available) return { source: provider.id, rates: answer.value };
      }
    } catch (error) {
      warn(error);
    }
    return null;
  }

  async function learnNeeded(): Promise<void> {
    const needed = await store.needed(tradingDay.date);
    missing = needed.length;
    if (needed.length === 0) return;
    asked ??= ask();
    const said = await asked;
    if (said === null) return;
    const found = needed.flatMap((pair) => findRate(said.rates, pair) ?? []);
    if (found.length === 0) return;
    tally.addPublished(await store.record(tradingDay.date, found, said.source, clock()));
    missing = needed.length - found.length;
  }

  return {
    /** Learns what is needed as things are now. */
    async learn(): Promise<void> {
      // Rates have no history: after the next open they would be another day's.
      if (toInstant(clock()) >= nextSession(tradingDay.date).opensAt) return;
      try {
        await learnNeeded();
      } catch (error) {
        warn(error);
      }
    },
    /** Counts the rates that the day still lacks among the run's reasons. */
    countMissing(): void {
      tally.addMissingRates(missing);
    },
  };
}
