import 'server-only';
import { z } from 'zod';
import { DEFAULT_RULES } from '@/lib/domain/judge';
import { HELD_REASONS, KINDS } from '@/lib/domain/states';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { amount, currency, date, instant } from './schemas';

const heldValue = z.object({
  id: z.number().int(),
  userId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  date,
  total: amount.nullable(),
  currency: currency.nullable(),
  kind: z.enum(KINDS),
  source: z.string(),
  asOf: instant,
  observedAt: instant,
  reason: z.enum(HELD_REASONS),
  last: z.object({ date, total: amount }).nullable(),
  refutedBy: z.object({ date, total: amount }).nullable(),
});

/**
 * A held observation, with the standing value before it, and with the later ordinary value by which nobody need give a
 * verdict any more.
 */
export type HeldValue = z.infer<typeof heldValue>;

interface HeldPage {
  readonly beforeId: number | null;
  readonly limit: number;
  /** From where on a later value is no ordinary one; the product's own rule when left out. */
  readonly swingFactorMax?: number;
}

/** Held observations, those that wait for a verdict first and newest first; `beforeId` asks for the next page. */
export function readHeldValues(
  client: SupabaseClient<Database>,
  { beforeId, limit, swingFactorMax = DEFAULT_RULES.swingFactorMax }: HeldPage,
): Promise<readonly HeldValue[]> {
  const call = client.rpc('held_values', {
    p_before_id: orNull(beforeId),
    p_limit: limit,
    p_swing_factor_max: swingFactorMax,
  });
  return readAnswer('held_values', call, z.array(heldValue));
}

const waiting = z.object({ count: z.number().int(), oldest: instant.nullable() });

/** How many held observations no later value has settled, and when the oldest of them was observed. */
export function readHeldWaiting(
  client: SupabaseClient<Database>,
  swingFactorMax: number = DEFAULT_RULES.swingFactorMax,
): Promise<z.infer<typeof waiting>> {
  const call = client.rpc('held_waiting', { p_swing_factor_max: swingFactorMax });
  return readAnswer('held_waiting', call, waiting);
}

const judged = z.object({ userId: z.uuid(), accountId: z.uuid(), date, published: z.number().int() });
const refused = z.object({ refused: z.literal('incomplete') });

/** What a verdict changed: how many published days are new or different. */
export type JudgedValue = z.infer<typeof judged>;

/**
 * Records an administrator's verdict on a held observation. One that lacks its total or currency cannot be accepted. Null
 * when there is no such observation any more.
 */
export function judgeHeldValue(
  client: SupabaseClient<Database>,
  verdict: {
    readonly id: number;
    readonly accept: boolean;
    readonly actorId: string;
    readonly reason: string;
  },
  now: Date,
): Promise<JudgedValue | z.infer<typeof refused> | null> {
  const call = client.rpc('judge_held', {
    p_id: verdict.id,
    p_accept: verdict.accept,
    p_actor_id: verdict.actorId,
    p_reason: verdict.reason,
    p_now: now.toISOString(),
  });
  return readAnswer('judge_held', call, z.union([judged, refused]).nullable());
}
