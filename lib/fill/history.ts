import { nextSession, sessionOn, tradingSessions } from '@/lib/domain/nyse-calendar';
import { type HistoryRequest, planHistoryRequest } from '@/lib/domain/schedule';
import type { HeldReason } from '@/lib/domain/states';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { ValueHistory } from '@/lib/providers/provider';
import { type AccountState, DAY_MS, type FillContext, reachOf, refOf } from './account';
import type { FillResult, Why } from './result';

/** A missing capability is looked for again after this time, in case the provider has switched it on. */
const CAPABILITY_RECHECK_MS = 7 * DAY_MS;

/** A day that the provider's history left out is asked for once a day, this many times. */
export const HAD_NOTHING_ATTEMPTS_MAX = 5;

/** Where a provider has no history, the past of a new account is asked for again after this time. */
const IMPORT_RECHECK_MS = 30 * DAY_MS;

/** How long an empty answer to the first asking may mean that the provider has not read the history yet. */
const NOT_READY_MS = [DAY_MS / 24, DAY_MS / 6, DAY_MS, DAY_MS] as const;

/**
 * Asks the provider's own history for exactly the days that capture can no longer bring, or for all of the past of a new
 * account; one request, or none.
 */
export async function fillHistory(
  state: AccountState,
  context: FillContext,
  result: FillResult,
): Promise<void> {
  const missing = planRequest(state.known?.missing ?? [], context);
  const isImport = state.known?.importDue === true;
  if (missing === null && !isImport) return;
  if (lacksHistory(state, context)) {
    if (isImport) result.refuse(state.externalId, 'import', 'not_offered', after(IMPORT_RECHECK_MS, context));
    if (missing !== null) noteUnfilled(state, missing, context, result, cannot(context));
    return;
  }

  const request =
    state.known?.historyAsked === true ? missing : (planRequest(wholeReach(context), context) ?? missing);
  if (request === null) return;
  const answer = await context.provider.valueHistory(context.link, refOf(state), {
    from: request.from,
    to: request.to,
  });
  if (answer.available) result.answer(state.externalId, 'history');
  else {
    result.lack(state.externalId, 'history', answer.reason);
    if (state.known?.historyAsked === false)
      result.refuse(state.externalId, 'import', 'not_offered', after(IMPORT_RECHECK_MS, context));
    return noteUnfilled(state, request, context, result, cannot(context));
  }

  noteImport(state, answer.value, context, result);
  observeHistory(state, request, answer.value, result);
  noteUnfilled(state, request, context, result, (heldFor) => ({
    reason: heldFor === null ? 'provider_had_nothing' : 'held',
    detail: heldFor,
    nextAttemptAt: after(DAY_MS, context),
    attemptsMax: HAD_NOTHING_ATTEMPTS_MAX,
  }));
}

/** The past of a new account is there once it was answered; an empty answer may only mean that it is not ready yet. */
function noteImport(
  { externalId, known }: AccountState,
  { values }: ValueHistory,
  context: FillContext,
  result: FillResult,
): void {
  if (known?.historyAsked === true) return;
  const before = known?.backoffs.import;
  const waitMs = NOT_READY_MS[before?.reason === 'not_ready' ? before.attempts : 0];
  if (values.length > 0 || waitMs === undefined) result.answer(externalId, 'import');
  else result.refuse(externalId, 'import', 'not_ready', after(waitMs, context));
}

function after(waitMs: number, { now }: FillContext): Instant {
  return toInstant(new Date(now.getTime() + waitMs));
}

function wholeReach(context: FillContext): readonly TradingDate[] {
  return tradingSessions(reachOf(context), context.latestDue.date).map((session) => session.date);
}

function planRequest(missing: readonly TradingDate[], context: FillContext): HistoryRequest | null {
  const { latestDue, now } = context;
  const captureOpen = toInstant(now) < nextSession(latestDue.date).opensAt;
  return planHistoryRequest(missing, latestDue.date, captureOpen, reachOf(context));
}

/** Keeps every value reported for the wanted days, zeros from before any money too: the rest is judged by them. */
function observeHistory(
  state: AccountState,
  request: HistoryRequest,
  history: ValueHistory,
  result: FillResult,
): void {
  const currency = history.currency ?? state.current?.currency ?? state.known?.currency ?? null;
  for (const { date, total } of history.values) {
    const session = sessionOn(date);
    if (session === null || !request.wanted.has(date)) continue;
    result.observe(state, {
      date,
      total,
      cash: null,
      costBasis: null,
      currency,
      kind: 'reconstructed',
      asOf: session.closesAt,
    });
  }
}

/** Notes each wanted and expected day that is still without an accepted value. */
function noteUnfilled(
  state: AccountState,
  request: HistoryRequest,
  context: FillContext,
  result: FillResult,
  why: (heldFor: HeldReason | null) => Why,
): void {
  const { externalId } = state;
  const missing = new Set(state.known?.missing);
  const isFilled = (date: TradingDate): boolean => result.verdictOnDay(externalId, date)?.accepted === true;
  for (const date of request.wanted)
    result.note(externalId, date, () => {
      // The first value that history gave moves back the day from which the account is expected.
      const isKnownBy = isExpected(state, date)
        ? missing.has(date)
        : date >= context.latestDue.date ||
          [...request.wanted].some((earlier) => earlier < date && isFilled(earlier));
      if (!isKnownBy) return null;
      const verdict = result.verdictOnDay(externalId, date);
      return why(
        verdict === null || verdict.accepted || verdict.reason === 'not_funded_yet' ? null : verdict.reason,
      );
    });
}

function isExpected({ known }: AccountState, date: string): boolean {
  return known !== null && date >= known.firstKnownOn;
}

function cannot(context: FillContext): (heldFor: HeldReason | null) => Why {
  const nextAttemptAt = after(CAPABILITY_RECHECK_MS, context);
  return (heldFor) =>
    heldFor === null
      ? { reason: 'provider_cannot', final: true, nextAttemptAt }
      : { reason: 'held', detail: heldFor, nextAttemptAt };
}

/** Whether the provider answered lately that it has no history of the account. */
function lacksHistory({ known }: AccountState, { now }: FillContext): boolean {
  const refusedAt = known?.historyRefusedAt ?? null;
  return refusedAt !== null && now.getTime() - Date.parse(refusedAt) < CAPABILITY_RECHECK_MS;
}
