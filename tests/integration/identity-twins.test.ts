import { describe, expect, it } from 'vitest';
import { decideMatch, readOpenMatches } from '@/lib/connections/store';
import { countLines, linkAgain } from '../support/linked-user';
import { listCorrections, readPublished } from '../support/published';
import { type AccountInput, account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const LATER = new Date('2026-11-20T23:00:00Z');
const JOINT = account({
  name: 'Joint',
  institutionAccountId: null,
  openedOn: '2026-11-02',
  investedShare: 0.5,
});

/** One account at one institution, seen through two links that both work; `other` changes what the second one shows. */
async function linkTwice(other: Partial<AccountInput> = {}): Promise<WorkerHarness> {
  const harness = await harnesses.open(scenario({ accounts: [JOINT] }));
  await linkAgain(harness, { besidesTheOld: true });
  harness.changeAccount('account-1-again', other as never);
  await harness.stack.sql`update brokerage_connections set created_at = ${FRIDAY_NIGHT}`;
  await harness.tick(FRIDAY_NIGHT);
  return harness;
}

const totals = async (harness: WorkerHarness) =>
  (await readPublished(harness.stack, harness.userId())).map(({ date, value, expected }) => [
    date,
    value,
    expected,
  ]);

const askedOf = (harness: WorkerHarness) => readOpenMatches(harness.stack.admin, harness.userId());

async function decide(harness: WorkerHarness, confirm: boolean) {
  const [match] = await askedOf(harness);
  if (match === undefined) throw new Error('nothing is asked');
  const decision = { userId: harness.userId(), id: match.id, confirm };
  return decideMatch(harness.stack.admin, decision, LATER);
}

describe('one account without an id of its own, through two live links', () => {
  it('counts once from the first evening on, while its user is asked', async () => {
    const harness = await linkTwice();

    expect(await countLines(harness)).toBe(1);
    const expected = (await totals(harness)).map(([date]) => [
      date,
      harness.brokerTotal(`${date}`, 'account-1'),
      1,
    ]);
    expect(await totals(harness)).toEqual(expected);
    expect(expected.at(-1)?.[0]).toBe('2026-11-20');
    expect(await askedOf(harness)).toMatchObject([
      { account: { name: 'Joint' }, candidate: { name: 'Joint', lastValueOn: '2026-11-20' } },
    ]);
    const { summary } = await harness.history(FRIDAY_NIGHT);
    expect(summary.netDeposits).toBe('0');
  });

  it('counts once and is asked about once when it is seen again and again', async () => {
    const harness = await linkTwice();
    const before = await totals(harness);
    await harness.tick('2026-11-20T23:30:00Z');
    await harness.tick('2026-11-23T22:30:00Z');
    expect((await totals(harness)).slice(0, before.length)).toEqual(before);
    expect(await askedOf(harness)).toHaveLength(1);
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([]);
  });

  it('stays one when the user says so, and nothing changes', async () => {
    const harness = await linkTwice();
    const before = await totals(harness);
    expect(await decide(harness, true)).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await askedOf(harness)).toEqual([]);
    expect(await totals(harness)).toEqual(before);
  });

  it('is two when the user says so, for good', async () => {
    const harness = await linkTwice();
    expect(await decide(harness, false)).toMatchObject({ status: 'declined' });
    await harness.tick('2026-11-23T22:30:00Z');
    expect(await countLines(harness)).toBe(2);
    expect(await askedOf(harness)).toEqual([]);
    expect((await totals(harness)).at(-1)?.[2]).toBe(2);
  });
});

describe('two accounts without ids at one institution', () => {
  it.each([
    ['with other totals', { flows: [{ date: '2026-11-02', amount: '10001', type: 'CONTRIBUTION' }] }],
    ['in another currency', { currency: 'CAD' }],
  ] as const)('are two %s', async (_, other) => {
    const harness = await linkTwice(other as never);
    expect(await countLines(harness)).toBe(2);
    expect(await askedOf(harness)).toEqual([]);
  });

  it('are two when both are empty, and when one link shows both', async () => {
    const empty = { ...JOINT, flows: [] };
    const twice = [JOINT, { ...JOINT, id: 'account-2' }];
    const harness = await harnesses.open(
      scenario({
        users: [
          user({
            connections: [
              connection({ accounts: [...twice, { ...empty, id: 'account-3' }] }),
              connection({ id: 'connection-2', accounts: [{ ...empty, id: 'account-4' }] }),
            ],
          }),
        ],
      }),
    );
    await harness.tick(FRIDAY_NIGHT);
    expect(await countLines(harness)).toBe(4);
  });
});
