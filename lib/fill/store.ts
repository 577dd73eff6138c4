import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, currency, date, instant, orNull, readAnswer } from '@/lib/db/rpc';
import type { CurrencyPair, ExchangeRate } from '@/lib/domain/exchange-rate';
import type { Amount, Currency } from '@/lib/domain/money';
import type { CalendarExcerpt } from '@/lib/domain/nyse-calendar';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import type { FillPhase } from '@/lib/domain/schedule';
import type { GapReason, HeldReason, Kind, RunStatus, RunTrigger, VerdictCode } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import {
  FRESHNESSES,
  type Freshness,
  type ProviderId,
  type ProviderMovement,
} from '@/lib/providers/provider';
import { type LineEvidence, lineEvidence } from './evidence';

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
  /** Concludes days whose evidence is there but whose snapshot is not; returns how many. */
  publishMissing(scope: WorkScope, now: Date): Promise<number>;
  markDue(scope: WorkScope, now: Date): Promise<number>;
  claim(
    scope: WorkScope,
    lease: { worker: string; limit: number; seconds: number },
    now: Date,
  ): Promise<readonly ClaimedConnection[]>;
  /** Prolongs the leases of a worker that is at work. */
  renew(worker: string, seconds: number, now: Date): Promise<void>;
  /** Gives back what a worker holds and did not ask; it keeps its place in the line. */
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
  flowsSyncedAt: instant.nullable(),
  /** Whether the whole past is to be asked for, and whether movements are. */
  importDue: z.boolean(),
  movementsDue: z.boolean(),
  /** Questions that were refused lately. */
  backoffs: z.partialRecord(
    z.enum(['movements', 'history', 'import']),
    z.object({ attempts: z.number().int(), reason: z.string() }),
  ),
  firstKnownOn: date,
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
    last: true,
    missing: true,
    evidence: true,
  })
  .extend({ institutionAccountId: z.string() });

const claimedConnection = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  homeCurrency: currency,
  provider: z.enum(['snaptrade', 'plaid', 'alpaca']),
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
  historyCapability: z.enum(['available', 'feature_not_enabled', 'not_supported']).nullable(),
  historyCheckedAt: instant.nullable(),
  ciphertext: z.string().nullable(),
  accounts: z.array(claimedAccount),
  /** Accounts of the user's other connections to the same institution that this one has not been seen to have. */
  lines: z.array(claimedLine),
});

/** What each claim answers, whoever's work is claimed. */
export const claimedConnections = z.array(claimedConnection);

export type ClaimedAccount = z.infer<typeof claimedAccount>;
export type ClaimedConnection = z.infer<typeof claimedConnection>;

/** Everything that one fill of a connection learned: what `record_fill` records in one transaction. */
export interface FillRecord {
  readonly runId: string;
  /** The earliest day that the provider can still be asked for. */
  readonly reach: TradingDate;
  readonly phase: FillPhase;
  readonly connection: {
    readonly status: 'active' | 'disabled';
    readonly disabledSince: Instant | null;
    readonly retryAt: Instant | null;
    readonly attempts: number;
    readonly errorCode: string | null;
    readonly succeeded: boolean;
    readonly historyCapability: ClaimedConnection['historyCapability'];
    /** How fresh its answers are, where it was asked. */
    readonly freshness: Freshness | null;
    readonly totalsAsked: boolean;
    /** Whether that was a reading for which nobody waited. */
    readonly isBackgroundRead: boolean;
  };
  readonly accounts: readonly AccountRecord[];
  readonly questions: readonly QuestionRecord[];
  readonly observations: readonly ObservationRecord[];
  readonly live: readonly LiveRecord[];
  readonly outcomes: readonly OutcomeRecord[];
  readonly statements: readonly StatementRecord[];
  /** Verdicts on stored observations that are other than they were. */
  readonly verdicts: readonly VerdictRecord[];
  readonly reconciled: readonly ReconciledRecord[];
  readonly flows: readonly FlowRecord[];
  readonly spans: readonly SpanRecord[];
}

export interface AccountRecord {
  readonly externalId: string;
  readonly institutionAccountId: string | null;
  readonly name: string;
  readonly currency: Currency | null;
  readonly category: 'investment' | 'deposit' | 'credit';
  readonly isPaper: boolean;
  readonly isOpen: boolean;
}

/** A kind of question about one account, each with a back-off of its own; `import` is the first asking for the whole past. */
export type Question = 'movements' | 'history' | 'import';

export interface QuestionRecord {
  readonly externalId: string;
  readonly question: Question;
  /** When a question that was refused is put again; null for one that was answered. */
  readonly retryAt: Instant | null;
  /** Why it was refused. */
  readonly reason: string | null;
}

/** Whether a reading counts; it is named by its id or, when it is new, by its `ref`. */
interface VerdictWord {
  readonly verdict: 'accepted' | 'held' | 'rejected';
  readonly reason: HeldReason | null;
  readonly contradicts: readonly string[];
  readonly settledBy: string | null;
}

export interface VerdictRecord extends VerdictWord {
  readonly id: string;
}

export interface ObservationRecord extends VerdictWord {
  readonly externalId: string;
  readonly ref: string;
  readonly date: TradingDate;
  readonly total: Amount;
  readonly cash: Amount | null;
  readonly costBasis: Amount | null;
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly source: ProviderId;
  readonly asOf: Instant;
}

export interface LiveRecord {
  readonly externalId: string;
  readonly total: Amount;
  readonly currency: Currency;
  readonly source: ProviderId;
  readonly asOf: Instant;
}

export interface OutcomeRecord {
  readonly externalId: string;
  readonly date: TradingDate;
  readonly reason: GapReason;
  /** The verdict on the answer behind the reason; null when there was no answer. */
  readonly detail: VerdictCode | null;
  readonly final: boolean;
  readonly nextAttemptAt: Instant | null;
  readonly attemptsMax: number | null;
}

/** The account that a conclusion is about: by our id, or by the provider's for one that was met only now. */
type AccountName = { readonly accountId: string } | { readonly externalId: string };

/** What was reported of an account's movements over a range. */
export interface StatementRecord {
  readonly externalId: string;
  /** The stored statement that says the same and only goes on; null for news. */
  readonly sameAs: string | null;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly isComplete: boolean;
  /** Equal rows are numbered, since each is a movement. */
  readonly rows: readonly (ProviderMovement & { readonly nth: number })[];
}

/** An account about which conclusions were drawn, from which version of its evidence and since when. */
export type ReconciledRecord = AccountName & {
  readonly lineId: string | null;
  readonly version: string | null;
  readonly from: TradingDate;
  readonly currency: Currency | null;
};

/** A movement as it counts. */
export type FlowRecord = AccountName & {
  readonly key: string;
  readonly date: TradingDate;
  readonly effectiveOn: TradingDate;
  readonly amount: Amount | null;
  readonly currency: Currency | null;
  readonly type: MovementKind;
  readonly isWithdrawn: boolean;
  readonly isUnknown: boolean;
  readonly description: string | null;
};

/** Two days between which a movement that nobody knows makes every figure unknown. */
export type SpanRecord = AccountName & {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly keys: readonly string[];
};

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

/** Leases up to `limit` due connections to a worker and says what they need. */
export function claimConnections(
  client: SupabaseClient<Database>,
  scope: WorkScope,
  lease: { readonly worker: string; readonly limit: number; readonly seconds: number },
  now: Date,
): Promise<readonly ClaimedConnection[]> {
  const call = client.rpc('claim_connections', {
    ...scopeArguments(scope),
    p_worker: lease.worker,
    p_limit: lease.limit,
    p_lease_seconds: lease.seconds,
    p_now: now.toISOString(),
    p_phase: scope.phase,
  });
  return readAnswer('claim_connections', call, claimedConnections);
}

/** Gives back what a worker holds and did not ask; returns how many connections that were. */
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

/** A line whose evidence is wanted since a day. */
export interface EvidenceRead {
  readonly lineId: string;
  readonly from: TradingDate;
}

/** The evidence of lines as it is now. */
export function readEvidence(
  client: SupabaseClient<Database>,
  lines: readonly EvidenceRead[],
): Promise<readonly LineEvidence[]> {
  return Promise.all(
    lines.map(({ lineId, from }) =>
      readAnswer(
        'account_evidence',
        client.rpc('account_evidence', { p_line_id: lineId, p_from: from }),
        lineEvidence,
      ),
    ),
  );
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

const needsSchema = z.array(
  z.object({
    base: currency,
    quote: currency,
    /** The first day whose rate has not been read. */
    from: date,
    /** Whether the trading day has no rate that could be used. */
    isMissing: z.boolean(),
    /** Whether it is time to ask: what was just asked for is not asked for again within the hour. */
    isDue: z.boolean(),
  }),
);

/** A pair of currencies for which rates are lacking or were never read. */
export type RateNeed = z.infer<typeof needsSchema>[number];

/** What a source published. */
export interface RateReading {
  readonly rates: readonly ExchangeRate[];
  /** The pairs whose days were read, whether there were rates for them or not. */
  readonly pairs: readonly CurrencyPair[];
  readonly since: TradingDate;
  readonly through: TradingDate;
}

/** The pairs of currencies for which a trading day has no rate, or days before it were never read. */
export function neededExchangeRates(
  client: SupabaseClient<Database>,
  tradingDay: TradingDate,
  now: Date,
): Promise<readonly RateNeed[]> {
  const call = client.rpc('needed_exchange_rates', { p_day: tradingDay, p_now: now.toISOString() });
  return readAnswer('needed_exchange_rates', call, needsSchema);
}

/** Stores rates and publishes the days that waited for them; returns how many. */
export function recordExchangeRates(
  client: SupabaseClient<Database>,
  { rates, pairs, since, through }: RateReading,
  source: string,
  now: Date,
): Promise<number> {
  const call = client.rpc('record_exchange_rates', {
    p_rates: rates.map(({ base, quote, date, rate }) => ({ base, quote, date, rate })),
    p_pairs: pairs.map(({ base, quote }) => ({ base, quote })),
    p_since: since,
    p_through: through,
    p_source: source,
    p_now: now.toISOString(),
  });
  return readAnswer('record_exchange_rates', call, z.number().int());
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

/** Gives a claimed refresh back, because the provider did not take the request. */
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

/** An administrator's word on one observation; `take_back` leaves the evidence to speak for itself again. */
export interface Verdict {
  readonly id: number;
  readonly verdict: 'accept' | 'reject' | 'take_back';
  readonly actorId: string;
  readonly reason: string;
}

const decided = z.object({ userId: z.uuid(), accountId: z.uuid(), lineId: z.uuid(), date });
const refusedDecision = z.object({ refused: z.literal('incomplete') });
export type DecidedReading = z.infer<typeof decided>;
export type RefusedDecision = z.infer<typeof refusedDecision>;

/** Records an administrator's word on an observation as evidence; null when there is nothing to decide. */
export function recordDecision(
  client: SupabaseClient<Database>,
  { id, verdict, actorId, reason }: Verdict,
  now: Date,
): Promise<DecidedReading | RefusedDecision | null> {
  const call = client.rpc('judge_held', {
    p_id: id,
    p_verdict: verdict,
    p_actor_id: actorId,
    p_reason: reason,
    p_now: now.toISOString(),
  });
  return readAnswer('judge_held', call, z.union([decided, refusedDecision]).nullable());
}

/** Records conclusions about a line that were drawn anew; null when its evidence has grown since. */
export function recordReconciliation(
  client: SupabaseClient<Database>,
  drawn: {
    readonly lineId: string;
    readonly version: string;
    readonly conclusions: Pick<FillRecord, 'verdicts' | 'reconciled' | 'flows' | 'spans'>;
    readonly why: string;
  },
  now: Date,
): Promise<number | null> {
  const call = client.rpc('record_reconciliation', {
    p_line_id: drawn.lineId,
    p_version: drawn.version,
    p_conclusions: JSON.parse(JSON.stringify(drawn.conclusions)),
    p_reason: drawn.why,
    p_now: now.toISOString(),
  });
  return readAnswer('record_reconciliation', call, z.number().int().nullable());
}
