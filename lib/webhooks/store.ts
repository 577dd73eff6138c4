import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { ProviderId } from '@/lib/domain/states';
import type { Instant } from '@/lib/domain/trading-date';

const recordedEvent = z.object({
  outcome: z.enum(['due', 'duplicate', 'unknown_connection']),
  userId: z.uuid().nullable(),
});

/** What an event did; `userId` is the owner of the connection when it is due now, otherwise null. */
export type RecordedEvent = z.infer<typeof recordedEvent>;

/** Makes the connection of a provider's event due at once, the first time that the event comes. */
export function recordConnectionEvent(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  event: {
    readonly externalId: string;
    readonly eventId: string;
    readonly eventType: string;
    readonly happenedAt: Instant | null;
    readonly removedAccount?: string;
  },
  now: Date,
): Promise<RecordedEvent> {
  const call = client.rpc('record_connection_event', {
    p_provider: provider,
    p_external_id: event.externalId,
    p_event_id: event.eventId,
    p_event_type: event.eventType,
    p_event_timestamp: orNull(event.happenedAt),
    p_now: now.toISOString(),
    p_removed_account: orNull(event.removedAccount ?? null),
  });
  return readAnswer('record_connection_event', call, recordedEvent);
}
