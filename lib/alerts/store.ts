import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { date, instant, orNull, readAnswer } from '@/lib/db/rpc';
import { GAP_REASONS } from '@/lib/domain/states';
import { SILENT_SECONDS } from '@/lib/operations/store';
import type { AlertIncident, AlertKind, AlertState, OwedAlert } from './document';

const failedRuns = z.object({ runs: z.number().int(), since: instant });
const held = z.object({ count: z.number().int(), since: instant });
const reconnect = z.object({
  date,
  connections: z.number().int(),
  institutions: z.record(z.string(), z.number().int()),
});
const keysRefused = z.object({ provider: z.string(), connections: z.number().int() });

const sightings = z.object({
  openKeys: z.array(z.string()),
  failedRuns: failedRuns.nullable(),
  reconnect: z.array(reconnect),
  keysRefused: z.array(keysRefused),
});

/** What the database sees for alerts, beside the coverage of days. */
export type AlertSightings = z.infer<typeof sightings>;

const incidentOf = <K extends string, F extends z.ZodType>(kind: K, facts: F) =>
  z.object({ kind: z.literal(kind), key: z.string(), facts });

const incident = z.discriminatedUnion('kind', [
  incidentOf('run_failed', failedRuns),
  incidentOf('no_run', z.object({ tradingDay: date, lastRunAt: instant.nullable() })),
  incidentOf(
    'coverage_below_target',
    z.object({ tradingDay: date, expected: z.number().int(), present: z.number().int() }),
  ),
  incidentOf(
    'brokerage_incident',
    z.object({
      provider: z.string(),
      institution: z.string().nullable(),
      reason: z.enum(GAP_REASONS),
      users: z.number().int(),
      connections: z.number().int(),
      since: date,
    }),
  ),
  incidentOf('held_values_waiting', held),
  incidentOf('reconnect_needed', reconnect),
  incidentOf('provider_keys_refused', keysRefused),
]);

const owedAlert = z.object({
  alertId: z.number().int(),
  state: z.enum(['open', 'resolved']),
  attempts: z.number().int(),
  openedAt: instant,
  resolvedAt: instant.nullable(),
  incident,
});

/** Reads what alerts are drawn from. */
export function readAlertSightings(client: SupabaseClient<Database>, now: Date): Promise<AlertSightings> {
  const call = client.rpc('alert_facts', { p_now: now.toISOString(), p_silent_seconds: SILENT_SECONDS });
  return readAnswer('alert_facts', call, sightings);
}

export interface SettleOptions {
  /** Whether there is somebody to tell, who is then owed a message for each change. */
  readonly tell: boolean;
  /** How long something must not be seen until it is over. */
  readonly quietSeconds: (kind: AlertKind) => number;
}

/** Opens and resolves alerts so that they say what is wrong now. */
export async function settleAlerts(
  client: SupabaseClient<Database>,
  incidents: readonly AlertIncident[],
  { tell, quietSeconds }: SettleOptions,
  now: Date,
): Promise<void> {
  const call = client.rpc('settle_alerts', {
    // The generated type of a jsonb argument knows no interfaces; incidents are plain data.
    p_incidents: JSON.parse(
      JSON.stringify(incidents.map((one) => ({ ...one, quietSeconds: quietSeconds(one.kind) }))),
    ),
    p_tell: tell,
    p_now: now.toISOString(),
  });
  await readAnswer('settle_alerts', call, z.unknown());
}

/** The next message that is owed, leased to the caller; null when there is none. */
export function claimOwedAlert(
  client: SupabaseClient<Database>,
  leaseSeconds: number,
  now: Date,
): Promise<OwedAlert | null> {
  const call = client.rpc('claim_alert_delivery', {
    p_lease_seconds: leaseSeconds,
    p_now: now.toISOString(),
  });
  return readAnswer('claim_alert_delivery', call, owedAlert.nullable());
}

/** Records that a message was told, or with `nextAttemptAt` when it is tried again. */
export async function finishOwedAlert(
  client: SupabaseClient<Database>,
  { alertId, state }: { readonly alertId: number; readonly state: AlertState },
  nextAttemptAt: Date | null,
  now: Date,
): Promise<void> {
  const call = client.rpc('finish_alert_delivery', {
    p_alert_id: alertId,
    p_state: state,
    p_next_attempt_at: orNull(nextAttemptAt?.toISOString() ?? null),
    p_now: now.toISOString(),
  });
  await readAnswer('finish_alert_delivery', call, z.unknown());
}

/** How many messages the receiver has been owed since before an instant. */
export function countUndeliveredAlerts(client: SupabaseClient<Database>, owedBefore: Date): Promise<number> {
  const call = client.rpc('undelivered_alerts', { p_owed_before: owedBefore.toISOString() });
  return readAnswer('undelivered_alerts', call, z.number().int());
}
