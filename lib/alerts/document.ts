import 'server-only';
import { z } from 'zod';
import { date, instant, type Output } from '@/lib/db/rpc';
import { GAP_REASONS } from '@/lib/domain/states';

const count = z.number().int();

const hours = z.object({ opens: z.string(), closes: z.string() });

/** What operators learn of each kind of alert: counts, days and names; never a value, an email or a secret. */
const facts = {
  /** Scheduled runs in a row that failed or died, and when the first of them began. */
  run_failed: z.object({ runs: count, since: instant }),
  /** The trading day that no scheduled run has seen by its deadline, and when the last run began. */
  no_run: z.object({ tradingDay: date, lastRunAt: instant.nullable() }),
  /** Account days of working connections that should be there by the deadline, and how many are. */
  coverage_below_target: z.object({ tradingDay: date, expected: count, present: count }),
  /** One brokerage, or with a null institution a whole provider, that fails for many users at once. */
  brokerage_incident: z.object({
    provider: z.string(),
    institution: z.string().nullable(),
    reason: z.enum(GAP_REASONS),
    users: count,
    connections: count,
    since: date,
  }),
  /** Held values that nothing has settled, and since when the oldest of them waits. */
  held_values_waiting: z.object({ count, since: instant }),
  /** Connections that broke on one day and are still broken, by brokerage. */
  reconnect_needed: z.object({ date, connections: count, institutions: z.record(z.string(), count) }),
  /** The provider refuses our own keys: nobody's connection can be asked. */
  provider_keys_refused: z.object({ provider: z.string(), connections: count }),
  /** A day on which our calendar and another one disagree about a session or its hours in New York. */
  calendar_differs: z.object({ source: z.string(), date, ours: hours.nullable(), theirs: hours.nullable() }),
};

export type AlertKind = keyof typeof facts;

const incidentOf = <K extends AlertKind>(kind: K) =>
  z.object({ kind: z.literal(kind), key: z.string(), facts: facts[kind] });

/** Something that is wrong now. Its key stays the same as long as it lasts. */
export const incident = z.discriminatedUnion('kind', [
  incidentOf('run_failed'),
  incidentOf('no_run'),
  incidentOf('coverage_below_target'),
  incidentOf('brokerage_incident'),
  incidentOf('held_values_waiting'),
  incidentOf('reconnect_needed'),
  incidentOf('provider_keys_refused'),
  incidentOf('calendar_differs'),
]);
export type AlertIncident = Output<typeof incident>;

/** What the database sees for alerts, beside the coverage of days. */
export const alertSignals = z.object({
  /** The keys of the alerts that are open. */
  openKeys: z.array(z.string()),
  failedRuns: facts.run_failed.nullable(),
  reconnect: z.array(facts.reconnect_needed),
  keysRefused: z.array(facts.provider_keys_refused),
  calendarDifferences: z.array(facts.calendar_differs),
});
export type AlertSignals = Output<typeof alertSignals>;

/** An alert as operators read it, with what became of its messages. */
export const alertRecord = z.object({
  id: count,
  state: z.enum(['open', 'resolved']),
  incident,
  openedAt: instant,
  lastSeenAt: instant,
  resolvedAt: instant.nullable(),
  deliveries: z.array(
    z.object({
      state: z.enum(['open', 'resolved']),
      attempts: count,
      /** Null while the receiver has not taken it. */
      deliveredAt: instant.nullable(),
      nextAttemptAt: instant.nullable(),
    }),
  ),
});
export type AlertRecord = Output<typeof alertRecord>;

/** One message that waits for its delivery to the receiver of alerts: that an incident began, or that it is over. */
export const pendingDelivery = z.object({
  alertId: count,
  state: z.enum(['open', 'resolved']),
  /** How often the receiver did not take it. */
  attempts: count,
  openedAt: instant,
  resolvedAt: instant.nullable(),
  incident,
});
export type PendingDelivery = Output<typeof pendingDelivery>;
