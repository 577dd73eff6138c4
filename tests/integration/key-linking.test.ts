import { describe, expect, it } from 'vitest';
import { linkByKeys } from '@/lib/connections/key-linking';
import { startLink, unlink } from '@/lib/connections/linking';
import { readConnections } from '@/lib/connections/store';
import { decryptCredentials } from '@/lib/credentials';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { alpacaAccount, keysOf } from '../support/alpaca-harness';
import { keyLinkingAt, linkOwnAccount } from '../support/key-linking';
import { CREDENTIALS_KEY, countLines } from '../support/linked-user';
import { linkingAt, RETURN_TO } from '../support/linking';
import { listPublished, readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const SATURDAY = '2026-11-21T15:00:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const TUESDAY_NIGHT = '2026-11-24T22:30:00Z';

/** Since the account was opened. */
const SESSIONS = tradingSessions('2026-06-01', '2026-11-20').length;

const FIRST = keysOf();
const SECOND = { keyId: 'SECOND', secretKey: 'the-second-secret' };
const OF_NOBODY = { keyId: 'NOBODY', secretKey: 'nobodys-secret' };

const TWO_PAIRS = scenario({
  users: [],
  alpacaAccounts: [
    alpacaAccount({ openedOn: '2026-06-01', keys: [FIRST, SECOND] }),
    alpacaAccount({ id: 'other' }),
    alpacaAccount({ id: 'barred', keys: [{ ...keysOf('barred'), mayRead: false }] }),
  ],
});

async function openWith(world = TWO_PAIRS) {
  const harness = await harnesses.open(world);
  const owner = await harness.stack.createUser();
  const link = (keys: object, reconnect: string | null = null, at = FRIDAY_NIGHT) =>
    linkByKeys(
      { userId: owner.id, keys: { keyId: null, secretKey: null, ...keys }, reconnect },
      keyLinkingAt(harness, at),
    );
  return { harness, owner, link };
}

/** Every pair that opens an account is revoked from an instant on, but for the second. */
function revokeFirst({ sandbox }: WorkerHarness, revokedSince: string): void {
  const { state } = sandbox;
  const alpacaAccounts = state.scenario.alpacaAccounts.map((account) => ({
    ...account,
    keys: account.keys.map((key) => (key.keyId === FIRST.keyId ? { ...key, revokedSince } : key)),
  }));
  state.replaceScenario({ ...state.scenario, alpacaAccounts } as typeof state.scenario);
}

const credentialsOf = async ({ stack }: WorkerHarness) => {
  const rows = await stack.sql<{ ciphertext: string }[]>`select ciphertext from connection_credentials`;
  return rows.map(({ ciphertext }) => ciphertext);
};

describe('keys of an own account', () => {
  it('link it, encrypted, and all of its past is there with the next fill', async () => {
    const { harness, owner, link } = await openWith();
    const { connectionId, outcome } = await link(FIRST);
    expect(outcome).toBe('linked');
    const [sealed = ''] = await credentialsOf(harness);
    expect(sealed).not.toContain(FIRST.secretKey);
    expect(decryptCredentials(sealed, CREDENTIALS_KEY)).toEqual(FIRST);
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { id: connectionId, provider: 'alpaca', institution: 'Alpaca', status: 'active', isDue: true },
    ]);

    await harness.tick(FRIDAY_NIGHT);
    const days = await readPublished(harness.stack, owner.id);
    expect(days.at(-1)).toMatchObject({ date: '2026-11-20', value: '10000', kind: 'daily_eod' });
    expect(days[0]).toMatchObject({ date: '2026-06-01', kind: 'reconstructed' });
    expect(days).toHaveLength(SESSIONS);
    expect(harness.logged.join()).not.toContain(FIRST.secretKey);
    expect(harness.logged.join()).not.toContain(FIRST.keyId);
  });

  it('are taken with the blanks that came from copying, and without a question when they cannot be any', async () => {
    const { harness, link } = await openWith();
    for (const keys of [{}, { keyId: 'a b', secretKey: 'x' }, { ...FIRST, secretKey: 'x\ny' }])
      await expect(link(keys)).rejects.toMatchObject({ code: 'bad_request' });
    expect(harness.takeRequests()).toEqual([]);
    expect(await link({ keyId: ` ${FIRST.keyId}\n`, secretKey: `${FIRST.secretKey} ` })).toMatchObject({
      outcome: 'linked',
    });
    expect(harness.takeRequests()).toEqual(['alpacaAccount alpaca-1']);
  });

  it('that are wrong, may not read, or cannot be tried link nothing, and say why', async () => {
    const { harness, owner, link } = await openWith();
    await expect(link(OF_NOBODY)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('are not accepted'),
    });
    await expect(link(keysOf('barred'))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('may not read'),
    });
    harness.addFault({ type: 'status', status: 503 });
    await expect(link(FIRST)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readConnections(owner.client, owner.id)).toEqual([]);
  });

  it('entered twice, or others for the same account, are one connection with the newest keys', async () => {
    const { harness, owner, link } = await openWith();
    const { connectionId } = await link(FIRST);
    const twice = await Promise.all([link(SECOND), link(SECOND)]);
    expect(new Set([...twice.map((one) => one.connectionId), connectionId]).size).toBe(1);
    expect(await readConnections(owner.client, owner.id)).toHaveLength(1);
    const [sealed = ''] = await credentialsOf(harness);
    expect(decryptCredentials(sealed, CREDENTIALS_KEY)).toEqual(SECOND);
  });

  it('of one account may be those of two people', async () => {
    const { harness, owner, link } = await openWith();
    const other = await harness.stack.createUser();
    await link(FIRST);
    await linkOwnAccount(harness, other.id, FRIDAY_NIGHT);
    await harness.tick(FRIDAY_NIGHT);
    expect(await listPublished(harness.stack, owner.id)).toHaveLength(SESSIONS);
    expect(await listPublished(harness.stack, other.id)).toHaveLength(SESSIONS);
  });
});

describe('keys that were revoked', () => {
  async function openRevoked() {
    const opened = await openWith();
    const { connectionId } = await opened.link(FIRST);
    await opened.harness.tick(FRIDAY_NIGHT);
    revokeFirst(opened.harness, '2026-11-22T00:00:00Z');
    await opened.harness.tick(MONDAY_NIGHT);
    return { ...opened, connectionId };
  }

  it('break the connection, and nothing is made up of its days', async () => {
    const { harness, owner } = await openRevoked();
    expect(await readConnections(owner.client, owner.id)).toMatchObject([{ status: 'disabled' }]);
    const days = await readPublished(harness.stack, owner.id);
    expect(days.filter(({ date, kind }) => date > '2026-11-20' && kind !== 'estimated')).toEqual([]);
  });

  it('give way to new ones: the same line, with the days that were missed', async () => {
    const { harness, owner, link, connectionId } = await openRevoked();
    expect(await link(SECOND, connectionId, MONDAY_NIGHT)).toEqual({ connectionId, outcome: 'reconnected' });
    await harness.tick(TUESDAY_NIGHT);
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { id: connectionId, status: 'active', disabledSince: null, isDue: false },
    ]);
    expect(await countLines(harness)).toBe(1);
    expect((await listPublished(harness.stack, owner.id)).slice(-3)).toEqual([
      '2026-11-20 10000 daily_eod',
      '2026-11-23 10000 reconstructed',
      '2026-11-24 10000 daily_eod',
    ]);
  });

  it('do not give way to keys of another account, nor at a connection of somebody else', async () => {
    const { harness, link, connectionId } = await openRevoked();
    const before = await credentialsOf(harness);
    await expect(link(keysOf('other'), connectionId)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('another account'),
    });
    const stranger = await harness.stack.createUser();
    const asStranger = { userId: stranger.id, keys: SECOND, reconnect: connectionId };
    await expect(linkByKeys(asStranger, keyLinkingAt(harness, MONDAY_NIGHT))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await credentialsOf(harness)).toEqual(before);
  });

  it('lead to no portal', async () => {
    const { harness, owner, connectionId } = await openRevoked();
    const request = { userId: owner.id, reconnect: connectionId, returnTo: RETURN_TO };
    await expect(startLink(request, linkingAt(harness, MONDAY_NIGHT))).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

it('unlinking forgets the keys and asks nobody; linked again, the account goes on with its line', async () => {
  const { harness, owner, link } = await openWith();
  const { connectionId } = await link(FIRST);
  await harness.tick(FRIDAY_NIGHT);
  harness.takeRequests();
  expect(await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY))).toMatchObject({ accounts: 1 });
  expect(harness.takeRequests()).toEqual([]);
  expect(await credentialsOf(harness)).toEqual([]);
  expect(await listPublished(harness.stack, owner.id)).toHaveLength(SESSIONS);

  const again = await link(SECOND, null, MONDAY_NIGHT);
  expect(again).toMatchObject({ outcome: 'linked' });
  expect(again.connectionId).not.toBe(connectionId);
  await harness.tick(MONDAY_NIGHT);
  expect(await countLines(harness)).toBe(1);
  expect((await readPublished(harness.stack, owner.id)).at(-1)).toMatchObject({
    date: '2026-11-23',
    value: '10000',
    expected: 1,
    present: 1,
  });
});
