import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { BENCHMARK_NAMES } from '@/lib/domain/benchmark';
import { marketStateAt, sessionOn } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { readIntraday } from '@/lib/live/store';
import type { Benchmark, HistoryAccount, HistoryDocument, IntradayPoint, StoredHistory } from './document';
import type { HistoryQuery } from './query';
import { readAccountSeries, readBenchmarkCloses, readHistory } from './store';
import { summarise, toSeries } from './summary';

/** How far back a provider's own history can reach, in days. */
const LOOK_BACK_DAYS = 365;

/**
 * A user's history as one document, read with the client's own rights. No provider is asked. Throws an `AppError` when the
 * query selects an account that is not the user's.
 */
export async function getHistory(
  client: SupabaseClient<Database>,
  userId: string,
  query: HistoryQuery,
  latestDue: TradingDate,
  now: Date,
): Promise<HistoryDocument> {
  const [{ flows, coverage, ...read }, intraday, benchmark] = await Promise.all([
    readHistory(client, {
      userId,
      from: query.from,
      to: query.to,
      due: latestDue,
      reach: addDays(latestDue, -LOOK_BACK_DAYS),
      accountIds: query.accounts ?? null,
    }),
    readSessionLine(client, userId, query, latestDue),
    readBenchmark(client, query),
  ]);
  refuseOthers(query, read.accounts);
  const stored = { ...read, ...withinKnown(read, latestDue) };
  const split = await readSplit(client, userId, query, stored);
  const points = toSeries(stored.points, flows.external, flows.unknown);
  return {
    period: query.period,
    ...stored,
    points,
    flows: flows.external,
    intraday,
    benchmark: benchmark && since(benchmark, stored.from),
    split,
    market: marketStateAt(now),
    summary: summarise(points, flows),
    coverage: {
      expectedDays: coverage.presentDays + coverage.missingDays,
      presentDays: coverage.presentDays,
      byKind: coverage.byKind,
    },
  };
}

/**
 * What a range may claim: it begins no earlier than anything is known, and the latest known value belongs to ranges that
 * reach the latest day, since it would otherwise stand beside days that are long past. A range before all of it stays as it was asked.
 */
function withinKnown(
  { from, to, knownFrom, live }: Pick<StoredHistory, 'from' | 'to' | 'knownFrom' | 'live'>,
  latestDue: TradingDate,
): Pick<StoredHistory, 'from' | 'live'> {
  return {
    from: knownFrom !== null && knownFrom > from && knownFrom <= to ? knownFrom : from,
    live: to < latestDue ? null : live,
  };
}

/** The line of the session after the latest closed one; there is none of a selection, nor beside longer periods. */
async function readSessionLine(
  client: SupabaseClient<Database>,
  userId: string,
  { period, accounts }: HistoryQuery,
  latestDue: TradingDate,
): Promise<readonly IntradayPoint[]> {
  const session = sessionOn(latestDue);
  if (period !== '1D' || accounts !== undefined || session === null) return [];
  return readIntraday(client, userId, session.closesAt);
}

/** The values of single accounts: where they are asked for, and where a broken connection leaves only some of them. */
async function readSplit(
  client: SupabaseClient<Database>,
  userId: string,
  { split, accounts }: HistoryQuery,
  { from, to, gaps, accounts: all }: Pick<StoredHistory, 'from' | 'to' | 'gaps' | 'accounts'>,
): Promise<HistoryDocument['split']> {
  const read = { userId, accountIds: accounts ?? null };
  if (split === 'accounts') return readAccountSeries(client, { ...read, from, to });
  const waiting = gaps.filter(({ reason }) => reason === 'connection_broken');
  const [first] = waiting;
  const last = waiting.at(-1);
  if (first === undefined || last === undefined || all.filter(({ isShown }) => isShown).length < 2)
    return null;
  return readAccountSeries(client, { ...read, from: first.from, to: last.to });
}

async function readBenchmark(
  client: SupabaseClient<Database>,
  { benchmark, from, to }: HistoryQuery,
): Promise<Benchmark | null> {
  if (benchmark === undefined) return null;
  const closes = await readBenchmarkCloses(client, benchmark, from, to);
  return closes && { name: BENCHMARK_NAMES[benchmark], ...closes };
}

/** Where the history begins is known only when it is read, and before that there is nothing to compare. */
function since(benchmark: Benchmark, from: TradingDate): Benchmark {
  return { ...benchmark, points: benchmark.points.filter(({ date }) => date >= from) };
}

/** A bookmark may name an account that is no longer there; to show the rest as if it were all would be a false total. */
function refuseOthers(query: HistoryQuery, accounts: readonly HistoryAccount[]): void {
  const other = query.accounts?.find((id) => !accounts.some((account) => account.id === id));
  if (other !== undefined) throw new AppError('bad_request', `accounts: ${other} is not an account of yours`);
}
