import type { GapReason } from '@/lib/domain/gap-reason';
import { judgeTotal, sessionOfValue } from '@/lib/domain/judge';
import { latestClosedSession, nextSession } from '@/lib/domain/market-calendar';
import { nextCaptureAttempt } from '@/lib/domain/retry-schedule';
import type { ProviderAccount, ProviderCashFlow } from '@/lib/providers/provider';
import { type AccountState, flowsSinceLast } from './account-state';
import type { FillContext } from './context';
import type { Draft } from './draft';

/** Whether the broker has not been read since the close of the day that is due. */
export function isStale({ asOf }: ProviderAccount, { latestDue }: FillContext): boolean {
  return asOf === null || asOf < latestDue.closesAt;
}

/**
 * Turns an account's current value into the observation of the trading day that its as-of decides, and into the latest
 * known value. Where it does not capture the day that is due, notes why and when to ask again.
 */
export function captureCurrent(
  state: AccountState,
  flows: readonly ProviderCashFlow[] | null,
  context: FillContext,
  draft: Draft,
): void {
  const { current, known, externalId } = state;
  const { latestDue, now } = context;
  const wait = (reason: GapReason): void =>
    draft.note(externalId, latestDue.date, { reason, nextAttemptAt: nextCaptureAttempt(now, latestDue) });

  if (current === null) return wait('provider_had_nothing');
  const { total, currency, asOf } = current;
  if (total === null || asOf === null) return wait('not_yet_due');

  const verdict = judgeTotal(total, currency, {
    accountCurrency: known?.currency ?? null,
    last: known?.last ?? null,
    flowsSinceLast: flowsSinceLast(state, flows),
  });
  if (verdict.accepted && currency !== null) draft.addLive({ externalId, total, currency, asOf });

  const closed = latestClosedSession(asOf, 0);
  const date = sessionOfValue(asOf, closed, nextSession(closed.date));
  if (date !== null) draft.observe(externalId, { date, total, currency, kind: 'daily_eod', asOf, verdict });
  if (date !== latestDue.date) wait('not_yet_due');
  else if (!verdict.accepted) wait('held');
}
