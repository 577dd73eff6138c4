import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant } from '@/lib/db/rpc';
import type { Currency } from '@/lib/domain/money';
import {
  type AccountEvidence,
  CATEGORIES,
  type Decision,
  KNOWN_MOVEMENT_KINDS,
  type MovementStatement,
  type Reading,
  type Sighting,
} from '@/lib/domain/reconcile/evidence';
import { convertOn } from '@/lib/domain/reconcile/movers';
import { immaterialOf } from '@/lib/domain/reconcile/portfolio';
import { HELD_REASONS, KINDS } from '@/lib/domain/states';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

const MOVEMENT_KINDS = [...KNOWN_MOVEMENT_KINDS, 'unclassified'] as const;

const storedReading = z
  .tuple([
    z.string(),
    date,
    amount,
    currency.nullable(),
    z.enum(KINDS),
    instant,
    z.enum(['accepted', 'held', 'rejected']),
    z.enum(HELD_REASONS).nullable(),
    z.string().nullable(),
  ])
  .transform(([id, day, total, own, kind, asOf, verdict, reason, settledBy]) => ({
    id,
    date: day,
    total,
    currency: own,
    kind,
    asOf,
    verdict,
    reason,
    settledBy,
  }));

const storedRow = z
  .tuple([
    z.string(),
    z.string().nullable(),
    z.enum(MOVEMENT_KINDS),
    amount.nullable(),
    currency.nullable(),
    date,
    z.string().nullable(),
  ])
  .transform(([id, reference, kind, moved, own, day, description]) => ({
    id,
    reference,
    kind,
    amount: moved,
    currency: own,
    date: day,
    description,
  }));

/** What answers in a row said of one account alike, with some of the instants at which they did. */
const storedFact = z
  .tuple([
    z.string(),
    z.uuid(),
    z.array(instant).nonempty(),
    z.boolean(),
    z.boolean().nullable(),
    z.enum(CATEGORIES).nullable(),
    z.boolean().nullable(),
    currency.nullable(),
  ])
  .transform(([id, accountId, seenAt, isListed, isOpen, category, isPaper, own]) => ({
    id,
    accountId,
    seenAt,
    said: { isListed, isOpen, category, isPaper, currency: own },
  }));

const decided = z.object({ id: z.string(), at: instant });

const storedDecision = z.discriminatedUnion('about', [
  decided.extend({
    about: z.literal('reading'),
    readingId: z.string(),
    verdict: z.enum(['accept', 'reject', 'take_back']),
  }),
  decided.extend({
    about: z.literal('movement'),
    rowId: z.string(),
    as: z.object({ kind: z.enum(KNOWN_MOVEMENT_KINDS), amount }).nullable(),
  }),
]);

/** Everything known of an account line since a day, with the verdicts drawn so far: what `account_evidence` returns. */
export const lineEvidence = z.object({
  lineId: z.uuid(),
  /** The newest account of the line. */
  accountId: z.uuid(),
  /** Changes with whatever is recorded of the line. */
  version: z.string(),
  homeCurrency: currency,
  userTotal: amount.nullable(),
  /** Conclusions are drawn about what lies on this day or later; a few readings before it stand for the past. */
  from: date,
  readings: z.array(storedReading),
  statements: z.array(
    z.object({
      id: z.string(),
      accountId: z.uuid(),
      readAt: instant,
      from: date,
      to: date,
      isComplete: z.boolean(),
      rows: z.array(storedRow),
    }),
  ),
  decisions: z.array(storedDecision),
  facts: z.array(storedFact),
  ends: z.array(
    z.tuple([z.string(), instant, z.uuid(), date.nullable()]).transform(([id, at, accountId, from]) => ({
      accountId,
      decision: { id, at, about: 'end', from } as const,
    })),
  ),
  categories: z.array(
    z
      .tuple([z.string(), instant, z.uuid(), z.enum(CATEGORIES).nullable()])
      .transform(([id, at, accountId, category]) => ({
        accountId,
        decision: { id, at, about: 'category', category } as const,
      })),
  ),
  removals: z.array(
    z.tuple([z.uuid(), instant, date]).transform(([accountId, at, from]) => ({
      accountId,
      decision: { id: `removal ${accountId}`, at, about: 'removal', from } as const,
    })),
  ),
  rates: z.array(
    z
      .tuple([currency, currency, date, amount])
      .transform(([base, quote, day, rate]) => ({ base, quote, date: day, rate })),
  ),
});
export type LineEvidence = z.infer<typeof lineEvidence>;

/** What one fill adds to the evidence of an account. */
export interface News {
  readonly readings: readonly Reading[];
  readonly statements: readonly MovementStatement[];
  readonly facts: readonly Sighting[];
}

/** What is known of the accounts of a line one by one: each is listed, and ends, for itself. */
export function factsOf(stored: LineEvidence | null, accountId: string | null): readonly Sighting[] {
  if (stored === null || accountId === null) return [];
  return stored.facts
    .filter((fact) => fact.accountId === accountId)
    .flatMap(({ id, seenAt, said }) => seenAt.map((at, index) => ({ ...said, id: `${id} ${index}`, at })));
}

/** What people decided about one account of a line, and what its provider announced. */
export function decisionsOf(stored: LineEvidence | null, accountId: string | null): readonly Decision[] {
  if (stored === null || accountId === null) return [];
  return [...stored.ends, ...stored.categories, ...stored.removals]
    .filter((one) => one.accountId === accountId)
    .map(({ decision }) => decision);
}

/** Whether a question about an account is open that other evidence may settle. */
export function hasOpenDoubt({ readings }: LineEvidence): boolean {
  return readings.some(
    ({ verdict, settledBy, reason }) =>
      verdict === 'held' && settledBy === null && reason !== 'not_funded_yet',
  );
}

/** Evidence of a line from before and from just now as `reconcile` takes it, with the facts of one of its accounts. */
export function toAccountEvidence(
  stored: LineEvidence | null,
  news: News,
  {
    accountId,
    homeCurrency,
    now,
  }: { readonly accountId: string | null; readonly homeCurrency: Currency; readonly now: Date },
): AccountEvidence {
  const at = toInstant(now);
  const observations = [...(stored?.readings ?? []), ...news.readings];
  return {
    observations,
    statements: [...(stored?.statements ?? []), ...news.statements],
    facts: [...factsOf(stored, accountId), ...news.facts],
    corroboration: [],
    decisions: [...(stored?.decisions ?? []), ...decisionsOf(stored, accountId)],
    standsBefore: stored?.from ?? null,
    rates: stored?.rates ?? [],
    homeCurrency,
    immaterial: immaterialIn(stored, observations.at(-1)?.currency ?? homeCurrency, at),
    now: at,
  };
}

/** The difference below which nothing is held, in the account's currency; null when the user's total or the rate is not known. */
function immaterialIn(
  stored: LineEvidence | null,
  own: Currency,
  at: Instant,
): AccountEvidence['immaterial'] {
  if (stored === null) return null;
  const sum = immaterialOf(stored.userTotal);
  if (sum === null || own === stored.homeCurrency) return sum;
  return convertOn(sum, date.parse(at.slice(0, 10)), { base: stored.homeCurrency, quote: own }, stored.rates);
}
