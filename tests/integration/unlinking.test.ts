import { expect, it } from 'vitest';
import { confirmLinks, unlink } from '@/lib/connections/linking';
import { decideMatch, readConnections, readOpenMatches, splitAccount } from '@/lib/connections/store';
import { linkBroker, linkingAt } from '../support/linking';
import { readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const SATURDAY = '2026-11-21T15:00:00Z';

async function openLinked(broker?: string) {
  const harness = await harnesses.open(scenario({ users: [] }));
  const owner = await harness.stack.createUser();
  const connectionId = await linkBroker(owner.id, linkingAt(harness, FRIDAY_NIGHT), broker);
  await harness.tick(FRIDAY_NIGHT);
  return { harness, owner, connectionId, linking: linkingAt(harness, SATURDAY) };
}

const countAtProvider = ({ sandbox }: WorkerHarness): number =>
  sandbox.state.scenario.users.flatMap(({ connections }) => connections).length;

it('unlinking keeps the past, and the provider forgets the connection', async () => {
  const { harness, owner, connectionId, linking } = await openLinked();
  const before = await readPublished(harness.stack, owner.id);
  expect(await unlink(owner.id, connectionId, linking)).toMatchObject({ accounts: 2, published: 0 });
  expect(await readPublished(harness.stack, owner.id)).toEqual(before);
  expect(countAtProvider(harness)).toBe(0);
  expect(await readConnections(owner.client, owner.id)).toMatchObject([
    { status: 'removed', accounts: [{ closedOn: '2026-11-23' }, { closedOn: '2026-11-23' }] },
  ]);
});

it('unlinking twice is unlinking once', async () => {
  const { harness, owner, connectionId, linking } = await openLinked();
  await unlink(owner.id, connectionId, linking);
  harness.takeRequests();
  expect(await unlink(owner.id, connectionId, linking)).toMatchObject({ accounts: 0 });
  expect(harness.takeRequests()).toEqual([]);
});

it('a provider that is down keeps nobody from unlinking, and is told at the next confirmation', async () => {
  const { harness, owner, connectionId, linking } = await openLinked();
  harness.addFault({ type: 'status', status: 503 });
  expect(await unlink(owner.id, connectionId, linking)).toMatchObject({ accounts: 2 });
  expect(countAtProvider(harness)).toBe(1);

  harness.endFaults();
  expect((await confirmLinks(owner.id, linking)).map(({ outcome }) => outcome)).toEqual(['unlinked']);
  expect(countAtProvider(harness)).toBe(0);
  expect(await readConnections(owner.client, owner.id)).toMatchObject([{ status: 'removed' }]);
});

it('a connection of somebody else is not found, and the provider hears nothing', async () => {
  const { harness, connectionId, linking } = await openLinked();
  const stranger = await harness.stack.createUser();
  await expect(unlink(stranger.id, connectionId, linking)).rejects.toMatchObject({ code: 'not_found' });
  expect(countAtProvider(harness)).toBe(1);
});

it('a broker linked again continues its accounts by the broker’s own ids', async () => {
  const { harness, owner, connectionId, linking } = await openLinked();
  const before = await readPublished(harness.stack, owner.id);
  await unlink(owner.id, connectionId, linking);
  await linkBroker(owner.id, linking);
  await harness.tick(SATURDAY);

  expect(await readPublished(harness.stack, owner.id)).toEqual(before);
  const [again] = await readConnections(owner.client, owner.id);
  expect(again?.accounts.map(({ name, continues }) => ({ name, continues }))).toEqual([
    {
      name: 'Cash management',
      continues: [{ name: 'Cash management', institution: 'Harbor Securities' }],
    },
    { name: 'Individual', continues: [{ name: 'Individual', institution: 'Harbor Securities' }] },
  ]);
});

it('without such ids the owner is asked; the answer joins the accounts, and can be taken back', async () => {
  const { harness, owner, connectionId, linking } = await openLinked('MEADOW-BROKERS');
  await unlink(owner.id, connectionId, linking);
  await linkBroker(owner.id, linking, 'MEADOW-BROKERS');
  await harness.tick(SATURDAY);
  const [match] = await readOpenMatches(owner.client, owner.id);
  expect(match).toMatchObject({
    account: { name: 'Roth IRA' },
    candidate: { name: 'Roth IRA', institution: 'Meadow Brokers', lastValueOn: '2026-11-20' },
  });

  const continued = async () => (await readConnections(owner.client, owner.id))[0]?.accounts[0];
  const admin = harness.stack.admin;
  await decideMatch(admin, { userId: owner.id, id: match?.id ?? '', confirm: true }, new Date(SATURDAY));
  const joined = await continued();
  expect(joined?.continues).toEqual([{ name: 'Roth IRA', institution: 'Meadow Brokers' }]);
  await splitAccount(admin, { userId: owner.id, id: joined?.id ?? '' }, new Date(SATURDAY));
  expect((await continued())?.continues).toEqual([]);
});
