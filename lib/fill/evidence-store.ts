import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { currency, date, orNull, readAnswer } from '@/lib/db/rpc';
import type { CurrencyPair, ExchangeRate } from '@/lib/domain/exchange-rate';
import type { Amount } from '@/lib/domain/money';
import type { Category, KnownMovementKind } from '@/lib/domain/reconcile/evidence';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type LineEvidence, lineEvidence } from './evidence';
import type { FillRecord } from './record';

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

/** An administrator's decision on one observation; `take_back` leaves the evidence to decide again. */
export interface Verdict {
  readonly id: number;
  /** Other observations of the same question, which the decision is about as well. */
  readonly also?: readonly number[];
  readonly verdict: 'accept' | 'reject' | 'take_back';
  readonly actorId: string;
  readonly reason: string;
}

const decided = z.object({ userId: z.uuid(), accountId: z.uuid(), lineId: z.uuid(), date });
const refusedDecision = z.object({ refused: z.literal('incomplete') });
export type DecidedReading = z.infer<typeof decided>;
export type RefusedDecision = z.infer<typeof refusedDecision>;

/** Records an administrator's decision on an observation as evidence; null when there is nothing to decide. */
export function recordDecision(
  client: SupabaseClient<Database>,
  { id, verdict, actorId, reason }: Omit<Verdict, 'also'>,
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

/** A person's decision that an account is no more since a day, or with null that it is there after all. */
export interface EndDecision {
  readonly accountId: string;
  /** Whose account it has to be; null for an administrator, who may end anybody's. */
  readonly userId: string | null;
  readonly actorId: string;
  readonly endedOn: TradingDate | null;
  readonly reason: string;
}

const decidedEnd = z.object({ accountId: z.uuid(), lineId: z.uuid(), from: date });
const refusedEnd = z.object({ refused: z.literal('date') });
export type DecidedEnd = z.infer<typeof decidedEnd>;
export type RefusedEnd = z.infer<typeof refusedEnd>;

/** Records a decision on the end of an account as evidence; null when there is no such account or nothing to decide. */
export function recordEndDecision(
  client: SupabaseClient<Database>,
  { accountId, userId, actorId, endedOn, reason }: EndDecision,
  now: Date,
): Promise<DecidedEnd | RefusedEnd | null> {
  const call = client.rpc('decide_end', {
    p_account_id: accountId,
    p_user_id: orNull(userId),
    p_actor_id: actorId,
    p_ended_on: orNull(endedOn),
    p_reason: reason,
    p_now: now.toISOString(),
  });
  return readAnswer('decide_end', call, z.union([decidedEnd, refusedEnd]).nullable());
}

/** What somebody states an unknown movement to have been; null takes that back. */
export interface Classification {
  /** A row that reported the movement. */
  readonly rowId: number;
  /** Whose movement it has to be; null where an administrator speaks of anybody's. */
  readonly ownerId: string | null;
  readonly as: { readonly kind: KnownMovementKind; readonly amount: Amount } | null;
  readonly actorId: string;
  readonly reason: string;
}

/** Records what a movement was as evidence; null when there is nothing to state or to take back. */
export function recordClassification(
  client: SupabaseClient<Database>,
  { rowId, ownerId, as, actorId, reason }: Classification,
  now: Date,
): Promise<DecidedReading | null> {
  const call = client.rpc('classify_movement', {
    p_row_id: rowId,
    p_owner_id: orNull(ownerId),
    p_as: orNull(as),
    p_actor_id: actorId,
    p_reason: reason,
    p_now: now.toISOString(),
  });
  return readAnswer('classify_movement', call, decided.nullable());
}

/** What somebody states an account to be that nobody knows; null takes that back. */
export interface AccountClassification {
  readonly accountId: string;
  /** Whose account it has to be; null where an administrator speaks of anybody's. */
  readonly ownerId: string | null;
  readonly category: Category | null;
  readonly actorId: string;
  readonly reason: string;
}

/** Records what an account is as evidence; null when there is nothing to state or to take back. */
export function recordAccountClassification(
  client: SupabaseClient<Database>,
  { accountId, ownerId, category, actorId, reason }: AccountClassification,
  now: Date,
): Promise<DecidedReading | null> {
  const call = client.rpc('classify_account', {
    p_account_id: accountId,
    p_owner_id: orNull(ownerId),
    p_category: orNull(category),
    p_actor_id: actorId,
    p_reason: reason,
    p_now: now.toISOString(),
  });
  return readAnswer('classify_account', call, decided.nullable());
}

/** What follows about a line from all of its evidence. */
export type Conclusions = Pick<FillRecord, 'verdicts' | 'reconciled' | 'flows' | 'spans'>;

/** Records conclusions about a line that were drawn anew; null when its evidence has grown since. */
export function recordReconciliation(
  client: SupabaseClient<Database>,
  drawn: {
    readonly lineId: string;
    readonly version: string;
    readonly conclusions: Conclusions;
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
