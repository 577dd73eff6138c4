import 'server-only';
import { z } from 'zod';
import { KINDS } from '@/lib/domain/kind';
import { HELD_REASONS } from '@/lib/domain/observation';
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
});

/** An observation that waits for a verdict, with the standing value before it. */
export type HeldValue = z.infer<typeof heldValue>;

/** Held observations, newest first; `beforeId` asks for the next page. */
export function readHeldValues(
  client: SupabaseClient<Database>,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<readonly HeldValue[]> {
  const call = client.rpc('held_values', { p_before_id: orNull(page.beforeId), p_limit: page.limit });
  return readAnswer('held_values', call, z.array(heldValue));
}

const judged = z.object({ userId: z.uuid(), accountId: z.uuid(), date, published: z.number().int() });

/** What a verdict changed: how many published days are new or different. */
export type JudgedValue = z.infer<typeof judged>;

/** Records an administrator's verdict on a held observation; null when there is no such one any more. */
export function judgeHeldValue(
  client: SupabaseClient<Database>,
  verdict: {
    readonly id: number;
    readonly accept: boolean;
    readonly actorId: string;
    readonly reason: string;
  },
  now: Date,
): Promise<JudgedValue | null> {
  const call = client.rpc('judge_held', {
    p_id: verdict.id,
    p_accept: verdict.accept,
    p_actor_id: verdict.actorId,
    p_reason: verdict.reason,
    p_now: now.toISOString(),
  });
  return readAnswer('judge_held', call, judged.nullable());
}
