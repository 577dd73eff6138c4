import 'server-only';
import { z } from 'zod';
import { BACKFILL_STATES } from '@/lib/backfill/document';
import { AUDIT_ACTIONS, type AuditAction, type AuditEntry } from '@/lib/domain/audit';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { date, instant } from './schemas';

const entry = z.object({
  id: z.number().int(),
  actorId: z.uuid(),
  actor: z.string().nullable(),
  action: z.enum(AUDIT_ACTIONS),
  reason: z.string().nullable(),
  at: instant,
  backfill: z
    .object({
      id: z.uuid(),
      status: z.enum(BACKFILL_STATES),
      accountDays: z.number().int(),
      filledDays: z.number().int(),
    })
    .nullable(),
  held: z
    .object({
      userId: z.uuid(),
      email: z.string().nullable(),
      account: z.string(),
      date,
      verdict: z.enum(['accepted', 'held', 'rejected']),
    })
    .nullable(),
});

export interface AuditRead {
  readonly actorId: string | null;
  readonly action: AuditAction | null;
  /** The last entry of the page before. */
  readonly before: number | null;
  readonly limit: number;
}

/** What administrators did, newest first. */
export function listAudit(client: SupabaseClient<Database>, read: AuditRead): Promise<readonly AuditEntry[]> {
  const call = client.rpc('list_audit', {
    p_actor_id: orNull(read.actorId),
    p_action: orNull(read.action),
    p_before: orNull(read.before),
    p_limit: read.limit,
  });
  return readAnswer('list_audit', call, z.array(entry));
}
