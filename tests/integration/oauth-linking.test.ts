import { describe, expect, it } from 'vitest';
import { unlink } from '@/lib/connections/linking';
import { noticeOfOAuth } from '@/lib/connections/portal-return';
import { readConnections } from '@/lib/connections/store';
import { decryptCredentials } from '@/lib/credentials';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { CREDENTIALS_KEY, countLines } from '../support/linked-user';
import { linkingAt } from '../support/linking';
import { comeBack, oauthAt, visitAlpacaAs } from '../support/oauth-linking';
import { listPublished, readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const SATURDAY = '2026-11-21T15:00:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const TUESDAY_NIGHT = '2026-11-24T22:30:00Z';

/** Since the account was opened. */
const SESSIONS = tradingSessions('2026-06-01', '2026-11-20').length;

async function open() {
  const harness = await harnesses.open(
    scenario({
      users: [],
      alpacaAccounts: [alpacaAccount({ openedOn: '2026-06-01', tokens: [] }), alpacaAccount({ id: 'other' })],
    }),
  );
  const owner = await harness.stack.createUser();
  return { harness, owner, oauth: oauthAt(harness, FRIDAY_NIGHT) };
}

async function openLinked() {
  const opened = await open();
  const back = await visitAlpacaAs(opened.owner.id, opened.oauth);
  const outcome = await comeBack(opened.owner.id, back, opened.oauth);
  if (outcome.state !== 'linked') throw new Error(`nothing was linked: ${JSON.stringify(outcome)}`);
  await opened.harness.tick(FRIDAY_NIGHT);
  return { ...opened, back, connectionId: outcome.connectionId };
}

/** The owner takes back what they allowed at Alpaca. */
function revokeAll({ sandbox }: WorkerHarness, revokedSince: string): void {
  const { state } = sandbox;
  const alpacaAccounts = state.scenario.alpacaAccounts.map((account) => ({
    ...account,
    tokens: account.tokens.map((one) => ({ ...one, revokedSince })),
  }));
  state.replaceScenario({ ...state.scenario, alpacaAccounts } as typeof state.scenario);
}

const sessionsOf = ({ stack }: WorkerHarness) => stack.sql`select * from link_sessions`;
const credentialsOf = async ({ stack }: WorkerHarness) => {
  const rows = await stack.sql<{ ciphertext: string }[]>`select ciphertext from connection_credentials`;
  return rows.map(({ ciphertext }) => ciphertext);
};

describe('an account that its owner allows us to read', () => {
  it('is linked with its token encrypted, and all of its past is there with the next fill', async () => {
    const { harness, owner, connectionId, back } = await openLinked();
    const [sealed = ''] = await credentialsOf(harness);
    const token = harness.sandbox.state.scenario.alpacaAccounts[0]?.tokens[0]?.token ?? '';
    expect(decryptCredentials(sealed, CREDENTIALS_KEY)).toEqual({ accessToken: token });
    expect(sealed).not.toContain(token);
    expect(harness.logged.join()).not.toContain(token);
    expect(harness.logged.join()).not.toContain(back.get('code'));
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { id: connectionId, provider: 'alpaca', institution: 'Alpaca', status: 'active' },
    ]);
    const days = await readPublished(harness.stack, owner.id);
    expect(days).toHaveLength(SESSIONS);
    expect(days[0]).toMatchObject({ date: '2026-06-01', kind: 'reconstructed' });
    expect(days.at(-1)).toMatchObject({ date: '2026-11-20', value: '10000', kind: 'daily_eod' });
    expect(await sessionsOf(harness)).toHaveLength(0);
  });

  it('that is linked by keys already stays one connection, which is opened by the token from then on', async () => {
    const { harness, owner, oauth } = await open();
    const byKeys = await linkOwnAccount(harness, owner.id, FRIDAY_NIGHT);
    const outcome = await comeBack(owner.id, await visitAlpacaAs(owner.id, oauth), oauth);
    expect(outcome).toEqual({ state: 'reconnected', connectionId: byKeys });
    const [sealed = ''] = await credentialsOf(harness);
    expect(decryptCredentials(sealed, CREDENTIALS_KEY)).toHaveProperty('accessToken');
  });

  it('and taken back at Alpaca breaks the connection; allowed again it goes on with its line', async () => {
    const { harness, owner, connectionId } = await openLinked();
    revokeAll(harness, '2026-11-22T00:00:00.000Z');
    await harness.tick(MONDAY_NIGHT);
    expect(await readConnections(owner.client, owner.id)).toMatchObject([{ status: 'disabled' }]);
    const accounts = await harness.stack.sql`select id, external_id from accounts`;

    const monday = oauthAt(harness, MONDAY_NIGHT);
    const back = await visitAlpacaAs(owner.id, monday, undefined, connectionId);
    expect(await comeBack(owner.id, back, monday)).toEqual({ state: 'reconnected', connectionId });
    await harness.tick(TUESDAY_NIGHT);
    expect(await readConnections(owner.client, owner.id)).toMatchObject([
      { id: connectionId, status: 'active', disabledSince: null },
    ]);
    expect(await harness.stack.sql`select id, external_id from accounts`).toEqual(accounts);
    expect(await countLines(harness)).toBe(1);
    expect((await listPublished(harness.stack, owner.id)).slice(-3)).toEqual([
      '2026-11-20 10000 daily_eod',
      '2026-11-23 10000 reconstructed',
      '2026-11-24 10000 daily_eod',
    ]);
  });

  it('and unlinked leaves its past, nothing of its token, and nobody to be told', async () => {
    const { harness, owner, connectionId } = await openLinked();
    harness.takeRequests();
    await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY));
    expect(harness.takeRequests()).toEqual([]);
    expect(await credentialsOf(harness)).toEqual([]);
    expect(await harness.stack.sql`select * from connection_removals`).toHaveLength(0);
    expect(await listPublished(harness.stack, owner.id)).toHaveLength(SESSIONS);
  });
});

describe('what comes back from Alpaca’s page', () => {
  it('counts once', async () => {
    const { harness, owner, oauth } = await open();
    const back = await visitAlpacaAs(owner.id, oauth);
    const all = await Promise.all([1, 2, 3].map(() => comeBack(owner.id, back, oauth)));
    expect(all.map(({ state }) => state).sort()).toEqual(['linked', 'refused', 'refused']);
    expect(all).toContainEqual({ state: 'refused', code: 'STATE_NOT_KNOWN' });
    expect(harness.takeRequests().filter((one) => one.startsWith('alpacaToken'))).toHaveLength(1);
  });

  it('counts for whoever began it and for nobody else, and asks Alpaca nothing', async () => {
    const { harness, owner, oauth } = await open();
    const other = await harness.stack.createUser();
    const back = await visitAlpacaAs(owner.id, oauth);
    expect(await comeBack(other.id, back, oauth)).toEqual({ state: 'refused', code: 'STATE_NOT_KNOWN' });
    expect(harness.takeRequests()).toEqual([]);
    expect(await readConnections(other.client, other.id)).toEqual([]);
    // It is still good for who began it.
    expect(await comeBack(owner.id, back, oauth)).toMatchObject({ state: 'linked' });
  });

  it('does not count after a quarter of an hour, nor with a state that nobody gave out', async () => {
    const { harness, owner, oauth } = await open();
    const back = await visitAlpacaAs(owner.id, oauth);
    const late = oauthAt(harness, '2026-11-20T22:46:00Z');
    const unknown = { state: 'refused', code: 'STATE_NOT_KNOWN' };
    expect(await comeBack(owner.id, back, late)).toEqual(unknown);
    const code = back.get('code') ?? '';
    for (const state of ['5f0f5b0c-1111-4111-8111-111111111111', 'made up', ''])
      expect(await comeBack(owner.id, new URLSearchParams({ code, state }), oauth)).toEqual(unknown);
    expect(await comeBack(owner.id, new URLSearchParams({ code }), oauth)).toEqual(unknown);
    // The next one begins with a clean slate.
    await visitAlpacaAs(owner.id, late);
    expect(await sessionsOf(harness)).toHaveLength(1);
  });

  it.each([
    [{ choice: 'leave' }, 'access_denied'],
    [{ choice: 'fail', error: 'server_error' }, 'server_error'],
  ])('without a code says why, and leads to nothing: %o', async (choice, code) => {
    const { harness, owner, oauth } = await open();
    const outcome = await comeBack(owner.id, await visitAlpacaAs(owner.id, oauth, choice), oauth);
    expect(outcome).toEqual({ state: 'refused', code });
    expect(noticeOfOAuth(outcome)).toEqual({ kind: 'failed', code });
    expect(harness.takeRequests()).toEqual([]);
    expect(await readConnections(owner.client, owner.id)).toEqual([]);
  });

  it('with neither a code nor a reason, or with a code that Alpaca does not take, links nothing', async () => {
    const { owner, oauth } = await open();
    const bare = await visitAlpacaAs(owner.id, oauth);
    bare.delete('code');
    expect(await comeBack(owner.id, bare, oauth)).toEqual({ state: 'refused', code: 'CODE_MISSING' });
    const forged = await visitAlpacaAs(owner.id, oauth);
    forged.set('code', 'made-up');
    expect(await comeBack(owner.id, forged, oauth)).toEqual({ state: 'refused', code: 'CODE_NOT_ACCEPTED' });
  });

  it('while Alpaca does not answer, or does not let us read, links nothing', async () => {
    const { harness, owner, oauth } = await open();
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'alpacaToken' } });
    const outage = await comeBack(owner.id, await visitAlpacaAs(owner.id, oauth), oauth);
    expect(outage).toEqual({ state: 'refused', code: 'TRY_LATER' });
    harness.endFaults();
    harness.addFault({ type: 'status', status: 403 }, { match: { operation: 'alpacaAccount' } });
    const barred = await comeBack(owner.id, await visitAlpacaAs(owner.id, oauth), oauth);
    expect(barred).toEqual({ state: 'refused', code: 'READING_NOT_PERMITTED' });
    expect(await readConnections(owner.client, owner.id)).toEqual([]);
  });

  it('of another account does not take the place of the one that is to work again', async () => {
    const { harness, owner, oauth, connectionId } = await openLinked();
    const before = await credentialsOf(harness);
    const other = { choice: 'link', broker: 'other' };
    const outcome = await comeBack(
      owner.id,
      await visitAlpacaAs(owner.id, oauth, other, connectionId),
      oauth,
    );
    expect(outcome).toEqual({ state: 'refused', code: 'OTHER_ACCOUNT' });
    expect(await credentialsOf(harness)).toEqual(before);
  });

  it('to a connection that was unlinked meanwhile links nothing, and none of somebody else’s is begun', async () => {
    const { harness, owner, oauth, connectionId } = await openLinked();
    const stranger = await harness.stack.createUser();
    await expect(visitAlpacaAs(stranger.id, oauth, undefined, connectionId)).rejects.toMatchObject({
      code: 'not_found',
    });
    const back = await visitAlpacaAs(owner.id, oauth, undefined, connectionId);
    await unlink(owner.id, connectionId, linkingAt(harness, SATURDAY));
    expect(await comeBack(owner.id, back, oauth)).toEqual({ state: 'refused', code: 'NOT_LINKED_ANY_MORE' });
  });
});
