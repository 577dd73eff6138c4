import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, asked, fill, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listCorrections, listPublished, readPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const TWO = { accounts: ['isa', 'margin'] };

describe('better, worse and restated', () => {
  test('a worse kind never replaces a better one, whenever it comes', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({ observations: [value('account', '2026-11-19', '100')] });
    await portfolio.record({ observations: [reconstructed('account', '2026-11-19', '90')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-19 100 daily_eod']);
    expect(await listCorrections(stack, portfolio.userId)).toEqual([]);
  });

  test('a better kind replaces a worse one; both remain in evidence', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({ observations: [reconstructed('account', '2026-11-19', '90')] });
    await portfolio.record({ observations: [value('account', '2026-11-19', '100')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-19 100 daily_eod']);
    expect(await listCorrections(stack, portfolio.userId)).toEqual([
      '2026-11-19 90 reconstructed -> 100 daily_eod: better observation',
    ]);
    const [evidence] = await stack.sql`
      select count(*)::int as said, (count(*) filter (where superseded_by is null))::int as current
      from account_values where user_id = ${portfolio.userId}`;
    expect(evidence).toEqual({ said: 2, current: 1 });
  });

  test('a restated history supersedes, and the correction shows from what to what', async () => {
    const portfolio = await linkPortfolio(stack);
    for (const total of ['90', '95', '90']) {
      await portfolio.record({ observations: [reconstructed('account', '2026-11-19', total)] });
    }
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-19 90 reconstructed']);
    expect(await listCorrections(stack, portfolio.userId)).toEqual([
      '2026-11-19 90 reconstructed -> 95 reconstructed: restated',
      '2026-11-19 95 reconstructed -> 90 reconstructed: restated',
    ]);
  });

  test('of two captures of a day the later as-of stands, even when it arrives first', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({
      observations: [value('account', '2026-11-20', '2', { asOf: '2026-11-20T21:50:00Z' })],
    });
    await portfolio.record({
      observations: [value('account', '2026-11-20', '1', { asOf: '2026-11-20T21:10:00Z' })],
    });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 2 daily_eod']);
  });

  test('a value that was held counts once it is brought again as believable', async () => {
    const portfolio = await linkPortfolio(stack);
    const doubted = value('account', '2026-11-20', '500', { verdict: 'held', reason: 'swing' });
    await portfolio.record({ observations: [doubted] });
    await portfolio.record({ observations: [value('account', '2026-11-20', '500')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 500 daily_eod']);
  });
});

describe('recording', () => {
  const countRows = async (userId: string) =>
    stack.sql`
      select (select count(*) from account_values where user_id = ${userId})::int as values,
        (select count(*) from user_portfolio_history where user_id = ${userId})::int as snapshots,
        (select count(*) from snapshot_corrections where user_id = ${userId})::int as corrections,
        (select count(*) from cash_flows where user_id = ${userId})::int as flows,
        (select count(*) from accounts where user_id = ${userId})::int as accounts`;

  test('twice is once', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    const document = fill({
      accounts: [account('isa'), account('margin')],
      observations: [
        value('isa', '2026-11-19', '100'),
        value('margin', '2026-11-19', '40'),
        value('isa', '2026-11-20', '100'),
        value('margin', '2026-11-20', '999', { verdict: 'held', reason: 'swing' }),
      ],
      outcomes: [asked('margin', '2026-11-20')],
    });
    await portfolio.record(document);
    const once = await countRows(portfolio.userId);
    const published = await readPublished(stack, portfolio.userId);
    expect(await portfolio.record(document, '2026-11-20T22:05:00Z')).toEqual({
      observations: 0,
      published: 0,
    });
    expect(await countRows(portfolio.userId)).toEqual(once);
    expect(await readPublished(stack, portfolio.userId)).toEqual(published);
  });

  test.each([
    ['accepted', {}],
    ['held', { verdict: 'held', reason: 'swing' }],
  ] as const)('the same %s word twice in one fill is one observation', async (_, parts) => {
    const portfolio = await linkPortfolio(stack);
    const word = value('account', '2026-11-20', '100', parts);
    expect(await portfolio.record({ observations: [word, word] })).toMatchObject({ observations: 1 });
  });

  test('the same fill brought by several workers at once is recorded once', async () => {
    const portfolio = await linkPortfolio(stack);
    const document = fill({ observations: [value('account', '2026-11-20', '100')] });
    const counts = await Promise.all(Array.from({ length: 8 }, () => portfolio.record(document)));
    expect(counts.reduce((sum, one) => sum + one.observations, 0)).toBe(1);
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 100 daily_eod']);
  });

  test('of a fill that fails halfway nothing is recorded', async () => {
    const portfolio = await linkPortfolio(stack);
    const broken = portfolio.record({
      observations: [
        value('account', '2026-11-19', '100'),
        value('account', '2026-11-20', '100', { currency: 'bad' }),
      ],
    });
    await expect(broken).rejects.toThrow(/check constraint/);
    expect(await countRows(portfolio.userId)).toMatchObject([{ values: 0, snapshots: 0 }]);
  });
});
