import type { EvidenceId } from '@/lib/domain/reconcile/evidence';
import { MOVEMENTS_MS_MIN } from '@/lib/domain/schedule';
import { addDays, type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';
import { type AccountState, type FillContext, refOf } from './account';
import type { FillResult } from './result';
import type { ClaimedAccount } from './store';

/** Movements are booked late and corrected, so each reading goes back over the last weeks. */
const OVERLAP_DAYS = 30;

/** Reads an account's movements. Throws `ProviderError`. */
export async function fetchMovements(
  state: AccountState,
  context: FillContext,
  result: FillResult,
): Promise<void> {
  const syncedAt = state.known?.flowsSyncedAt ?? null;
  // In UTC the date may be one ahead of New York's, which only widens the range.
  const today = toDate(context.now.toISOString().slice(0, 10));
  const from = syncedAt === null ? firstNeeded(state, context, today) : addDays(today, -OVERLAP_DAYS);
  const answer = await context.provider.cashFlows(context.link, refOf(state), { from, to: today });
  if (answer.available) result.addStatement(state, answer.value, from, today);
  result.answer(state.externalId, 'movements');
}

/** Movements reach back further than values do; without those of all known days, deposits would pass for gains. */
function firstNeeded({ known }: AccountState, { provider }: FillContext, today: TradingDate): TradingDate {
  const reach = addDays(today, -provider.lookBackDays);
  return known !== null && known.knownSince < reach ? known.knownSince : reach;
}

/**
 * Whether a value just captured stays held unless a movement explains it, and movements were not read yet since the close or for
 * a day: brokers book them a day late, also when no session follows.
 */
export function needsMovements(
  state: AccountState,
  observed: EvidenceId | null,
  context: FillContext,
  result: FillResult,
): boolean {
  const { known } = state;
  if (observed === null || known === null || !mayReadMovements(known, context)) return false;
  return result.caseOf(state).verdictOn(observed)?.accepted === false;
}

function mayReadMovements(
  { movementsDue, flowsSyncedAt, backoffs }: ClaimedAccount,
  { latestDue, now }: FillContext,
): boolean {
  if (movementsDue) return true;
  if (flowsSyncedAt === null || backoffs.movements !== undefined) return false;
  const dayAgo = toInstant(new Date(now.getTime() - MOVEMENTS_MS_MIN));
  return flowsSyncedAt < latestDue.closesAt || flowsSyncedAt <= dayAgo;
}
