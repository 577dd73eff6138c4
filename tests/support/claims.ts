import { randomUUID } from 'node:crypto';
import { FRIDAY_EVENING } from './portfolio';
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
export interface Claimed {
  readonly id: string;
  readonly ciphertext: string | null;
  readonly accounts: readonly {
    readonly externalId: string;
    readonly isClosed: boolean;
    readonly last: { readonly date: string; readonly total: string } | null;
    readonly missing: readonly string[];
  }[];
}

/** Claims as a new worker on Friday evening for the week that ends then, unless said otherwise. */
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
