import { readIncidents } from '@/lib/coverage/read';
import { readHeldWaiting } from '@/lib/coverage/store';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { backoffMs, type CapturePromise, latestSessionPastDeadline } from '@/lib/domain/schedule';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { CaptureHealth } from '@/lib/operations/document';
import { readCaptureHealth } from '@/lib/operations/store';
import type { AlertIncident, AlertKind } from './document';
import { findAlertIncidents, watchedDays } from './incidents';
import { alertMessage } from './message';
import type { AlertReceiver } from './receiver';
import { claimPendingDelivery, finishDelivery, readAlertSignals, settleAlerts } from './store';

/** What was not seen for this long is over, so that what comes and goes between two ticks is reported once. */
const QUIET_SECONDS = 10 * 60;

/** A brokerage is asked again within an hour and a half, also for a day that has only just become due. */
const BROKERAGE_QUIET_SECONDS = 90 * 60;

const quietSeconds = (kind: AlertKind): number =>
  kind === 'brokerage_incident' ? BROKERAGE_QUIET_SECONDS : QUIET_SECONDS;

/** Longer than one delivery can take, and short enough that another soon takes over a killed worker's message. */
const LEASE_SECONDS = 60;

export interface AlertCheckDependencies {
  readonly client: SupabaseClient<Database>;
  /** By when how much of a trading day has to be there. */
  readonly promise: CapturePromise;
  /** Null where no receiver is configured; alerts are then only stored. */
  readonly receiver: AlertReceiver | null;
  /** Where the product's pages are, for links. */
  readonly appUrl: string | null;
  /** No further message is sent after this instant. */
  readonly stopAt: Date;
  readonly clock: () => Date;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  readonly log: Log;
}

export interface AlertCheckResult {
  /** What is wrong now. */
  readonly incidents: readonly { readonly kind: AlertKind; readonly key: string }[];
  /** Messages that the receiver took. */
  readonly delivered: number;
  /** Whether the receiver did not take one; it is tried again later. */
  readonly receiverFailed: boolean;
}

/** Finds what is wrong, opens and resolves alerts accordingly, and delivers pending messages to the receiver. */
export async function checkAlerts(dependencies: AlertCheckDependencies): Promise<AlertCheckResult> {
  const { client, promise, receiver, clock } = dependencies;
  const now = clock();
  const incidents = await findCurrentIncidents(client, promise, now);
  await settleAlerts(client, incidents, { isDelivered: receiver !== null, quietSeconds }, now);
  const delivery =
    receiver === null ? { delivered: 0, receiverFailed: false } : await deliverAll(receiver, dependencies);
  return { incidents: incidents.map(({ kind, key }) => ({ kind, key })), ...delivery };
}

async function findCurrentIncidents(
  client: SupabaseClient<Database>,
  promise: CapturePromise,
  now: Date,
): Promise<readonly AlertIncident[]> {
  const tradingDay = latestSessionPastDeadline(now, promise.deadline);
  const [signals, held, brokerages] = await Promise.all([
    readAlertSignals(client, now),
    readHeldWaiting(client),
    readIncidents(client, promise, now),
  ]);
  const captures = await Promise.all(
    watchedDays(tradingDay, signals).map(
      async (day): Promise<[TradingDate, CaptureHealth]> => [day, await readCaptureHealth(client, day)],
    ),
  );
  return findAlertIncidents({
    tradingDay,
    target: promise.target,
    captures: new Map(captures),
    signals,
    held,
    brokerages,
  });
}

/** Delivers one message after the other and stops at the first that is not taken, since the next would fare no better. */
async function deliverAll(
  receiver: AlertReceiver,
  { client, appUrl, stopAt, clock, random, log }: AlertCheckDependencies,
): Promise<{ readonly delivered: number; readonly receiverFailed: boolean }> {
  let delivered = 0;
  while (clock() < stopAt) {
    const delivery = await claimPendingDelivery(client, LEASE_SECONDS, clock());
    if (delivery === null) break;
    const { alertId, state, incident } = delivery;
    try {
      await receiver.deliver(`${alertId}-${state}`, alertMessage(delivery, appUrl));
    } catch (error) {
      const attempts = delivery.attempts + 1;
      await finishDelivery(
        client,
        delivery,
        new Date(clock().getTime() + backoffMs(attempts, random())),
        clock(),
      );
      const message = error instanceof Error ? error.message : String(error);
      log('warn', 'alert_not_delivered', { alertId, state, kind: incident.kind, attempts, message });
      return { delivered, receiverFailed: true };
    }
    await finishDelivery(client, delivery, null, clock());
    log('info', 'alert_delivered', { alertId, state, kind: incident.kind });
    delivered += 1;
  }
  return { delivered, receiverFailed: false };
}
