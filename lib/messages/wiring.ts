import 'server-only';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { lastingAddress } from '@/lib/http/address';
import { log, logWith } from '@/lib/log';
import { createSmtpMailer, type Mailer } from './mailer';
import { type MessageResult, sendMessages } from './send';

/** A mail server that takes longer is tried again later. */
const MAIL_TIMEOUT_MS = 10_000;

/** After this time what is still pending is left to the next call. */
const SENDING_MS = 20_000;

/**
 * Sends users what they have to know, with everything real. `headers` are those of the request that asks for it, which tell where links
 * lead when nothing else does; where nobody knows that, nothing is sent.
 */
export async function runMessages(
  env: Env,
  requestId: string,
  headers: Pick<Headers, 'get'>,
): Promise<MessageResult> {
  const ownLog = logWith(log, { requestId });
  const mailer = openMailer(env);
  try {
    return await sendMessages({
      client: serviceClient(env, requestId),
      mailer,
      appUrl: mailer === null ? '' : lastingAddress(headers, env),
      signingKey: env.CREDENTIALS_KEY,
      stopAt: new Date(Date.now() + SENDING_MS),
      clock: () => new Date(),
      random: Math.random,
      log: ownLog,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ownLog('error', 'messages_not_sent', { message: error.message });
    return { sent: 0, mailerFailed: true };
  } finally {
    mailer?.close();
  }
}

function openMailer({ SMTP_URL: url, MAIL_FROM: from }: Env): Mailer | null {
  if (url === undefined || from === undefined) return null;
  return createSmtpMailer({ url, from, timeoutMs: MAIL_TIMEOUT_MS });
}
