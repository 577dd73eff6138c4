import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, date, orNull, readAnswer } from '@/lib/db/rpc';
import type { BenchmarkClose, BenchmarkId } from '@/lib/domain/benchmark';
import type { TradingDate } from '@/lib/domain/trading-date';
import {
  type AccountQuality,
  type AccountSeries,
  accountQuality,
  accountSeries,
  type Correction,
  correction,
  type StoredHistory,
  storedHistory,
} from './document';

interface CorrectionsRead {
  readonly userId: string;
  readonly from: TradingDate | null;
  readonly to: TradingDate | null;
  /** Only corrections older than this one, for the next page. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** A user's corrections, newest first, with the client's own rights. */
export function readCorrections(
  client: SupabaseClient<Database>,
  read: CorrectionsRead,
): Promise<readonly Correction[]> {
  const call = client.rpc('portfolio_corrections', {
    p_user_id: read.userId,
    p_from: orNull(read.from),
    p_to: orNull(read.to),
    p_before_id: orNull(read.beforeId),
    p_limit: read.limit,
  });
  return readAnswer('portfolio_corrections', call, z.array(correction));
}

interface HistoryRead {
  readonly userId: string;
  /** Null starts at the first known day. */
  readonly from: TradingDate | null;
  readonly to: TradingDate;
  /** The latest trading day that is due; later days are not expected yet. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  /** The accounts to read; null reads all. An id that is not one of the user's selects nothing. */
  readonly accountIds: readonly string[] | null;
}

/** Reads a history with the client's own rights: a user's client reads that user's history alone. */
export function readHistory(client: SupabaseClient<Database>, read: HistoryRead): Promise<StoredHistory> {
  const call = client.rpc('portfolio_history', {
    p_user_id: read.userId,
    p_from: orNull(read.from),
    p_to: read.to,
    p_due: read.due,
    p_reach: read.reach,
    p_line_ids: orNull(read.accountIds === null ? null : [...read.accountIds]),
  });
  return readAnswer('portfolio_history', call, storedHistory);
}

/** What each account was worth on the days between two, with the client's own rights; of the accounts given, or of all. */
export function readAccountSeries(
  client: SupabaseClient<Database>,
  read: Pick<HistoryRead, 'userId' | 'to' | 'accountIds'> & { readonly from: TradingDate },
): Promise<readonly AccountSeries[]> {
  const call = client.rpc('account_series', {
    p_user_id: read.userId,
    p_from: read.from,
    p_to: read.to,
    p_line_ids: orNull(read.accountIds === null ? null : [...read.accountIds]),
  });
  return readAnswer('account_series', call, z.array(accountSeries));
}

/** How well each account of a user is known, with the client's own rights. */
export function readAccountQuality(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly AccountQuality[]> {
  return readAnswer(
    'account_trust',
    client.rpc('account_trust', { p_user_id: userId }),
    z.array(accountQuality),
  );
}

/** The newest day that a source has reported; null when it has reported none. */
export function newestBenchmarkPrice(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  source: string,
): Promise<TradingDate | null> {
  const call = client.rpc('newest_benchmark_price', { p_benchmark: benchmark, p_source: source });
  return readAnswer('newest_benchmark_price', call, date.nullable());
}

/** Stores closes; returns how many days are new or changed. */
export function recordBenchmarkPrices(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  source: string,
  prices: readonly BenchmarkClose[],
): Promise<number> {
  const call = client.rpc('record_benchmark_prices', {
    p_benchmark: benchmark,
    p_source: source,
    p_prices: prices.map(({ date: day, close }) => ({ date: day, close })),
  });
  return readAnswer('record_benchmark_prices', call, z.number().int());
}

const closes = z.object({
  source: z.string(),
  points: z.array(z.object({ date, close: amount })),
});

/** Closes between two days, oldest first, and their source; null when none is known. `from` null starts with the first. */
export function readBenchmarkCloses(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  from: TradingDate | null,
  to: TradingDate,
): Promise<z.infer<typeof closes> | null> {
  const call = client.rpc('benchmark_closes', { p_benchmark: benchmark, p_from: orNull(from), p_to: to });
  return readAnswer('benchmark_closes', call, closes.nullable());
}
