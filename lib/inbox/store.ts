import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { InboxAction } from '@/lib/domain/states';
import { type Inbox, inbox } from './document';

/** What waits for operators, oldest first: what is put off, or all else. */
export function readInbox(
  client: SupabaseClient<Database>,
  read: { readonly actorId: string; readonly isSnoozed: boolean; readonly limit: number },
  now: Date,
): Promise<Inbox> {
  const call = client.rpc('inbox', {
    p_actor_id: read.actorId,
    p_snoozed: read.isSnoozed,
    p_limit: read.limit,
    p_now: now.toISOString(),
  });
  return readAnswer('inbox', call, inbox);
}

/** Notes what an operator does with an item; false when nothing of that name waits. */
export function markInboxItem(
  client: SupabaseClient<Database>,
  mark: {
    readonly item: string;
    readonly actorId: string;
    readonly action: InboxAction;
    readonly until: Date | null;
  },
  now: Date,
): Promise<boolean> {
  const call = client.rpc('mark_inbox_item', {
    p_item: mark.item,
    p_actor_id: mark.actorId,
    p_action: mark.action,
    p_until: orNull(mark.until?.toISOString() ?? null),
    p_now: now.toISOString(),
  });
  return readAnswer('mark_inbox_item', call, z.boolean());
}
