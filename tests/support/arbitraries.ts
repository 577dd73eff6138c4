import fc from 'fast-check';
import { expect } from 'vitest';
import { type Amount, addAmounts, Exact, toAmount } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { getHistory } from '@/lib/history/read';
import { account, asked, type FillDocument, flow, liveValue, value } from './fill-fixture';
import { linkPortfolio, type PortfolioParts, type TestPortfolio } from './populated-fixture';
import type { TestStack } from './test-stack';

/** Two weeks with a weekend, a holiday (Thursday the 26th) and an early close (Friday the 27th). */
export const FIRST_DAY = toDate('2026-11-16');
export const LAST_DAY = toDate('2026-11-27');
export const SESSIONS = tradingSessions(FIRST_DAY, LAST_DAY);
export const DAYS = SESSIONS.map(({ date }) => date);
export const LAST_EVENING = `${LAST_DAY}T22:00:00Z`;

/** All that the world reports of one account: at most one value per day, and what was paid in and out. */
export interface AccountStory {
  readonly name: string;
  readonly currency: string;
  readonly days: readonly DayStory[];
  readonly flows: readonly FlowStory[];
}

interface FlowStory {
  readonly date: TradingDate;
  readonly amount: Amount;
  readonly type: 'deposit' | 'withdrawal' | 'transfer';
}

interface DayStory {
  readonly date: TradingDate;
  readonly known: 'daily_eod' | 'reconstructed' | 'estimated' | 'asked' | 'unasked';
  readonly total: Amount;
}

/** What one or many fills report; the accounts themselves are known already. */
export type Words = Pick<FillDocument, 'observations' | 'outcomes' | 'flows' | 'live'>;

export function cents(count: number): Amount {
  return times('0.01', count);
}

export function times(amount: string, factor: string | number): Amount {
  const product = toAmount(new Exact(amount).times(factor).toFixed());
  if (product === null) throw new Error(`not an amount: ${amount} x ${factor}`);
  return product;
}

const FROM_THE_START = fc.constantFrom('daily_eod' as const, 'reconstructed' as const);
const AFTERWARDS = fc.oneof(
  { arbitrary: fc.constant('daily_eod' as const), weight: 5 },
  { arbitrary: fc.constantFrom('reconstructed' as const, 'asked' as const), weight: 2 },
  { arbitrary: fc.constantFrom('estimated' as const, 'unasked' as const), weight: 1 },
);

/** What is paid in or out from outside. */
export function movementOf(amount: Amount): Omit<FlowStory, 'date'> {
  return { amount, type: amount.startsWith('-') ? 'withdrawal' : 'deposit' };
}

/** Any account that is known since the first day, and not as an estimate, so that returns have a base. */
export function anyStory(name: string, centsMin = 100_00): fc.Arbitrary<AccountStory> {
  const days = fc.tuple(
    ...DAYS.map((date) =>
      fc.record({
        date: fc.constant(date),
        known: date === FIRST_DAY ? FROM_THE_START : AFTERWARDS,
        total: fc.integer({ min: centsMin, max: 100_000_00 }).map(cents),
      }),
    ),
  );
  const flows = fc.array(
    fc
      .record({
        // Money moves on any day of the calendar.
        date: fc.integer({ min: 0, max: 11 }).map((later) => addDays(FIRST_DAY, later)),
        count: fc.integer({ min: -50_00, max: 5_000_00 }),
      })
      .map(({ date, count }) => ({ date, ...movementOf(cents(count)) })),
    { maxLength: 3 },
  );
  return fc.record({ name: fc.constant(name), currency: fc.constant('USD'), days, flows });
}

/** The stories as one document. */
export function wordsOf(...stories: readonly AccountStory[]): Words {
  return {
    observations: stories.flatMap(({ name, currency, days }) =>
      days.flatMap(({ date, known, total }) =>
        known === 'asked' || known === 'unasked' ? [] : [value(name, date, total, { kind: known, currency })],
      ),
    ),
    outcomes: stories.flatMap(({ name, days }) =>
      days.filter(({ known }) => known === 'asked').map(({ date }) => asked(name, date)),
    ),
    flows: stories.flatMap(({ name, currency, flows }) =>
      flows.map(({ date, amount, type }, index) =>
        flow(name, date, amount, { key: `${index}`, currency, type }),
      ),
    ),
    live: [],
  };
}

/** Links the accounts on the first day, without a word on their values. */
export function linkWorld(
  stack: TestStack,
  stories: readonly AccountStory[],
  parts: PortfolioParts = {},
): Promise<TestPortfolio> {
  const accounts = stories.map(({ name, currency }) => account(name, { currency }));
  return linkPortfolio(stack, { accounts, since: FIRST_DAY, ...parts });
}

/** Records a fresh user’s whole story in one fill and reads it as one history. */
export async function tellWorld(
  stack: TestStack,
  stories: readonly AccountStory[],
  parts: PortfolioParts = {},
): Promise<World> {
  const { record, userId } = await linkWorld(stack, stories, parts);
  await record(wordsOf(...stories), LAST_EVENING);
  return readWorld(stack, userId);
}

/** A history without what only distinguishes two users. */
export type World = Awaited<ReturnType<typeof readWorld>>;

/** Reads both weeks, of some accounts or of all; what holds in every world is checked on the way. */
export async function readWorld(stack: TestStack, userId: string, accounts?: readonly string[]) {
  // Movements are booked by the time of reading: a world whose jumps wait for them has no returns to compare.
  await stack.sql`update accounts set flows_synced_at = '2026-12-01T22:00:00Z' where user_id = ${userId}`;
  const query = { period: 'custom', from: FIRST_DAY, to: LAST_DAY, accounts } as const;
  const history = await getHistory(stack.admin, userId, query, LAST_DAY, new Date(LAST_EVENING));
  expectLaws(history);
  const { points, gaps, live, flows, summary, coverage } = history;
  return {
    points: points.map(({ carried, leftOut, ...point }) => ({
      ...point,
      carried: carried.map(({ name, from }) => ({ name, from })),
      leftOut: leftOut.map(({ name }) => name),
    })),
    // How often a day was asked for grows with each asking, as it should, though nothing else does.
    gaps: gaps.map(({ attempts: _, ...gap }) => gap),
    live,
    flows,
    summary,
    coverage,
  };
}

/** What change there was is reported in full, and every expected session is either a point or in a gap, never both. */
function expectLaws({ points, gaps, summary, coverage }: HistoryDocument): void {
  const { valueChange, netDeposits, marketChange } = summary;
  if (summary.notAvailable?.marketChange !== undefined) expect(marketChange).toBeNull();
  else if (netDeposits === null || marketChange === null) expect(points.length).toBeLessThan(2);
  else expect(valueChange).toBe(addAmounts(netDeposits, marketChange));

  const gapDays = gaps.map((gap) => tradingSessions(gap.from, gap.to).map(({ date }) => date));
  expect(gapDays.map((days) => days.length)).toEqual(gaps.map(({ days }) => days));
  expect([...points.map(({ date }) => date), ...gapDays.flat()].toSorted()).toEqual(DAYS);
  expect(coverage).toMatchObject({ expectedDays: DAYS.length, presentDays: points.length });
}

/** Each point as what moves money: date, value and kind. */
export function outline({ points }: World) {
  return points.map(({ date, value: total, kind }) => ({ date, value: total, kind }));
}

/** Further words on days that have one already: other instants, other kinds, some of them held. */
const afterthoughts = (name: string): fc.Arbitrary<Words> =>
  fc
    .uniqueArray(
      fc.record({
        date: fc.constantFrom(...DAYS),
        kind: fc.constantFrom('daily_eod' as const, 'reconstructed' as const, 'estimated' as const),
        minute: fc.integer({ min: 31, max: 59 }),
        total: fc.integer({ min: 100_00, max: 100_000_00 }).map(cents),
        isHeld: fc.boolean(),
      }),
      { selector: ({ date, kind, minute }) => `${date} ${kind} ${minute}`, maxLength: 10 },
    )
    .map((words) => ({
      observations: words.map(({ date, kind, minute, total, isHeld }) =>
        value(name, date, total, {
          kind,
          asOf: `${date}T21:${minute}:00Z`,
          ...(isHeld ? { verdict: 'held', reason: 'unexplained_swing' } : {}),
        }),
      ),
      live: words.map(({ date, kind, minute, total }) =>
        // One live value per instant, so that the newest is one.
        liveValue(name, total, { asOf: `${date}T20:${minute}:${KIND_SECONDS[kind]}Z` }),
      ),
      outcomes: [],
      flows: [],
    }));

const KIND_SECONDS = { daily_eod: '01', reconstructed: '02', estimated: '03' };

/** The words of all parts as one. */
export const join = (...parts: readonly Partial<Words>[]): Words => ({
  observations: parts.flatMap(({ observations = [] }) => observations),
  outcomes: parts.flatMap(({ outcomes = [] }) => outcomes),
  flows: parts.flatMap(({ flows = [] }) => flows),
  live: parts.flatMap(({ live = [] }) => live),
});

/** All words in any order, in as many fills as there are cuts; `record_fill` knows one live value per account. */
export const anyOrder = ({ live, ...words }: Words): fc.Arbitrary<readonly Words[]> => {
  const single: readonly Partial<Words>[] = [
    ...words.observations.map((one) => ({ observations: [one] })),
    ...words.outcomes.map((one) => ({ outcomes: [one] })),
    ...words.flows.map((one) => ({ flows: [one] })),
  ];
  return fc
    .tuple(
      fc.shuffledSubarray([...single], { minLength: single.length }),
      fc.shuffledSubarray([...live], { minLength: live.length }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([shuffled, shuffledLive, size]) => {
      const fills = Math.max(Math.ceil(shuffled.length / size), shuffledLive.length);
      return Array.from({ length: fills }, (_, index) =>
        join(...shuffled.slice(index * size, (index + 1) * size), {
          live: shuffledLive.slice(index, index + 1),
        }),
      );
    });
};

/** Two accounts of one user. */
export const STORIES = [anyStory('isa'), anyStory('margin')] as const;
/** What their stories report, and further values of days that have one already. */
export const anyEvidence = fc.record({
  stories: fc.tuple(...STORIES),
  further: fc.tuple(afterthoughts('isa'), afterthoughts('margin')),
});
type Evidence = typeof anyEvidence extends fc.Arbitrary<infer Value> ? Value : never;
/** All of it as one. */
export const allWords = ({ stories, further }: Evidence) => join(wordsOf(...stories), ...further);
