import type { GapReason } from '@/lib/domain/gap-reason';
import { judgeTotal, sessionOfValue } from '@/lib/domain/judge';
import { latestClosedSession, nextSession } from '@/lib/domain/market-calendar';
import { expectedSync, nextCaptureAttempt } from '@/lib/domain/retry-schedule';
import type { Instant } from '@/lib/domain/trading-date';
import type { ProviderAccount, ProviderCashFlow } from '@/lib/providers/provider';
import { type AccountState, flowsSinceLast } from './account-state';
import type { FillContext } from './context';
import type { Draft } from './draft';
import { findExplained, judgeBesideHeld } from './release-held';

/** Whether the broker should have been read since the close of the day that is due, and was not. */
export function isOverdue({ asOf }: ProviderAccount, { latestDue, now }: FillContext): boolean {
  if (asOf !== null && asOf >= latestDue.closesAt) return false;
  return expectedSync(now, nextSession(latestDue.date).opensAt, asOf) === null;
}

/**
 * Turns an account's current value into the observation of the trading day that its as-of decides, and into the latest
 * known value. Where it does not capture the day that is due, notes why and when to ask again: at `refreshedBy`, if a
 * refresh was asked for that will have brought a later value by then.
 */
export function captureCurrent(
  state: AccountState,
  flows: readonly ProviderCashFlow[] | null,
  refreshedBy: Instant | null,
  context: FillContext,
  draft: Draft,
): void {
  const { latestDue, now } = context;
  const reason = observeCurrent(state, flows, context, draft);
  if (reason === null) return;
  const { opensAt } = nextSession(latestDue.date);
  const planned = nextCaptureAttempt(now, latestDue, opensAt, state.current?.asOf ?? null);
  draft.note(state.externalId, latestDue.date, { reason, nextAttemptAt: refreshedBy ?? planned });
}

/** Records what the current value says; null when that captures the due day, otherwise why it does not. */
function observeCurrent(
  state: AccountState,
  flows: readonly ProviderCashFlow[] | null,
  { latestDue, rules }: FillContext,
  draft: Draft,
): GapReason | null {
  const { current, known, externalId } = state;
  if (current === null) return 'provider_had_nothing';
  const { total, cash, costBasis, currency, asOf } = current;
  if (total === null || asOf === null) return 'not_yet_due';

  const alone = judgeTotal(
    total,
    currency,
    {
      accountCurrency: known?.currency ?? null,
      last: known?.last ?? null,
      flowsSinceLast: flowsSinceLast(state, flows),
    },
    rules,
  );
  const { verdict, confirmed } = judgeBesideHeld(alone, total, asOf, state, rules);
  draft.release([...confirmed, ...findExplained(state, flows, rules)]);
  if (verdict.accepted && currency !== null) draft.addLive({ externalId, total, currency, asOf });

  const closed = latestClosedSession(asOf, 0);
  const date = sessionOfValue(asOf, closed, nextSession(closed.date));
  if (date !== null)
    draft.observe(externalId, { date, total, cash, costBasis, currency, kind: 'daily_eod', asOf, verdict });
  if (date !== latestDue.date) return 'not_yet_due';
  return verdict.accepted ? null : 'held';
}
