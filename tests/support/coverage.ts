import type { CoverageRow } from '@/lib/coverage/document';
import { type GridRead, readCoverageGrid } from '@/lib/coverage/store';
import { toDate } from '@/lib/domain/trading-date';
import type { TestStack } from './test-stack';

type GridParts = Partial<Omit<GridRead, 'filter' | 'from' | 'to' | 'due' | 'reach'>> &
  Partial<GridRead['filter']> & {
    readonly from?: string;
    readonly to?: string;
    readonly due?: string;
    readonly reach?: string;
  };

/** One page of the grid of the week that ends on Friday, 2026-11-20, worst first, unless said otherwise. */
export function readGrid(stack: TestStack, parts: GridParts = {}) {
  const { from = '2026-11-16', to = '2026-11-20', due = to, reach = '2025-11-20', ...rest } = parts;
  const { sort = 'worst', after = null, limit = 50, ...filter } = rest;
  return readCoverageGrid(stack.admin, {
    from: toDate(from),
    to: toDate(to),
    due: toDate(due),
    reach: toDate(reach),
    filter: { reason: null, provider: null, institution: null, search: null, ...filter },
    sort,
    after,
    limit,
  });
}

/** The row of one user on the grid's first page. */
export async function readRow(
  stack: TestStack,
  userId: string,
  parts: GridParts = {},
): Promise<CoverageRow | undefined> {
  const { rows } = await readGrid(stack, { search: userId, ...parts });
  return rows.find((row) => row.userId === userId);
}
