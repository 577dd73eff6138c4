import { type AnswerContext, judgeAnswer, sessionOfValue } from '@/lib/domain/judge-answer';
import { latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import type { EvidenceId } from '@/lib/domain/reconcile/evidence';
import { expectedSync, nextCaptureAttempt } from '@/lib/domain/schedule';
import { gapReasonOf, type VerdictCode } from '@/lib/domain/states';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { type ProviderAccount, ProviderError } from '@/lib/providers/provider';
import type { AccountState, FillContext } from './account';
import type { FillResult } from './result';
import type { ClaimedConnection } from './store';

/** Whether the broker should have been read since the close of the day that is due, and was not. */
export function isOverdue({ asOf }: ProviderAccount, { latestDue, now }: FillContext): boolean {
  if (asOf !== null && asOf >= latestDue.closesAt) return false;
  return expectedSync(now, nextSession(latestDue.date).opensAt, asOf) === null;
}

/**
 * Turns an account's current value into the observation of the trading day that its as-of decides, and into the latest
 * known value. Where it does not capture the day that is due, notes why and when to ask again: at `nextAttemptAt`, if that
 * is known already. Returns the observation, if there is one.
 */
export function captureCurrent(
  state: AccountState,
  { nextAttemptAt, isConnectionBroken, isRecheck }: CaptureParts,
  context: FillContext,
  result: FillResult,
): EvidenceId | null {
  const { latestDue, now } = context;
  const { externalId, current } = state;
  const nextOpensAt = nextSession(latestDue.date).opensAt;
  const fault = judgeAnswer(asCounted(state), { due: latestDue, nextOpensAt, isConnectionBroken });
  // A repeat holds nothing that was not reported before.
  const observed = fault === 'broken_repeat' ? null : observeCurrent(state, isRecheck, context, result);
  if (isCaptured(state, context)) return observed;
  const planned = nextCaptureAttempt(now, latestDue, nextOpensAt, current?.asOf ?? null, context.reads);
  result.note(externalId, latestDue.date, () => {
    const detail = fault ?? heldFor(externalId, context, result);
    if (detail === null) return null;
    return {
      reason: isConnectionBroken ? 'connection_broken' : gapReasonOf(detail),
      detail,
      nextAttemptAt: nextAttemptAt ?? planned,
    };
  });
  return observed;
}

/** The answer about an account that counts: a word that nobody knows does not say otherwise. */
function asCounted({ known, current }: AccountState): ProviderAccount | null {
  if (current === null || current.category !== null || known?.isCounted !== true) return current;
  return { ...current, category: 'investment' };
}

/** Whether the account has its value of the day that is due. */
function isCaptured({ known }: AccountState, { latestDue }: FillContext): boolean {
  return known?.last?.date === latestDue.date;
}

/** Why the value reported for the day that is due does not count. */
function heldFor(externalId: string, { latestDue }: FillContext, result: FillResult): VerdictCode | null {
  const verdict = result.verdictOnDay(externalId, latestDue.date);
  return verdict === null || verdict.accepted ? null : verdict.reason;
}

/** What else decides how a current value is taken. */
export interface CaptureParts extends Pick<AnswerContext, 'isConnectionBroken'> {
  /** When a later value is known to be there; null leaves it to the schedule. */
  readonly nextAttemptAt: Instant | null;
  /** Whether a day that is captured already is observed once more. */
  readonly isRecheck: boolean;
}

/** Keeps the current value as that of the close that its as-of follows, and as the latest known value. */
function observeCurrent(
  state: AccountState,
  isRecheck: boolean,
  { latestDue }: FillContext,
  result: FillResult,
): EvidenceId | null {
  const { current, known, externalId } = state;
  if (current === null || current.total === null || current.asOf === null) return null;
  const { total, cash, costBasis, currency, asOf } = current;
  // What is no value of the due day may still be one of another close.
  const closed = latestClosedSession(asOf, 0);
  const next = nextSession(closed.date);
  const date = sessionOfValue(asOf, closed, next);
  const reported = { date: date ?? next.date, total, currency, kind: 'daily_eod', asOf } as const;
  const own = result.caseOf(state);
  // A day is captured once: what the market does after hours is no news of its close.
  const isObserved = date !== null && (date !== latestDue.date || known?.last?.date !== date || isRecheck);
  const id = isObserved ? result.observe(state, { ...reported, cash, costBasis }) : null;
  if (currency !== null)
    result.addLive({ externalId, total, currency, asOf }, () =>
      id === null ? own.wouldBelieve(reported) : own.verdictOn(id)?.accepted === true,
    );
  return id;
}

/** Providers read the broker in the background, one account after another; a webhook may come sooner. */
const REFRESH_TAKES_MS = 5 * 60_000;

/**
 * Asks the provider, once for each connection and trading day that is due, to read the broker anew when a value is older
 * than the close. Returns when to look at the values again; null when nothing was asked for. A refresh that cannot be had
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
    await refresh.release(connection.id, latestDue.date);
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
