import { describe, expect, it } from 'vitest';
import { decideMatch, readOpenMatches, splitAccount, unlinkConnection } from '@/lib/connections/store';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const LATER = new Date('2026-11-20T23:00:00Z');

const NAMELESS = account({
  name: 'Savings plan',
  institutionAccountId: null,
  openedOn: '2026-11-02',
  investedShare: 1,
});

/** Relinked under other ids, while the broker tells no account id of its own. */
async function relink(): Promise<WorkerHarness> {
  const stranger = user({
    userId: 'user-2',
    connections: [connection({ id: 'connection-2', accounts: [account({ id: 'account-2' })] })],
  });
  const owner = user({ connections: [connection({ accounts: [NAMELESS] })] });
  const harness = await harnesses.open(scenario({ users: [owner, stranger] }));
  await harness.tick(THURSDAY_NIGHT);
  await linkAgain(harness);
  await harness.tick(FRIDAY_NIGHT);
  return harness;
}

const linesOf = async (harness: WorkerHarness): Promise<number> => (await countLines(harness)) - 1;

const readOnly = async (harness: WorkerHarness) => {
  const [match, ...others] = await readOpenMatches(harness.stack.admin, harness.userId());
  expect(others).toEqual([]);
  return match;
};

async function decide(harness: WorkerHarness, confirm: boolean, userId = harness.userId()) {
  const id = (await readOnly(harness))?.id;
  if (id === undefined) throw new Error('there is no open match');
  const say = (word: boolean) => decideMatch(harness.stack.admin, { userId, id, confirm: word }, LATER);
  return { decided: await say(confirm), say };
}

const lastDay = async (harness: WorkerHarness) =>
  (await readPublished(harness.stack, harness.userId())).at(-1);

describe('an account that looks like one of a broken connection', () => {
  it('counts once while the user is asked about it', async () => {
    const harness = await relink();

    expect(await readOnly(harness)).toMatchObject({
      account: { id: await idOf(harness, 'accounts', 'account-1-again'), name: 'Savings plan' },
      candidate: { id: await idOf(harness, 'accounts', 'account-1'), lastValueOn: '2026-11-19' },
    });
    expect(await linesOf(harness)).toBe(1);
    expect(await lastDay(harness)).toMatchObject({ expected: 1, kind: 'daily_eod' });
  });

  it('continues its line when the user confirms, and a second word changes nothing', async () => {
    const harness = await relink();
    const { decided, say } = await decide(harness, true);

    expect(decided).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await linesOf(harness)).toBe(1);
    const published = await readPublished(harness.stack, harness.userId());
    expect(published.map(({ date, value, expected }) => ({ date, value, expected }))).toEqual(
      published.map(({ date }) => ({
        date,
        value: harness.brokerTotal(date, 'account-1-again'),
        expected: 1,
      })),
    );
    expect(await say(true)).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await say(false)).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await linesOf(harness)).toBe(1);
  });

  it('stays apart when the user declines, however often it is seen', async () => {
    const harness = await relink();
    const { say } = await decide(harness, false);
    await harness.tick(MONDAY_NIGHT);

    expect(await readOnly(harness)).toBeUndefined();
    expect(await say(true)).toMatchObject({ status: 'declined', published: 0 });
    expect(await linesOf(harness)).toBe(2);
  });

  it('is apart again when the user takes the confirmation back', async () => {
    const harness = await relink();
    await decide(harness, true);
    const own = { userId: harness.userId(), id: await idOf(harness, 'accounts', 'account-1-again') };
    expect(await splitAccount(harness.stack.admin, own, LATER)).toMatchObject({ split: true });

    expect(await linesOf(harness)).toBe(2);
    expect(await lastDay(harness)).toMatchObject({ expected: 2, kind: 'estimated' });
    await harness.tick(MONDAY_NIGHT);
    expect(await readOnly(harness)).toBeUndefined();
  });

  it('is asked about while the old connection works, and still when it is unlinked later', async () => {
    const harness = await harnesses.open(scenario({ accounts: [NAMELESS] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);
    expect(await readOnly(harness)).toBeDefined();

    const own = {
      userId: harness.userId(),
      id: await idOf(harness, 'brokerage_connections', 'connection-1'),
    };
    await unlinkConnection(harness.stack.admin, own, LATER);
    expect(await readOnly(harness)).toBeDefined();
  });
});

describe('somebody else’s ids', () => {
  it('are refused, and nothing changes', async () => {
    const harness = await relink();
    const userId = harness.userId('user-2');
    const { admin } = harness.stack;
    const before = await readPublished(harness.stack, harness.userId());

    expect((await decide(harness, true, userId)).decided).toBeNull();
    const accountId = await idOf(harness, 'accounts', 'account-1');
    expect(await splitAccount(admin, { userId, id: accountId }, LATER)).toBeNull();
    const connectionId = await idOf(harness, 'brokerage_connections', 'connection-1-again');
    expect(await unlinkConnection(admin, { userId, id: connectionId }, LATER)).toBeNull();

    expect(await readOnly(harness)).toBeDefined();
    expect(await linesOf(harness)).toBe(1);
    expect(await readPublished(harness.stack, harness.userId())).toEqual(before);
  });
});
