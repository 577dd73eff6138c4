import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, markDue } from '../support/claims';
import { asked, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const LATER = '2026-11-27T22:30:00Z';
/** The provider's history no longer reaches Monday and Tuesday. */
const REACH = { reach: '2026-11-18' };

async function listOutcomes(userId: string): Promise<readonly string[]> {
  const rows = await stack.sql<{ line: string }[]>`
    select concat_ws(' ', value_date, reason, attempts, case when final then 'final' end) as line
    from fill_outcomes where user_id = ${userId} order by value_date`;
  return rows.map(({ line }) => line);
}

describe('a day that slides out of what its provider can be asked for', () => {
  test.each([
    { reason: 'unavailable', told: 'gave_up' },
    { reason: 'rate_limited', told: 'gave_up' },
    { reason: 'connection_broken', told: 'gave_up' },
    { reason: 'not_yet_due', told: 'gave_up' },
    { reason: 'held', told: 'held' },
    { reason: 'provider_had_nothing', told: 'provider_had_nothing' },
  ])('for the reason $reason ends as $told, and says after how many attempts', async ({ reason, told }) => {
    const { userId, record } = await linkPortfolio(stack);
    for (const _attempt of [1, 2, 3])
      await record({
        outcomes: ['2026-11-16', '2026-11-18'].map((day) => asked('account', day, { reason })),
      });
    await record(REACH);

    expect(await listOutcomes(userId)).toEqual([`2026-11-16 ${told} 3 final`, `2026-11-18 ${reason} 3`]);
    await markDue(stack, { userId, asked: true, now: LATER });
    const [claimed] = await claim(stack, { userId, asked: true, now: LATER });
    expect(claimed?.accounts[0]?.missing).not.toContain('2026-11-16');
  });

  test('and has its value all the same is left as it is', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({ outcomes: [asked('account', '2026-11-16')] });
    await record({ ...REACH, observations: [value('account', '2026-11-16', '100')] });
    expect(await listOutcomes(userId)).toEqual(['2026-11-16 unavailable 1']);
  });
});

describe('days that only a history could fill', () => {
  const CANNOT = { reason: 'provider_cannot', final: true, nextAttemptAt: LATER };
  const answered = { externalId: 'account', question: 'history', retryAt: null, reason: null };
  const lacking = { questions: [{ ...answered, lacks: 'not_supported' }] };
  const offering = { questions: [answered] };

  test('are due at once when the provider turns out to have one, as far as it reaches', async () => {
    const { userId, record } = await linkPortfolio(stack);
    const outcomes = ['2026-11-16', '2026-11-18', '2026-11-19'].map((day) => asked('account', day, CANNOT));
    await record({ ...lacking, outcomes });
    await record({ ...REACH, ...offering });

    expect(await listOutcomes(userId)).toEqual([
      '2026-11-16 provider_cannot 1 final',
      '2026-11-18 provider_cannot 1',
      '2026-11-19 provider_cannot 1',
    ]);
    expect(await markDue(stack, { userId })).toBe(1);
    expect((await claim(stack, { userId }))[0]?.accounts[0]?.missing).toEqual(
      expect.arrayContaining(['2026-11-18', '2026-11-19']),
    );
  });

  test('stay final while the provider goes on having none, and one that always had one reopens nothing', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({ ...lacking, outcomes: [asked('account', '2026-11-19', CANNOT)] });
    await record({ ...lacking });
    expect(await listOutcomes(userId)).toEqual(['2026-11-19 provider_cannot 1 final']);

    const other = await linkPortfolio(stack);
    await other.record({ ...offering });
    await other.record({ outcomes: [asked('account', '2026-11-19', CANNOT)] });
    await other.record({ ...offering });
    expect(await listOutcomes(other.userId)).toEqual(['2026-11-19 provider_cannot 1 final']);
  });
});
