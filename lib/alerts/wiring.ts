import 'server-only';
import { serviceClient } from '@/lib/db/clients';
import { capturePromise, type Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { type AlertCheckResult, checkAlerts } from './check';
import { createAlertReceiver } from './receiver';

/** A receiver that takes longer is tried again later: a tick has other things to do. */
const RECEIVER_TIMEOUT_MS = 5_000;

/** After this time what is still pending is left to the next tick. */
const DELIVERY_MS = 20_000;

/** Checks for alerts and delivers them, with everything real. */
export function runAlertCheck(env: Env, requestId: string): Promise<AlertCheckResult> {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = env;
  const clock = () => new Date();
  return checkAlerts({
    client: serviceClient(env, requestId),
    promise: capturePromise(env),
    receiver:
      url === undefined || secret === undefined
        ? null
        : createAlertReceiver({ url, secret, timeoutMs: RECEIVER_TIMEOUT_MS, clock }),
    appUrl: env.APP_URL ?? null,
    stopAt: new Date(Date.now() + DELIVERY_MS),
    clock,
    random: Math.random,
    log: logWith(log, { requestId }),
  });
}
