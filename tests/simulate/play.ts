import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { encryptCredentials } from '@/lib/credentials';
import type { Amount } from '@/lib/domain/money';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import { KINDS, type Kind } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { FillStore } from '@/lib/fill/store';
import type { HistoryDocument } from '@/lib/history/document';
import type { LoggedRequest } from '@/lib/local/sandbox/state';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { scenario } from '../support/scenario';
import type { TestStack } from '../support/test-stack';
import type { WorkerLimits } from '../support/test-worker';
import { openWorkerHarness, type WorkerHarness } from '../support/worker-harness';
import { alpacaOn, credentialsOf, plaidOn, snapTradeOn, userIdOf, userSecretOf } from './broker';
import { faultsOf, later } from './errors';
import { createTruth, type Truth } from './truth';
import type { Evenings, Tick, World } from './world';

/** What SnapTrade allows all users together in a minute; the sandbox refuses what is beyond. */
const REQUESTS_PER_MINUTE = 250;

/** A published day as it stood after an evening. */
export interface PublishedDay {
  readonly user: number;
  readonly date: TradingDate;
  /** Null when the day was withdrawn. */
  readonly value: Amount | null;
  readonly kind: Kind;
  readonly expected: number;
  readonly carried: number;
}

/** What the product published and asked on one evening. */
export interface PlayedEvening {
  /** Published days that are new or changed since the evening before. */
  readonly changed: readonly PublishedDay[];
  readonly requests: readonly LoggedRequest[];
}

/** One value that was reported of an account, whatever was concluded from it. */
export interface Observed {
  readonly account: string;
  readonly date: TradingDate;
  readonly total: Amount;
  readonly currency: string | null;
}

/** What of a user's document is judged. */
export interface ShownHistory {
  readonly points: readonly Pick<
    HistoryDocument['points'][number],
    'date' | 'value' | 'kind' | 'accountsExpected' | 'carried'
  >[];
  readonly gaps: readonly Pick<HistoryDocument['gaps'][number], 'from' | 'to' | 'reason' | 'final'>[];
  readonly summary: Pick<HistoryDocument['summary'], 'twr' | 'returnSince'>;
}

export interface Play {
  readonly sessions: readonly TradingSession[];
  readonly worlds: readonly World[];
  readonly truth: Truth;
  readonly evenings: readonly PlayedEvening[];
  readonly observed: readonly Observed[];
  /** By world, as their page shows it after the last evening. */
  readonly documents: ReadonlyMap<World, ShownHistory>;
}

/** Plays worlds through their evenings with the real worker, one clock for all of them. */
export async function playWorlds(
  stack: TestStack,
  worlds: readonly World[],
  evenings: Evenings,
  sessions: readonly TradingSession[],
  onEvening: (evening: number) => void = () => {},
): Promise<Play> {
  const harness = await openWorkerHarness(
    stack,
    scenario({
      users: worlds.map((world) => ({ userId: userIdOf(world), userSecret: userSecretOf(world) })),
      rateLimitPerMinute: REQUESTS_PER_MINUTE,
      exchangeRates: { 'EUR-USD': '1.16', 'EUR-CAD': '1.62' },
    }),
  );
  try {
    const { state } = harness.sandbox;
    const truth = createTruth(sessions, state.market);
    state.faults.replace(worlds.flatMap((world) => faultsOf(world, sessions)));
    const played: PlayedEvening[] = [];
    let before: Instant | null = null;
    for (const [evening, ticks] of evenings.entries()) {
      const stands = worlds.map((world) => ({ world, truth, sessions, evening }));
      state.replaceUsers(stands.map(snapTradeOn));
      state.replaceAlpacaAccounts(stands.flatMap(alpacaOn));
      state.replacePlaidItems(stands.flatMap(plaidOn));
      const session = sessions[evening];
      if (session === undefined) throw new RangeError('there are more evenings than sessions');
      // Whoever links is filled at once, so the first tick stands for that too.
      await linkNew(harness, worlds, evening, later(session.closesAt, (ticks[0]?.minutes ?? 0) - 2));
      for (const tick of ticks) {
        const at = later(session.closesAt, tick.minutes);
        // What passes between two ticks is more than any limit remembers.
        if (before !== null) await harness.passTime(Math.min(Date.parse(at) - Date.parse(before), 600_000));
        before = at;
        await playTick(harness, at, tick);
      }
      const requests = state.requests;
      state.clearRequests();
      played.push({ changed: await readChanged(harness, worlds, session.closesAt), requests });
      onEvening(evening);
    }
    const last = sessions[evenings.length - 1];
    if (last === undefined) throw new RangeError('a play needs an evening');
    return {
      sessions,
      worlds,
      truth,
      evenings: played,
      observed: await readObserved(stack),
      documents: await readDocuments(harness, worlds, later(last.closesAt, 120)),
    };
  } finally {
    await harness.close();
  }
}

async function linkNew(
  harness: WorkerHarness,
  worlds: readonly World[],
  evening: number,
  at: Instant,
): Promise<void> {
  const { sql } = harness.stack;
  for (const world of worlds) {
    for (const connection of world.connections) {
      const { id, linkedAt, provider = 'snaptrade' } = connection;
      if (linkedAt !== evening) continue;
      const connectionId = randomUUID();
      const credentials = credentialsOf(world, connection);
      await sql`
        insert into brokerage_connections (id, user_id, provider, external_id, institution, created_at)
        values (${connectionId}, ${harness.userId(userIdOf(world))}, ${provider}, ${id}, ${`Broker of ${id}`}, ${at})`;
      await sql`
        insert into connection_credentials (connection_id, ciphertext)
        values (${connectionId}, ${encryptCredentials(credentials, CREDENTIALS_KEY)})`;
    }
  }
}

const LOST = new Error('the database is gone');

async function playTick(harness: WorkerHarness, at: Instant, { manner }: Tick): Promise<void> {
  const limits: WorkerLimits = { perMinute: REQUESTS_PER_MINUTE, preOpenRecheck: true };
  const tick = () => harness.tick(at, limits);
  switch (manner) {
    case 'once':
      await tick();
      return;
    case 'twice':
      await tick();
      await tick();
      return;
    case 'two at once':
      await Promise.all([tick(), tick()]);
      return;
    case 'killed':
      // Asked, and gone before anything was recorded: the leases stay, as of a process that was killed.
      await harness.tick(at, {
        ...limits,
        filterClaims: (store) => ({ ...store, record: () => Promise.reject(LOST) }),
      });
      return;
    case 'database gone':
      await harness.tick(at, { ...limits, filterClaims: loseDatabase }).catch((error: unknown) => {
        if (error !== LOST) throw error;
      });
  }
}

/** The database answers until work is to be claimed. */
function loseDatabase(store: FillStore): FillStore {
  return { ...store, claim: () => Promise.reject(LOST) };
}

const publishedRow = z.object({
  user: z.string(),
  date: z.string().transform((date) => date as TradingDate),
  value: z
    .string()
    .nullable()
    .transform((value) => value as Amount | null),
  kind: z.enum(KINDS),
  expected: z.number(),
  carried: z.number(),
});

/** Days whose current snapshot, or the want of one, is newer than an instant. */
async function readChanged(harness: WorkerHarness, worlds: readonly World[], since: Instant) {
  const rows = await harness.stack.sql`
    select distinct on (user_id, value_date) user_id as user, value_date::text as date,
      case when is_current then trim_scale(total_value)::text end as value, snapshot_type as kind,
      accounts_expected as expected, jsonb_array_length(carried) as carried
    from user_portfolio_history
    where updated_at >= ${since}
    order by user_id, value_date, is_current desc`;
  const userOf = new Map(worlds.map((world) => [harness.userId(userIdOf(world)), world.user]));
  return z
    .array(publishedRow)
    .parse([...rows])
    .map((row): PublishedDay => ({ ...row, user: userOf.get(row.user) ?? -1 }));
}

async function readObserved({ sql }: TestStack): Promise<readonly Observed[]> {
  return sql<Observed[]>`
    select distinct a.external_id as account, v.value_date::text as date, trim_scale(v.total_value)::text as total, v.currency
    from account_values v join accounts a on a.id = v.account_id`;
}

async function readDocuments(harness: WorkerHarness, worlds: readonly World[], at: Instant) {
  const documents = new Map<World, HistoryDocument>();
  for (const world of worlds) documents.set(world, await harness.history(at, userIdOf(world)));
  return documents;
}
