import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { addDays, toInstant } from '@/lib/domain/trading-date';
import { AccountCase } from '@/lib/fill/account-case';
import { conclusionsOf } from '@/lib/fill/decide';
import type { DayEffect, PublishedPreview, ReadingQuestion } from './document';
import type { LineCase } from './reading-questions';
import { previewReconciliation } from './store';

/** How many calendar days around a question are looked at for what an answer changes. */
const AROUND_DAYS = 10;

/** What either answer to a question would change of what is published; null when evidence arrived meanwhile. Nothing is recorded. */
export async function previewAnswers(
  client: SupabaseClient<Database>,
  line: LineCase,
  question: Omit<ReadingQuestion, 'effects'>,
): Promise<ReadingQuestion['effects']> {
  const accepted = await previewAnswer(client, line, question, 'accept');
  const rejected = await previewAnswer(client, line, question, 'reject');
  if (accepted === null || rejected === null) return null;
  return { accept: changesOf(accepted), reject: changesOf(rejected) };
}

/** Draws the conclusions with a decision that nobody made. */
function previewAnswer(
  client: SupabaseClient<Database>,
  { stored, context }: LineCase,
  { readings, from, to }: Omit<ReadingQuestion, 'effects'>,
  verdict: 'accept' | 'reject',
): Promise<PublishedPreview | null> {
  const decisions = readings
    // What has no currency cannot be accepted.
    .filter(({ currency }) => verdict === 'reject' || currency !== null)
    .map(({ id }) => ({
      id: `${verdict} ${id}`,
      at: toInstant(context.now),
      about: 'reading' as const,
      readingId: String(id),
      verdict,
    }));
  const imagined = { ...stored, decisions: [...stored.decisions, ...decisions] };
  const own = new AccountCase(stored.accountId, stored.accountId, imagined, context);
  const { lineId, version } = stored;
  const around = { from: addDays(from, -AROUND_DAYS), to: addDays(to, AROUND_DAYS) };
  return previewReconciliation(
    client,
    { lineId, version, conclusions: conclusionsOf(own), ...around },
    context.now,
  );
}

/** The days that change, oldest first. */
function changesOf({ now, next }: PublishedPreview): readonly DayEffect[] {
  const [before, after] = [now, next].map(
    (days) => new Map(days.map(({ date, value }) => [date, value] as const)),
  );
  const dates = [...new Set([...now, ...next].map(({ date }) => date))].toSorted();
  return dates
    .map((date) => ({ date, now: before?.get(date) ?? null, next: after?.get(date) ?? null }))
    .filter((day) => day.now !== day.next);
}
