import type { Incident } from '@/lib/domain/incidents';
import { addDays, type Instant, isDate, type TradingDate } from '@/lib/domain/trading-date';
import type { CaptureHealth } from '@/lib/operations/document';
import { findFaults } from '@/lib/operations/health';
import type { AlertIncident, AlertSignals } from './document';

/** Connections that broke longer ago are no news any more, unless an alert of them was sent and its end is awaited. */
const RECONNECT_NEWS_DAYS = 7;

/** A day that stayed below its target is watched for as long as ticks look for its gaps. */
export const COVERAGE_WATCHED_DAYS = 30;

/** Two calendars that differ on more days than these are told apart by the first of them as well. */
const CALENDAR_DIFFERENCES_MAX = 5;

const COVERAGE_KEY = 'coverage_below_target:';

/** Everything that incidents are concluded from. */
export interface AlertEvidence {
  /** The last trading day past its deadline. */
  readonly tradingDay: TradingDate;
  /** The share of account days that has to be there. */
  readonly target: number;
  /** How complete that day is, and each day of `watchedDays`. */
  readonly captures: ReadonlyMap<TradingDate, CaptureHealth>;
  readonly signals: AlertSignals;
  readonly held: { readonly count: number; readonly oldest: Instant | null };
  readonly brokerages: readonly Incident[];
}

/** The days whose coverage is looked at: the last one past its deadline, and recent ones with an open alert. */
export function watchedDays(
  tradingDay: TradingDate,
  { openKeys }: Pick<AlertSignals, 'openKeys'>,
): readonly TradingDate[] {
  const alerted = openKeys
    .filter((key) => key.startsWith(COVERAGE_KEY))
    .map((key) => key.slice(COVERAGE_KEY.length))
    .filter(isDate)
    .filter((day) => day >= addDays(tradingDay, -COVERAGE_WATCHED_DAYS));
  return [...new Set([tradingDay, ...alerted])];
}

/** What is wrong now. Where a provider refuses our keys, or nothing ran, that is reported instead of all that follows from it. */
export function findAlertIncidents({
  tradingDay,
  target,
  captures,
  signals,
  held,
  brokerages,
}: AlertEvidence): readonly AlertIncident[] {
  const { failedRuns, reconnect, keysRefused, openKeys, calendarDifferences } = signals;
  const incidents: AlertIncident[] = [];
  if (failedRuns !== null) incidents.push({ kind: 'run_failed', key: 'run_failed', facts: failedRuns });

  for (const [day, capture] of captures) {
    const faults = findFaults(capture, day, target);
    if (day === tradingDay && faults.includes('no_run')) {
      const lastRunAt = capture.lastRun?.startedAt ?? null;
      incidents.push({ kind: 'no_run', key: 'no_run', facts: { tradingDay, lastRunAt } });
    }
    if (faults.includes('coverage_below_target')) {
      const { expected, present } = capture;
      incidents.push({
        kind: 'coverage_below_target',
        key: `${COVERAGE_KEY}${day}`,
        facts: { tradingDay: day, expected, present },
      });
    }
  }

  for (const refused of keysRefused) {
    const key = `provider_keys_refused:${refused.provider}`;
    incidents.push({ kind: 'provider_keys_refused', key, facts: refused });
  }
  const hasNoRun = incidents.some(({ kind }) => kind === 'no_run');
  const isExplained = ({ provider, reason }: Incident): boolean =>
    keysRefused.some((one) => one.provider === provider) || (hasNoRun && reason === 'not_yet_due');
  for (const incident of brokerages.filter((one) => !isExplained(one))) {
    const { key, ...facts } = incident;
    incidents.push({ kind: 'brokerage_incident', key: `brokerage_incident:${key}`, facts });
  }

  if (held.oldest !== null) {
    const facts = { count: held.count, since: held.oldest };
    incidents.push({ kind: 'held_values_waiting', key: 'held_values_waiting', facts });
  }
  for (const facts of reconnect) {
    const key = `reconnect_needed:${facts.date}`;
    const isNews = facts.date >= addDays(tradingDay, -RECONNECT_NEWS_DAYS);
    if (isNews || openKeys.includes(key)) incidents.push({ kind: 'reconnect_needed', key, facts });
  }
  for (const facts of calendarDifferences.slice(0, CALENDAR_DIFFERENCES_MAX))
    incidents.push({ kind: 'calendar_differs', key: `calendar_differs:${facts.date}`, facts });
  return incidents;
}
