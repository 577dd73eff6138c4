import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Sql } from 'postgres';
import { toDate } from '@/lib/domain/trading-date';
import { readAccountSeries, readHistory } from '@/lib/history/store';
import type { BenchOptions } from './bench-options';
import { type BenchStack, type BenchUser, startBenchStack } from './bench-stack';
import { buildHistoryData, HISTORY_SPAN } from './history-data';
import { measureInTurn, summarise } from './measure';
import { inMs, inSeconds, inThousands, say, sayMachine, sayRatios, sayTable } from './report';

const MEASURED_USERS = 50;
const ROUNDS = 200;
const BYTES_PER_SNAPSHOT = 400;
const SNAPSHOTS_PER_USER = 1255;

const LAST_DAY = toDate(HISTORY_SPAN.to);
const REACH = toDate('2025-11-20');
const SPANS = [
  { name: 'one year', from: REACH },
  { name: 'five years', from: toDate(HISTORY_SPAN.from) },
] as const;

/** How long one user's history takes to read among many users' histories. */
export async function benchHistory({ users }: BenchOptions): Promise<void> {
  await requireDiskSpace(users);
  const stack = await startBenchStack();
  try {
    await sayMachine(stack.sql);
    const readers: BenchUser[] = [];
    for (let count = 0; count < Math.min(MEASURED_USERS, users); count += 1)
      readers.push(await stack.signUp());
    const startedAt = performance.now();
    await buildHistoryData(stack.sql, { users, measuredIds: readers.map(({ id }) => id) });
    await sayData(stack.sql, users, performance.now() - startedAt);
    await measureReading(readers);
    await measureDatabase(stack, readers);
  } finally {
    await stack.close();
  }
}

/** Everything that a reader waits for, against the least that an answer on the same path can cost. */
async function measureReading(readers: readonly BenchUser[]): Promise<void> {
  const pick = pickerOf(readers);
  const measured = await measureInTurn(
    [
      { name: 'nothing (floor)', run: () => pick().callNothing() },
      ...SPANS.map(({ name, from }) => ({ name, run: () => read(pick(), from) })),
      ...SPANS.map(({ name, from }) => ({
        name: `${name}, account by account`,
        run: () => readByAccount(pick(), from),
      })),
    ],
    ROUNDS,
  );
  say(`\nreading through supabase-js with a user's token, ${ROUNDS} reads each, a random user every time`);
  sayRatios(measured);
}

async function read({ id, client }: BenchUser, from: typeof REACH): Promise<void> {
  const { points } = await readHistory(client, {
    userId: id,
    from,
    to: LAST_DAY,
    due: LAST_DAY,
    reach: REACH,
    accountIds: null,
  });
  if (points.length === 0) throw new Error('a history without points measures nothing');
}

/** What is read beside the history where somebody opens the accounts over time. */
async function readByAccount({ id, client }: BenchUser, from: typeof REACH): Promise<void> {
  const series = await readAccountSeries(client, { userId: id, from, to: LAST_DAY, accountIds: null });
  if (series.every(({ values }) => values.length === 0))
    throw new Error('accounts without values measure nothing');
}

/** The same reads inside the database, by its own clock and with the user's rights. */
async function measureDatabase({ sql }: BenchStack, readers: readonly BenchUser[]): Promise<void> {
  const pick = pickerOf(readers);
  const times = SPANS.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { from }] of SPANS.entries())
      times[index]?.push(await timeInDatabase(sql, pick().id, from));
  }
  say('\nof which portfolio_history takes, by the clock of the database');
  const rows = SPANS.map(({ name }, index) => summarise(name, times[index] ?? []));
  sayTable(
    ['', 'median', 'p95'],
    rows.map(({ name, median, p95 }) => [name, inMs(median), inMs(p95)]),
  );
}

async function timeInDatabase(sql: Sql, userId: string, from: string): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select set_config('role', 'authenticated', true), set_config('request.jwt.claim.sub', ${userId}, true)`;
    const [row] = await tx<{ ms: number }[]>`
      with started as materialized (select clock_timestamp() as at),
      history as materialized (
        select public.portfolio_history(${userId}, ${from}, ${LAST_DAY}, ${LAST_DAY}, ${REACH}) from started
      )
      select extract(epoch from clock_timestamp() - started.at)::double precision * 1000 as ms
      from started, history`;
    if (row === undefined) throw new Error('the database gave no time');
    return row.ms;
  });
}

/** The same users in the same random order in every run. */
function pickerOf(readers: readonly BenchUser[]): () => BenchUser {
  let state = 20261120;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const reader = readers[Math.floor((state / 2 ** 32) * readers.length)];
    if (reader === undefined) throw new RangeError('nobody signed up');
    return reader;
  };
}

async function sayData(sql: Sql, users: number, tookMs: number): Promise<void> {
  const [row] = await sql<{ snapshots: string; size: string }[]>`
    select count(*) as snapshots, pg_size_pretty(pg_total_relation_size('user_portfolio_history')) as size
    from user_portfolio_history`;
  const snapshots = inThousands(Number(row?.snapshots));
  say(`${inThousands(users)} users, ${snapshots} snapshots (${row?.size}), built in ${inSeconds(tookMs)}`);
}

async function requireDiskSpace(users: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const needed = users * SNAPSHOTS_PER_USER * BYTES_PER_SNAPSHOT * 2;
  if (bavail * bsize < needed) {
    const gigabytes = Math.ceil(needed / 2 ** 30);
    throw new Error(`${gigabytes} GB of disk are needed for so many users; take fewer: --users 1000`);
  }
}
