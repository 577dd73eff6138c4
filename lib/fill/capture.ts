import { judgeTotal, sessionOfValue } from '@/lib/domain/judge';
import { type AnswerContext, judgeAnswer } from '@/lib/domain/judge-answer';
import { latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import { expectedSync, nextCaptureAttempt } from '@/lib/domain/schedule';
import { gapReasonOf, type VerdictCode } from '@/lib/domain/states';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { type ProviderAccount, ProviderError } from '@/lib/providers/provider';
import { type AccountState, type FillContext, flowsSinceLast, type Movement } from './account';
import { judgeBesideHeld } from './release-held';
import type { Draft } from './result';
import type { ClaimedConnection } from './store';

/** Whether the broker should have been read since the close of the day that is due, and was not. */
export function isOverdue({ asOf }: ProviderAccount, { latestDue, now }: FillContext): boolean {
  if (asOf !== null && asOf >= latestDue.closesAt) return false;
  return expectedSync(now, nextSession(latestDue.date).opensAt, asOf) === null;
}

/**
 * Turns an account's current value into the observation of the trading day that its as-of decides, and into the latest
 * known value. Where it does not capture the day that is due, notes why and when to ask again: at `nextAttemptAt`, if that
 * is known already.
 */
export function captureCurrent(
  state: AccountState,
  flows: readonly Movement[] | null,
  { nextAttemptAt, isConnectionBroken, isRecheck }: CaptureParts,
  context: FillContext,
  draft: Draft,
): void {
  const { latestDue, now } = context;
  const nextOpensAt = nextSession(latestDue.date).opensAt;
  const verdict = observeCurrent(
    state,
    flows,
    { due: latestDue, nextOpensAt, isConnectionBroken, isRecheck },
    context,
    draft,
  );
  if (verdict === null || isCaptured(state, context)) return;
  const planned = nextCaptureAttempt(now, latestDue, nextOpensAt, state.current?.asOf ?? null, context.reads);
  draft.note(state.externalId, latestDue.date, {
    reason: isConnectionBroken ? 'connection_broken' : gapReasonOf(verdict),
    detail: verdict,
    nextAttemptAt: nextAttemptAt ?? planned,
  });
}

/** Whether the account has its value of the day that is due. */
function isCaptured({ known }: AccountState, { latestDue }: FillContext): boolean {
  return known?.last?.date === latestDue.date;
}

/** What else decides how a current value is taken. */
export interface CaptureParts {
  /** When a later value is known to be there; null leaves it to the schedule. */
  readonly nextAttemptAt: Instant | null;
  readonly isConnectionBroken: boolean;
  /** Whether a day that is captured already is observed once more. */
  readonly isRecheck: boolean;
}

/** Records what the current value says; null when that captures the due day, otherwise what is against it. */
function observeCurrent(
  state: AccountState,
  flows: readonly Movement[] | null,
  answerContext: AnswerContext & Pick<CaptureParts, 'isRecheck'>,
  { rules }: FillContext,
  draft: Draft,
): VerdictCode | null {
  const { current, known, externalId } = state;
  const fault = judgeAnswer(current, answerContext);
  // A repeat says nothing that was not said before.
  if (current === null || fault === 'broken_repeat') return fault;
  const { total, cash, costBasis, currency, asOf } = current;
  if (total === null || asOf === null) return fault;

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
  draft.release(confirmed);
  if (verdict.accepted && currency !== null) draft.addLive({ externalId, total, currency, asOf });

  // What is no value of the due day may still be one of another close.
  const closed = latestClosedSession(asOf, 0);
  const date = sessionOfValue(asOf, closed, nextSession(closed.date));
  // A day is captured once: what the market does after hours is no news of its close.
  const { due, isRecheck } = answerContext;
  if (date !== null && (date !== due.date || known?.last?.date !== date || isRecheck))
    draft.observe(externalId, { date, total, cash, costBasis, currency, kind: 'daily_eod', asOf, verdict });
  return fault ?? (verdict.accepted ? null : verdict.reason);
}

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
