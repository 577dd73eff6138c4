import type { Incident } from '@/lib/domain/incidents';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** What operators are told of each kind of alert: counts, days and names; never a value, an email or a secret. */
export interface AlertFacts {
  /** Scheduled runs in a row that failed or died, and when the first of them began. */
  readonly run_failed: { readonly runs: number; readonly since: Instant };
  /** The trading day that no scheduled run has seen by its deadline, and when the last run began. */
  readonly no_run: { readonly tradingDay: TradingDate; readonly lastRunAt: Instant | null };
  /** Account days of working connections that should be there by the deadline, and how many are. */
  readonly coverage_below_target: {
    readonly tradingDay: TradingDate;
    readonly expected: number;
    readonly present: number;
  };
  readonly brokerage_incident: Omit<Incident, 'key'>;
  /** Held values that nothing has settled, and since when the oldest of them waits. */
  readonly held_values_waiting: { readonly count: number; readonly since: Instant };
  /** Connections that broke on one day and are still broken, by brokerage. */
  readonly reconnect_needed: {
    readonly date: TradingDate;
    readonly connections: number;
    readonly institutions: Readonly<Record<string, number>>;
  };
  /** The provider refuses our own keys: nobody's connection can be asked. */
  readonly provider_keys_refused: { readonly provider: string; readonly connections: number };
}

export type AlertKind = keyof AlertFacts;

/** Something that is wrong now. Its key stays the same as long as it lasts. */
export type AlertIncident = {
  readonly [K in AlertKind]: { readonly kind: K; readonly key: string; readonly facts: AlertFacts[K] };
}[AlertKind];

export type AlertState = 'open' | 'resolved';

/** One message that is owed to the receiver of alerts: that an incident began, or that it is over. */
export interface OwedAlert {
  readonly alertId: number;
  readonly state: AlertState;
  /** How often the receiver did not take it. */
  readonly attempts: number;
  readonly openedAt: Instant;
  readonly resolvedAt: Instant | null;
  readonly incident: AlertIncident;
}

/** A day that stayed below its target is watched for as long as ticks look for its gaps. */
export const COVERAGE_WATCHED_DAYS = 30;
