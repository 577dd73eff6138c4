import 'server-only';
import { Webhook } from 'standardwebhooks';
import type { AlertMessage } from './message';

/** The receiver of alerts: a webhook that takes Slack's JSON. */
export interface AlertReceiver {
  /**
   * Delivers one message. `id` is the same whenever the same message is sent again, so that a receiver which took it
   * without our hearing of it can drop the second copy. Throws when it was not taken; the error names no address.
   */
  deliver(id: string, message: AlertMessage): Promise<void>;
}

/** What the standard puts before a key in base64; any other secret is the key as it is written. */
const ENCODED = 'whsec_';

interface ReceiverOptions {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly clock: () => Date;
}

/**
 * A receiver behind an address. Requests are signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp` and
 * `webhook-signature`), so that its libraries verify them and refuse those that are minutes old. Redirects are not followed:
 * they would carry the message to somebody who was not configured.
 */
export function createAlertReceiver({ url, secret, timeoutMs, clock }: ReceiverOptions): AlertReceiver {
  const webhook = new Webhook(secret, secret.startsWith(ENCODED) ? {} : { format: 'raw' });
  return {
    deliver: async (id, message) => {
      const body = JSON.stringify(message);
      const now = clock();
      const status = await post(url, timeoutMs, body, {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': webhook.sign(id, now, body),
      });
      if (status < 200 || status > 299) throw new Error(`the receiver answered with status ${status}`);
    },
  };
}

/** Nothing of the original error is kept: it may name the address, which is a secret itself at Slack. */
async function post(
  url: string,
  timeoutMs: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    const isSlow = error instanceof Error && error.name === 'TimeoutError';
    throw new Error(
      isSlow ? `the receiver did not answer within ${timeoutMs} ms` : 'the receiver could not be reached',
    );
  }
}
