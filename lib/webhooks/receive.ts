import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { Instant } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { checkInput, parseJson, readTextBody } from '@/lib/http/body';
import type { Log } from '@/lib/log';
import type { ProviderId } from '@/lib/providers/provider';
import {
  type ConnectionHint,
  isSignatureShaped,
  isSignedBySnapTrade,
  readHint,
  snapTradeEventSchema,
} from './event';

/** An event of SnapTrade has about one kilobyte. */
const EVENT_BYTES_MAX = 16_384;

interface ReceiverDependencies {
  readonly consumerKey: string;
  /** Makes the connection due, once for each event. */
  readonly hint: (hint: ConnectionHint) => Promise<Hinted>;
  readonly log: Log;
}

/** What became of an event. `userId` says whose connections are to be filled now; null when there is nothing to do. */
interface Receipt {
  readonly outcome: Hinted['outcome'] | 'ignored';
  readonly userId: string | null;
}

/**
 * Receives one delivery of a SnapTrade webhook. An event is only a hint to look at a connection: values come from the
 * provider's own answers and are judged as ever. So its age does not matter, and a delivery that is repeated hours later,
 * as SnapTrade does after an outage of ours, is as welcome as the first; what a replayed one can cost is nothing, since
 * each event counts once. Throws `AppError` for a body that SnapTrade did not sign or that is no event.
 */
export async function receiveSnapTradeEvent(
  request: Request,
  { consumerKey, hint, log }: ReceiverDependencies,
): Promise<Receipt> {
  const signature = request.headers.get('signature');
  if (!isSignatureShaped(signature)) throw unsigned();
  const body = await readTextBody(request, EVENT_BYTES_MAX);
  if (!isSignedBySnapTrade(body, signature, consumerKey)) {
    log('warn', 'webhook_refused', { provider: 'snaptrade' });
    throw unsigned();
  }
  const event = checkInput(parseJson(body), snapTradeEventSchema);
  const found = readHint(event);
  const receipt: Receipt = found === null ? { outcome: 'ignored', userId: null } : await hint(found);
  log('info', 'webhook_received', {
    provider: 'snaptrade',
    eventId: event.webhookId,
    eventType: event.eventType,
    outcome: receipt.outcome,
  });
  return receipt;
}

function unsigned(): AppError {
  return new AppError('unauthenticated', 'The signature of this webhook is missing or wrong.');
}

const hinted = z.object({
  outcome: z.enum(['due', 'duplicate', 'unknown_connection']),
  userId: z.uuid().nullable(),
});

/** What a hint did; `userId` is the owner of the connection when it is due now, otherwise null. */
type Hinted = z.infer<typeof hinted>;

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
