import { describe, expect, it } from 'vitest';
import { confirmLinks, startLink } from '@/lib/connections/linking';
import { readConnections } from '@/lib/connections/store';
import { decryptCredentials } from '@/lib/credentials';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { choosePortal, linkBroker, linkingAt, RETURN_TO, visitPortal } from '../support/linking';
import { readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const openEmpty = () => harnesses.open(scenario({ users: [] }));
const anotherLink = (userId: string) => ({ userId, reconnect: null, returnTo: RETURN_TO });

async function countRows(harness: WorkerHarness, table: string): Promise<number> {
  const [row] = await harness.stack.sql<{ rows: number }[]>`
    select count(*)::int as rows from ${harness.stack.sql(table)}`;
  return row?.rows ?? 0;
}

describe('linking from nothing', () => {
  it('registers the user by our id, stores the connection, makes it due at once, and its year is filled', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    await linkBroker(id, linkingAt(harness, FRIDAY_NIGHT));

    expect(harness.sandbox.state.scenario.users.map(({ userId }) => userId)).toEqual([id]);
    expect(await harness.stack.sql`select institution, status, due_at from brokerage_connections`).toEqual([
      { institution: 'Harbor Securities', status: 'active', due_at: new Date(FRIDAY_NIGHT) },
    ]);
    expect(await harness.stack.sql`select currency, data_notice from portfolios`).toEqual([
      { currency: 'USD', data_notice: 'Not real.' },
    ]);

    await harness.tick(FRIDAY_NIGHT);
    const days = tradingSessions('2025-11-20', '2026-11-20').map(({ date }) => date);
    expect((await readPublished(harness.stack, id)).map(({ date }) => date)).toEqual(days);
  });

  it('keeps the secret encrypted, for the user and for the connection', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    await linkBroker(id, linkingAt(harness, FRIDAY_NIGHT));
    const [known] = harness.sandbox.state.scenario.users;
    const rows = await harness.stack.sql<{ ciphertext: string }[]>`
      select ciphertext from provider_users union all select ciphertext from connection_credentials`;
    expect(rows).toHaveLength(2);
    for (const { ciphertext } of rows) {
      expect(ciphertext).not.toContain(known?.userSecret);
      expect(decryptCredentials(ciphertext, CREDENTIALS_KEY)).toEqual({
        userId: id,
        userSecret: known?.userSecret,
      });
    }
  });

  it('that was abandoned or failed leaves nothing behind but the registration', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await choosePortal(await startLink(anotherLink(id), linking), { choice: 'leave' });
    await choosePortal(await startLink(anotherLink(id), linking), { choice: 'fail', error: '1066' });
    expect(await confirmLinks(id, linking)).toEqual([]);
    expect([await countRows(harness, 'portfolios'), await countRows(harness, 'provider_users')]).toEqual([
      0, 1,
    ]);
  });
});

describe('registering', () => {
  it('at once from two windows goes on with one and the same registration', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    const addresses = await Promise.all([1, 2, 3].map(() => startLink(anotherLink(id), linking)));
    for (const address of addresses)
      await choosePortal(address, { choice: 'link', broker: 'MEADOW-BROKERS' });
    expect(await countRows(harness, 'provider_users')).toBe(1);
    expect(await confirmLinks(id, linking)).toHaveLength(3);
  });

  it('whose secret was lost on its way is made up for under another id', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await linking.provider.registerUser(id);
    await linkBroker(id, linking);
    const [lost, kept] = harness.sandbox.state.scenario.users;
    expect([lost?.userId, kept?.userId.startsWith(`${id}.`)]).toEqual([id, true]);
  });

  it('that the provider has forgotten is made anew', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await startLink(anotherLink(id), linking);
    harness.sandbox.state.replaceUsers([]);
    await linkBroker(id, linking);
    expect(await countRows(harness, 'brokerage_connections')).toBe(1);
  });
});

describe('confirming', () => {
  it('twice is confirming once', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    const connectionId = await linkBroker(id, linking);
    const again = await confirmLinks(id, linking);
    expect(again.map(({ outcome, ...rest }) => [rest.connectionId, outcome])).toEqual([
      [connectionId, 'known'],
    ]);
    await harness.tick(FRIDAY_NIGHT);
    expect(await confirmLinks(id, linking)).toEqual(again);
    expect(await harness.stack.sql`select due_at from brokerage_connections`).toEqual([{ due_at: null }]);
  });

  it('ten times at once stores one connection, which one of them has linked', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await visitPortal(id, linking);
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirmLinks(id, linking)));
    const outcomes = answers.flatMap((confirmed) => confirmed.map(({ outcome }) => outcome)).sort();
    expect(outcomes).toEqual([...Array(9).fill('known'), 'linked']);
    expect([
      await countRows(harness, 'brokerage_connections'),
      await countRows(harness, 'connection_credentials'),
    ]).toEqual([1, 1]);
  });

  it('finds nothing of somebody else, whose connection stays as it is', async () => {
    const harness = await openEmpty();
    const owner = await harness.stack.createUser();
    const stranger = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await linkBroker(owner.id, linking);
    await startLink(anotherLink(stranger.id), linking);
    expect(await confirmLinks(stranger.id, linking)).toEqual([]);

    // Not even a provider that lists one user's connection for another gives it away.
    const before = await harness.stack.sql`select * from brokerage_connections`;
    const stolen = [
      {
        externalId: String(before[0]?.['external_id']),
        institution: 'X',
        broken: false,
        brokenSince: null,
        freshness: 'realtime' as const,
      },
    ];
    expect(await linking.store.confirm(stranger.id, 'sealed', stolen, new Date(FRIDAY_NIGHT))).toEqual([]);
    expect(await harness.stack.sql`select * from brokerage_connections`).toEqual(before);
    expect(await countRows(harness, 'connection_credentials')).toBe(1);
  });

  it('of somebody who was never at the provider costs no request', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    expect(await confirmLinks(id, linkingAt(harness, FRIDAY_NIGHT))).toEqual([]);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('is owed for half an hour to somebody who never came back from the portal', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const owes = async () =>
      (await linkingAt(harness, FRIDAY_NIGHT).store.readUser(id))?.portalOpenedAt !== null;
    await visitPortal(id, linkingAt(harness, FRIDAY_NIGHT));
    expect(await owes()).toBe(true);
    expect(await confirmLinks(id, linkingAt(harness, '2026-11-20T22:40:00Z'))).toHaveLength(1);
    expect(await owes()).toBe(true);
    await confirmLinks(id, linkingAt(harness, '2026-11-20T23:00:01Z'));
    expect(await owes()).toBe(false);
  });
});

describe('mending', () => {
  const SATURDAY = '2026-11-21T15:00:00Z';

  async function openBroken() {
    const harness = await harnesses.open(scenario());
    await harness.tick('2026-11-11T22:30:00Z');
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-12T18:00:00Z') });
    await harness.tick(FRIDAY_NIGHT);
    const [row] = await harness.stack.sql<{ id: string }[]>`select id from brokerage_connections`;
    return { harness, userId: harness.userId(), connectionId: row?.id ?? '' };
  }

  it('a broken connection makes it due, ends its wait, and the gap heals', async () => {
    const { harness, userId, connectionId } = await openBroken();
    const read = () =>
      harness.stack.sql`select status, due_at, retry_at is null as now from brokerage_connections`;
    expect(await read()).toEqual([{ status: 'disabled', due_at: null, now: false }]);
    const before = (await harness.history(SATURDAY)).gaps;
    expect(before.map(({ reason }) => reason)).toContain('connection_broken');

    const linking = linkingAt(harness, SATURDAY);
    const address = await startLink({ userId, reconnect: connectionId, returnTo: RETURN_TO }, linking);
    await choosePortal(address, { choice: 'link' });
    expect((await confirmLinks(userId, linking)).map(({ outcome }) => outcome)).toEqual(['reconnected']);
    expect(await read()).toEqual([{ status: 'disabled', due_at: new Date(SATURDAY), now: true }]);

    await harness.tick(SATURDAY);
    expect((await harness.history(SATURDAY)).gaps).toEqual([]);
    expect((await confirmLinks(userId, linking)).map(({ outcome }) => outcome)).toEqual(['known']);
  });

  it('that was given up leaves the connection broken and its wait as it was', async () => {
    const { harness, userId, connectionId } = await openBroken();
    const before = await harness.stack.sql`select * from brokerage_connections`;
    const linking = linkingAt(harness, SATURDAY);
    const address = await startLink({ userId, reconnect: connectionId, returnTo: RETURN_TO }, linking);
    await choosePortal(address, { choice: 'leave' });
    expect((await confirmLinks(userId, linking)).map(({ outcome }) => outcome)).toEqual(['known']);
    expect(await harness.stack.sql`select * from brokerage_connections`).toEqual(before);
  });

  it('a connection of somebody else is not found, and the provider is not asked', async () => {
    const { harness, connectionId } = await openBroken();
    const stranger = await harness.stack.createUser();
    harness.takeRequests();
    const linking = linkingAt(harness, SATURDAY);
    const request = { userId: stranger.id, reconnect: connectionId, returnTo: RETURN_TO };
    await expect(startLink(request, linking)).rejects.toMatchObject({ code: 'not_found' });
    expect(harness.takeRequests()).toEqual([]);
  });
});

describe('while the provider is down', () => {
  it('nothing is linked and nothing is kept, and the answer says to try again', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    harness.addFault({ type: 'status', status: 503 });
    await expect(startLink(anotherLink(id), linkingAt(harness, FRIDAY_NIGHT))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await countRows(harness, 'provider_users')).toBe(0);
  });

  it('a link that could not be confirmed is confirmed later', async () => {
    const harness = await openEmpty();
    const { id } = await harness.stack.createUser();
    const linking = linkingAt(harness, FRIDAY_NIGHT);
    await visitPortal(id, linking);
    harness.addFault({ type: 'status', status: 503 });
    await expect(confirmLinks(id, linking)).rejects.toMatchObject({ code: 'unavailable' });
    harness.endFaults();
    expect((await confirmLinks(id, linking)).map(({ outcome }) => outcome)).toEqual(['linked']);
  });
});

it('a user sees their own connections with accounts, and nobody else’s', async () => {
  const harness = await openEmpty();
  const owner = await harness.stack.createUser();
  const stranger = await harness.stack.createUser();
  await linkBroker(owner.id, linkingAt(harness, FRIDAY_NIGHT));
  expect(await readConnections(owner.client, owner.id)).toMatchObject([
    { institution: 'Harbor Securities', status: 'active', lastSuccessAt: null, isDue: true, accounts: [] },
  ]);
  await harness.tick(FRIDAY_NIGHT);
  expect(await readConnections(owner.client, owner.id)).toMatchObject([
    {
      isDue: false,
      linkedAt: '2026-11-20T22:30:00.000Z',
      lastSuccessAt: '2026-11-20T22:30:00.000Z',
      accounts: [
        { name: 'Cash management', category: 'deposit', firstKnownOn: '2025-11-20', closedOn: null },
        { name: 'Individual', category: 'investment', currency: 'USD', continues: [] },
      ],
    },
  ]);
  expect(await readConnections(stranger.client, owner.id)).toEqual([]);
});
