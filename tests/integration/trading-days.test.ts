import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradingSessions } from '@/lib/domain/market-calendar';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('the table of trading days is the calendar, row by row', async () => {
  const rows = await stack.sql<{ date: string; opens_at: Date; closes_at: Date; early_close: boolean }[]>`
    select date::text, opens_at, closes_at, early_close from trading_days order by date`;
  const stored = rows.map((row) => ({
    date: row.date,
    opensAt: row.opens_at.toISOString(),
    closesAt: row.closes_at.toISOString(),
    earlyClose: row.early_close,
  }));
  expect(stored).toEqual(tradingSessions('2000-01-01', '2035-12-31'));
});
