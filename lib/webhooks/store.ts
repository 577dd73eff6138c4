import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { Instant } from '@/lib/domain/trading-date';
import type { ProviderId } from '@/lib/providers/provider';

const hinted = z.object({
  outcome: z.enum(['due', 'duplicate', 'unknown_connection']),
  userId: z.uuid().nullable(),
});

/** What a hint did; `userId` is the owner of the connection when it is due now, otherwise null. */
export type Hinted = z.infer<typeof hinted>;

/** Makes the connection of a provider's event due at once, the first time that the event comes. */
export function hintConnection(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  hint: {
    readonly externalId: string;
    readonly eventId: string;
    readonly eventType: string;
    readonly happenedAt: Instant | null;
  },
  now: Date,
): Promise<Hinted> {
  const call = client.rpc('hint_connection', {
    p_provider: provider,
    p_external_id: hint.externalId,
    p_event_id: hint.eventId,
    p_event_type: hint.eventType,
    p_event_timestamp: orNull(hint.happenedAt),
    p_now: now.toISOString(),
  });
  return readAnswer('hint_connection', call, hinted);
}
