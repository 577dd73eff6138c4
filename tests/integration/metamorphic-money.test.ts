import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amount, addAmounts, subtractAmounts } from '@/lib/domain/money';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import {
  type AccountStory,
  anyStory,
  cents,
  DAYS,
  FIRST_DAY,
  LAST_DAY,
  movementOf,
  outline,
  tellWorld,
  times,
  type World,
} from '../support/arbitraries';
import { startTestStack, type TestStack } from '../support/test-stack';

// Each test tells two worlds whose amounts are related, and compares what their histories say. That value change is net
// deposits and market change, and that points and gaps make the expected sessions, is checked in every world that is read.

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

// A slow machine tries fewer worlds; a failure is told before the test runs out of time.
const RUNS = { numRuns: 15, interruptAfterTimeLimit: 40_000 };
const inTheMiddle = fc.integer({ min: 1, max: DAYS.length - 2 });
const dayOf = (index: number): TradingDate => DAYS[index] ?? LAST_DAY;

/** The story with these amounts in place of its own. */
const withAmounts = (
  story: AccountStory,
  name: string,
  change: (amount: Amount, index: number) => Amount,
): AccountStory => ({
  ...story,
  name,
  days: story.days.map((day, index) => ({ ...day, total: change(day.total, index) })),
  flows: story.flows.map((flow, index) => ({ ...flow, amount: change(flow.amount, DAYS.length + index) })),
});

/** The story with so much more in the account from a day on, and the transfer that brought it. */
const withTransfer = (story: AccountStory, since: TradingDate, amount: Amount): AccountStory => ({
  ...story,
  days: story.days.map((day) => (day.date < since ? day : { ...day, total: addAmounts(day.total, amount) })),
  flows: [...story.flows, { date: since, amount, type: 'transfer' }],
});

test('an account split into two whose values add up to it changes neither totals nor returns', async () => {
  const parts = fc.array(fc.integer({ min: -90_000_00, max: 90_000_00 }).map(cents), {
    minLength: 2 * DAYS.length,
    maxLength: 2 * DAYS.length,
  });
  await fc.assert(
    fc.asyncProperty(
      anyStory('whole', -100_000_00),
      anyStory('other'),
      parts,
      async (whole, other, split) => {
        const partOf = (index: number) => split[index] ?? cents(0);
        const left = withAmounts(whole, 'left', (_, index) => partOf(index));
        const right = withAmounts(whole, 'right', (amount, index) => subtractAmounts(amount, partOf(index)));
        const one = await tellWorld(stack, [whole, other]);
        const two = await tellWorld(stack, [left, right, other]);
        expect(outline(two)).toEqual(outline(one));
        expect(two).toMatchObject({ gaps: one.gaps, summary: one.summary, coverage: one.coverage });
      },
    ),
    RUNS,
  );
});

/** An account whose last day is known too, so that the range holds both legs of a transfer. */
const knownToTheLast = (name: string): fc.Arbitrary<AccountStory> =>
  anyStory(name).map((story) => ({
    ...story,
    days: story.days.map((day) => (day.date === LAST_DAY ? { ...day, known: 'daily_eod' } : day)),
  }));

const worthOf = ({ summary }: World) => ({
  netDeposits: summary.netDeposits,
  valueChange: summary.valueChange,
  marketChange: summary.marketChange,
  twr: summary.twr,
});

test('a transfer between a user’s own accounts on one day changes nothing at all', async () => {
  await fc.assert(
    fc.asyncProperty(
      knownToTheLast('isa'),
      knownToTheLast('margin'),
      inTheMiddle,
      fc.integer({ min: 1, max: 99_00 }).map(cents),
      async (isa, margin, index, amount) => {
        const day = dayOf(index);
        // What is carried over the day of the transfer is at its old value: only a whole total is the same total.
        const seen = (story: AccountStory): AccountStory => ({
          ...story,
          days: story.days.map((one) =>
            one.known === 'asked' ? { ...one, known: 'unasked' as const } : one,
          ),
        });
        const apart = [seen(isa), seen(margin)];
        const moved = [
          withTransfer(seen(isa), day, times(amount, -1)),
          withTransfer(seen(margin), day, amount),
        ];
        expect(await tellWorld(stack, moved)).toEqual(await tellWorld(stack, apart));
      },
    ),
    RUNS,
  );
});

test('a transfer that is a day under way changes no deposit, no change of value and no time-weighted return', async () => {
  await fc.assert(
    fc.asyncProperty(
      knownToTheLast('isa'),
      knownToTheLast('margin'),
      inTheMiddle,
      fc.integer({ min: 1, max: 99_00 }).map(cents),
      async (isaStory, marginStory, index, amount) => {
        const leaves = dayOf(index);
        // It may arrive on a weekend or a holiday, and is seen on the session after.
        const arrives = addDays(leaves, 1);
        // Flows of one date count as their sum, and so would say something else of a deposit that meets a leg.
        const aside = (story: AccountStory): AccountStory => ({
          ...story,
          flows: story.flows.filter(({ date }) => date !== leaves && date !== arrives),
        });
        const [isa, margin] = [aside(isaStory), aside(marginStory)];
        const still = await tellWorld(stack, [isa, margin]);
        const moved = await tellWorld(stack, [
          withTransfer(isa, leaves, times(amount, -1)),
          withTransfer(margin, arrives, amount),
        ]);
        expect(worthOf(moved)).toEqual(worthOf(still));
      },
    ),
    RUNS,
  );
});

test('a deposit or withdrawal of any size on a flat day leaves the time-weighted return as it was', async () => {
  const shares = fc.oneof(fc.integer({ min: -99, max: -1 }), fc.integer({ min: 1, max: 10_000_000 }));
  await fc.assert(
    fc.asyncProperty(anyStory('isa'), inTheMiddle, shares, async (story, flat, percent) => {
      const level = story.days[flat]?.total ?? cents(0);
      const days = story.days.map((day, index) =>
        index === flat || index === flat - 1 ? { ...day, known: 'daily_eod' as const, total: level } : day,
      );
      const paid = times(level, percent / 100);
      const grown = days.map((day, index) =>
        index < flat ? day : { ...day, total: addAmounts(day.total, times(day.total, percent / 100)) },
      );
      const without = await tellWorld(stack, [{ ...story, days, flows: [] }]);
      const withIt = await tellWorld(stack, [
        { ...story, days: grown, flows: [{ date: dayOf(flat), ...movementOf(paid) }] },
      ]);
      expect(without.summary.twr).not.toBeNull();
      expect(withIt.summary).toMatchObject({
        twr: without.summary.twr,
        maxDrawdown: without.summary.maxDrawdown,
        netDeposits: paid,
      });
    }),
    RUNS,
  );
});

test('told in another currency at one rate, values are scaled exactly and returns stay', async () => {
  const rates = fc.integer({ min: 1, max: 50_000 }).map((tenThousandths) => times('0.0001', tenThousandths));
  await fc.assert(
    fc.asyncProperty(anyStory('isa'), anyStory('margin'), rates, async (isa, margin, rate) => {
      await stack.service`
        insert into exchange_rates (base_currency, quote_currency, rate_date, rate, source)
        select 'CAD', 'USD', day, ${rate}, 'test' from generate_series(${FIRST_DAY}::date, ${LAST_DAY}::date, '1 day') day
        on conflict (base_currency, quote_currency, rate_date) do update set rate = excluded.rate`;
      const stories = [isa, margin].map((story) => ({ ...story, currency: 'CAD' }));
      const own = await tellWorld(stack, stories, { currency: 'CAD' });
      const told = await tellWorld(stack, stories, { currency: 'USD' });

      const scale = (amount: Amount | null) => (amount === null ? null : times(amount, rate));
      expect(told.points).toEqual(
        own.points.map((point) => ({
          ...point,
          value: scale(point.value),
          netDeposits: scale(point.netDeposits),
        })),
      );
      const { summary } = own;
      expect(told).toMatchObject({
        gaps: own.gaps,
        coverage: own.coverage,
        summary: {
          valueChange: scale(summary.valueChange),
          netDeposits: scale(summary.netDeposits),
          marketChange: scale(summary.marketChange),
          twr: summary.twr,
          maxDrawdown: summary.maxDrawdown,
        },
      });
      // The only figure that a root finder approaches instead of computing it.
      expect(Number(told.summary.mwr)).toBeCloseTo(Number(summary.mwr), 6);
    }),
    RUNS,
  );
});
