import { randomUUID } from 'node:crypto';
import type { CoverageRow, DayTotal } from '@/lib/coverage/document';
import { type GridRead, type GridScope, readCoverageGrid, readCoverageTotals } from '@/lib/coverage/store';
import { toDate } from '@/lib/domain/trading-date';
import { FRIDAY_EVENING } from './populated-fixture';
import type { TestStack } from './test-stack';

/** The evening in question: whose work, between which days, how long a lease, and whether somebody waits for it. */
interface ClaimParts {
  readonly userId?: string | null;
  readonly from?: string;
  readonly to?: string;
  readonly asked?: boolean;
  readonly limit?: number;
  readonly leaseSeconds?: number;
  readonly now?: string;
  readonly worker?: string;
}

/** The part of a claimed connection that tests of claims look at. */
interface Claimed {
  readonly id: string;
  readonly ciphertext: string | null;
  readonly accounts: readonly {
    readonly externalId: string;
    readonly isClosed: boolean;
    readonly last: { readonly date: string; readonly total: string } | null;
    readonly missing: readonly string[];
  }[];
}

/** Claims as a new worker on Friday evening for the week that ends then, unless named otherwise. */
export async function claim(stack: TestStack, parts: ClaimParts = {}): Promise<readonly Claimed[]> {
  const { userId, from, to, asked, limit, leaseSeconds, now, worker } = { ...ORDINARY, ...parts };
  const [row] = await stack.service<{ claimed: readonly Claimed[] }[]>`
    select claim_connections(
      ${worker ?? randomUUID()}, ${userId}, ${from}, ${to}, ${asked}, ${limit}, ${leaseSeconds}, ${now}
    ) as claimed`;
  return row?.claimed ?? [];
}

/** Marks what is due; returns how many connections were newly marked. */
export async function markDue(stack: TestStack, parts: ClaimParts = {}): Promise<number> {
  const { userId, from, to, asked, now } = { ...ORDINARY, ...parts };
  const [row] = await stack.service<{ marked: number }[]>`
    select mark_due_connections(${userId}, ${from}, ${to}, ${asked}, ${now}) as marked`;
  return row?.marked ?? -1;
}

const ORDINARY = {
  userId: null,
  from: '2026-11-16',
  to: '2026-11-20',
  asked: false,
  limit: 10,
  leaseSeconds: 120,
  now: FRIDAY_EVENING,
} satisfies ClaimParts;

type ScopeParts = Partial<GridScope['filter']> & {
  readonly from?: string;
  readonly to?: string;
  readonly due?: string;
  readonly reach?: string;
};
type GridParts = ScopeParts & Partial<Omit<GridRead, keyof GridScope>>;

/** One page of the grid of the week that ends on Friday, 2026-11-20, worst first, unless named otherwise. */
export function readGrid(stack: TestStack, parts: GridParts = {}) {
  const { sort = 'worst', after = null, limit = 50, ...scope } = parts;
  return readCoverageGrid(stack.admin, { ...scopeOf(scope), sort, after, limit });
}

/** The columns of the same grid counted. */
export function readTotals(stack: TestStack, parts: ScopeParts = {}): Promise<readonly DayTotal[]> {
  return readCoverageTotals(stack.admin, scopeOf(parts));
}

function scopeOf({
  from = '2026-11-16',
  to = '2026-11-20',
  due = to,
  reach = '2025-11-20',
  ...filter
}: ScopeParts): GridScope {
  return {
    from: toDate(from),
    to: toDate(to),
    due: toDate(due),
    reach: toDate(reach),
    filter: { reason: null, provider: null, institution: null, search: null, ...filter },
  };
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
