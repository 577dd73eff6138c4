import { confirmsHeld, isBesideHeld, type JudgingRules, judgeTotal } from '@/lib/domain/judge';
import type { Amount } from '@/lib/domain/money';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { Verdict } from '@/lib/domain/states';
import type { Instant } from '@/lib/domain/trading-date';
import { type AccountState, flowsSinceLast, type Movement } from './account';

/**
 * Held observations that movements explain, now that they are known: they are booked a day late, so yesterday's doubt is
 * often today's withdrawal. Returns their ids.
 */
export function findExplained(
  state: AccountState,
  flows: readonly Movement[] | null,
  rules: JudgingRules,
): readonly number[] {
  const { known } = state;
  if (known === null || flows === null) return [];
  return known.held
    .filter(({ total, currency, date }) => {
      if (total === null) return false;
      const context = {
        accountCurrency: known.currency,
        last: known.last,
        flowsSinceLast: flowsSinceLast(state, flows, date),
      };
      return judgeTotal(total, currency, context, rules).accepted;
    })
    .map((held) => held.id);
}

/**
 * The verdict on a total in the light of what is held: one that swings away from the last standing value as an earlier
 * reading did, and is ordinary beside it without repeating it, is accepted and confirms all such readings.
 */
export function judgeBesideHeld(
  verdict: Verdict,
  total: Amount,
  asOf: Instant,
  { known }: AccountState,
  rules: JudgingRules,
): { readonly verdict: Verdict; readonly confirmed: readonly number[] } {
  const isSwing = !verdict.accepted && verdict.reason === 'unexplained_swing';
  if (!isSwing || known === null) return { verdict, confirmed: [] };
  const beside = known.held.filter(
    (held): held is typeof held & { total: Amount } =>
      held.reason === 'unexplained_swing' &&
      held.asOf < asOf &&
      held.total !== null &&
      isBesideHeld(held.total, total, rules),
  );
  // A later reading before the market moved again confirms nothing either: a session has to lie between.
  const closed = latestClosedSession(asOf, 0).date;
  const isConfirmed = beside.some((held) => held.date < closed && confirmsHeld(held.total, total, rules));
  return isConfirmed
    ? { verdict: { accepted: true }, confirmed: beside.map((held) => held.id) }
    : { verdict, confirmed: [] };
}
