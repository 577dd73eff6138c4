import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, currency, date, instant, orNull, readAnswer } from '@/lib/db/rpc';
import type { CalendarExcerpt } from '@/lib/domain/nyse-calendar';
import type { FillPhase } from '@/lib/domain/schedule';
import { PROVIDER_IDS, type ProviderId, type RunStatus, type RunTrigger } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import { FRESHNESSES } from '@/lib/providers/provider';
import { type LineEvidence, lineEvidence } from './evidence';
import type { EvidenceRead } from './evidence-store';
import type { FillRecord } from './record';

/** The database functions of the worker, as `lib/db` provides them. */
export interface FillStore {
  openRun(
    run: {
      id: string;
      trigger: RunTrigger;
      tradingDay: TradingDate;
      requestedBy: string | null;
      requestId: string | null;
    },
    now: Date,
  ): Promise<number>;
  /** Brings the database's trading days in line with the calendar; returns how many changed. */
  syncTradingDays(calendar: CalendarExcerpt, now: Date): Promise<number>;
  /** Pauses connections of other sources than these, and goes on with paused ones of these; returns how many changed. */
  pauseConnections(userId: string | null, providers: readonly ProviderId[], now: Date): Promise<number>;
  /** Concludes days whose evidence is there but whose snapshot is not; returns how many. */
  publishMissing(scope: WorkScope, now: Date): Promise<number>;
  markDue(scope: WorkScope, now: Date): Promise<number>;
  claim(scope: WorkScope, lease: Lease, now: Date): Promise<readonly ClaimedConnection[]>;
  /** Prolongs the leases of a worker that is at work. */
  renew(worker: string, seconds: number, now: Date): Promise<void>;
  /** Releases what a worker holds and did not ask; it keeps its place in the line. */
  release(worker: string): Promise<number>;
  /** How many connections wait for their turn. */
  countWaiting(userId: string | null, now: Date): Promise<number>;
  /** Null when the evidence has grown since the conclusions were drawn, so that they are to be drawn once more. */
  record(
    connectionId: string,
    worker: string,
    fill: FillRecord,
    now: Date,
  ): Promise<{ observations: number; published: number } | null>;
  /** The evidence of lines as it is now, each since a day. */
  evidence(lines: readonly EvidenceRead[]): Promise<readonly LineEvidence[]>;
  finishRun(
    run: {
      id: string;
      status: RunStatus;
      counts: Readonly<RunCounts>;
      reasons: Readonly<Record<string, number>>;
    },
    now: Date,
  ): Promise<void>;
}

/** The counts of a run. */
export interface RunCounts {
  /** Connections asked. */
  connections: number;
  /** Account days observed after their close. */
  captured: number;
  /** Account days taken from the provider's own history. */
  reconstructed: number;
  /** Account days stored but held back. */
  held: number;
  /** Observations that were new. */
  observations: number;
  /** User days that are new or changed. */
  published: number;
  /** Connections that could not be asked or answered with an error. */
  failed: number;
  /** Connections whose turn had come and that the run left to the next one. */
  waiting: number;
  /** Requests made to providers, and the time spent waiting for the budget. */
  requests: number;
  waitedMs: number;
}

const claimedAccount = z.object({
  /** Null for an account that was met only now. */
  id: z.uuid().nullable(),
  externalId: z.string(),
  currency: currency.nullable(),
  isCounted: z.boolean(),
  isClosed: z.boolean(),
  historyAsked: z.boolean(),
  /** When the provider answered last that it has no history of it; null where it has, or was not asked. */
  historyRefusedAt: instant.nullable(),
  flowsSyncedAt: instant.nullable(),
  /** Whether the whole past is to be asked for, and whether movements are. */
  importDue: z.boolean(),
  movementsDue: z.boolean(),
  /** Whether the provider has collected its movements once; null where it did not say. */
  movementsCollected: z.boolean().nullable(),
  /** Whether it is to be asked what it holds. */
  holdingsDue: z.boolean(),
  /** Questions that were refused lately. */
  backoffs: z.partialRecord(
    z.enum(['movements', 'history', 'import']),
    z.object({ attempts: z.number().int(), reason: z.string() }),
  ),
  firstKnownOn: date,
  /** Since when it has values of whatever source; its user's statements may give earlier ones. */
  knownSince: date,
  last: z.object({ date, total: amount }).nullable(),
  missing: z.array(date),
  /** All that is known of it and of what is the same real account; null for one that does not count. */
  evidence: lineEvidence.nullable(),
});

/** What is known of a real account that an account met only now would continue. */
const claimedLine = claimedAccount
  .pick({
    currency: true,
    historyAsked: true,
    flowsSyncedAt: true,
    firstKnownOn: true,
    knownSince: true,
    last: true,
    missing: true,
    evidence: true,
  })
  .extend({ institutionAccountId: z.string() });

const claimedConnection = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  homeCurrency: currency,
  provider: z.enum(PROVIDER_IDS),
  externalId: z.string(),
  institution: z.string(),
  status: z.enum(['active', 'disabled']),
  attempts: z.number().int(),
  /** How fresh its answers are known to be; null where it has to be asked. */
  freshness: z.enum(FRESHNESSES).nullable(),
  totalsDue: z.boolean(),
  /** Whether captured values are to be observed once more. */
  recheck: z.boolean(),
  /** Readings of current values today that nobody waited for, and when the first of them was made. */
  totalsReads: z.number().int(),
  totalsReadsSince: instant.nullable(),
  ciphertext: z.string().nullable(),
  accounts: z.array(claimedAccount),
  /** Accounts of the user's other connections to the same institution that this one has not been seen to have. */
  lines: z.array(claimedLine),
});

/** What each claim answers, whoever's work is claimed. */
export const claimedConnections = z.array(claimedConnection);

export type ClaimedAccount = z.infer<typeof claimedAccount>;
export type ClaimedConnection = z.infer<typeof claimedConnection>;

/** Which part of the work is meant: one user's or everybody's, between two days, and whether somebody waits for it. */
export interface WorkScope {
  readonly userId: string | null;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly asked: boolean;
  /** What the connections that are claimed are asked. */
  readonly phase: FillPhase;
}

/** Concludes days of the scope whose evidence is there but whose snapshot is not; returns how many it published. */
export function publishMissing(
  client: SupabaseClient<Database>,
  { userId, from, to }: WorkScope,
  now: Date,
): Promise<number> {
  const call = client.rpc('publish_missing', {
    p_user_id: orNull(userId),
    p_from: from,
    p_to: to,
    p_now: now.toISOString(),
  });
  return readAnswer('publish_missing', call, z.number().int());
}

/** Marks the connections that have work in the scope; returns how many were newly marked. */
export function markDueConnections(
  client: SupabaseClient<Database>,
  scope: WorkScope,
  now: Date,
): Promise<number> {
  return readAnswer(
    'mark_due_connections',
    client.rpc('mark_due_connections', { ...scopeArguments(scope), p_now: now.toISOString() }),
    z.number().int(),
  );
}

/** Makes connections due once more whose trading day was captured before an instant; returns how many. */
export function markPreOpenRechecks(
  client: SupabaseClient<Database>,
  recheck: { readonly userId: string | null; readonly tradingDay: TradingDate; readonly since: Instant },
  now: Date,
): Promise<number> {
  const call = client.rpc('mark_pre_open_rechecks', {
    p_user_id: orNull(recheck.userId),
    p_trading_day: recheck.tradingDay,
    p_since: recheck.since,
    p_now: now.toISOString(),
  });
  return readAnswer('mark_pre_open_rechecks', call, z.number().int());
}

/** To whom up to `limit` connections are leased, for how long, and of which providers they may be. */
export interface Lease {
  readonly worker: string;
  readonly limit: number;
  readonly seconds: number;
  readonly providers: readonly ProviderId[];
}

/** Leases due connections to a worker, with what they need. */
export function claimConnections(
  client: SupabaseClient<Database>,
  scope: WorkScope,
  lease: Lease,
  now: Date,
): Promise<readonly ClaimedConnection[]> {
  const call = client.rpc('claim_connections', {
    ...scopeArguments(scope),
    p_worker: lease.worker,
    p_limit: lease.limit,
    p_lease_seconds: lease.seconds,
    p_now: now.toISOString(),
    p_phase: scope.phase,
    p_providers: [...lease.providers],
  });
  return readAnswer('claim_connections', call, claimedConnections);
}

/** Releases what a worker holds and did not ask; returns how many connections that were. */
export function releaseClaims(client: SupabaseClient<Database>, worker: string): Promise<number> {
  return readAnswer('release_claims', client.rpc('release_claims', { p_worker: worker }), z.number().int());
}

/** Prolongs the leases of a worker that is at work. */
export async function renewClaims(
  client: SupabaseClient<Database>,
  worker: string,
  seconds: number,
  now: Date,
): Promise<void> {
  const call = client.rpc('renew_claims', {
    p_worker: worker,
    p_lease_seconds: seconds,
    p_now: now.toISOString(),
  });
  await readAnswer('renew_claims', call, z.unknown());
}

/** How many connections wait for their turn. */
export function countWaiting(
  client: SupabaseClient<Database>,
  userId: string | null,
  now: Date,
): Promise<number> {
  const call = client.rpc('count_waiting', { p_user_id: orNull(userId), p_now: now.toISOString() });
  return readAnswer('count_waiting', call, z.number().int());
}

const recorded = z.object({ observations: z.number().int(), published: z.number().int() }).nullable();

/**
 * Records one fill and publishes what follows from it; returns how much was new. Null, and nothing is recorded, when the evidence
 * has grown since its conclusions were drawn.
 */
export function recordFill(
  client: SupabaseClient<Database>,
  connectionId: string,
  worker: string,
  fill: FillRecord,
  now: Date,
): Promise<z.infer<typeof recorded>> {
  const call = client.rpc('record_fill', {
    p_connection_id: connectionId,
    p_worker: worker,
    // The generated type of a jsonb argument knows no interfaces; the record is plain data.
    p_fill: JSON.parse(JSON.stringify(fill)),
    p_now: now.toISOString(),
  });
  return readAnswer('record_fill', call, recorded);
}

function scopeArguments({ userId, from, to, asked }: WorkScope) {
  return { p_user_id: orNull(userId), p_from: from, p_to: to, p_asked: asked };
}

/** Whether a connection's refresh for a trading day is still to be asked for; from now on it counts as asked for. */
export function claimRefresh(
  client: SupabaseClient<Database>,
  connectionId: string,
  tradingDay: TradingDate,
): Promise<boolean> {
  const call = client.rpc('claim_refresh', { p_connection_id: connectionId, p_trading_day: tradingDay });
  return readAnswer('claim_refresh', call, z.boolean());
}

/** Releases a claimed refresh, because the provider did not take the request. */
export async function returnRefresh(
  client: SupabaseClient<Database>,
  connectionId: string,
  tradingDay: TradingDate,
): Promise<void> {
  const call = client.rpc('return_refresh', { p_connection_id: connectionId, p_trading_day: tradingDay });
  await readAnswer('return_refresh', call, z.unknown());
}

/** Brings the trading days in line with the calendar; returns how many changed. */
export function syncTradingDays(
  client: SupabaseClient<Database>,
  { from, to, sessions, closures }: CalendarExcerpt,
  now: Date,
): Promise<number> {
  const call = client.rpc('sync_trading_days', {
    p_calendar: { from, to, sessions: sessions.map((session) => ({ ...session })), closures: [...closures] },
    p_now: now.toISOString(),
  });
  return readAnswer('sync_trading_days', call, z.number().int());
}

/** Pauses connections of other sources than these, of one user or of everybody, and goes on with paused ones of these. */
export function pauseConnections(
  client: SupabaseClient<Database>,
  userId: string | null,
  providers: readonly ProviderId[],
  now: Date,
): Promise<number> {
  const call = client.rpc('pause_connections', {
    p_user_id: orNull(userId),
    p_providers: [...providers],
    p_now: now.toISOString(),
  });
  return readAnswer('pause_connections', call, z.number().int());
}

/** How many rows are listed at once; the Data API gives no more than a thousand, and does not say so. */
const ROWS_PER_PAGE = 500;

/** Draws a user's snapshots of a range again; returns how many changed. */
export function republishSnapshots(
  client: SupabaseClient<Database>,
  userId: string,
  { from, to }: { readonly from: TradingDate; readonly to: TradingDate },
  now: Date,
): Promise<number> {
  const call = client.rpc('republish', {
    p_user_id: userId,
    p_from: from,
    p_to: to,
    p_now: now.toISOString(),
  });
  return readAnswer('republish', call, z.number().int());
}

const accountRows = z.array(z.object({ id: z.uuid(), line_id: z.uuid() }));

/** Every account of a user or, with null, of everybody, with its line. */
export async function* listAccounts(client: SupabaseClient<Database>, userId: string | null) {
  for (let after: string | null = NOBODY; after !== null; ) {
    const all = client.from('accounts').select('id, line_id').gt('id', after);
    const own = userId === null ? all : all.eq('user_id', userId);
    const page: z.infer<typeof accountRows> = await readAnswer(
      'accounts',
      own.order('id').limit(ROWS_PER_PAGE),
      accountRows,
    );
    for (const { id, line_id: lineId } of page) yield { id, lineId };
    after = page.at(-1)?.id ?? null;
  }
}

const userRows = z.array(z.object({ user_id: z.uuid() }));

/** Every user or, where one is named, that one. */
export async function* listUsers(
  client: SupabaseClient<Database>,
  userId: string | null,
): AsyncGenerator<string> {
  if (userId !== null) {
    yield userId;
    return;
  }
  for (let after: string | null = NOBODY; after !== null; ) {
    const call = client.from('portfolios').select('user_id').gt('user_id', after);
    const page: z.infer<typeof userRows> = await readAnswer(
      'portfolios',
      call.order('user_id').limit(ROWS_PER_PAGE),
      userRows,
    );
    for (const { user_id: owner } of page) yield owner;
    after = page.at(-1)?.user_id ?? null;
  }
}

/** Comes before every id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
