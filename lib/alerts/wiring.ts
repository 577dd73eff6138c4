import 'server-only';
import { readIncidents } from '@/lib/coverage/read';
import { readHeldWaiting } from '@/lib/coverage/store';
import { type Database, type SupabaseClient, serviceClient } from '@/lib/db/clients';
import type { CapturePromise } from '@/lib/domain/schedule';
import { capturePromise, type Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { readCaptureHealth } from '@/lib/operations/store';
import { type AlertStore, type WatchResult, watch } from './check';
import { createAlertReceiver } from './receiver';
import { claimOwedAlert, finishOwedAlert, readAlertSightings, settleAlerts } from './store';

/** A receiver that takes longer is tried again later: a tick has other things to do. */
const RECEIVER_TIMEOUT_MS = 5_000;

/** After this time what is still owed is left to the next tick. */
const TELLING_MS = 20_000;

/** Looks for what is wrong and tells it, with everything real. */
export function runConfiguredWatch(env: Env, requestId: string): Promise<WatchResult> {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = env;
  const clock = () => new Date();
  const promise = capturePromise(env);
  return watch({
    store: createAlertStore(serviceClient(env, requestId), promise),
    promise,
    receiver:
      url === undefined || secret === undefined
        ? null
        : createAlertReceiver({ url, secret, timeoutMs: RECEIVER_TIMEOUT_MS, clock }),
    appUrl: env.APP_URL ?? null,
    stopAt: new Date(Date.now() + TELLING_MS),
    clock,
    random: Math.random,
    log: logWith(log, { requestId }),
  });
}

export function createAlertStore(client: SupabaseClient<Database>, promise: CapturePromise): AlertStore {
  return {
    sightings: (now) => readAlertSightings(client, now),
    captureHealth: (day) => readCaptureHealth(client, day),
    heldWaiting: () => readHeldWaiting(client),
    brokerageIncidents: (now) => readIncidents(client, promise, now),
    settle: (incidents, options, now) => settleAlerts(client, incidents, options, now),
    claim: (leaseSeconds, now) => claimOwedAlert(client, leaseSeconds, now),
    finish: (owed, nextAttemptAt, now) => finishOwedAlert(client, owed, nextAttemptAt, now),
  };
}
