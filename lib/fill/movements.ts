import { judgeTotal } from '@/lib/domain/judge';
import { MOVEMENTS_MS_MIN } from '@/lib/domain/schedule';
import { addDays, type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';
import type { ProviderCashFlow } from '@/lib/providers/provider';
import { type AccountState, type FillContext, flowsSinceLast, refOf } from './account';
import { findExplained } from './release-held';
import type { Draft } from './result';
import type { ClaimedAccount } from './store';

/** Movements are booked late and corrected, so each reading goes back over the last weeks. */
const FLOWS_OVERLAP_DAYS = 30;

/** Reads an account's movements; what they explain of values that are held is let count. Throws `ProviderError`. */
export async function learnFlows(
  state: AccountState,
  context: FillContext,
  draft: Draft,
): Promise<readonly ProviderCashFlow[]> {
  const syncedAt = state.known?.flowsSyncedAt ?? null;
  // In UTC the date may be one ahead of New York's, which only widens the range.
  const today = toDate(context.now.toISOString().slice(0, 10));
  const from = syncedAt === null ? firstNeeded(state, context, today) : addDays(today, -FLOWS_OVERLAP_DAYS);
  const answer = await context.provider.cashFlows(context.link, refOf(state), { from, to: today });
  const flows = answer.available ? answer.value : [];
  draft.addFlows(state.externalId, flows);
  draft.answer(state.externalId, 'movements');
  draft.release(findExplained(state, flows, context.rules));
  return flows;
}

/** Movements reach back further than values do; without those of all known days, deposits would pass for gains. */
function firstNeeded({ known }: AccountState, { provider }: FillContext, today: TradingDate): TradingDate {
  const reach = addDays(today, -provider.lookBackDays);
  return known !== null && known.firstKnownOn < reach ? known.firstKnownOn : reach;
}

/**
 * Whether today's total would be held unless a movement explains it, and movements were not read yet since the close or for
 * a day: brokers book them a day late, also when no session follows.
 */
export function needsMovements(state: AccountState, context: FillContext): boolean {
  const { known } = state;
  return known !== null && mayReadMovements(known, context) && isInDoubt(state, context);
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

function isInDoubt(state: AccountState, { rules }: FillContext): boolean {
  const { known, current } = state;
  if (!current || current.total === null || !known) return false;
  const context = {
    accountCurrency: known.currency,
    last: known.last,
    flowsSinceLast: flowsSinceLast(state, null),
  };
  return !judgeTotal(current.total, current.currency, context, rules).accepted;
}
