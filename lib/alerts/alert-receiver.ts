import 'server-only';
import { createHmac } from 'node:crypto';
import type { AlertMessage } from './alert-message';

/** Who is told: a webhook that takes Slack's JSON. */
export interface AlertReceiver {
  /**
   * Delivers one message. `id` is the same whenever the same message is sent again, so that a receiver which took it
   * without our hearing of it can drop the second copy. Throws when it was not taken; the error names no address.
   */
  tell(id: string, message: AlertMessage): Promise<void>;
}

interface ReceiverOptions {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly clock: () => Date;
}

/**
 * A receiver behind an address. Each request carries `X-Alert-Id`, `X-Alert-Timestamp` (seconds since 1970) and
 * `X-Alert-Signature`, which is `v1=` and the HMAC-SHA256, in hexadecimal, of timestamp, a dot and the body, keyed with
 * the secret. A receiver should refuse a timestamp that is minutes old. Redirects are not followed: they would carry the
 * message to somebody who was not configured.
 */
export function createAlertReceiver({ url, secret, timeoutMs, clock }: ReceiverOptions): AlertReceiver {
  return {
    tell: async (id, message) => {
      const body = JSON.stringify(message);
      const timestamp = String(Math.floor(clock().getTime() / 1000));
      const status = await post(url, timeoutMs, body, {
        'content-type': 'application/json',
        'x-alert-id': id,
        'x-alert-timestamp': timestamp,
        'x-alert-signature': signAlert(secret, timestamp, body),
      });
      if (status < 200 || status > 299) throw new Error(`the receiver answered with status ${status}`);
    },
  };
}

/** The signature of a message's body as the receiver checks it. */
function signAlert(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
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
