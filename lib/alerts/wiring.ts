import 'server-only';
import { readIncidents } from '@/lib/coverage/read';
import { readHeldWaiting } from '@/lib/coverage/store';
import { type Database, type SupabaseClient, serviceClient } from '@/lib/db/clients';
import type { CapturePromise } from '@/lib/domain/schedule';
import { capturePromise, type Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { readCaptureHealth } from '@/lib/operations/store';
import { type AlertCheckResult, type AlertStore, checkAlerts } from './check';
import { createAlertReceiver } from './receiver';
import { claimPendingDelivery, finishDelivery, readAlertSignals, settleAlerts } from './store';

/** A receiver that takes longer is tried again later: a tick has other things to do. */
const RECEIVER_TIMEOUT_MS = 5_000;

/** After this time what is still pending is left to the next tick. */
const DELIVERY_MS = 20_000;

/** Checks for alerts and delivers them, with everything real. */
export function runAlertCheck(env: Env, requestId: string): Promise<AlertCheckResult> {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = env;
  const clock = () => new Date();
  const promise = capturePromise(env);
  return checkAlerts({
    store: createAlertStore(serviceClient(env, requestId), promise),
    promise,
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

export function createAlertStore(client: SupabaseClient<Database>, promise: CapturePromise): AlertStore {
  return {
    signals: (now) => readAlertSignals(client, now),
    captureHealth: (day) => readCaptureHealth(client, day),
    heldWaiting: () => readHeldWaiting(client),
    brokerageIncidents: (now) => readIncidents(client, promise, now),
    settle: (incidents, options, now) => settleAlerts(client, incidents, options, now),
    claim: (leaseSeconds, now) => claimPendingDelivery(client, leaseSeconds, now),
    finish: (delivery, nextAttemptAt, now) => finishDelivery(client, delivery, nextAttemptAt, now),
  };
}
