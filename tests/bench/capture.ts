import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { encryptCredentials } from '@/lib/credentials';
import { nextSession, type TradingSession } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { BenchOptions } from './bench-options';
import { type BenchSandbox, loginOf, scenarioOf, startBenchSandbox } from './bench-sandbox';
import { type BenchStack, startBenchStack } from './bench-stack';
import { CONCURRENCY, connectProvider, NO_LIMIT, runWorker, type StoreTimes } from './bench-worker';
import { buildBulkUsers } from './bulk-users';
import { summarise } from './measure';
import { inMs, inSeconds, inThousands, say, sayMachine, sayTable } from './report';

const CONNECTIONS = 2_000;
const EVENINGS = 5;
const LAST_COVERED = toDate('2026-11-20');
const WARM_UP_CONNECTIONS = 200;
const AFTER_CLOSE_MS = 60 * 60_000;
const WINDOW_MS = 60_000;

/** How many connections an evening's capture gets through, without a request limit and with one. */
export async function benchCapture({ connections = CONNECTIONS, limit }: BenchOptions): Promise<void> {
  const stack = await startBenchStack();
  try {
    const sandbox = await startBenchSandbox(scenarioOf(connections, LAST_COVERED));
    try {
      await sayMachine(stack.sql);
      const credentialsKey = randomBytes(32).toString('base64');
      await buildConnections(stack.sql, connections, credentialsKey);
      const bench = { stack, sandbox, connections, credentialsKey };
      const lastEvening = await captureWithoutLimit(bench);
      await captureWithLimit(bench, nextSession(lastEvening), limit);
    } finally {
      await sandbox.close();
    }
  } finally {
    await stack.close();
  }
}

interface CaptureBench {
  readonly stack: BenchStack;
  readonly sandbox: BenchSandbox;
  readonly connections: number;
  readonly credentialsKey: string;
}

/** Connections whose history was asked for long ago and whose last day was captured: an evening is all they lack. */
async function buildConnections(sql: Sql, connections: number, credentialsKey: string): Promise<void> {
  const sealed = Array.from({ length: connections }, (_, number) =>
    encryptCredentials(loginOf(number), credentialsKey),
  );
  await sql.begin(async (tx) => {
    await buildBulkUsers(tx, { users: connections, signedUpIds: [], firstKnownOn: LAST_COVERED });
    await tx`
      insert into connection_credentials (connection_id, ciphertext)
      select c.connection_id, s.ciphertext
      from unnest(${sealed}::text[]) with ordinality as s (ciphertext, position)
      join bulk_users c on c.number = s.position - 1`;
    await tx`
      insert into account_values (
        user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict
      )
      select c.user_id, c.account_id, d.date, 12000, 'USD', 'daily_eod', 'snaptrade', d.closes_at, d.closes_at, 'accepted'
      from bulk_users c join trading_days d on d.date = ${LAST_COVERED}`;
  });
  await sql`vacuum analyze`;
}

/** Evening after evening, first the floor, then the worker. Returns the last evening. */
async function captureWithoutLimit(bench: CaptureBench): Promise<TradingDate> {
  const { connections } = bench;
  const evenings: { readonly worker: number; readonly floor: number; readonly requests: number }[] = [];
  const times: StoreTimes = { markDue: [], claim: [], record: [] };
  let session = nextSession(LAST_COVERED);
  await bench.sandbox.pinClock(eveningOf(session));
  await askForEvening({ ...bench, connections: Math.min(WARM_UP_CONNECTIONS, connections) }, session);
  for (let evening = 0; evening < EVENINGS; evening += 1) {
    if (evening > 0) session = nextSession(session.date);
    await bench.sandbox.pinClock(eveningOf(session));
    const floor = await askForEvening(bench, session);
    const captured = await captureEvening(bench, session, NO_LIMIT);
    evenings.push({ worker: captured.ms, floor, requests: captured.requests });
    for (const name of ['markDue', 'claim', 'record'] as const) times[name].push(...captured.times[name]);
  }

  say(`\none evening of ${inThousands(connections)} connections, ${CONCURRENCY} at a time, no request limit`);
  sayTable(
    ['', 'floor', 'worker', 'worker / floor', 'connections a second', 'requests each'],
    evenings.map(({ worker, floor, requests }, index) => [
      `evening ${index + 1}`,
      inSeconds(floor),
      inSeconds(worker),
      (worker / floor).toFixed(2),
      (connections / (worker / 1000)).toFixed(0),
      (requests / connections).toFixed(2),
    ]),
  );
  const ratios = summarise(
    'worker / floor',
    evenings.map(({ worker, floor }) => worker / floor),
  );
  say(`  worker / floor: median ${ratios.median.toFixed(2)}, p95 ${ratios.p95.toFixed(2)}`);
  say('\nthe worker’s calls of the database, with the way through the embedded API');
  sayTable(
    ['', 'calls', 'median', 'p95'],
    Object.entries(times).map(([name, values]) => {
      const { median, p95 } = summarise(name, values);
      return [name, inThousands(values.length), inMs(median), inMs(p95)];
    }),
  );
  return session.date;
}

async function captureWithLimit(bench: CaptureBench, session: TradingSession, limit: number): Promise<void> {
  const { stack, sandbox, connections } = bench;
  await sandbox.limitRate(limit);
  await sandbox.pinClock(eveningOf(session));
  await sandbox.countAnswers();
  await stack.sql`delete from granted_requests`;
  const { ms, requests } = await captureEvening(bench, session, limit);
  const answers = await sandbox.countAnswers();
  // The whole allowance of the first minute may be spent at once, and so on each minute after it.
  const dictated = (Math.ceil(requests / limit) - 1) * WINDOW_MS;
  say(`\none evening of ${inThousands(connections)} connections at ${inThousands(limit)} requests a minute`);
  say(`  ${inThousands(requests)} requests, answered with 429: ${answers['429'] ?? 0}`);
  const ratio = dictated > 0 ? `, ${(ms / dictated).toFixed(2)} times as long` : '';
  say(`  the limit alone dictates ${inSeconds(dictated)}, the worker took ${inSeconds(ms)}${ratio}`);
}

/** One run of the worker; throws unless it captured everybody. */
async function captureEvening(
  { stack, sandbox, connections, credentialsKey }: CaptureBench,
  session: TradingSession,
  requestsPerMinute: number,
): Promise<{ readonly ms: number; readonly requests: number; readonly times: StoreTimes }> {
  const startedAt = performance.now();
  const { result, times } = await runWorker({
    client: stack.client,
    sandboxUrl: sandbox.url,
    credentialsKey,
    now: eveningOf(session),
    requestsPerMinute,
  });
  const ms = performance.now() - startedAt;
  const { captured, failed, requests } = result.counts;
  if (captured !== connections || failed > 0)
    throw new Error(`captured ${captured} of ${connections}, failed ${failed}: no figure is worth reading`);
  return { ms, requests, times };
}

/**
 * The floor: what no worker can do without. The same requests to the broker, and one call of the database for each
 * connection. Returns how long it took, in milliseconds.
 */
async function askForEvening(
  { stack, sandbox, connections }: CaptureBench,
  { date }: TradingSession,
): Promise<number> {
  const startedAt = performance.now();
  const provider = connectProvider(sandbox.url);
  let number = 0;
  const workerLoop = async (): Promise<void> => {
    for (let mine = number++; mine < connections; mine = number++) {
      const link = { externalId: `connection-${mine}`, credentials: loginOf(mine) };
      const account = { externalId: `account-${mine}`, currency: null };
      await provider.currentValues(link, true);
      await provider.cashFlows(link, account, { from: addDays(date, -30), to: date });
      await stack.callNothing();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, workerLoop));
  return performance.now() - startedAt;
}

function eveningOf(session: TradingSession): Date {
  return new Date(Date.parse(session.closesAt) + AFTER_CLOSE_MS);
}
