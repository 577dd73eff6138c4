import { nextSession } from '@/lib/domain/nyse-calendar';
import { backoffMs, nextReadAfterFailure } from '@/lib/domain/schedule';
import type { GapReason } from '@/lib/domain/states';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { type ConnectionHealth, OutOfTimeError, ProviderError } from '@/lib/providers/provider';
import { type AccountState, accountStates, DAY_MS, type FillContext, isCounted, reachOf } from './account';
import { type CaptureParts, captureCurrent, isOverdue, refreshValues } from './capture';
import { convertParts } from './convert-parts';
import { hasOpenDoubt, type LineEvidence } from './evidence';
import { fetchMovements, needsMovements, noteCollection } from './movements';
import { askAccounts, putQuestion } from './questions';
import type { FillRecord } from './record';
import { FillResult } from './result';
import type { ClaimedConnection } from './store';

/** A broken connection is looked at again after this time, in case its user has mended it. */
const BROKEN_RECHECK_MS = DAY_MS / 4;

/** A login without any account is looked at again after this time. */
const EMPTY_RECHECK_MS = DAY_MS;

type ConnectionOutcome = Omit<FillRecord['connection'], 'freshness' | 'totalsAsked' | 'isBackgroundRead'>;

/** What one fill of a connection found, and the same once more from evidence that has grown meanwhile. */
export type FilledConnection = (grown?: readonly LineEvidence[]) => FillRecord;

/**
 * Asks a connection's provider for what its turn is about and concludes what to record. A failure ends this
 * fill with a back-off and touches no other connection; what was found before it is kept. Throws only for faults of our
 * own.
 */
export async function fillConnection(
  connection: ClaimedConnection,
  context: FillContext,
): Promise<FilledConnection> {
  const { runId, phase, rules, now } = context;
  const result = new FillResult(context.provider.id, { homeCurrency: connection.homeCurrency, rules, now });
  openDoubts(connection, result);
  const askHealth = askHealthOnce(context, result);
  const isBroken = () => isKnownBroken(askHealth);
  const record =
    (outcome: ConnectionOutcome, isRead = true): FilledConnection =>
    (grown) =>
      result.toRecord(
        { runId, reach: reachOf(context), phase },
        { ...outcome, isBackgroundRead: isRead && result.totalsAsked && context.reads !== null },
        grown,
      );
  try {
    const broken = await askProvider(connection, { askHealth, isBroken }, context, result);
    return record(
      broken ? brokenOutcome(connection, broken.since, context, result) : healthyOutcome(context, result),
    );
  } catch (error) {
    // A rate limit is no reading, and neither is a fault of our own keys.
    const isRead = !(
      error instanceof ProviderError &&
      (error.kind === 'rate_limited' || error.kind === 'keys_refused')
    );
    return record(await failedOutcome(error, connection, isBroken, context, result), isRead);
  }
}

/** Open questions are looked at anew in every fill, since what settles them may have come by another way. */
function openDoubts({ accounts }: ClaimedConnection, result: FillResult): void {
  for (const known of accounts) {
    if (known.isCounted && !known.isClosed && known.evidence !== null && hasOpenDoubt(known.evidence))
      result.caseOf({ externalId: known.externalId, known, current: null });
  }
}

type Broken = { readonly since: Instant | null };

/** Questions about the connection itself, of which the provider is asked one in a fill. */
interface Health {
  readonly askHealth: () => Promise<ConnectionHealth>;
  readonly isBroken: () => Promise<boolean>;
}

/** Asks in the order of worth; returns since when the connection is broken if it proved to be. */
async function askProvider(
  connection: ClaimedConnection,
  health: Health,
  context: FillContext,
  result: FillResult,
): Promise<Broken | null> {
  const { phase } = context;
  if (phase === 'totals' || (phase === 'all' && connection.totalsDue)) {
    const broken = await captureTotals(connection, health, context, result);
    if (broken !== null) return broken;
  }
  if (phase !== 'totals') await askAccounts(connection, health.isBroken, context, result);
  return null;
}

/**
 * Asks for the current values of all accounts with one request. What the answer holds is captured, whatever becomes of the
 * questions that follow it.
 */
async function captureTotals(
  connection: ClaimedConnection,
  { askHealth, isBroken }: Health,
  context: FillContext,
  result: FillResult,
): Promise<Broken | null> {
  const { states, health } = await readCurrent(connection, askHealth, context, result);
  const accounts = states.flatMap(({ current }) => current ?? []);
  for (const account of accounts) {
    result.addAccount(account);
    if (account.holdings !== undefined) result.addHoldings(account.externalId, account.holdings);
  }
  let uncaptured = new Set(states.filter(isCounted));
  const isRecheck = connection.recheck;
  const captureRest = (parts: Omit<CaptureParts, 'isRecheck'>): void => {
    for (const state of uncaptured) captureCurrent(state, { ...parts, isRecheck }, context, result);
  };
  try {
    const refreshedBy = await refreshValues(connection, [...uncaptured], context);
    // A broken connection keeps answering with its last state, so only an overdue answer costs a second question. A
    // refresh that was taken has answered it: a broken connection refuses one.
    const isDoubtful =
      connection.status === 'disabled' || accounts.some((account) => isOverdue(account, context));
    const known = health ?? (isDoubtful && refreshedBy === null ? await askHealth() : null);
    if (known?.broken) {
      captureRest({ nextAttemptAt: recheckAt(context), isConnectionBroken: true });
      return { since: known.brokenSince };
    }
    const counted = sightAccounts(states, context, result);
    for (const state of counted) noteCollection(state, context, result);
    uncaptured = new Set(counted);
    const parts = { nextAttemptAt: refreshedBy, isConnectionBroken: false, isRecheck };
    const observed = counted.map((state) => ({ state, id: captureCurrent(state, parts, context, result) }));
    uncaptured.clear();
    for (const { state, id } of observed) {
      if (needsMovements(state, id, context, result))
        await putQuestion('movements', () => fetchMovements(state, context, result), state, {
          isBroken,
          context,
          result,
        });
    }
    return null;
  } catch (error) {
    captureRest({ nextAttemptAt: null, isConnectionBroken: false });
    throw error;
  }
}

/**
 * Notes what an answer says of the accounts themselves, and returns those that have a value for the day that is due as far as all
 * such answers tell. A login that lists nothing at all says nothing about any account.
 */
function sightAccounts(
  states: readonly AccountState[],
  { latestDue }: FillContext,
  result: FillResult,
): readonly AccountState[] {
  if (states.every(({ current }) => current === null)) return states.filter(isCounted);
  for (const state of states) result.addSighting(state);
  return states.filter(
    (state) =>
      state.current?.isOpen !== false && (result.caseOf(state).countsOn(latestDue.date) ?? isCounted(state)),
  );
}

interface CurrentValues {
  /** Of the accounts of the answer, and of those that it left out. */
  readonly states: readonly AccountState[];
  /** Null where nothing was asked or told of the connection itself. */
  readonly health: ConnectionHealth | null;
}

/**
 * Current values as the provider gives them; a failure is a question that was put, being held back is not. Where the answer does not
 * tell of the connection itself, one that was read live carries no time of its own, and a broken connection answers with what it knew
 * last, so a connection that may be read live is asked about itself first. One that is read daily shows by its time how old its answer is.
 */
async function readCurrent(
  connection: ClaimedConnection,
  askHealth: Health['askHealth'],
  context: FillContext,
  result: FillResult,
): Promise<CurrentValues> {
  const { provider, link, rates } = context;
  try {
    const asked = provider.tellsHealth || connection.freshness === 'daily' ? null : await askHealth();
    const isLive = asked !== null && asked.freshness === 'realtime' && !asked.broken;
    const { accounts, health = asked } = await provider.currentValues(link, isLive);
    result.totalsAsked = true;
    if (health !== null) result.freshness = health.freshness;
    const states = accountStates(connection, accounts).map(async (state) => {
      const { known, current } = state;
      const currency = known?.currency ?? connection.homeCurrency;
      return current === null ? state : { ...state, current: await convertParts(current, currency, rates) };
    });
    return { states: await Promise.all(states), health };
  } catch (error) {
    result.totalsAsked = error instanceof ProviderError;
    throw error;
  }
}

function healthyOutcome({ now }: FillContext, result: FillResult): ConnectionOutcome {
  const retryAt = result.isWithoutAccounts ? toInstant(new Date(now.getTime() + EMPTY_RECHECK_MS)) : null;
  return { status: 'active', disabledSince: null, retryAt, attempts: 0, errorCode: null, succeeded: true };
}

function brokenOutcome(
  connection: ClaimedConnection,
  since: Instant | null,
  context: FillContext,
  result: FillResult,
): ConnectionOutcome {
  const retryAt = recheckAt(context);
  noteMissing(connection, result, 'connection_broken', retryAt);
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
  isBroken: () => Promise<boolean>,
  context: FillContext,
  result: FillResult,
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
  // Our own fault, which is no connection's: nothing is reported of its days, and it does not wait for its next turn.
  if (error.kind === 'keys_refused') return { ...unchanged, errorCode: error.kind };
  if (error.kind === 'needs_reconnect' && (await isBroken()))
    return brokenOutcome(connection, null, context, result);

  const attempts = connection.attempts + 1;
  const retryAt = retryAfter(error, attempts, context, result);
  noteMissing(connection, result, error.kind === 'rate_limited' ? 'rate_limited' : 'unavailable', retryAt);
  return { ...unchanged, attempts, retryAt, errorCode: error.kind };
}

function retryAfter(
  error: ProviderError,
  attempts: number,
  context: FillContext,
  result: FillResult,
): Instant {
  const { now, latestDue, random, reads } = context;
  if (result.totalsAsked && error.kind !== 'rate_limited')
    return nextReadAfterFailure(now, nextSession(latestDue.date).opensAt, attempts, random, reads);
  const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempts, random));
  return toInstant(new Date(now.getTime() + waitMs));
}

/** One account that is gone refuses like a broken connection does, so the connection itself is asked. */
async function isKnownBroken(askHealth: Health['askHealth']): Promise<boolean> {
  try {
    return (await askHealth()).broken;
  } catch (error) {
    return error instanceof ProviderError && error.kind === 'needs_reconnect';
  }
}

/** Asks a connection about itself, once however often that is wanted. */
function askHealthOnce({ provider, link }: FillContext, result: FillResult): Health['askHealth'] {
  let asked: Promise<ConnectionHealth> | null = null;
  const ask = async (): Promise<ConnectionHealth> => {
    const health = await provider.connectionHealth(link);
    result.freshness = health.freshness;
    return health;
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** Notes one reason for every day of the connection that is still missing; what was noted of an answer for one stays. */
function noteMissing(
  connection: ClaimedConnection,
  result: FillResult,
  reason: GapReason,
  nextAttemptAt: Instant,
): void {
  for (const account of connection.accounts.filter(
    ({ isCounted: counted, isClosed }) => counted && !isClosed,
  )) {
    for (const date of account.missing) {
      result.note(account.externalId, date, () => ({
        reason,
        detail: result.detailOn(account.externalId, date),
        nextAttemptAt,
      }));
    }
  }
}
