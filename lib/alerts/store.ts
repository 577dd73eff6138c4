import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { CalendarDifference } from '@/lib/domain/calendar-check';
import type { TradingDate } from '@/lib/domain/trading-date';
import { SILENT_SECONDS } from '@/lib/operations/store';
import {
  type AlertIncident,
  type AlertKind,
  type AlertRecord,
  type AlertSignals,
  alertRecord,
  alertSignals,
  type PendingDelivery,
  pendingDelivery,
} from './document';

/** Reads what alerts are drawn from. */
export function readAlertSignals(client: SupabaseClient<Database>, now: Date): Promise<AlertSignals> {
  const call = client.rpc('alert_facts', { p_now: now.toISOString(), p_silent_seconds: SILENT_SECONDS });
  return readAnswer('alert_facts', call, alertSignals);
}

/** Whether the calendar of a source is to be asked for by this caller: once a day, by one of all. */
export function claimCalendarCheck(
  client: SupabaseClient<Database>,
  source: string,
  today: TradingDate,
): Promise<boolean> {
  const call = client.rpc('claim_calendar_check', { p_source: source, p_today: today });
  return readAnswer('claim_calendar_check', call, z.boolean());
}

/** Keeps on which days a source's calendar differs from ours, in place of what was known before. */
export async function recordCalendarDifferences(
  client: SupabaseClient<Database>,
  source: string,
  differences: readonly CalendarDifference[],
): Promise<void> {
  const call = client
    .from('calendar_checks')
    .update({
      differences: differences.map(({ date, ours, theirs }) => ({
        date,
        ours: ours && { ...ours },
        theirs: theirs && { ...theirs },
      })),
    })
    .eq('source', source);
  await readAnswer('calendar_checks', call, z.null());
}

export interface SettleOptions {
  /** Whether a receiver is configured, which then gets a message for each change. */
  readonly isDelivered: boolean;
  /** How long something must not be seen until it is over. */
  readonly quietSeconds: (kind: AlertKind) => number;
}

/** Opens and resolves alerts so that they match what is wrong now. */
export async function settleAlerts(
  client: SupabaseClient<Database>,
  incidents: readonly AlertIncident[],
  { isDelivered, quietSeconds }: SettleOptions,
  now: Date,
): Promise<void> {
  const call = client.rpc('settle_alerts', {
    // The generated type of a jsonb argument knows no interfaces; incidents are plain data.
    p_incidents: JSON.parse(
      JSON.stringify(incidents.map((one) => ({ ...one, quietSeconds: quietSeconds(one.kind) }))),
    ),
    p_tell: isDelivered,
    p_now: now.toISOString(),
  });
  await readAnswer('settle_alerts', call, z.unknown());
}

/** The next message that waits for its delivery, leased to the caller; null when there is none. */
export function claimPendingDelivery(
  client: SupabaseClient<Database>,
  leaseSeconds: number,
  now: Date,
): Promise<PendingDelivery | null> {
  const call = client.rpc('claim_alert_delivery', {
    p_lease_seconds: leaseSeconds,
    p_now: now.toISOString(),
  });
  return readAnswer('claim_alert_delivery', call, pendingDelivery.nullable());
}

/** Records that a message was delivered, or with `nextAttemptAt` when it is tried again. */
export async function finishDelivery(
  client: SupabaseClient<Database>,
  { alertId, state }: Pick<PendingDelivery, 'alertId' | 'state'>,
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

/** How many messages have waited for their delivery since before an instant. */
export function countUndeliveredAlerts(
  client: SupabaseClient<Database>,
  pendingSince: Date,
): Promise<number> {
  const call = client.rpc('undelivered_alerts', { p_pending_before: pendingSince.toISOString() });
  return readAnswer('undelivered_alerts', call, z.number().int());
}

/** Alerts, open ones first; `before` is the last one of the page before. */
export function listAlerts(
  client: SupabaseClient<Database>,
  page: { readonly before: number | null; readonly limit: number },
): Promise<readonly AlertRecord[]> {
  const call = client.rpc('list_alerts', { p_before: orNull(page.before), p_limit: page.limit });
  return readAnswer('list_alerts', call, z.array(alertRecord));
}
