import { afterEach, describe, expect, it } from 'vitest';
import { startLink } from '@/lib/connections/linking';
import { deleteOrphans, type LinkingDependencies } from '@/lib/connections/registration';
import { linkBroker, linkingAt, RETURN_TO } from '../support/linking';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
let harness: WorkerHarness;
const open = async () => {
  harness = await harnesses.open(scenario({ users: [] }));
  return { userId: (await harness.stack.createUser()).id, linking: linkingAt(harness, FRIDAY_NIGHT) };
};
afterEach(() => harness.stack.sql`truncate provider_registrations`);

const anotherLink = (userId: string) => ({ userId, reconnect: null, returnTo: RETURN_TO });
const registered = () => harness.sandbox.state.scenario.users.map(({ userId }) => userId);
const countOf = (operation: string, requests: readonly string[]) =>
  requests.filter((one) => one.startsWith(operation)).length;
const readStates = () =>
  harness.stack.sql<{ id: string; state: string }[]>`
    select external_id as id, state from provider_registrations order by created_at, external_id`;

/** The provider does what it was asked, and its answer does not arrive. */
async function loseAnswer(userId: string, linking: LinkingDependencies): Promise<void> {
  harness.addFault({ type: 'malformed' }, { match: { operation: 'registerUser' } });
  await expect(startLink(anotherLink(userId), linking)).rejects.toMatchObject({ code: 'unavailable' });
  harness.endFaults();
  // The sandbox sends a broken answer instead of acting, so it acts now.
  await linking.provider.registerUser(userId);
}

describe('the first link of a new user', () => {
  it('asked for twenty times at once registers one user, and every window gets its portal', async () => {
    const { userId, linking } = await open();
    const urls = await Promise.all(Array.from({ length: 20 }, () => startLink(anotherLink(userId), linking)));
    expect(new Set(urls).size).toBe(20);
    expect(registered()).toEqual([userId]);
    expect(countOf('registerUser', harness.takeRequests())).toBe(1);
    expect(await readStates()).toEqual([{ id: userId, state: 'kept' }]);
  });

  it('of a user whom the provider has forgotten, at once from many windows, is one registration too', async () => {
    const { userId, linking } = await open();
    await startLink(anotherLink(userId), linking);
    harness.sandbox.state.replaceUsers([]);
    await Promise.all(Array.from({ length: 10 }, () => startLink(anotherLink(userId), linking)));
    expect(registered()).toEqual([expect.stringMatching(new RegExp(`^${userId}\\.`))]);
  });

  it('goes on when whoever was registering died, once their time is over', async () => {
    const { userId, linking } = await open();
    await linking.store.registrations.begin(userId, null, 'unused', new Date(FRIDAY_NIGHT));
    const hasty = { ...linking, sleep: async () => {} };
    await expect(startLink(anotherLink(userId), hasty)).rejects.toMatchObject({ code: 'unavailable' });
    expect(harness.takeRequests()).toEqual([]);

    await startLink(anotherLink(userId), linkingAt(harness, '2026-11-20T22:31:01Z'));
    expect(registered()).toEqual([userId]);
  });
});

describe('a registration whose answer was lost', () => {
  it('is made up for under another id, and the provider forgets it', async () => {
    const { userId, linking } = await open();
    await loseAnswer(userId, linking);
    expect([registered(), await readStates()]).toEqual([[userId], [{ id: userId, state: 'lost' }]]);

    await linkBroker(userId, linking);
    const [, kept] = registered();
    expect(await deleteOrphans(linking)).toBe(1);
    expect(registered()).toEqual([kept]);
    expect(await readStates()).toEqual([{ id: kept, state: 'kept' }]);
    expect(await deleteOrphans(linking)).toBe(0);
  });

  it('is deleted after a day when nobody took it up again', async () => {
    const { userId, linking } = await open();
    await loseAnswer(userId, linking);
    expect(await deleteOrphans(linkingAt(harness, '2026-11-21T22:30:00Z'))).toBe(0);
    expect(await deleteOrphans(linkingAt(harness, '2026-11-21T22:31:01Z'))).toBe(1);
    expect(registered()).toEqual([]);
  });

  it('that never reached the provider costs one call that finds nothing', async () => {
    const { userId, linking } = await open();
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'registerUser' } });
    await expect(startLink(anotherLink(userId), linking)).rejects.toMatchObject({ code: 'unavailable' });
    harness.endFaults();
    expect(await deleteOrphans(linkingAt(harness, '2026-11-22T22:30:00Z'))).toBe(1);
    expect(await readStates()).toEqual([]);
  });
});

describe('deleting orphans', () => {
  it('never touches who is kept, nor an id that somebody else had taken', async () => {
    const { userId, linking } = await open();
    await linking.provider.registerUser(userId);
    await linkBroker(userId, linking);
    const before = registered();
    expect(before).toHaveLength(2);
    expect(await deleteOrphans(linkingAt(harness, '2027-11-20T22:30:00Z'))).toBe(0);
    expect(registered()).toEqual(before);
  });

  it('takes whoever deleted their account here along', async () => {
    const { userId, linking } = await open();
    await linkBroker(userId, linking);
    await harness.stack.sql`delete from auth.users where id = ${userId}`;
    expect(await deleteOrphans(linkingAt(harness, '2026-11-21T22:30:00Z'))).toBe(1);
    expect(registered()).toEqual([]);
  });

  it('is tried again when the provider is down', async () => {
    const { userId, linking } = await open();
    await linkBroker(userId, linking);
    await harness.stack.sql`delete from auth.users where id = ${userId}`;
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'deleteUser' } });
    const later = linkingAt(harness, '2026-11-21T22:30:00Z');
    expect(await deleteOrphans(later)).toBe(0);
    harness.endFaults();
    expect(await deleteOrphans(later)).toBe(1);
  });
});
