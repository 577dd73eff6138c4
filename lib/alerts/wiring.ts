import 'server-only';
import { serviceClient } from '@/lib/db/clients';
import { capturePromise, type Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { fetchCalendar } from '@/lib/providers/alpaca/calendar';
import { alpacaOptions } from '@/lib/providers/alpaca/wiring';
import { checkCalendar } from './calendar-check';
import { type AlertCheckResult, checkAlerts } from './check';
import { createAlertReceiver } from './receiver';
import { claimCalendarCheck, recordCalendarDifferences } from './store';

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

const CALENDAR_SOURCE = 'Alpaca';

/** Compares our calendar with Alpaca's, where the operator has keys there; once a day. Never throws: ours goes on alone. */
export async function runCalendarCheck(env: Env, requestId: string): Promise<void> {
  const { ALPACA_API_KEY_ID: keyId, ALPACA_API_SECRET_KEY: secretKey } = env;
  if (keyId === undefined || secretKey === undefined) return;
  const client = serviceClient(env, requestId);
  // One request a day takes nothing from anybody.
  const options = alpacaOptions(env, { pass: async () => {} });
  try {
    const differences = await checkCalendar(new Date(), {
      claim: (today) => claimCalendarCheck(client, CALENDAR_SOURCE, today),
      fetchSessions: (from, to) => fetchCalendar({ keyId, secretKey }, options, from, to),
      record: (found) => recordCalendarDifferences(client, CALENDAR_SOURCE, found),
    });
    if (differences !== null) log('info', 'calendar_checked', { requestId, differences });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log('warn', 'calendar_not_checked', { requestId, message });
  }
}
