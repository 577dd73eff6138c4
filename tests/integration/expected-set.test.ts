import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, reconstructed, value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio } from '../support/populated-fixture';
import { listPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const TWO = { accounts: ['isa', 'margin'] };

const knownSince = async (userId: string, name: string) => {
  const [row] = await stack.sql<{ date: string }[]>`
    select first_known_on::text as date from accounts where user_id = ${userId} and name = ${name}`;
  return row?.date;
};

test('a closed account is no longer awaited and keeps its past', async () => {
  const portfolio = await linkPortfolio(stack, TWO);
  await portfolio.record({
    observations: [value('isa', '2026-11-19', '100'), value('margin', '2026-11-19', '40')],
  });
  await portfolio.record({
    reconciled: [ended('margin', '2026-11-20')],
    observations: [value('isa', '2026-11-20', '110')],
  });
  expect(await listPublished(stack, portfolio.userId)).toEqual([
    '2026-11-19 140 daily_eod',
    '2026-11-20 110 daily_eod',
  ]);
});

test('the closing of an account completes a day that only waited for it', async () => {
  const portfolio = await linkPortfolio(stack, TWO);
  await portfolio.record({ observations: [value('isa', '2026-11-20', '110')] });
  await portfolio.record({ reconciled: [ended('margin', '2026-11-20')] });
  expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 110 daily_eod']);
});

test('the earlier history of a new account moves back the day from which it is expected', async () => {
  const portfolio = await linkPortfolio(stack, { accounts: ['isa'], since: '2026-11-20' });
  expect(await knownSince(portfolio.userId, 'isa')).toBe('2026-11-20');
  await portfolio.record({ observations: [reconstructed('isa', '2026-11-17', '90')] });
  expect(await knownSince(portfolio.userId, 'isa')).toBe('2026-11-17');
});

test('a held value of earlier days does not move that day', async () => {
  const portfolio = await linkPortfolio(stack, { accounts: ['isa'], since: '2026-11-20' });
  await portfolio.record({
    observations: [reconstructed('isa', '2026-11-17', '0', { verdict: 'held', reason: 'unexplained_zero' })],
  });
  expect(await knownSince(portfolio.userId, 'isa')).toBe('2026-11-20');
});

test('history with a hole takes no day away that accounts which were linked earlier have', async () => {
  const portfolio = await linkPortfolio(stack, { accounts: ['isa'], since: '2026-11-02' });
  const later = ['2026-11-16', '2026-11-17', '2026-11-18'];
  await portfolio.record({ observations: ['2026-11-03', ...later].map((day) => value('isa', day, '100')) });
  const other = await portfolio.connectAnother({ accounts: ['margin'], since: '2026-11-19' });
  await other.record({ observations: [reconstructed('margin', '2026-11-03', '40')] });
  expect(await listPublished(stack, portfolio.userId)).toEqual(
    ['2026-11-03', ...later].map((day) => `${day} 100 daily_eod`),
  );
});

test('a user sees no day in which a newly linked account is expected and unknown', async () => {
  const portfolio = await linkPortfolio(stack, { accounts: ['isa'] });
  await portfolio.record({ observations: [value('isa', '2026-11-20', '100')] });
  await portfolio.connectAnother({ accounts: ['margin'], since: '2026-11-20' });
  expect(await listPublished(stack, portfolio.userId)).toEqual([]);
});

test('an account that turns into a credit line leaves the totals from that day on', async () => {
  const portfolio = await linkPortfolio(stack, TWO);
  await portfolio.record({
    observations: [value('isa', '2026-11-19', '100'), value('margin', '2026-11-19', '40')],
  });
  const parts = { wasAsset: true, category: 'credit', endReason: 'not_an_asset' };
  await portfolio.record({
    observations: [value('isa', '2026-11-20', '100')],
    reconciled: [ended('margin', '2026-11-20', parts)],
  });
  expect(await listPublished(stack, portfolio.userId)).toEqual([
    '2026-11-19 140 daily_eod',
    '2026-11-20 100 daily_eod',
  ]);
});

test('the mending of a connection does not withdraw the days that were carried while it was broken', async () => {
  const portfolio = await linkPortfolio(stack, { accounts: ['isa'] });
  const other = await portfolio.connectAnother({ accounts: ['margin'] });
  await other.record({
    observations: [value('margin', '2026-11-17', '40')],
    connection: { status: 'disabled', disabledSince: '2026-11-18T14:00:00Z' },
  });
  await portfolio.record({
    observations: ['2026-11-17', '2026-11-18'].map((day) => value('isa', day, '100')),
  });
  const carried = await listPublished(stack, portfolio.userId);
  expect(carried).toEqual(['2026-11-17 140 daily_eod', '2026-11-18 140 estimated']);

  await other.record({ connection: { status: 'active' } });
  await stack.service`select republish(${portfolio.userId}, '2026-11-16', '2026-11-20', ${FRIDAY_EVENING})`;
  expect(await listPublished(stack, portfolio.userId)).toEqual(carried);
});
