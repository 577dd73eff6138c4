import type { Incident } from '@/lib/domain/incidents';
import { backoffMs, type CapturePromise, latestSessionPastDeadline } from '@/lib/domain/schedule';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { CaptureHealth } from '@/lib/operations/document';
import type { AlertIncident, AlertKind, AlertSignals, PendingDelivery } from './document';
import { type AlertEvidence, findAlertIncidents, watchedDays } from './incidents';
import { alertMessage } from './message';
import type { AlertReceiver } from './receiver';
import type { SettleOptions } from './store';

/** What was not seen for this long is over, so that what comes and goes between two ticks is told once. */
const QUIET_SECONDS = 10 * 60;

/** A brokerage is asked again within an hour and a half, also for a day that has only just become due. */
const BROKERAGE_QUIET_SECONDS = 90 * 60;

const quietSeconds = (kind: AlertKind): number =>
  kind === 'brokerage_incident' ? BROKERAGE_QUIET_SECONDS : QUIET_SECONDS;

/** Longer than telling one message can take, and short enough that a killed worker's message is soon told by another. */
const LEASE_SECONDS = 60;

/** The database functions behind alerts, as `lib/db` provides them. */
export interface AlertStore {
  signals(now: Date): Promise<AlertSignals>;
  captureHealth(day: TradingDate): Promise<CaptureHealth>;
  heldWaiting(): Promise<AlertEvidence['held']>;
  brokerageIncidents(now: Date): Promise<readonly Incident[]>;
  settle(incidents: readonly AlertIncident[], options: SettleOptions, now: Date): Promise<void>;
  claim(leaseSeconds: number, now: Date): Promise<PendingDelivery | null>;
  finish(owed: PendingDelivery, nextAttemptAt: Date | null, now: Date): Promise<void>;
}

export interface WatchDependencies {
  readonly store: AlertStore;
  /** By when how much of a trading day has to be there. */
  readonly promise: CapturePromise;
  /** Null where nobody is to be told; alerts are then only kept. */
  readonly receiver: AlertReceiver | null;
  /** Where the product's pages are, for links. */
  readonly appUrl: string | null;
  /** No further message is told after this instant. */
  readonly stopAt: Date;
  readonly clock: () => Date;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  readonly log: Log;
}

export interface WatchResult {
  /** What is wrong now. */
  readonly incidents: readonly { readonly kind: AlertKind; readonly key: string }[];
  /** Messages that the receiver took. */
  readonly told: number;
  /** Whether the receiver did not take one; it is tried again later. */
  readonly receiverFailed: boolean;
}

/** Looks for what is wrong, keeps the alerts in line with it, and tells the receiver what it is owed. */
export async function watch(dependencies: WatchDependencies): Promise<WatchResult> {
  const { store, promise, receiver, clock } = dependencies;
  const now = clock();
  const incidents = await lookAround(store, promise, now);
  await store.settle(incidents, { tell: receiver !== null, quietSeconds }, now);
  const told = receiver === null ? { told: 0, receiverFailed: false } : await tellAll(receiver, dependencies);
  return { incidents: incidents.map(({ kind, key }) => ({ kind, key })), ...told };
}

async function lookAround(
  store: AlertStore,
  { deadline, target }: CapturePromise,
  now: Date,
): Promise<readonly AlertIncident[]> {
  const tradingDay = latestSessionPastDeadline(now, deadline);
  const [signals, held, brokerages] = await Promise.all([
    store.signals(now),
    store.heldWaiting(),
    store.brokerageIncidents(now),
  ]);
  const captures = await Promise.all(
    watchedDays(tradingDay, signals).map(
      async (day): Promise<[TradingDate, CaptureHealth]> => [day, await store.captureHealth(day)],
    ),
  );
  return findAlertIncidents({
    tradingDay,
    target,
    captures: new Map(captures),
    signals,
    held,
    brokerages,
  });
}

/** Tells one message after the other and stops at the first that is not taken, since the next would fare no better. */
async function tellAll(
  receiver: AlertReceiver,
  { store, appUrl, stopAt, clock, random, log }: WatchDependencies,
): Promise<{ readonly told: number; readonly receiverFailed: boolean }> {
  let told = 0;
  while (clock() < stopAt) {
    const owed = await store.claim(LEASE_SECONDS, clock());
    if (owed === null) break;
    const { alertId, state, incident } = owed;
    try {
      await receiver.tell(`${alertId}-${state}`, alertMessage(owed, appUrl));
    } catch (error) {
      const attempts = owed.attempts + 1;
      await store.finish(owed, new Date(clock().getTime() + backoffMs(attempts, random())), clock());
      const message = error instanceof Error ? error.message : String(error);
      log('warn', 'alert_not_told', { alertId, state, kind: incident.kind, attempts, message });
      return { told, receiverFailed: true };
    }
    await store.finish(owed, null, clock());
    log('info', 'alert_told', { alertId, state, kind: incident.kind });
    told += 1;
  }
  return { told, receiverFailed: false };
}
