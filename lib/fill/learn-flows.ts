import { judgeTotal } from '@/lib/domain/judge';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { ProviderCashFlow } from '@/lib/providers/provider';
import { type AccountState, refOf } from './account-state';
import type { FillContext } from './context';
import type { Draft } from './draft';

/** Providers read movements once a day; asking more often brings nothing. */
const FLOWS_MAX_AGE_MS = 20 * 3_600_000;

/** Movements are booked late and corrected, so each reading goes back over the last weeks. */
const FLOWS_OVERLAP_DAYS = 30;

/** Reads an account's movements when they are due, or when today's total needs an explanation; null when not read. */
export async function learnFlows(
  state: AccountState,
  context: FillContext,
  draft: Draft,
): Promise<readonly ProviderCashFlow[] | null> {
  const syncedAt = state.known?.flowsSyncedAt ?? null;
  const isDue = syncedAt === null || context.now.getTime() - Date.parse(syncedAt) > FLOWS_MAX_AGE_MS;
  if (!isDue && !needsExplanation(state, context)) return null;

  // In UTC the date may be one ahead of New York's, which only widens the range.
  const today = toDate(context.now.toISOString().slice(0, 10));
  const from = syncedAt === null ? firstNeeded(state, context, today) : addDays(today, -FLOWS_OVERLAP_DAYS);
  const answer = await context.provider.cashFlows(context.link, refOf(state), { from, to: today });
  const flows = answer.available ? answer.value : [];
  draft.addFlows(state.externalId, flows);
  draft.markAsked(state.externalId, 'flowsSynced');
  return flows;
}

/** Movements reach back further than values do; without those of all known days, deposits would pass for gains. */
function firstNeeded({ known }: AccountState, { provider }: FillContext, today: TradingDate): TradingDate {
  const reach = addDays(today, -provider.lookBackDays);
  return known !== null && known.firstKnownOn < reach ? known.firstKnownOn : reach;
}

/** Whether today's total would be held unless a movement explains it. */
function needsExplanation({ known, current }: AccountState, { rules }: FillContext): boolean {
  if (!current || current.total === null || !known) return false;
  const context = { accountCurrency: known.currency, last: known.last, flowsSinceLast: null };
  return !judgeTotal(current.total, current.currency, context, rules).accepted;
}
