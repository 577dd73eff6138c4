import { nextSession } from '@/lib/domain/nyse-calendar';
import { questionPauseMs } from '@/lib/domain/schedule';
import { gapReasonOf } from '@/lib/domain/states';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { ProviderError } from '@/lib/providers/provider';
import { type AccountState, DAY_MS, type FillContext } from './account';
import { fillHistory } from './history';
import { fetchMovements } from './movements';
import type { Question } from './record';
import type { FillResult } from './result';
import type { ClaimedConnection } from './store';

/** After this many accounts in a row that nobody answered for, the others are left to the next tick. */
const UNANSWERED_MAX = 2;

/**
 * Asks for the movements and the missing past of each account that lacks them. What is refused for one account waits for
 * itself and stops no other. Throws `ProviderError` for what concerns the whole connection or everybody.
 */
export async function askAccounts(
  connection: ClaimedConnection,
  isBroken: () => Promise<boolean>,
  context: FillContext,
  result: FillResult,
): Promise<void> {
  let unanswered = 0;
  for (const known of connection.accounts) {
    if (!known.isCounted || known.isClosed) continue;
    const state: AccountState = { externalId: known.externalId, known, current: null };
    if (result.caseOf(state).isLeftOut) {
      noteLeftOut(state, context, result);
      continue;
    }
    const ask = (question: Question, put: () => Promise<unknown>) =>
      putQuestion(question, put, state, { isBroken, context, result });

    let refusal = known.movementsDue
      ? await ask('movements', () => fetchMovements(state, context, result))
      : null;
    if (refusal?.kind !== 'unavailable') {
      const refused = await ask('history', () => fillHistory(state, context, result));
      if (refused !== null) noteRefused(state, refused.retryAt, context, result);
      refusal = refused ?? refusal;
    }
    if (known.holdingsDue && refusal === null) await askHoldings(state, context, result);
    unanswered = refusal?.kind === 'unavailable' ? unanswered + 1 : 0;
    if (unanswered === UNANSWERED_MAX) return;
  }
}

/**
 * Asks what an account holds, between sessions alone, since it would belong to no close otherwise. Nothing else waits for the answer, so
 * what is refused is left for another time. Throws `ProviderError` for what concerns everybody.
 */
async function askHoldings(
  { externalId, known }: AccountState,
  { provider, link, latestDue, now, runId, log }: FillContext,
  result: FillResult,
): Promise<void> {
  if (provider.holdings === undefined || toInstant(now) >= nextSession(latestDue.date).opensAt) return;
  try {
    const held = await provider.holdings(link, { externalId, currency: known?.currency ?? null });
    if (held.available) result.addHoldings(externalId, held.value);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === 'rate_limited' || error.kind === 'keys_refused') throw error;
    log('warn', 'holdings_not_answered', { runId, errorKind: error.kind });
  }
  result.noteHoldingsAsked(externalId);
}

/** A question that was refused, and when it is put again. */
interface Refusal {
  readonly kind: ProviderError['kind'];
  readonly retryAt: Instant;
}

interface Asking {
  /** Asks the connection itself, since one account that is gone refuses like a broken connection does. */
  readonly isBroken: () => Promise<boolean>;
  readonly context: FillContext;
  readonly result: FillResult;
}

/** Puts one question about one account; null when it was answered. Throws what is not this account's alone. */
export async function putQuestion(
  question: Question,
  put: () => Promise<unknown>,
  { externalId, known }: AccountState,
  { isBroken, context, result }: Asking,
): Promise<Refusal | null> {
  try {
    await put();
    return null;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind } = error;
    if (kind === 'rate_limited' || kind === 'keys_refused') throw error;
    if (kind === 'needs_reconnect' && (await isBroken())) throw error;
    const before = known?.backoffs[question];
    const attempts = (before?.reason === kind ? before.attempts : 0) + 1;
    const pauseMs = questionPauseMs(question, kind, attempts, context.random);
    const retryAt = toInstant(new Date(context.now.getTime() + pauseMs));
    result.refuse(externalId, question, kind, retryAt);
    context.log('warn', 'account_not_answered', { runId: context.runId, question, errorKind: kind, retryAt });
    return { kind, retryAt };
  }
}

/** Of an account that the provider does not list nothing can be had: its questions wait until it may be listed again. */
function noteLeftOut({ externalId, known }: AccountState, context: FillContext, result: FillResult): void {
  const { latestDue, now } = context;
  const nextAttemptAt = toInstant(new Date(now.getTime() + DAY_MS));
  if (known?.movementsDue) result.refuse(externalId, 'movements', 'left_out', nextAttemptAt);
  if (known?.importDue) result.refuse(externalId, 'import', 'left_out', nextAttemptAt);
  // The day that is due waits for the totals as long as they may bring it.
  const isCaptureOpen = toInstant(now) < nextSession(latestDue.date).opensAt;
  for (const date of known?.missing ?? []) {
    if (isCaptureOpen && date === latestDue.date) continue;
    result.note(externalId, date, { reason: gapReasonOf('left_out'), detail: 'left_out', nextAttemptAt });
  }
}

/** The days that history was asked for stay missing until it is asked again. */
function noteRefused(
  { externalId, known }: AccountState,
  retryAt: Instant,
  { latestDue, phase }: FillContext,
  result: FillResult,
): void {
  for (const date of known?.missing ?? []) {
    result.note(externalId, date, () =>
      // The day that is due waits for the totals.
      phase === 'all' && date === latestDue.date && result.detailOn(externalId, date) !== null
        ? null
        : { reason: 'unavailable', nextAttemptAt: retryAt },
    );
  }
}
