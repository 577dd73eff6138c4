import { describe, expect, it } from 'vitest';
import { decideMatch, readOpenMatches, splitAccount, unlinkConnection } from '@/lib/connections/store';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';

const benches = prepareFillBench();

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
async function relink(): Promise<FillBench> {
  const stranger = user({
    userId: 'user-2',
    connections: [connection({ id: 'connection-2', accounts: [account({ id: 'account-2' })] })],
  });
  const owner = user({ connections: [connection({ accounts: [NAMELESS] })] });
  const bench = await benches.open(scenario({ users: [owner, stranger] }));
  await bench.tick(THURSDAY_NIGHT);
  await linkAgain(bench);
  await bench.tick(FRIDAY_NIGHT);
  return bench;
}

const linesOf = async (bench: FillBench): Promise<number> => (await countLines(bench)) - 1;

const readOnly = async (bench: FillBench) => {
  const [match, ...others] = await readOpenMatches(bench.stack.admin, bench.userId());
  expect(others).toEqual([]);
  return match;
};

async function decide(bench: FillBench, confirm: boolean, userId = bench.userId()) {
  const id = (await readOnly(bench))?.id;
  if (id === undefined) throw new Error('there is no open match');
  const say = (word: boolean) => decideMatch(bench.stack.admin, { userId, id, confirm: word }, LATER);
  return { decided: await say(confirm), say };
}

const lastDay = async (bench: FillBench) => (await readPublished(bench.stack, bench.userId())).at(-1);

describe('an account that looks like one of a broken connection', () => {
  it('is asked about and not joined until the user confirms', async () => {
    const bench = await relink();

    expect(await readOnly(bench)).toMatchObject({
      account: { id: await idOf(bench, 'accounts', 'account-1-again'), name: 'Savings plan' },
      candidate: { id: await idOf(bench, 'accounts', 'account-1'), lastValueOn: '2026-11-19' },
    });
    expect(await linesOf(bench)).toBe(2);
    expect(await lastDay(bench)).toMatchObject({ expected: 2, kind: 'estimated' });
  });

  it('continues its line when the user confirms, and a second word changes nothing', async () => {
    const bench = await relink();
    const { decided, say } = await decide(bench, true);

    expect(decided).toMatchObject({ status: 'confirmed' });
    expect(decided?.published).toBeGreaterThan(0);
    expect(await linesOf(bench)).toBe(1);
    const published = await readPublished(bench.stack, bench.userId());
    expect(published.map(({ date, value, expected }) => ({ date, value, expected }))).toEqual(
      published.map(({ date }) => ({ date, value: bench.brokerTotal(date, 'account-1-again'), expected: 1 })),
    );
    expect(await say(true)).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await say(false)).toMatchObject({ status: 'confirmed', published: 0 });
    expect(await linesOf(bench)).toBe(1);
  });

  it('stays apart when the user declines, however often it is seen', async () => {
    const bench = await relink();
    const { say } = await decide(bench, false);
    await bench.tick(MONDAY_NIGHT);

    expect(await readOnly(bench)).toBeUndefined();
    expect(await say(true)).toMatchObject({ status: 'declined', published: 0 });
    expect(await linesOf(bench)).toBe(2);
  });

  it('is apart again when the user takes the confirmation back', async () => {
    const bench = await relink();
    const before = await readPublished(bench.stack, bench.userId());
    await decide(bench, true);
    const own = { userId: bench.userId(), id: await idOf(bench, 'accounts', 'account-1-again') };
    expect(await splitAccount(bench.stack.admin, own, LATER)).toMatchObject({ split: true });

    expect(await linesOf(bench)).toBe(2);
    expect(await readPublished(bench.stack, bench.userId())).toEqual(before);
    await bench.tick(MONDAY_NIGHT);
    expect(await readOnly(bench)).toBeUndefined();
  });

  it('is asked about too when the old connection is unlinked later', async () => {
    const bench = await benches.open(scenario({ accounts: [NAMELESS] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);
    expect(await readOnly(bench)).toBeUndefined();

    const own = { userId: bench.userId(), id: await idOf(bench, 'brokerage_connections', 'connection-1') };
    await unlinkConnection(bench.stack.admin, own, LATER);
    expect(await readOnly(bench)).toBeDefined();
  });
});

describe('somebody else’s ids', () => {
  it('are refused, and nothing changes', async () => {
    const bench = await relink();
    const userId = bench.userId('user-2');
    const { admin } = bench.stack;
    const before = await readPublished(bench.stack, bench.userId());

    expect((await decide(bench, true, userId)).decided).toBeNull();
    const accountId = await idOf(bench, 'accounts', 'account-1');
    expect(await splitAccount(admin, { userId, id: accountId }, LATER)).toBeNull();
    const connectionId = await idOf(bench, 'brokerage_connections', 'connection-1-again');
    expect(await unlinkConnection(admin, { userId, id: connectionId }, LATER)).toBeNull();

    expect(await readOnly(bench)).toBeDefined();
    expect(await linesOf(bench)).toBe(2);
    expect(await readPublished(bench.stack, bench.userId())).toEqual(before);
  });
});
