import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asked, type FillDocument, value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio } from '../support/populated-fixture';
import { readPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const DAYS = [
  '2026-11-02',
  '2026-11-03',
  '2026-11-12',
  '2026-11-13',
  '2026-11-16',
  '2026-11-17',
  '2026-11-18',
  '2026-11-19',
  '2026-11-20',
];
const KINDS = ['daily_eod', 'reconstructed', 'estimated'] as const;

/** Two connections with an account each, known since Wednesday; their history may turn out to be older. */
async function linkTwo() {
  const isa = await linkPortfolio(stack, { accounts: ['isa'], since: '2026-11-18' });
  const margin = await isa.connectAnother({ accounts: ['margin'], since: '2026-11-18' });
  return { userId: isa.userId, isa, margin };
}

async function republish(userId: string): Promise<number> {
  const [row] = await stack.service<{ changed: number }[]>`
    select republish(${userId}, '2026-11-01', '2026-11-20', ${FRIDAY_EVENING}) as changed`;
  return row?.changed ?? -1;
}

type Fill = Pick<FillDocument, 'observations' | 'outcomes'> & { name: 'isa' | 'margin' };

/** One account's evidence for each day at most once per kind, so that nothing but the order is left open. */
const evidence = (name: Fill['name']): fc.Arbitrary<Fill[]> =>
  fc
    .uniqueArray(
      fc.record({
        day: fc.constantFrom(...DAYS),
        kind: fc.constantFrom(...KINDS, 'asked' as const),
        total: fc.integer({ min: -9999, max: 9999 }),
        share: fc.nat({ max: 2 }),
      }),
      { selector: ({ day, kind }) => `${day} ${kind}`, maxLength: 12 },
    )
    .map((words) =>
      [0, 1, 2].map((share) => {
        const mine = words.filter((word) => word.share === share);
        return {
          name,
          observations: mine.flatMap(({ day, kind, total }) =>
            kind === 'asked' ? [] : [value(name, day, `${total}`, { kind })],
          ),
          outcomes: mine.filter(({ kind }) => kind === 'asked').map(({ day }) => asked(name, day)),
        };
      }),
    );

const history = fc
  .tuple(evidence('isa'), evidence('margin'))
  .map(([isa, margin]) =>
    [...isa, ...margin].filter((one) => one.observations.length + one.outcomes.length > 0),
  );

const twoOrders = history.chain((fills) =>
  fc.tuple(fc.constant(fills), fc.shuffledSubarray(fills, { minLength: fills.length })),
);

async function recordAll(fills: readonly Fill[]): Promise<string> {
  const linked = await linkTwo();
  for (const { name, ...document } of fills) await linked[name].record(document);
  return linked.userId;
}

test('the order in which fills arrive does not matter for what stands', async () => {
  await fc.assert(
    fc.asyncProperty(twoOrders, async ([oneOrder, anotherOrder]) => {
      const one = await recordAll(oneOrder);
      const other = await recordAll(anotherOrder);
      expect(await readPublished(stack, one)).toEqual(await readPublished(stack, other));
    }),
    { numRuns: 40 },
  );
});

test('republishing changes nothing where nothing was wrong', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (fills) => {
      const userId = await recordAll(fills);
      const before = await readPublished(stack, userId);
      expect(await republish(userId)).toBe(0);
      expect(await readPublished(stack, userId)).toEqual(before);
    }),
    { numRuns: 40 },
  );
});

test('recording any fill a second time changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (fills) => {
      const linked = await linkTwo();
      for (const { name, ...document } of fills) {
        await linked[name].record(document);
        const before = await readPublished(stack, linked.userId);
        expect(await linked[name].record(document)).toEqual({ observations: 0, published: 0 });
        expect(await readPublished(stack, linked.userId)).toEqual(before);
      }
    }),
    { numRuns: 20 },
  );
});

test('every total is the sum of its parts, and every part that is not of the day is named', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (fills) => {
      const userId = await recordAll(fills);
      const wrong = await stack.sql`
        select h.value_date
        from user_portfolio_history h
        cross join lateral (
          select sum(v.total_value) as total, count(*) as parts
          from accounts a
          join account_values v on v.account_id = a.id and v.verdict = 'accepted' and v.superseded_by is null
            and v.value_date = coalesce(
              (select (c ->> 'from')::date from jsonb_array_elements(h.carried) c where (c ->> 'accountId')::uuid = a.line_id),
              h.value_date
            )
          where a.user_id = h.user_id and a.first_known_on <= h.value_date and not exists (
            select from jsonb_array_elements(h.left_out) o where (o ->> 'accountId')::uuid = a.line_id
          )
        ) sum
        where h.user_id = ${userId} and h.is_current
          and (sum.total is distinct from h.total_value or sum.parts <> h.accounts_present + jsonb_array_length(h.carried))`;
      expect(wrong).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('deleted snapshots are drawn again just as they were', async () => {
  const { userId, isa, margin } = await linkTwo();
  const days = DAYS.slice(-6);
  await isa.record({
    observations: days.map((day, index) => value('isa', day, `${index}.5`, { costBasis: '3' })),
  });
  await margin.record({
    observations: days
      .slice(0, 4)
      .map((day) => value('margin', day, '40', { costBasis: '7', kind: 'reconstructed' })),
    outcomes: [asked('margin', '2026-11-19'), asked('margin', '2026-11-20')],
  });
  const read = () => stack.sql`
    select to_jsonb(h) - 'id' - 'created_at' - 'updated_at' as row
    from user_portfolio_history h where user_id = ${userId} and is_current order by value_date`;
  const before = await read();
  expect(before).toHaveLength(days.length);

  await stack.service`delete from user_portfolio_history where user_id = ${userId} and value_date > '2026-11-13'`;
  expect(await republish(userId)).toBe(5);
  expect(await read()).toEqual(before);
});
