import type { ClaimedConnection, FillRecord } from '@/lib/db/fill';
import type { GapReason } from '@/lib/domain/gap-reason';
import { backoffMs } from '@/lib/domain/retry-schedule';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { ProviderError } from '@/lib/providers/provider';
import { accountStates, isCounted } from './account-state';
import { captureCurrent, isOverdue } from './capture-current';
import { DAY_MS, type FillContext, reachOf } from './context';
import { Draft } from './draft';
import { fillHistory } from './fill-history';
import { learnFlows } from './learn-flows';
import { refreshValues } from './refresh-values';
import { OutOfTimeError } from './request-gate';

/** A broken connection is looked at again after this time, in case its user has mended it. */
const BROKEN_RECHECK_MS = DAY_MS / 4;

/** A login without any account is looked at again after this time. */
const EMPTY_RECHECK_MS = DAY_MS;

type ConnectionOutcome = Omit<FillRecord['connection'], 'historyCapability'>;

/**
 * Asks a connection's provider for whatever its gaps need, judges the answers and says what to record. A failure ends
 * this fill with a back-off and touches no other connection; what was learned before it is kept. Throws only for faults
 * of our own.
 */
export async function fillConnection(
  connection: ClaimedConnection,
  context: FillContext,
): Promise<FillRecord> {
  const draft = new Draft(context.provider.id);
  const source = { runId: context.runId, reach: reachOf(context) };
  try {
    const broken = await learn(connection, context, draft);
    const outcome = broken
      ? brokenOutcome(connection, broken.since, context, draft)
      : healthyOutcome(context, draft);
    return draft.toRecord(source, outcome);
  } catch (error) {
    return draft.toRecord(source, await failedOutcome(error, connection, context, draft));
  }
}

/**
 * Asks in the order of worth. Says since when the connection is broken if it proved to be. What the first answer said is
 * captured, whatever becomes of the questions that follow it.
 */
async function learn(
  connection: ClaimedConnection,
  context: FillContext,
  draft: Draft,
): Promise<{ readonly since: Instant | null } | null> {
  const { accounts } = await context.provider.currentValues(context.link);
  for (const account of accounts) draft.addAccount(account);
  const uncaptured = new Set(accountStates(connection, accounts).filter(isCounted));
  const captureRest = (parts: Parameters<typeof captureCurrent>[2]): void => {
    for (const state of uncaptured) captureCurrent(state, null, parts, context, draft);
  };
  try {
    const counted = [...uncaptured];
    const refreshedBy = await refreshValues(connection, counted, context);
    // A broken connection keeps answering with its last state, so only an overdue answer costs a second question. A
    // refresh that was taken has answered it: a broken connection refuses one.
    const isDoubtful =
      connection.status === 'disabled' || accounts.some((account) => isOverdue(account, context));
    if (isDoubtful && refreshedBy === null) {
      const health = await context.provider.connectionHealth(context.link);
      if (health.broken) {
        captureRest({ nextAttemptAt: recheckAt(context), isConnectionBroken: true });
        return { since: health.brokenSince };
      }
    }
    for (const state of counted) {
      const flows = await learnFlows(state, context, draft);
      captureCurrent(state, flows, { nextAttemptAt: refreshedBy, isConnectionBroken: false }, context, draft);
      uncaptured.delete(state);
      await fillHistory(connection, state, context, draft);
    }
    return null;
  } catch (error) {
    captureRest({ nextAttemptAt: null, isConnectionBroken: false });
    throw error;
  }
}

function healthyOutcome({ now }: FillContext, draft: Draft): ConnectionOutcome {
  const retryAt = draft.isWithoutAccounts ? toInstant(new Date(now.getTime() + EMPTY_RECHECK_MS)) : null;
  return { status: 'active', disabledSince: null, retryAt, attempts: 0, errorCode: null, succeeded: true };
}

function brokenOutcome(
  connection: ClaimedConnection,
  since: Instant | null,
  context: FillContext,
  draft: Draft,
): ConnectionOutcome {
  const retryAt = recheckAt(context);
  noteMissing(connection, draft, 'connection_broken', retryAt);
  return {
    status: 'disabled',
    disabledSince: since,
    retryAt,
    attempts: 0,
    errorCode: 'needs_reconnect',
    succeeded: false,
  };
}

function recheckAt({ now }: FillContext): Instant {
  return toInstant(new Date(now.getTime() + BROKEN_RECHECK_MS));
}

async function failedOutcome(
  error: unknown,
  connection: ClaimedConnection,
  context: FillContext,
  draft: Draft,
): Promise<ConnectionOutcome> {
  const { status } = connection;
  const unchanged = {
    status,
    disabledSince: null,
    attempts: connection.attempts,
    retryAt: null,
    succeeded: false,
  };
  if (error instanceof OutOfTimeError) return { ...unchanged, errorCode: 'out_of_time' };
  if (!(error instanceof ProviderError)) throw error;
  // Our own fault, which is no connection's: nothing is said of its days, and it does not wait for its next turn.
  if (error.kind === 'keys_refused') return { ...unchanged, errorCode: error.kind };
  if (error.kind === 'needs_reconnect' && (await isReallyBroken(context)))
    return brokenOutcome(connection, null, context, draft);

  const attempts = connection.attempts + 1;
  const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempts, context.random));
  const retryAt = toInstant(new Date(context.now.getTime() + waitMs));
  noteMissing(connection, draft, error.kind === 'rate_limited' ? 'rate_limited' : 'unavailable', retryAt);
  return { ...unchanged, attempts, retryAt, errorCode: error.kind };
}

/** One account that is gone refuses like a broken connection does, so the connection itself is asked. */
async function isReallyBroken({ provider, link }: FillContext): Promise<boolean> {
  try {
    return (await provider.connectionHealth(link)).broken;
  } catch (error) {
    return error instanceof ProviderError && error.kind === 'needs_reconnect';
  }
}

/** Notes one reason for every day of the connection that is still missing; what was said of an answer for one stays. */
function noteMissing(
  connection: ClaimedConnection,
  draft: Draft,
  reason: GapReason,
  nextAttemptAt: Instant,
): void {
  for (const account of connection.accounts.filter(
    ({ isCounted: counted, isClosed }) => counted && !isClosed,
  )) {
    for (const date of account.missing) {
      const detail = draft.detailOn(account.externalId, date);
      draft.note(account.externalId, date, { reason, detail, nextAttemptAt });
    }
  }
}
