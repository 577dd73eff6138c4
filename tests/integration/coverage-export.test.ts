import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportGrid } from '@/lib/coverage/export';
import { parseCoverageQuery } from '@/lib/coverage/query';
import { value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

it('the grid as a file has each user once, a column for each trading day and one header, page after page', async () => {
  const emails: string[] = [];
  for (let nth = 0; nth < 3; nth += 1) {
    const { id, email } = await stack.createUser();
    const portfolio = await linkPortfolio(stack, { userId: id });
    await portfolio.record({ observations: [value('account', '2026-11-19', '100')] });
    emails.push(email);
  }
  const query = parseCoverageQuery(new URLSearchParams('days=30&sort=email'));
  let text = '';
  for await (const part of exportGrid(stack.admin, query, new Date('2026-11-20T22:00:00Z'), 2)) text += part;
  const [header, ...lines] = text.replace('\uFEFF', '').trimEnd().split('\r\n');
  const columns = header?.split(',') ?? [];
  expect(columns.slice(0, 3)).toEqual(['email', 'user_id', 'missing_days']);
  expect(columns.at(-1)).toBe('2026-11-20');
  expect(lines.map((line) => line.split(',')[0])).toEqual(emails.toSorted());
  const day = columns.indexOf('2026-11-19');
  expect(lines.map((line) => line.split(',')[day])).toEqual(['daily_eod', 'daily_eod', 'daily_eod']);
  for (const line of lines) expect(line.split(',')).toHaveLength(columns.length);
});
