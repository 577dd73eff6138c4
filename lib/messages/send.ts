import type { Database, SupabaseClient } from '@/lib/db/clients';
import { backoffMs } from '@/lib/domain/schedule';
import type { Log } from '@/lib/log';
import { composeMail } from './compose';
import type { MessageBatch } from './document';
import { MailError, type Mailer } from './mailer';
import { claimMessages, finishMessages, settleNotices } from './store';

/** Longer than one delivery can take, and short enough that another soon takes over a killed worker's message. */
const LEASE_SECONDS = 60;

/** A message that is refused this often will be refused for ever. */
const REFUSALS_MAX = 5;

export interface MessageDependencies {
  readonly client: SupabaseClient<Database>;
  /** Null where no mail server is configured; what users would have to know is then only kept. */
  readonly mailer: Mailer | null;
  /** Where the product's pages are, for links. */
  readonly appUrl: string;
  readonly signingKey: string;
  /** No further message is sent after this instant. */
  readonly stopAt: Date;
  readonly clock: () => Date;
  /** In [0, 1), for the jitter of the pauses. */
  readonly random: () => number;
  readonly log: Log;
}

export interface MessageResult {
  /** E-mails that the mail server took. */
  readonly sent: number;
  /** Whether the mail server could not be used; what is pending is tried again later. */
  readonly mailerFailed: boolean;
}

/** Finds what users have to know by now, and sends them one message for each such state. */
export async function sendMessages(dependencies: MessageDependencies): Promise<MessageResult> {
  const { client, mailer, stopAt, clock } = dependencies;
  await settleNotices(client, mailer !== null, clock());
  let sent = 0;
  while (mailer !== null && clock() < stopAt) {
    const batch = await claimMessages(client, LEASE_SECONDS, clock());
    if (batch === null) break;
    const outcome = await sendOne(batch, mailer, dependencies);
    if (outcome === 'sent') sent += 1;
    // The next message would fare no better.
    if (outcome === 'unavailable') return { sent, mailerFailed: true };
  }
  return { sent, mailerFailed: false };
}

async function sendOne(
  batch: MessageBatch,
  mailer: Mailer,
  { client, appUrl, signingKey, clock, random, log }: MessageDependencies,
): Promise<'sent' | MailError['kind']> {
  const { ids, kind, userId } = batch;
  try {
    await mailer.send(composeMail(batch, { appUrl, signingKey }));
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const attempts = batch.attempts + 1;
    const isGivenUp = error.kind === 'refused' && attempts >= REFUSALS_MAX;
    const nextAttemptAt = new Date(clock().getTime() + backoffMs(attempts, random()));
    await finishMessages(client, ids, isGivenUp ? 'refused' : { nextAttemptAt }, clock());
    log('warn', 'message_not_sent', { kind, userId, attempts, message: error.message });
    return error.kind;
  }
  await finishMessages(client, ids, 'sent', clock());
  log('info', 'message_sent', { kind, userId });
  return 'sent';
}
