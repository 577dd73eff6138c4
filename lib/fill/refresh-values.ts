import type { ClaimedConnection } from '@/lib/db/fill';
import { nextSession } from '@/lib/domain/nyse-calendar';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { ProviderError } from '@/lib/providers/provider';
import type { AccountState } from './account-state';
import type { FillContext } from './context';

/** Providers read the broker in the background, one account after another; a webhook may tell sooner. */
const REFRESH_TAKES_MS = 5 * 60_000;

/**
 * Asks the provider, once for each connection and trading day that is due, to read the broker anew when a value is older
 * than the close. Says when to look at the values again; null when nothing was asked for. A refresh that cannot be had
 * changes nothing else: the fill goes on with what is known. Throws `ProviderError` for a broken connection.
 */
export async function refreshValues(
  connection: ClaimedConnection,
  states: readonly AccountState[],
  context: FillContext,
): Promise<Instant | null> {
  const { refresh, latestDue, now } = context;
  if (refresh === null || connection.status === 'disabled') return null;
  // After the next open, a new reading would belong to no close.
  if (toInstant(now) >= nextSession(latestDue.date).opensAt) return null;
  if (!states.some((state) => isStale(state, context))) return null;
  if (!(await refresh.claim(connection.id, latestDue.date))) return null;
  try {
    if (!(await context.provider.requestRefresh(context.link)).available) return null;
  } catch (error) {
    await refresh.giveBack(connection.id, latestDue.date);
    if (!(error instanceof ProviderError) || error.kind === 'needs_reconnect') throw error;
    context.log('warn', 'refresh_not_taken', {
      runId: context.runId,
      connectionId: connection.id,
      errorKind: error.kind,
    });
    return null;
  }
  return toInstant(new Date(now.getTime() + REFRESH_TAKES_MS));
}

/** Whether an account still lacks the trading day that is due, and its value was read before the close. */
function isStale({ current, known }: AccountState, { latestDue }: FillContext): boolean {
  const asOf = current?.asOf ?? null;
  if (asOf === null || asOf >= latestDue.closesAt) return false;
  return known?.last?.date !== latestDue.date;
}
