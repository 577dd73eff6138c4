import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionOfValue } from '@/lib/domain/judge-answer';
import { latestClosedSession, nextSession, previousSession } from '@/lib/domain/nyse-calendar';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import {
  type AccountStory,
  allWords,
  anyEvidence,
  anyOrder,
  DAYS,
  FIRST_DAY,
  join,
  LAST_DAY,
  LAST_EVENING,
  linkWorld,
  outline,
  readWorld,
  SESSIONS,
  STORIES,
  type Words,
  wordsOf,
} from '../support/arbitraries';
import { account } from '../support/fill-fixture';
import { linkPortfolio, type TestPortfolio } from '../support/populated-fixture';
import { listCorrections } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

// Each test brings the same evidence in two ways, and compares what the whole histories say: points, gaps, live value,
// summary and coverage. What must hold in any single world is checked in every world that is read.

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

// A slow machine tries fewer worlds; a failure is told before the test runs out of time.
const RUNS = { numRuns: 12, interruptAfterTimeLimit: 40_000 };
const inTheMiddle = fc.integer({ min: 1, max: DAYS.length - 2 });
const dayOf = (index: number): TradingDate => DAYS[index] ?? LAST_DAY;

async function recordAll({ record }: Pick<TestPortfolio, 'record'>, fills: readonly Words[]) {
  for (const words of fills) await record(words, LAST_EVENING);
}

test('the order and the grouping in which words of any sort arrive does not matter for the history', async () => {
  const cases = anyEvidence.chain((evidence) => {
    const order = anyOrder(allWords(evidence));
    return fc.tuple(fc.constant(evidence), order, order, fc.constantFrom(FIRST_DAY, dayOf(4)));
  });
  await fc.assert(
    fc.asyncProperty(cases, async ([{ stories }, oneOrder, anotherOrder, since]) => {
      const one = await linkWorld(stack, stories, { since });
      const other = await linkWorld(stack, stories, { since });
      await recordAll(one, oneOrder);
      await recordAll(other, anotherOrder);
      expect(await readWorld(stack, other.userId)).toEqual(await readWorld(stack, one.userId));
    }),
    RUNS,
  );
});

test('telling everything again, and republishing any range, changes neither the history nor its corrections', async () => {
  const cases = anyEvidence.chain((evidence) => {
    const order = anyOrder(allWords(evidence));
    const range = fc.tuple(fc.nat({ max: DAYS.length - 1 }), fc.nat({ max: DAYS.length - 1 }));
    return fc.tuple(fc.constant(evidence), order, order, range);
  });
  await fc.assert(
    fc.asyncProperty(cases, async ([{ stories }, order, again, ends]) => {
      const portfolio = await linkWorld(stack, stories);
      const { userId } = portfolio;
      const look = async () => [await readWorld(stack, userId), await listCorrections(stack, userId)];
      await recordAll(portfolio, order);
      const before = await look();

      await recordAll(portfolio, again);
      expect(await look()).toEqual(before);

      const [from, to] = [dayOf(Math.min(...ends)), dayOf(Math.max(...ends))];
      const [row] = await stack.service<{ changed: number }[]>`
        select republish(${userId}, ${from}, ${to}, ${LAST_EVENING}) as changed`;
      expect(row).toEqual({ changed: 0 });
      expect(await look()).toEqual(before);
    }),
    RUNS,
  );
});

/** The words of these days alone. */
const within = (story: AccountStory, isMeant: (date: TradingDate) => boolean): Words =>
  wordsOf({ ...story, days: story.days.filter(({ date }) => isMeant(date)), flows: [] });

/** A history with a hole reaches back only to the first day after it. */
function withValue(day: AccountStory['days'][number]): AccountStory['days'][number] {
  return day.known === 'asked' || day.known === 'unasked' ? { ...day, known: 'reconstructed' } : day;
}

test('an account that is added later with its whole history is as if it had been there from the start', async () => {
  // What came into view is money that came in on its first known day, not on the day it was linked: a history that reaches
  // back to the first point brings no deposit, so that the summaries are equal too.
  await fc.assert(
    fc.asyncProperty(...STORIES, inTheMiddle, async (isa, withHoles, index) => {
      const margin = { ...withHoles, days: withHoles.days.map(withValue) };
      const tell = async (linkedOn: TradingDate) => {
        const first = await linkWorld(stack, [isa]);
        let second: Pick<TestPortfolio, 'record'> | null = null;
        for (const day of DAYS) {
          const evening = `${day}T22:00:00Z`;
          await first.record(
            within(isa, (date) => date === day),
            evening,
          );
          if (day === linkedOn) {
            second = await first.connectAnother({ accounts: ['margin'], since: day });
            await second.record(
              within(margin, (date) => date <= day),
              evening,
            );
          } else {
            await second?.record(
              within(margin, (date) => date === day),
              evening,
            );
          }
        }
        await first.record({ flows: wordsOf(isa).flows }, LAST_EVENING);
        await second?.record({ flows: wordsOf(margin).flows }, LAST_EVENING);
        return readWorld(stack, first.userId);
      };
      expect(await tell(dayOf(index))).toEqual(await tell(FIRST_DAY));
    }),
    RUNS,
  );
});

/** The instant at a share (in thousandths) of the time between two instants, the latter excluded. */
const between = (from: Instant, to: Instant, share: number): Instant =>
  toInstant(new Date(Date.parse(from) + Math.floor(((Date.parse(to) - Date.parse(from)) * share) / 1000)));

/** A capture's date as the worker derives it from the instant at which the value was true. */
function dateOf(asOf: Instant): TradingDate | null {
  const closed = latestClosedSession(asOf, 0);
  return sessionOfValue(asOf, closed, nextSession(closed.date));
}

test('when exactly between a close and the next open things happened changes no value, kind or date', async () => {
  const shares = fc.array(fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 999 })), {
    minLength: DAYS.length + 1,
    maxLength: DAYS.length + 1,
  });
  await fc.assert(
    fc.asyncProperty(
      ...STORIES,
      inTheMiddle,
      shares,
      shares,
      async (isa, margin, closesOn, someShares, otherShares) => {
        const tell = async (told: typeof someShares) => {
          const { record, userId } = await linkPortfolio(stack, { accounts: [] });
          const [linked = 0] = told.at(-1) ?? [];
          const opening = between(
            previousSession(FIRST_DAY).closesAt,
            SESSIONS[0]?.closesAt ?? never(),
            linked,
          );
          await record({ accounts: [account('isa'), account('margin')] }, opening);

          for (const [index, session] of SESSIONS.entries()) {
            const [isaShare, marginShare] = told[index] ?? never();
            const observedAt = (share: number) =>
              between(session.closesAt, nextSession(session.date).opensAt, share);
            const stamp = (story: AccountStory, share: number): Words => {
              const words = within(story, (date) => date === session.date);
              const asOf = observedAt(share);
              const date = dateOf(asOf) ?? never();
              return { ...words, observations: words.observations.map((one) => ({ ...one, asOf, date })) };
            };
            const isOpen = index < closesOn;
            await record(
              {
                ...join(stamp(isa, isaShare), isOpen ? stamp(margin, marginShare) : {}),
                accounts: [account('isa'), account('margin', { isOpen })],
              },
              observedAt(Math.max(isaShare, marginShare)),
            );
          }
          const world = await readWorld(stack, userId);
          // As-ofs differ as told, and so may whether the last day's flows were asked for late enough.
          return { ...world, points: outline(world), summary: { ...world.summary, provisional: null } };
        };
        expect(await tell(otherShares)).toEqual(await tell(someShares));
      },
    ),
    RUNS,
  );
});

function never(): never {
  throw new Error('a session that the calendar does not know');
}
