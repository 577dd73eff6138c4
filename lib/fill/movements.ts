import { judgeTotal } from '@/lib/domain/judge';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { ProviderCashFlow } from '@/lib/providers/provider';
import { type AccountState, type FillContext, flowsSinceLast, refOf } from './account';
import { findExplained } from './release-held';
import type { Draft } from './result';

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
 * Whether today's total would be held unless a movement explains it, and movements were not read yet since the close: once
 * a day is as often as they are ever read.
 */
export function needsMovements(state: AccountState, { rules, latestDue }: FillContext): boolean {
  const { known, current } = state;
  if (!current || current.total === null || !known) return false;
  const mayRead =
    known.movementsDue ||
    (known.flowsSyncedAt !== null &&
      known.flowsSyncedAt < latestDue.closesAt &&
      known.backoffs.movements === undefined);
  if (!mayRead) return false;
  const context = {
    accountCurrency: known.currency,
    last: known.last,
    flowsSinceLast: flowsSinceLast(state, null),
  };
  return !judgeTotal(current.total, current.currency, context, rules).accepted;
}
