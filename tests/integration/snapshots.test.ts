import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, asked, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listCorrections, listPublished, readPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const TWO = { accounts: ['isa', 'margin'] };

describe('a missing account never becomes a smaller total', () => {
  test('a day is not published while one of its accounts was never asked', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    const counts = await portfolio.record({ observations: [value('isa', '2026-11-20', '100')] });
    expect(counts).toEqual({ observations: 1, published: 0 });
    expect(await readPublished(stack, portfolio.userId)).toEqual([]);
  });

  test('an account asked in vain is carried from its latest day, and the day says so', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [value('isa', '2026-11-19', '100'), value('margin', '2026-11-19', '40')],
    });
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '110')],
      outcomes: [asked('margin', '2026-11-20')],
    });
    expect((await readPublished(stack, portfolio.userId)).at(-1)).toEqual({
      date: '2026-11-20',
      value: '150',
      kind: 'estimated',
      expected: 2,
      present: 1,
      carried: ['margin from 2026-11-19'],
    });
  });

  test('an account of a broken connection is carried although nobody asks it', async () => {
    const portfolio = await linkPortfolio(stack, { accounts: ['isa'] });
    const other = await portfolio.connectAnother({ accounts: ['margin'] });
    await portfolio.record({ observations: [value('isa', '2026-11-19', '100')] });
    await other.record({
      observations: [value('margin', '2026-11-19', '40')],
      connection: { status: 'disabled', disabledSince: '2026-11-20T14:00:00Z' },
    });
    await portfolio.record({ observations: [value('isa', '2026-11-20', '110')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual([
      '2026-11-19 140 daily_eod',
      '2026-11-20 150 estimated',
    ]);
  });

  test('an account is carried over five trading days and no further', async () => {
    const portfolio = await linkPortfolio(stack, { ...TWO, since: '2026-11-09' });
    const days = ['2026-11-12', '2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'];
    await portfolio.record({
      observations: [
        value('margin', '2026-11-11', '40'),
        ...['2026-11-11', ...days].map((day) => value('isa', day, '100')),
      ],
      outcomes: days.map((day) => asked('margin', day)),
    });
    expect((await readPublished(stack, portfolio.userId)).map((day) => `${day.date} ${day.kind}`)).toEqual([
      '2026-11-11 daily_eod',
      '2026-11-12 estimated',
      '2026-11-13 estimated',
      '2026-11-16 estimated',
      '2026-11-17 estimated',
      '2026-11-18 estimated',
    ]);
  });

  test('an account that was never seen cannot be carried, so the day stays missing', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '100')],
      outcomes: [asked('margin', '2026-11-20')],
    });
    expect(await readPublished(stack, portfolio.userId)).toEqual([]);
  });

  test('a day on which no account was observed is not published, however many could be carried', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({ observations: [value('account', '2026-11-19', '100')] });
    await portfolio.record({ outcomes: [asked('account', '2026-11-20')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-19 100 daily_eod']);
  });

  test('a value whose total the provider did not say is stored as held and publishes nothing', async () => {
    const portfolio = await linkPortfolio(stack);
    const unsaid = value('account', '2026-11-20', null, { verdict: 'held', reason: 'missing_total' });
    expect(await portfolio.record({ observations: [unsaid] })).toEqual({ observations: 1, published: 0 });
  });

  test('a held value does not count', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({
      observations: [value('account', '2026-11-20', '0', { verdict: 'held', reason: 'unexplained_zero' })],
    });
    expect(await readPublished(stack, portfolio.userId)).toEqual([]);
  });
});

describe('a missing value that arrives later', () => {
  test('upgrades the day: one snapshot stands, and the change is on record', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [value('isa', '2026-11-19', '100'), value('margin', '2026-11-19', '40')],
    });
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '110')],
      outcomes: [asked('margin', '2026-11-20')],
    });
    await portfolio.record({ observations: [value('margin', '2026-11-20', '45')] });

    expect((await readPublished(stack, portfolio.userId)).at(-1)).toMatchObject({
      value: '155',
      kind: 'daily_eod',
      present: 2,
      carried: [],
    });
    expect(await listCorrections(stack, portfolio.userId)).toEqual([
      '2026-11-20 150 estimated -> 155 daily_eod: completed',
    ]);
  });

  test('also renews the days into which an older value had been carried', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [
        value('margin', '2026-11-17', '40'),
        ...['2026-11-17', '2026-11-18', '2026-11-19'].map((day) => value('isa', day, '100')),
      ],
      outcomes: [asked('margin', '2026-11-18'), asked('margin', '2026-11-19')],
    });
    await portfolio.record({ observations: [reconstructed('margin', '2026-11-18', '50')] });
    expect(await listPublished(stack, portfolio.userId)).toEqual([
      '2026-11-17 140 daily_eod',
      '2026-11-18 150 reconstructed',
      '2026-11-19 150 estimated',
    ]);
  });
});

describe('kind and value of a day', () => {
  test.each([
    { isa: 'daily_eod', margin: 'reconstructed', day: 'reconstructed' },
    { isa: 'estimated', margin: 'reconstructed', day: 'estimated' },
    { isa: 'daily_eod', margin: 'estimated', day: 'estimated' },
    { isa: 'daily_eod', margin: 'daily_eod', day: 'daily_eod' },
  ] as const)(
    'a day of $isa and $margin is $day: the worst of its accounts',
    async ({ isa, margin, day }) => {
      const portfolio = await linkPortfolio(stack, TWO);
      await portfolio.record({
        observations: [
          value('isa', '2026-11-20', '1', { kind: isa }),
          value('margin', '2026-11-20', '2', { kind: margin }),
        ],
      });
      expect(await listPublished(stack, portfolio.userId)).toEqual([`2026-11-20 3 ${day}`]);
    },
  );

  test('a true zero and a negative account are values like any other', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({
      observations: [value('account', '2026-11-19', '0'), value('account', '2026-11-20', '-250.75')],
    });
    expect(await listPublished(stack, portfolio.userId)).toEqual([
      '2026-11-19 0 daily_eod',
      '2026-11-20 -250.75 daily_eod',
    ]);
  });

  test('amounts are summed exactly, where binary fractions would not', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '90071992547409930.1'), value('margin', '2026-11-20', '0.2')],
    });
    expect(await listPublished(stack, portfolio.userId)).toEqual([
      '2026-11-20 90071992547409930.3 daily_eod',
    ]);
  });

  test('a credit line and a paper account are neither counted nor awaited', async () => {
    const portfolio = await linkPortfolio(stack, {
      accounts: [account('isa'), account('card', { category: 'credit' }), account('play', { isPaper: true })],
    });
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '100'), value('play', '2026-11-20', '1000000')],
    });
    expect(await readPublished(stack, portfolio.userId)).toMatchObject([
      { value: '100', expected: 1, present: 1 },
    ]);
  });

  test('the snapshot is as old as its oldest part and names every source', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [
        value('isa', '2026-11-20', '1', { asOf: '2026-11-20T21:45:00Z', source: 'snaptrade' }),
        value('margin', '2026-11-20', '2', { asOf: '2026-11-20T21:05:00Z', source: 'plaid' }),
      ],
    });
    expect(
      await stack.sql`
        select as_of, data_source from user_portfolio_history where user_id = ${portfolio.userId}`,
    ).toEqual([{ as_of: new Date('2026-11-20T21:05:00Z'), data_source: 'plaid,snaptrade' }]);
  });
});
