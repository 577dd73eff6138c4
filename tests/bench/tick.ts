import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { account, fill, liveValue, value } from '../support/fill-fixture';
import type { BenchOptions } from './bench-options';
import { startBenchStack } from './bench-stack';
import { CONCURRENCY } from './bench-worker';
import { type Contender, measureInTurn } from './measure';
import { inSeconds, inThousands, say, sayMachine, sayRatios } from './report';
import { buildTickData, COVERED, DUE_DAY } from './tick-data';

const CONNECTIONS = 10_000;
const MARK_ROUNDS = 12;
const FILL_ROUNDS = 100;

const WINDOWS = [
  { name: '30 days', from: '2026-10-20' },
  { name: '365 days', from: COVERED.from },
] as const;
const MORNING = '2026-11-20T12:00:00Z';
const EVENING = '2026-11-20T22:00:00Z';

/** What the worker's calls cost inside the database, without API and network, among many connections. */
export async function benchTick({ connections = CONNECTIONS }: BenchOptions): Promise<void> {
  const stack = await startBenchStack();
  try {
    const { sql } = stack;
    await sayMachine(sql);
    const startedAt = performance.now();
    await buildTickData(sql, connections);
    const built = inSeconds(performance.now() - startedAt);
    say(`${inThousands(connections)} connections with a year of observations, built in ${built}`);
    await sql`set role service_role`;
    for (const { name, from } of WINDOWS) await measureMarking(sql, name, from, connections);
    await measureFilling(sql, connections);
  } finally {
    await stack.close();
  }
}

/** Looking for work where there is none, as most ticks do, and where every connection lacks the evening. */
async function measureMarking(sql: Sql, name: string, from: string, connections: number): Promise<void> {
  const marking = (to: string, now: string, expected: number) => async () => {
    const marked = await markDue(sql, from, to, now);
    if (marked !== expected) throw new Error(`marked ${marked} connections, not ${expected}`);
  };
  const contenders: Contender[] = [
    { name: 'count the observations (floor)', run: () => countObservations(sql, from) },
    { name: 'publish, nothing lost', run: () => publishMissing(sql, from) },
    { name: 'mark, nothing missing', run: marking(COVERED.to, MORNING, 0) },
    { name: 'mark, all miss the evening', run: marking(DUE_DAY, EVENING, connections) },
  ];
  const measured = await measureInTurn(contenders, MARK_ROUNDS, 2);
  say(`\npublish_missing and mark_due_connections over ${name}, ${MARK_ROUNDS} times each`);
  sayRatios(measured);
}

/** The least that finding gaps costs: reading once what is there. */
async function countObservations(sql: Sql, from: string): Promise<void> {
  await sql`
    select count(*)
    from accounts a
    join account_values v on v.account_id = a.id and v.value_date between ${from} and ${COVERED.to}
      and v.verdict = 'accepted' and v.superseded_by is null`;
}

async function publishMissing(sql: Sql, from: string): Promise<void> {
  const [row] = await sql<{ published: number }[]>`
    select publish_missing(null, ${from}, ${COVERED.to}, ${MORNING}) as published`;
  if (row?.published !== 0) throw new Error('something was published where nothing was lost');
}

/** Marks and takes it back, so that the next round finds the same. */
async function markDue(sql: Sql, from: string, to: string, now: string): Promise<number> {
  let marked = 0;
  await sql
    .begin(async (tx) => {
      const [row] = await tx<{ marked: number }[]>`
        select mark_due_connections(null, ${from}, ${to}, false, ${now}) as marked`;
      marked = row?.marked ?? 0;
      throw new RollBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RollBack)) throw error;
    });
  return marked;
}

class RollBack extends Error {}

interface Claimed {
  readonly id: string;
  readonly accounts: readonly { readonly externalId: string }[];
}

/** An evening's claims and recordings, while all connections are due. */
async function measureFilling(sql: Sql, connections: number): Promise<void> {
  const [recent] = WINDOWS;
  const worker = randomUUID();
  const claimed: Claimed[] = [];
  await sql`select mark_due_connections(null, ${recent.from}, ${DUE_DAY}, false, ${EVENING})`;
  const rounds = Math.min(FILL_ROUNDS, Math.floor(connections / CONCURRENCY) - 20);
  const measured = await measureInTurn(
    [
      { name: 'nothing (floor)', run: () => sql`select bench_nothing()` },
      {
        name: `claim ${CONCURRENCY} connections`,
        run: async () => claimed.push(...(await claim(sql, worker, recent.from))),
      },
      { name: 'record one evening’s value', run: async () => record(sql, worker, claimed.shift()) },
    ],
    rounds,
  );
  say(`\nclaim_connections and record_fill, ${rounds} times each`);
  sayRatios(measured);
}

async function claim(sql: Sql, worker: string, from: string): Promise<readonly Claimed[]> {
  const [row] = await sql<{ claimed: readonly Claimed[] }[]>`
    select claim_connections(${worker}, null, ${from}, ${DUE_DAY}, false, ${CONCURRENCY}, 120, ${EVENING}) as claimed`;
  return row?.claimed ?? [];
}

async function record(sql: Sql, worker: string, connection: Claimed | undefined): Promise<void> {
  const externalId = connection?.accounts[0]?.externalId;
  if (connection === undefined || externalId === undefined) throw new Error('nothing was claimed');
  const document = fill({
    accounts: [account(externalId)],
    observations: [value(externalId, DUE_DAY, '10500')],
    live: [liveValue(externalId, '10500')],
  });
  const [row] = await sql<{ recorded: { published: number } }[]>`
    select record_fill(${connection.id}, ${worker}, ${sql.json(JSON.parse(JSON.stringify(document)))}, ${EVENING}) as recorded`;
  if (row?.recorded.published !== 1) throw new Error('the evening was not published');
}
