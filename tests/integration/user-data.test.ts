import { expect, it } from 'vitest';
import { deleteOrphans } from '@/lib/connections/registration';
import { deleteEverything } from '@/lib/user-data/delete';
import { deleteUser, readDeletion, readUserExport } from '@/lib/user-data/store';
import { linkBroker, linkingAt } from '../support/linking';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

/** Somebody who linked a brokerage and has a year of it. */
async function openLinked(harness: WorkerHarness) {
  const linking = linkingAt(harness, FRIDAY_NIGHT);
  const { id } = await harness.stack.createUser();
  await linkBroker(id, linking);
  await harness.tick(FRIDAY_NIGHT);
  return { userId: id, linking };
}

/** How many rows of each table name a user, straight from the catalogue. */
async function countRows({ stack: { sql } }: WorkerHarness, userId: string): Promise<Record<string, number>> {
  const columns = await sql<{ table: string; column: string }[]>`
    select format('%I.%I', table_schema, table_name) as table, column_name as column
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema in ('public', 'auth') and table_type = 'BASE TABLE'
      and column_name in ('user_id', 'requested_by', 'actor_id')`;
  const counts: Record<string, number> = {};
  for (const { table, column } of columns) {
    const rows = await sql.unsafe(`select 1 from ${table} where ${column}::text = $1`, [userId]);
    if (rows.length > 0) counts[table] = rows.length;
  }
  return counts;
}

const isKnownToProvider = (harness: WorkerHarness, userId: string): boolean =>
  harness.sandbox.state.scenario.users.some((known) => known.userId === userId);

it('a user takes along every row that names them, and no secret', async () => {
  const harness = await harnesses.open(scenario({ users: [] }));
  const { userId } = await openLinked(harness);
  const other = await openLinked(harness);
  const taken = await readUserExport(harness.stack.admin, userId);

  for (const name of [
    'portfolios',
    'accounts',
    'account_values',
    'user_portfolio_history',
    'brokerage_connections',
  ])
    expect(taken[name]?.length, name).toBeGreaterThan(0);
  const text = JSON.stringify(taken);
  expect(text).not.toContain('ciphertext');
  expect(text).not.toContain(other.userId);
  expect(Object.keys(taken)).not.toContain('connection_credentials');
});

it('every table that has rows of users is in what they take along, but for secrets', async () => {
  const harness = await harnesses.open(scenario({ users: [] }));
  const tables = await harness.stack.sql<{ name: string }[]>`
    select distinct table_name as name
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and column_name in ('user_id', 'account_id')
      and table_name <> 'connection_credentials'`;
  const taken = await readUserExport(harness.stack.admin, '00000000-0000-4000-8000-000000000000');
  expect(Object.keys(taken).toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
});

it('a user who deletes everything is gone here and at the provider, nobody else is touched, and a receipt stays', async () => {
  const harness = await harnesses.open(scenario({ users: [] }));
  const { userId, linking } = await openLinked(harness);
  const other = await openLinked(harness);
  const before = await countRows(harness, userId);
  const others = await countRows(harness, other.userId);
  expect(before['public.account_values']).toBeGreaterThan(200);

  const receipt = await deleteEverything(harness.stack.admin, userId, linking);
  expect(receipt.deleted).toMatchObject({
    accounts: before['public.accounts'],
    account_values: before['public.account_values'],
  });
  expect(await countRows(harness, userId)).toEqual({});
  expect(await countRows(harness, other.userId)).toEqual(others);
  expect(await harness.stack.sql`select 1 from auth.users where id = ${userId}`).toHaveLength(0);
  expect(await readDeletion(harness.stack.admin, receipt.id)).toEqual(receipt);
  expect(JSON.stringify(receipt)).not.toContain(userId);

  // The provider's own record of the user is an orphan now, which is deleted there at once.
  expect(await deleteOrphans(linkingAt(harness, '2026-11-20T22:30:01Z'))).toBe(1);
  expect(isKnownToProvider(harness, userId)).toBe(false);
  expect(isKnownToProvider(harness, other.userId)).toBe(true);
});

it('a provider that does not answer does not keep anybody, and hears of it later', async () => {
  const harness = await harnesses.open(scenario({ users: [] }));
  const { userId, linking } = await openLinked(harness);
  harness.addFault({ type: 'status', status: 503 }, {});
  await deleteEverything(harness.stack.admin, userId, linking);
  expect(await countRows(harness, userId)).toEqual({});
  expect(await deleteOrphans(linkingAt(harness, '2026-11-20T22:31:00Z'))).toBe(0);
  harness.endFaults();
  expect(isKnownToProvider(harness, userId)).toBe(true);
  await deleteOrphans(linkingAt(harness, '2026-11-20T22:32:00Z'));
  expect(isKnownToProvider(harness, userId)).toBe(false);
});

it('deleting twice finds nobody, and changes nothing', async () => {
  const harness = await harnesses.open(scenario({ users: [] }));
  const { userId, linking } = await openLinked(harness);
  await deleteEverything(harness.stack.admin, userId, linking);
  expect(await deleteUser(harness.stack.admin, userId, new Date(FRIDAY_NIGHT))).toBeNull();
  await expect(deleteEverything(harness.stack.admin, userId, linking)).rejects.toMatchObject({
    code: 'not_found',
  });
});
