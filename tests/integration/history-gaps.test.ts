import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, asked, ended, value } from '../support/fill-fixture';
import { type HistoryDocument, linkReader } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const values = (...days: readonly string[]) => days.map((day) => value('account', day, '100'));

const ranges = async (history: Promise<HistoryDocument>) =>
  (await history).gaps.map(
    ({ from, to, days, reason, final }) => `${from}..${to} ${days} ${reason}${final ? ' final' : ''}`,
  );

test('gaps are ranges of trading days: weekends and holidays neither count nor divide', async () => {
  const { record, read } = await linkReader(stack, { since: '2026-11-19' });
  await record({ observations: values('2026-11-19', '2026-12-01') }, '2026-12-01T22:00:00Z');
  // Friday to Monday of the week after; Thursday the 26th is Thanksgiving.
  expect(await ranges(read({ from: null, to: '2026-12-01', due: '2026-12-01' }))).toEqual([
    '2026-11-20..2026-11-30 6 not_yet_due',
  ]);
});

test('gaps divide where the reason changes', async () => {
  const { record, read } = await linkReader(stack);
  await record({
    observations: values('2026-11-18'),
    outcomes: [
      asked('account', '2026-11-16', { reason: 'provider_had_nothing', final: true }),
      asked('account', '2026-11-17', { reason: 'unavailable' }),
      asked('account', '2026-11-19', { reason: 'unavailable' }),
    ],
  });
  expect(await ranges(read())).toEqual([
    '2026-11-16..2026-11-16 1 provider_had_nothing final',
    '2026-11-17..2026-11-17 1 unavailable',
    '2026-11-19..2026-11-19 1 unavailable',
    '2026-11-20..2026-11-20 1 not_yet_due',
  ]);
});

test('gaps say when the day is asked for again', async () => {
  const { record, read } = await linkReader(stack, { since: '2026-11-20' });
  await record({ outcomes: [asked('account', '2026-11-20', { nextAttemptAt: '2026-11-20T23:00:00Z' })] });
  const [gap] = (await read({ from: null })).gaps;
  expect(new Date(gap?.nextAttemptAt ?? '').toISOString()).toBe('2026-11-20T23:00:00.000Z');
});

test('gaps say how often they were asked for: the most of any of their days', async () => {
  const { record, read } = await linkReader(stack, { since: '2026-11-19' });
  await record({ outcomes: [asked('account', '2026-11-19')] });
  await record({ outcomes: [asked('account', '2026-11-19'), asked('account', '2026-11-20')] });
  await record({ outcomes: [asked('account', '2026-11-19')] });
  expect((await read()).gaps).toMatchObject([{ from: '2026-11-19', to: '2026-11-20', attempts: 3 }]);
});

test('gaps are none before an account was known, since it was closed, or after the latest due day', async () => {
  const { record, read } = await linkReader(stack, { since: '2026-11-17' });
  await record({ reconciled: [ended('account', '2026-11-19')] }, '2026-11-19T16:00:00Z');
  expect(await ranges(read())).toEqual(['2026-11-17..2026-11-18 2 not_yet_due']);
  expect(await ranges(read({ due: '2026-11-17' }))).toEqual(['2026-11-17..2026-11-17 1 not_yet_due']);
});

test('gaps before the look-back limit of the provider are final', async () => {
  const { read } = await linkReader(stack);
  expect(await ranges(read({ reach: '2026-11-18' }))).toEqual([
    '2026-11-16..2026-11-17 2 provider_cannot final',
    '2026-11-18..2026-11-20 3 not_yet_due',
  ]);
});

test('gaps name the broken connection, since only the user can mend it', async () => {
  const { record, read, connectAnother } = await linkReader(stack, { since: '2026-11-19' });
  const other = await connectAnother({ accounts: ['margin'], since: '2026-11-19' });
  await other.record({
    outcomes: [asked('margin', '2026-11-20', { reason: 'provider_had_nothing', final: true })],
  });
  await record({ connection: { status: 'disabled' } });
  expect(await ranges(read())).toEqual(['2026-11-19..2026-11-20 2 connection_broken']);
});

test('gaps are days with every account and no exchange rate too, final once the source was asked for them and had none', async () => {
  const { record, read } = await linkReader(stack, { accounts: [account('depot', { currency: 'JPY' })] });
  await record({
    observations: ['2026-11-19', '2026-11-20'].map((day) => value('depot', day, '5', { currency: 'JPY' })),
  });
  expect(await ranges(read({ from: '2026-11-19' }))).toEqual(['2026-11-19..2026-11-20 2 rate_missing']);

  await stack.service`
    insert into exchange_rate_readings
    values ('JPY', 'USD', '2026-11-01', '2026-11-19', 'test', '2026-11-20T22:00:00Z')`;
  expect(await ranges(read({ from: '2026-11-19' }))).toEqual([
    '2026-11-19..2026-11-19 1 rate_missing final',
    '2026-11-20..2026-11-20 1 rate_missing',
  ]);
});

test('gaps name the account without a value before the exchange rate', async () => {
  const { record, read } = await linkReader(stack, {
    accounts: [account('depot', { currency: 'JPY' }), 'isa'],
    since: '2026-11-20',
  });
  await record({
    observations: [value('depot', '2026-11-20', '5', { currency: 'JPY' })],
    outcomes: [asked('isa', '2026-11-20')],
  });
  expect(await ranges(read({ from: '2026-11-20' }))).toEqual(['2026-11-20..2026-11-20 1 unavailable']);
});

test('gaps and points partition the trading days of the range', async () => {
  const { record, read } = await linkReader(stack, { since: '2026-11-02' });
  await record({ observations: values('2026-11-03', '2026-11-04', '2026-11-11', '2026-11-20') });
  const { points, gaps, coverage } = await read({ from: '2026-11-02' });
  expect(coverage).toMatchObject({ presentDays: 4, missingDays: 11 });
  for (const { date } of points) {
    expect(gaps.filter((gap) => gap.from <= date && date <= gap.to)).toEqual([]);
  }
});
