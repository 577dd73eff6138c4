import 'server-only';
import { z } from 'zod';
import type { BenchmarkClose } from '@/lib/domain/benchmark';
import { type Amount, toAmount } from '@/lib/domain/money';
import { exchangeInstant, isTradingDay, type TradingSession } from '@/lib/domain/nyse-calendar';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';
import { ProviderError, type ProviderErrorKind } from '@/lib/providers/provider';

export const price = z.number().transform((value, context): Amount => {
  const read = value > 0 ? toAmount(value) : null;
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'not a price' });
  return z.NEVER;
});

/** What we read of Alpaca's bars; a symbol without any is left out. */
export const barsSchema = z.object({
  bars: z.record(z.string(), z.array(z.object({ t: z.string(), c: price }))),
  next_page_token: z.string().nullish(),
});

export interface AlpacaOptions {
  readonly keyId: string;
  readonly secretKey: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/** The most that one answer may hold: forty years of days. */
const BARS_MAX = 10_000;

/**
 * The daily closes of a share or fund, adjusted for splits, from a date through a session that has closed, oldest first, with one
 * request. Throws `ProviderError`.
 */
export async function fetchDailyCloses(
  options: AlpacaOptions,
  symbol: string,
  from: TradingDate,
  through: TradingSession,
): Promise<readonly BenchmarkClose[]> {
  const url = new URL('/v2/stocks/bars', options.baseUrl);
  url.search = new URLSearchParams({
    symbols: symbol,
    timeframe: '1Day',
    start: from,
    // Not later: the free plan refuses a range that reaches into the last quarter of an hour.
    end: through.closesAt,
    adjustment: 'split',
    limit: String(BARS_MAX),
    sort: 'asc',
  }).toString();
  const parsed = barsSchema.safeParse(await askMarketData(url, options));
  if (!parsed.success) throw new ProviderError('bad_data', 'Alpaca answered bars in an unknown shape');
  const { bars, next_page_token: nextPage } = parsed.data;
  if (nextPage != null) throw new ProviderError('bad_data', 'Alpaca answered more bars than were asked for');
  return (bars[symbol] ?? [])
    .map(({ t, c }) => ({ date: dateOfBar(t), close: c }))
    .filter(({ date }) => date >= from && date <= through.date && isTradingDay(date));
}

/** One question to Alpaca's market data. Throws `ProviderError`. */
export async function askMarketData(
  url: URL,
  { keyId, secretKey, timeoutMs }: AlpacaOptions,
): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      headers: { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secretKey, accept: 'application/json' },
      // The keys are for this host alone.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new ProviderError('unavailable', `Alpaca did not answer market data within ${timeoutMs} ms`);
  }
  if (!answer.ok)
    throw new ProviderError(
      kindOf(answer.status),
      `Alpaca answered market data with status ${answer.status}`,
    );
  return answer.json().catch(() => {
    throw new ProviderError('bad_data', 'Alpaca answered market data with something that is not JSON');
  });
}

function kindOf(status: number): ProviderErrorKind {
  if (status === 401 || status === 403) return 'keys_refused';
  if (status === 429) return 'rate_limited';
  return status === 400 || status === 422 ? 'bad_data' : 'unavailable';
}

/** A daily bar begins at midnight in New York, given in UTC. Anything else would be a day that we do not know. */
export function dateOfBar(t: string): TradingDate {
  const date = t.slice(0, 10);
  if (isDate(date)) {
    const midnight = exchangeInstant(date, '00:00');
    if (Date.parse(t) === Date.parse(midnight)) return date;
  }
  throw new ProviderError('bad_data', `Alpaca returned a bar that begins at no midnight in New York: ${t}`);
}
