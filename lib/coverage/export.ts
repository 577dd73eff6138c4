import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readDay } from '@/lib/domain/coverage';
import { toCsv } from '@/lib/history/export';
import { type CoverageQuery, readPlace } from './query';
import { type CoveragePage, readCoveragePage } from './read';

/** How many users are read at a time. */
const PAGE_ROWS = 200;

/** The grid of all users that a question is about as CSV, page after page: a row for each user, a column for each trading day. */
export async function* exportGrid(
  client: SupabaseClient<Database>,
  query: CoverageQuery,
  now: Date,
  pageRows = PAGE_ROWS,
): AsyncGenerator<string> {
  let after = query.after;
  let isFirst = true;
  while (true) {
    const page: CoveragePage = await readCoveragePage(client, { ...query, after, limit: pageRows }, now);
    yield csvOf(page, isFirst);
    if (page.next === null) return;
    after = readPlace(page.next);
    isFirst = false;
  }
}

function csvOf({ range, rows }: CoveragePage, withHeader: boolean): string {
  const columns = [
    { name: 'email', holds: 'text' },
    { name: 'user_id', holds: 'data' },
    { name: 'missing_days', holds: 'data' },
    ...range.days.map((date) => ({ name: date, holds: 'data' }) as const),
  ] as const;
  const cells = rows.map(({ email, userId, missing, days }) => [
    email,
    userId,
    String(missing),
    ...range.days.map((_, at) => {
      const code = days[at];
      return code === undefined ? null : readDay(code);
    }),
  ]);
  const text = toCsv(columns, cells);
  return withHeader ? text : text.slice(toCsv(columns, []).length);
}
