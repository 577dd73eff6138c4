import { describe, expect, it } from 'vitest';
import { unlink } from '@/lib/connections/linking';
import { finishSessions, removeLogins } from '@/lib/connections/sessions';
import { readConnections } from '@/lib/connections/store';
import { decryptCredentials } from '@/lib/credentials';
import { deleteEverything } from '@/lib/user-data/delete';
import { CREDENTIALS_KEY, countLines } from '../support/linked-user';
import { linkingAt } from '../support/linking';
import { linkThroughPlaid, sessionsAt, visitPlaid } from '../support/plaid-linking';
import { readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const SATURDAY = '2026-11-21T15:00:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const TUESDAY_NIGHT = '2026-11-24T22:30:00Z';

async function open() {
  const harness = await harnesses.open(scenario({ users: [] }));
  const owner = await harness.stack.createUser();
  const sessions = sessionsAt(harness, FRIDAY_NIGHT);
  return { harness, owner, sessions };
}

async function openLinked() {
  const opened = await open();
  const connectionId = await linkThroughPlaid(opened.owner.id, opened.sessions);
  await opened.harness.tick(FRIDAY_NIGHT);
  return { ...opened, connectionId };
}

const itemsOf = ({ sandbox }: WorkerHarness) => sandbox.state.scenario.plaidItems;
const countRows = async ({ stack }: WorkerHarness, table: 'link_sessions' | 'connection_removals') => {
  const [row] = await stack.sql<{ count: number }[]>`select count(*)::int as count from ${stack.sql(table)}`;
  return row?.count;
};
/** From an instant on Plaid cannot sign in any more. */
function breakLogin(harness: WorkerHarness, disabledSince: string): void {
  for (const item of itemsOf(harness))
    harness.sandbox.state.putPlaidItem({
      ...item,
      disabledSince: disabledSince as typeof item.disabledSince,
    });
}

describe('a login through Plaid', () => {
  it('is taken in with its access token encrypted, and its accounts are read', async () => {
    const { harness, owner } = await openLinked();
    const [row] = await harness.stack.sql<
      { ciphertext: string }[]
    >`select ciphertext from connection_credentials`;
    const [item] = itemsOf(harness);
    expect(row?.ciphertext).not.toContain(item?.accessToken);
    expect(decryptCredentials(row?.ciphertext ?? '', CREDENTIALS_KEY)).toEqual({
      accessToken: item?.accessToken,
    });
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { provider: 'plaid', institution: 'Evergreen Investments', status: 'active', accounts: [{}, {}] },
    ]);
    expect((await readPublished(harness.stack, owner.id)).at(-1)).toMatchObject({
      date: '2026-11-20',
      kind: 'daily_eod',
      present: 2,
    });
    expect(await countRows(harness, 'link_sessions')).toBe(0);
  });

  it('is handed out once, also when many ask at once what came of the session', async () => {
    const { harness, owner, sessions } = await open();
    await visitPlaid(owner.id, sessions);
    const asked = await Promise.all([1, 2, 3].map(() => finishSessions(owner.id, sessions)));
    expect(asked.flatMap(({ confirmed }) => confirmed)).toMatchObject([{ outcome: 'linked' }]);
    expect(harness.takeRequests().filter((one) => one.startsWith('plaidExchange'))).toHaveLength(1);
  });

  it('that somebody else has open is not theirs', async () => {
    const { harness, owner, sessions } = await open();
    const other = await harness.stack.createUser();
    await visitPlaid(owner.id, sessions);
    expect(await finishSessions(other.id, sessions)).toEqual({ confirmed: [], left: null });
    expect((await finishSessions(owner.id, sessions)).confirmed).toMatchObject([{ outcome: 'linked' }]);
  });

  it.each([
    [{ choice: 'leave' }, null],
    [{ choice: 'fail', error: 'INVALID_CREDENTIALS' }, 'INVALID_CREDENTIALS'],
    [{ choice: 'fail', error: 'PLANNED_MAINTENANCE' }, 'PLANNED_MAINTENANCE'],
    [{ choice: 'fail', error: 'INSTITUTION_NOT_FOUND' }, 'INSTITUTION_NOT_FOUND'],
  ])('that came to nothing says why, once: %o', async (choice, code) => {
    const { owner, sessions } = await open();
    await visitPlaid(owner.id, sessions, choice);
    expect(await finishSessions(owner.id, sessions)).toEqual({ confirmed: [], left: { code } });
    expect(await finishSessions(owner.id, sessions)).toEqual({ confirmed: [], left: null });
  });

  it('is not lost while Plaid does not answer, and is taken in later', async () => {
    const { harness, owner, sessions } = await open();
    await visitPlaid(owner.id, sessions);
    harness.addFault({ type: 'status', status: 500 }, { match: { operation: 'plaidLinkSession' } });
    await expect(finishSessions(owner.id, sessions)).rejects.toMatchObject({ code: 'unavailable' });
    harness.endFaults();
    expect((await finishSessions(owner.id, sessions)).confirmed).toMatchObject([{ outcome: 'linked' }]);
  });

  it('of which nobody came back is asked about while Plaid knows of it, and then forgotten', async () => {
    const { harness, owner, sessions } = await open();
    await visitPlaid(owner.id, sessions);
    const late = sessionsAt(harness, '2026-11-21T04:31:00Z');
    expect(await finishSessions(owner.id, late)).toEqual({ confirmed: [], left: null });
    expect(await countRows(harness, 'link_sessions')).toBe(0);
  });
});

describe('a login that broke', () => {
  it('works again through Plaid’s page, with the same connection, accounts and line', async () => {
    const { harness, owner, connectionId } = await openLinked();
    breakLogin(harness, '2026-11-21T12:00:00.000Z');
    await harness.tick(MONDAY_NIGHT);
    expect(await readConnections(owner.client, owner.id)).toMatchObject([{ status: 'disabled' }]);
    const before = await harness.stack.sql`select id, external_id from accounts order by id`;

    const monday = sessionsAt(harness, MONDAY_NIGHT);
    await visitPlaid(owner.id, monday, {}, connectionId);
    expect((await finishSessions(owner.id, monday)).confirmed).toMatchObject([
      { connectionId, outcome: 'reconnected' },
    ]);
    await harness.tick('2026-11-23T22:45:00Z');
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { id: connectionId, status: 'active' },
    ]);
    expect(await harness.stack.sql`select id, external_id from accounts order by id`).toEqual(before);
    expect(await countLines(harness)).toBe(2);
    expect((await readPublished(harness.stack, owner.id)).at(-1)).toMatchObject({
      date: '2026-11-23',
      kind: 'daily_eod',
    });
  });

  it('and whose user leaves without signing in stays as it was', async () => {
    const { harness, owner, connectionId } = await openLinked();
    breakLogin(harness, '2026-11-21T12:00:00.000Z');
    await harness.tick(MONDAY_NIGHT);
    const monday = sessionsAt(harness, MONDAY_NIGHT);
    await visitPlaid(owner.id, monday, { choice: 'leave' }, connectionId);
    expect(await finishSessions(owner.id, monday)).toEqual({ confirmed: [], left: { code: null } });
    expect(await readConnections(owner.client, owner.id)).toMatchObject([{ status: 'disabled' }]);
  });

  it('of somebody else cannot be reconnected', async () => {
    const { harness, connectionId, sessions } = await openLinked();
    const other = await harness.stack.createUser();
    await expect(visitPlaid(other.id, sessions, {}, connectionId)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('unlinking', () => {
  it('removes the item at Plaid, and keeps the past', async () => {
    const { harness, owner, connectionId } = await openLinked();
    const before = await readPublished(harness.stack, owner.id);
    await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY));
    expect(await removeLogins(sessionsAt(harness, SATURDAY))).toBe(1);
    expect(itemsOf(harness)).toMatchObject([{ isRemoved: true }]);
    expect(await countRows(harness, 'connection_removals')).toBe(0);
    expect(await readPublished(harness.stack, owner.id)).toEqual(before);
  });

  it('is heard by Plaid later when it does not answer, and no other credentials are kept', async () => {
    const { harness, owner, connectionId } = await openLinked();
    await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY));
    harness.addFault({ type: 'status', status: 500 }, { match: { operation: 'plaidRemoveItem' } });
    expect(await removeLogins(sessionsAt(harness, SATURDAY))).toBe(0);
    expect(itemsOf(harness)).toMatchObject([{ isRemoved: false }]);
    expect(await harness.stack.sql`select 1 from connection_credentials`).toHaveLength(0);
    harness.endFaults();
    expect(await removeLogins(sessionsAt(harness, '2026-11-21T15:01:00Z'))).toBe(0);
    expect(await removeLogins(sessionsAt(harness, '2026-11-21T15:11:00Z'))).toBe(1);
    expect(await removeLogins(sessionsAt(harness, '2026-11-21T15:30:00Z'))).toBe(0);
    expect(itemsOf(harness)).toMatchObject([{ isRemoved: true }]);
  });

  it('and linking once more is another login whose accounts are asked about or known again', async () => {
    const { harness, owner, connectionId } = await openLinked();
    await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY));
    await removeLogins(sessionsAt(harness, SATURDAY));
    const again = await linkThroughPlaid(owner.id, sessionsAt(harness, MONDAY_NIGHT));
    await harness.tick(MONDAY_NIGHT);
    expect(again).not.toBe(connectionId);
    expect((await readPublished(harness.stack, owner.id)).at(-1)).toMatchObject({
      date: '2026-11-23',
      expected: 2,
    });
  });
});

it('deleting a user removes their items at Plaid, whatever happens meanwhile, and nothing leads to them', async () => {
  const { harness, owner } = await openLinked();
  const other = await harness.stack.createUser();
  await linkThroughPlaid(other.id, sessionsAt(harness, FRIDAY_NIGHT));
  harness.addFault({ type: 'status', status: 500 }, { match: { operation: 'plaidRemoveItem' } });
  await deleteEverything(harness.stack.admin, owner.id, linkingAt(harness, SATURDAY));
  expect(await removeLogins(sessionsAt(harness, SATURDAY))).toBe(0);
  const kept = await harness.stack.sql`select * from connection_removals`;
  expect(JSON.stringify(kept)).not.toContain(owner.id);
  harness.endFaults();
  expect(await removeLogins(sessionsAt(harness, TUESDAY_NIGHT))).toBe(1);
  expect(itemsOf(harness).map(({ isRemoved }) => isRemoved)).toEqual([true, false]);
});
