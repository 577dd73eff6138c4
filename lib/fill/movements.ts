import type { EvidenceId } from '@/lib/domain/reconcile/evidence';
import { MOVEMENTS_MS_MIN, notCollectedMs } from '@/lib/domain/schedule';
import { addDays, type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';
import { type AccountState, type FillContext, refOf } from './account';
import type { FillResult } from './result';
import type { ClaimedAccount } from './store';

/** Movements are booked late and corrected, so each reading goes back over the weeks before the one that was made last. */
export const OVERLAP_DAYS = 30;

/**
 * Reads an account's movements. Those that the provider has not collected yet are asked for again as if for the first time. Throws
 * `ProviderError`.
 */
export async function fetchMovements(
  state: AccountState,
  context: FillContext,
  result: FillResult,
): Promise<void> {
  const syncedAt = state.known?.flowsSyncedAt ?? null;
  // In UTC the date may be one ahead of New York's, which only widens the range.
  const today = toDate(context.now.toISOString().slice(0, 10));
  const from =
    syncedAt === null
      ? firstNeeded(state, context, today)
      : addDays(toDate(syncedAt.slice(0, 10)), -OVERLAP_DAYS);
  const answer = await context.provider.cashFlows(context.link, refOf(state), { from, to: today });
  const isCollecting = answer.available && !answer.value.isComplete;
  if (answer.available && !(isCollecting && answer.value.rows.length === 0))
    result.addStatement(state, answer.value, from, today);
  if (isCollecting) awaitCollection(state, context, result);
  else result.answer(state.externalId, 'movements');
}

/** Where the provider says beside the values that it is still collecting movements, asking for them is left for later. */
export function noteCollection(state: AccountState, context: FillContext, result: FillResult): void {
  const { current, known } = state;
  const isWanted = known === null || known.id === null || known.movementsDue;
  if (isWanted && current?.movementsCollected === false) awaitCollection(state, context, result);
}

function awaitCollection(
  { externalId, known }: AccountState,
  { now }: FillContext,
  result: FillResult,
): void {
  const before = known?.backoffs.movements;
  const waitMs = notCollectedMs(before?.reason === 'not_ready' ? before.attempts : 0);
  result.refuse(externalId, 'movements', 'not_ready', toInstant(new Date(now.getTime() + waitMs)));
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
  if (state.current?.movementsCollected === false) return false;
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
