import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import type { MovementRow, ReconcileRules } from '@/lib/domain/reconcile/evidence';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { AccountCase } from '@/lib/fill/account-case';
import { contextSince } from '@/lib/fill/decide';
import { readEvidence } from '@/lib/fill/evidence-store';
import type { CurrentDecision, MovementQuestion, OpenQuestions } from './document';
import { previewAnswers } from './preview';
import { type LineCase, readingQuestions } from './reading-questions';
import { readCurrentDecisions, readLinesInQuestion, readUnnamedAccounts } from './store';

interface QuestionsRead {
  readonly userId: string;
  readonly now: Date;
  readonly rules?: ReconcileRules;
  /** Of how many held readings the effect of each answer is to be known. */
  readonly previews?: number;
}

/**
 * What a person could settle about a user's evidence, by the same rules that judge it. A user about whom nothing is open costs two
 * queries at once. The client has the server's rights, so the caller answers for whose user this is.
 */
export async function readQuestions(
  client: SupabaseClient<Database>,
  { userId, now, rules = DEFAULT_RECONCILE_RULES, previews = 0 }: QuestionsRead,
): Promise<OpenQuestions> {
  const [lines, accounts] = await Promise.all([
    readLinesInQuestion(client, userId),
    readUnnamedAccounts(client, userId),
  ]);
  const evidence = await readEvidence(
    client,
    lines.map(({ lineId, from }) => ({ lineId, from: contextSince(from) })),
  );
  const cases = lines.flatMap((line, index): LineCase[] => {
    const stored = evidence[index];
    if (stored === undefined) return [];
    const context = { homeCurrency: stored.homeCurrency, rules, now };
    return [
      { line, stored, context, own: new AccountCase(stored.accountId, stored.accountId, stored, context) },
    ];
  });
  const asked = cases.flatMap((one) => readingQuestions(one).map((question) => ({ one, question })));
  const readings: OpenQuestions['readings'][number][] = [];
  // One after the other, since each holds the same portfolio for a moment.
  for (const [index, { one, question }] of asked.entries()) {
    const effects = index < previews ? await previewAnswers(client, one, question) : null;
    readings.push({ ...question, effects });
  }
  return { movements: cases.flatMap(movementQuestions), readings, accounts };
}

/** The decisions about a user's evidence as that user may know them: which administrator it was, and why, is not theirs to read. */
export async function readOwnDecisions(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly CurrentDecision[]> {
  const decisions = await readCurrentDecisions(client, userId);
  return decisions.map((decision) =>
    decision.isOwner ? decision : { ...decision, actor: null, reason: null },
  );
}

/** Movements that nobody knows, those that make figures unknown first, each group newest first. */
function movementQuestions({ line, stored, own }: LineCase): readonly MovementQuestion[] {
  const { movements, unknownSpans, intervals } = own.conclusions;
  const rows = new Map<string, MovementRow>(
    stored.statements.flatMap((statement) => statement.rows.map((row) => [row.id, row])),
  );
  return movements
    .filter(({ isUnknown, isWithdrawn, bookedOn }) => isUnknown && !isWithdrawn && bookedOn >= line.from)
    .map(({ key, rowIds, bookedOn, kind, amount, currency }) => {
      const rowId = rowIds.at(-1) ?? '';
      const hides = unknownSpans.find(({ movementKeys }) => movementKeys.includes(key)) ?? null;
      return {
        rowId: Number(rowId),
        account: line.account,
        institution: line.institution,
        bookedOn,
        kind,
        word: line.words[rowId] ?? kind,
        description: rows.get(rowId)?.description ?? null,
        amount,
        currency: currency ?? intervals.currency.at(-1)?.value ?? null,
        hides: hides === null ? null : { from: hides.from, to: hides.to },
      };
    })
    .toSorted(
      (a, b) => Number(b.hides !== null) - Number(a.hides !== null) || (a.bookedOn < b.bookedOn ? 1 : -1),
    );
}
