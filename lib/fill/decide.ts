import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import type { CorrectionReason } from '@/lib/domain/states';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import { AccountCase } from './account-case';
import {
  type AccountClassification,
  type Classification,
  type Conclusions,
  type DecidedReading,
  type EndDecision,
  type RefusedDecision,
  type RefusedEnd,
  readEvidence,
  recordAccountClassification,
  recordClassification,
  recordDecision,
  recordEndDecision,
  recordReconciliation,
  type Verdict,
} from './evidence-store';

/** What was decided about, and how many published days changed by it. */
type Judged = Omit<DecidedReading, 'lineId'> & { readonly published: number };

/**
 * Records an administrator's decision, on one observation or on all of a question, as evidence and draws the conclusions about the
 * account anew. A value that lacks its total or currency cannot be accepted. Null when there is nothing to decide any more. Should
 * the second step be cut short, the account's next fill makes up for it.
 */
export async function judgeHeldValue(
  client: SupabaseClient<Database>,
  decision: Verdict,
  now: Date,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Promise<Judged | RefusedDecision | null> {
  const answer = await recordDecision(client, decision, now);
  if (answer === null || 'refused' in answer) return answer;
  const since = new Map([[answer.lineId, answer.date]]);
  for (const id of decision.also ?? []) {
    const more = await recordDecision(client, { ...decision, id }, now);
    // What evidence or somebody else settled meanwhile needs no decision any more.
    if (more === null || 'refused' in more) continue;
    const known = since.get(more.lineId);
    if (known === undefined || more.date < known) since.set(more.lineId, more.date);
  }
  const { lineId: _, ...about } = answer;
  const why = decision.verdict === 'accept' ? 'accepted by an administrator' : 'observed';
  let published = 0;
  for (const [lineId, from] of since)
    published += await reconcileLine(client, { lineId, from, why }, now, rules);
  return { ...about, published };
}

/**
 * Records as evidence what a movement was that nobody knew, or takes that back, and draws the conclusions about the account anew. Null
 * when there is nothing to state or to take back any more.
 */
export async function classifyMovement(
  client: SupabaseClient<Database>,
  classification: Classification,
  now: Date,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Promise<Judged | null> {
  const answer = await recordClassification(client, classification, now);
  if (answer === null) return null;
  const { lineId, ...about } = answer;
  return {
    ...about,
    published: await reconcileLine(client, { lineId, from: about.date, why: 'observed' }, now, rules),
  };
}

/**
 * Records as evidence what an account is that nobody knew, or takes that back, and draws the conclusions about it anew. Null when
 * there is nothing to state or to take back any more.
 */
export async function classifyAccount(
  client: SupabaseClient<Database>,
  classification: AccountClassification,
  now: Date,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Promise<Judged | null> {
  const answer = await recordAccountClassification(client, classification, now);
  if (answer === null) return null;
  const { lineId, ...about } = answer;
  const line = { lineId, accountId: about.accountId, from: about.date, why: 'observed' } as const;
  return { ...about, published: await reconcileLine(client, line, now, rules) };
}

/**
 * Records a person's decision on the end of an account and draws the conclusions about it anew. Null when there is no such account
 * or nothing to decide any more.
 */
export async function decideEnd(
  client: SupabaseClient<Database>,
  decision: EndDecision,
  now: Date,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Promise<{ readonly accountId: string; readonly published: number } | RefusedEnd | null> {
  const answer = await recordEndDecision(client, decision, now);
  if (answer === null || 'refused' in answer) return answer;
  const about = { ...answer, why: 'observed' } as const;
  return { accountId: answer.accountId, published: await reconcileLine(client, about, now, rules) };
}

/** How many sessions of context a day's conclusions are drawn in, as calendar days. */
const CONTEXT_DAYS = 90;

/** From when on evidence is taken to draw the conclusions about a day and those after it. */
export function contextSince(day: TradingDate): TradingDate {
  return addDays(day, -CONTEXT_DAYS);
}

/** What follows from the evidence of an account, as it is recorded. */
export function conclusionsOf(own: AccountCase): Conclusions {
  return {
    verdicts: own.changedVerdicts(),
    reconciled: [own.reconciled()],
    flows: own.flows(),
    spans: own.spans(),
  };
}

/** Evidence that grows while conclusions are drawn makes them be drawn once more, but hardly ever twice. */
const ATTEMPTS_MAX = 5;

/**
 * Draws the conclusions about an account line since a day anew and records them, without asking anybody; whether it is there those
 * of one of its accounts, the newest when none is named. Returns the number of published days that changed.
 */
export async function reconcileLine(
  client: SupabaseClient<Database>,
  {
    lineId,
    accountId = null,
    from,
    why,
  }: {
    readonly lineId: string;
    readonly accountId?: string | null;
    readonly from: TradingDate;
    readonly why: CorrectionReason | 'observed';
  },
  now: Date,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Promise<number> {
  const since = contextSince(from);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const [evidence] = await readEvidence(client, [{ lineId, from: since }]);
    if (evidence === undefined) return 0;
    const { homeCurrency, version } = evidence;
    const id = accountId ?? evidence.accountId;
    const own = new AccountCase(id, id, evidence, { homeCurrency, rules, now });
    const drawn = { lineId, version, conclusions: conclusionsOf(own), why };
    const published = await recordReconciliation(client, drawn, now);
    if (published !== null) return published;
  }
  throw new Error('the evidence did not come to rest');
}
