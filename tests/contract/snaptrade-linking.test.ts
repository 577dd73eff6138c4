import { afterEach, describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import type { ScenarioInput } from '@/lib/local/sandbox';
import { choosePortal, openPortal } from '@/tests/support/linking';
import { connection, scenario, user } from '@/tests/support/scenario';
import { linkOf, type SnapTradeHarness, startSnapTradeHarness } from '@/tests/support/snaptrade-harness';

const RETURN_TO = 'https://app.example/connections/return';
const BROKEN_SINCE = '2026-11-12T18:00:00.000Z';

let harness: SnapTradeHarness | undefined;
afterEach(async () => {
  await harness?.sandbox.close();
  harness = undefined;
});

async function start(document: ScenarioInput = scenario()): Promise<SnapTradeHarness> {
  harness = await startSnapTradeHarness(document);
  return harness;
}

const { credentials } = linkOf();
const linkAnother = { returnTo: RETURN_TO, reconnect: null };

describe('a user', () => {
  it('is registered once: the secret is told then, and never again', async () => {
    const { linking } = await start();
    const registered = await linking.registerUser('somebody-new');
    expect(registered).toEqual({ userId: 'somebody-new', userSecret: expect.any(String) });
    expect(await linking.registerUser('somebody-new')).toBeNull();
    expect(await linking.listConnections(registered)).toEqual([]);
  });

  it('passes for taken by the code of that alone: another refusal of the request is an error', async () => {
    const { linking, sandbox } = await start();
    // Keys of the Personal kind register nobody.
    const effect = { type: 'status', status: 400, code: '1012' } as const;
    sandbox.state.faults.add({ id: 'personal', match: { operation: 'registerUser' }, effect });
    await expect(linking.registerUser('somebody-new')).rejects.toMatchObject({ kind: 'bad_data' });
  });

  it('with credentials that SnapTrade does not know is asked to link anew', async () => {
    const { linking } = await start();
    const forgotten = { userId: 'user-1', userSecret: 'an-old-one' };
    await expect(linking.portalLink(forgotten, linkAnother)).rejects.toMatchObject({
      kind: 'needs_reconnect',
    });
    await expect(linking.listConnections(forgotten)).rejects.toMatchObject({ kind: 'needs_reconnect' });
  });

  it('is not asked to do anything about wrong keys of ours', async () => {
    harness = await startSnapTradeHarness(scenario(), { consumerKey: 'another-key' });
    await expect(harness.linking.registerUser('somebody-new')).rejects.toMatchObject({
      kind: 'keys_refused',
    });
    await expect(harness.linking.portalLink(credentials, linkAnother)).rejects.toMatchObject({
      kind: 'keys_refused',
    });
  });

  it('whose credentials are incomplete costs no request', async () => {
    const { linking, sandbox } = await start();
    await expect(linking.listConnections({ userId: 'user-1' })).rejects.toMatchObject({
      kind: 'needs_reconnect',
    });
    expect(sandbox.state.requests).toEqual([]);
  });
});

describe('the portal', () => {
  it('links a broker, comes back with the id of the connection, and the connection has accounts', async () => {
    const { linking, provider } = await start(scenario({ users: [user({ connections: [] })] }));
    const address = await linking.portalLink(credentials, linkAnother);
    expect((await openPortal(address)).text).toContain('This is a sandbox');

    const back = await choosePortal(address, { choice: 'link', broker: 'HARBOR-SECURITIES' });
    const externalId = back?.searchParams.get('connection_id') ?? '';
    expect(back?.href).toBe(`${RETURN_TO}?status=SUCCESS&connection_id=${externalId}`);
    expect(await linking.listConnections(credentials)).toEqual([
      {
        externalId,
        institution: 'Harbor Securities',
        broken: false,
        brokenSince: null,
        freshness: 'realtime',
      },
    ]);
    const { accounts } = await provider.currentValues({ externalId, credentials }, true);
    expect(accounts.map(({ name, total }) => [name, Number(total) > 0])).toEqual([
      ['Individual', true],
      ['Cash management', true],
    ]);
  });

  it('mends a broken connection, which keeps its id', async () => {
    const document = scenario({ connection: { disabledSince: BROKEN_SINCE } });
    const { linking } = await start(document);
    expect(await linking.listConnections(credentials)).toMatchObject([
      { externalId: 'connection-1', broken: true, brokenSince: BROKEN_SINCE },
    ]);
    const address = await linking.portalLink(credentials, { ...linkAnother, reconnect: 'connection-1' });
    await choosePortal(address, { choice: 'link' });
    expect(await linking.listConnections(credentials)).toMatchObject([
      { externalId: 'connection-1', broken: false, brokenSince: null },
    ]);
  });

  it('cannot mend a connection of somebody else', async () => {
    const other = user({ userId: 'user-2', connections: [connection({ id: 'theirs', accounts: [] })] });
    const { linking } = await start(scenario({ users: [user(), other] }));
    const asked = linking.portalLink(credentials, { ...linkAnother, reconnect: 'theirs' });
    await expect(asked).rejects.toMatchObject({ kind: 'needs_reconnect' });
  });

  it('says how a sign-in failed, and links nothing', async () => {
    const { linking } = await start();
    const address = await linking.portalLink(credentials, linkAnother);
    const back = await choosePortal(address, { choice: 'fail', error: '1066' });
    expect(back?.search).toBe('?status=ERROR&status_code=403&error_code=1066');
    expect(await linking.listConnections(credentials)).toHaveLength(1);
  });

  it('can be left, and links nothing', async () => {
    const { linking } = await start();
    const address = await linking.portalLink(credentials, linkAnother);
    expect((await choosePortal(address, { choice: 'leave' }))?.search).toBe('?status=ABANDONED');
    expect(await linking.listConnections(credentials)).toHaveLength(1);
  });

  it('is open for five minutes', async () => {
    const { linking, sandbox } = await start();
    const address = await linking.portalLink(credentials, linkAnother);
    sandbox.state.pinClock(toInstant('2026-11-20T22:04:59Z'));
    expect((await openPortal(address)).status).toBe(200);
    sandbox.state.pinClock(toInstant('2026-11-20T22:05:00Z'));
    expect((await openPortal(address)).status).toBe(410);
    expect(await choosePortal(address, { choice: 'link', broker: 'HARBOR-SECURITIES' })).toBeNull();
    expect(await linking.listConnections(credentials)).toHaveLength(1);
  });

  it('is good for one outcome', async () => {
    const { linking } = await start();
    const address = await linking.portalLink(credentials, linkAnother);
    await choosePortal(address, { choice: 'link', broker: 'HARBOR-SECURITIES' });
    expect(await choosePortal(address, { choice: 'link', broker: 'HARBOR-SECURITIES' })).toBeNull();
    expect(await linking.listConnections(credentials)).toHaveLength(2);
  });
});

describe('a deleted connection', () => {
  it('is gone, and deleting it twice is deleting it once', async () => {
    const { linking } = await start();
    await linking.deleteConnection(linkOf());
    await linking.deleteConnection(linkOf());
    expect(await linking.listConnections(credentials)).toEqual([]);
  });

  it('leaves accounts at the broker that come back under new ids when it is linked again', async () => {
    const { linking, provider } = await start(scenario({ users: [user({ connections: [] })] }));
    const linkHarbor = async () => {
      const address = await linking.portalLink(credentials, linkAnother);
      const back = await choosePortal(address, { choice: 'link', broker: 'HARBOR-SECURITIES' });
      const link = { externalId: back?.searchParams.get('connection_id') ?? '', credentials };
      return { link, accounts: (await provider.currentValues(link, true)).accounts };
    };
    const first = await linkHarbor();
    await linking.deleteConnection(first.link);
    const second = await linkHarbor();

    const facts = ({ accounts }: typeof first) =>
      accounts.map(({ institutionAccountId, name, total }) => ({ institutionAccountId, name, total }));
    expect(facts(second)).toEqual(facts(first));
    const ids = [...first.accounts, ...second.accounts].map(({ externalId }) => externalId);
    expect(new Set(ids).size).toBe(4);
  });
});

it('every call of linking passes the gate', async () => {
  const { linking, sandbox, countGatePasses } = await start();
  await linking.registerUser('somebody-new');
  await linking.portalLink(credentials, linkAnother);
  await linking.listConnections(credentials);
  await linking.deleteConnection(linkOf());
  expect(countGatePasses()).toBe(sandbox.state.requests.length);
  expect(sandbox.state.requests.map(({ operation }) => operation)).toEqual([
    'registerUser',
    'login',
    'listConnections',
    'deleteConnection',
  ]);
});
