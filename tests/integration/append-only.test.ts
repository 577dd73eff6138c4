import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { flow, liveValue, value } from '../support/fill-fixture';
import { linkPortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

let portfolio: TestPortfolio;
beforeEach(async () => {
  portfolio = await linkPortfolio(stack);
  await portfolio.record({
    observations: [value('account', '2026-11-19', '100'), value('account', '2026-11-20', '110')],
    live: [liveValue('account', '111')],
    flows: [flow('account', '2026-11-20', '5')],
  });
});

/** What may be written to an observation later: the judgement of it, and what stands instead. */
const JUDGEMENT = ['verdict', 'reason', 'superseded_by', 'settled_by'];

test('what was observed cannot be changed in any column, not even by a superuser', async () => {
  const columns = await stack.sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = 'account_values'::regclass and attnum > 0 and not attisdropped and attname <> all (${JUDGEMENT})`;
  expect(columns.length).toBeGreaterThan(10);
  const changed: string[] = [];
  for (const { name } of columns) {
    // Null differs from what stands in every column, or the column is null and 1 or now differs.
    const change = stack.sql.unsafe(
      `update account_values set ${name} = ${DIFFERENT[name] ?? 'null'} where user_id = '${portfolio.userId}'`,
    );
    await change.then(
      () => changed.push(name),
      (error: unknown) => expect(error).toMatchObject({ code: '23001' }),
    );
  }
  expect(changed).toEqual([]);
});

/** Another value for the columns that an ordinary observation leaves empty. */
const DIFFERENT: Readonly<Record<string, string>> = {
  id: 'id + 1000',
  cash: '1',
  cost_basis: '1',
  run_id: 'gen_random_uuid()',
};

test.each(['superuser', 'service role'])('no observation can be deleted by the %s', async (who) => {
  const sql = who === 'superuser' ? stack.sql : stack.service;
  const deletion = sql`delete from account_values where user_id = ${portfolio.userId}`;
  await expect(deletion).rejects.toMatchObject({ code: who === 'superuser' ? '23001' : '42501' });
});

test('the evidence cannot be emptied at once', async () => {
  await expect(stack.sql`truncate account_values cascade`).rejects.toMatchObject({ code: '23001' });
});

test('when a user goes, everything of theirs goes, and nothing of anybody else', async () => {
  const stays = await linkPortfolio(stack);
  await stays.record({ observations: [value('account', '2026-11-20', '7')] });
  await stack.sql`delete from auth.users where id = ${portfolio.userId}`;

  const tables = await stack.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'user_id'`;
  expect(tables.length).toBeGreaterThan(7);
  for (const { name } of tables) {
    const left = await stack.sql`select from ${stack.sql(name)} where user_id = ${portfolio.userId}`;
    expect(`${name}: ${left.length}`).toBe(`${name}: 0`);
  }
  expect(await stack.sql`select from account_values where user_id = ${stays.userId}`).toHaveLength(1);
});
