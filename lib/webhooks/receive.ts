import 'server-only';
import { AppError } from '@/lib/errors';
import { checkInput, parseJson, readTextBody } from '@/lib/http/body';
import type { Log } from '@/lib/log';
import {
  type ConnectionEvent,
  isSignatureShaped,
  isSignedBySnapTrade,
  readConnectionEvent,
  snapTradeEventSchema,
} from './event';
import type { RecordedEvent } from './store';

/** An event of SnapTrade has about one kilobyte. */
const EVENT_BYTES_MAX = 16_384;

interface ReceiverDependencies {
  readonly consumerKey: string;
  /** Makes the connection due, once for each event. */
  readonly record: (event: ConnectionEvent) => Promise<RecordedEvent>;
  readonly log: Log;
}

/** What became of an event. `userId` says whose connections are to be filled now; null when there is nothing to do. */
interface Receipt {
  readonly outcome: RecordedEvent['outcome'] | 'ignored';
  readonly userId: string | null;
}

/**
 * Receives one delivery of a SnapTrade webhook. An event only says which connection to read: values come from the
 * provider's own answers and are judged as ever. So its age does not matter, and a delivery that is repeated hours later,
 * as SnapTrade does after an outage of ours, is as welcome as the first; what a replayed one can cost is nothing, since
 * each event counts once. Throws `AppError` for a body that SnapTrade did not sign or that is no event.
 */
export async function receiveSnapTradeEvent(
  request: Request,
  { consumerKey, record, log }: ReceiverDependencies,
): Promise<Receipt> {
  const signature = request.headers.get('signature');
  if (!isSignatureShaped(signature)) throw unsigned();
  const body = await readTextBody(request, EVENT_BYTES_MAX);
  if (!isSignedBySnapTrade(body, signature, consumerKey)) {
    log('warn', 'webhook_refused', { provider: 'snaptrade' });
    throw unsigned();
  }
  const event = checkInput(parseJson(body), snapTradeEventSchema);
  const found = readConnectionEvent(event);
  const receipt: Receipt = found === null ? { outcome: 'ignored', userId: null } : await record(found);
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
