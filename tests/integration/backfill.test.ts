import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { tickEvenings } from '../support/alert-harness';
import { cancel, finish, listResults, open, preview, read, work } from '../support/backfill-harness';
import { listOutcomes, listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';
import { killWhen, startWorker } from '../support/worker-process';

const benches = prepareFillBench();

const OPENED = { openedOn: '2026-10-01', investedShare: 1 } as const;
/** Linked on Friday, 2026-11-13; the week after it was missed. */
const MISSED_WEEK = '2026-11-16..2026-11-20';
const HISTORY = 'getAccountBalanceHistory';

/** Three users at two brokerages, the last of them with two accounts. */
const THREE_USERS = scenario({
  users: [
    user({ userId: 'user-1', connections: [at('Harbor', 'connection-1', 'account-1')] }),
    user({ userId: 'user-2', connections: [at('Summit', 'connection-2', 'account-2')] }),
    user({ userId: 'user-3', connections: [at('Harbor', 'connection-3', 'account-3', 'account-4')] }),
  ],
});

function at(name: string, id: string, ...accountIds: string[]) {
  return connection({
    id,
    institution: { name, slug: name.toUpperCase() },
    accounts: accountIds.map((accountId) => account({ ...OPENED, id: accountId })),
  });
}

/** All are linked and captured on Friday the 13th; nothing ran in the week after it. */
async function missWeek(bench: FillBench): Promise<void> {
  await tickEvenings(bench, '2026-11-13', '2026-11-13');
  bench.takeRequests();
}

/** One account whose broker gave no history, so that three days were given up; then it began to offer it. */
async function openGivenUp(): Promise<FillBench> {
  const bench = await benches.open(scenario({ accounts: [account({ ...OPENED, historyEnabled: false })] }));
  await missWeek(bench);
  await tickEvenings(bench, '2026-11-19', '2026-11-20');
  expect(await listOutcomes(bench.stack)).toContain('account-1 2026-11-16 provider_cannot 1 attempts final');
  bench.changeAccount('account-1', { historyEnabled: true });
  bench.takeRequests();
  return bench;
}

describe('a scope', () => {
  const WHOLE = [
    'account-1 2026-11-16..2026-11-20 5 filled',
    'account-2 2026-11-16..2026-11-20 5 filled',
    'account-3 2026-11-16..2026-11-20 5 filled',
    'account-4 2026-11-16..2026-11-20 5 filled',
  ];

  it.each([
    { name: 'everyone', parts: () => ({}), results: WHOLE },
    { name: 'a brokerage', parts: () => ({ institution: 'Summit' }), results: [WHOLE[1]] },
    { name: 'a provider', parts: () => ({ provider: 'plaid' }), results: [] },
    {
      name: 'a user',
      parts: (bench: FillBench) => ({ userId: bench.userId('user-3') }),
      results: [WHOLE[2], WHOLE[3]],
    },
    {
      name: 'a square',
      parts: (bench: FillBench) => ({
        userId: bench.userId('user-1'),
        from: '2026-11-17',
        to: '2026-11-17',
      }),
      results: ['account-1 2026-11-17..2026-11-17 1 filled'],
    },
    {
      name: 'a range',
      parts: () => ({ institution: 'Harbor', from: '2026-11-14', to: '2026-11-17' }),
      results: [1, 3, 4].map((number) => `account-${number} 2026-11-16..2026-11-17 2 filled`),
    },
  ])('of $name is filled, and nothing else', async ({ parts, results }) => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const said = await preview(bench, parts(bench));

    const { id } = await open(bench, parts(bench));
    if (results.length > 0) await work(bench, id);

    expect(await listResults(bench, id)).toEqual(results);
    const { status, counts } = await read(bench, id);
    expect(status).toBe('done');
    expect(counts).toMatchObject({ accountDays: said.accountDays, filledDays: said.accountDays, cannot: {} });
  });

  it('of a reason is about the days that are missing for it', async () => {
    const bench = await openGivenUp();
    expect((await preview(bench, { reason: 'held' })).accountDays).toBe(0);
    expect(await preview(bench, { reason: 'provider_cannot' })).toMatchObject({
      accountDays: 3,
      reopenedDays: 3,
      presentDays: null,
      reasons: { provider_cannot: 3 },
    });
  });
});

describe('a preview', () => {
  it('is what happens: days, users, connections and requests', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    // Movements are read once a day anyway, so here they have been.
    await bench.stack.sql`update accounts set flows_synced_at = '2026-11-20T22:30:00Z'`;
    const said = await preview(bench, { institution: 'Harbor', to: '2026-11-19' });
    expect(said).toEqual({
      accountDays: 12,
      reopenedDays: 0,
      beyondReachDays: 0,
      presentDays: 96,
      users: 2,
      accounts: 3,
      connections: 2,
      // Days that are over cost one history request an account; current values bring none of them.
      requests: 3,
      reasons: { not_yet_due: 12 },
    });

    const { id } = await open(bench, { institution: 'Harbor', to: '2026-11-19' });
    const run = await work(bench, id);

    expect(bench.takeRequests()).toHaveLength(said.requests);
    expect(run.counts.requests).toBe(said.requests);
    const { counts, presentDays, requests } = await read(bench, id);
    expect({ presentDays, requests }).toEqual({ presentDays: said.presentDays, requests: said.requests });
    expect(counts).toMatchObject({ accountDays: 12, filledDays: 12, users: 2, accounts: 3, connections: 2 });
  });

  it('changes nothing and asks nobody', async () => {
    const bench = await openGivenUp();
    const before = await listOutcomes(bench.stack);
    await preview(bench);
    expect(await listOutcomes(bench.stack)).toEqual(before);
    expect(bench.takeRequests()).toEqual([]);
  });

  it('says which days no provider can be asked for any more', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    await bench.stack.sql`update accounts set first_known_on = '2025-11-17' where external_id = 'account-2'`;
    const parts = { institution: 'Summit', from: '2025-11-01' };
    expect(await preview(bench, parts)).toMatchObject({ beyondReachDays: 3 });
    expect(await read(bench, (await open(bench, parts)).id)).toMatchObject({ beyondReachDays: 3 });
  });
});

describe('an outcome', () => {
  it('says of each day what came of it, and why where it cannot be had', async () => {
    const lacking = account({ ...OPENED, overrides: { '2026-11-17': null, '2026-11-18': null } });
    const bench = await benches.open(scenario({ accounts: [lacking] }));
    await missWeek(bench);
    const { id } = await open(bench);
    await work(bench, id);

    expect(await listResults(bench, id)).toEqual([
      'account-1 2026-11-16..2026-11-16 1 filled',
      'account-1 2026-11-17..2026-11-18 2 cannot provider_had_nothing',
      'account-1 2026-11-19..2026-11-20 2 filled',
    ]);
    expect((await read(bench, id)).counts).toMatchObject({
      filledDays: 3,
      cannot: { provider_had_nothing: 2 },
    });
  });

  it('of a broken connection is that it is broken, after one question', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    bench.changeConnection('connection-2', { disabledSince: toInstant('2026-11-14T12:00:00Z') });
    const { id } = await open(bench, { institution: 'Summit' });
    await work(bench, id);

    expect(await listResults(bench, id)).toEqual([`account-2 ${MISSED_WEEK} 5 cannot connection_broken`]);
    expect(await read(bench, id)).toMatchObject({ status: 'done' });
    expect(bench.takeRequests().filter((line) => line.startsWith(HISTORY))).toEqual([]);
  });

  it('waits while the provider is down, and comes with the next run after the back-off', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    bench.addFault({ type: 'status', status: 500 });
    const { id } = await open(bench, { institution: 'Summit' });
    await work(bench, id);
    expect(await listResults(bench, id)).toEqual([`account-2 ${MISSED_WEEK} 5 waiting`]);
    expect(await finish(bench, id, '2026-11-20T22:30:10Z')).toEqual({ status: 'running', canGoOn: false });

    bench.endFaults();
    expect(await finish(bench, id, '2026-11-20T22:40:00Z')).toEqual({ status: 'running', canGoOn: true });
    await work(bench, id, '2026-11-20T22:40:00Z');
    expect(await listResults(bench, id)).toEqual([`account-2 ${MISSED_WEEK} 5 filled`]);
    expect((await read(bench, id)).runs).toHaveLength(2);
  });

  it('is a failure when the provider did not answer for a day', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    bench.addFault({ type: 'status', status: 500 });
    const { id } = await open(bench, { institution: 'Summit' });
    await work(bench, id);

    expect(await finish(bench, id, '2026-11-21T22:29:00Z')).toMatchObject({ status: 'running' });
    expect(await finish(bench, id, '2026-11-21T22:31:00Z')).toEqual({ status: 'failed', canGoOn: false });
    expect(await listResults(bench, id)).toEqual([`account-2 ${MISSED_WEEK} 5 not_asked`]);
  });

  it('is at once that nothing was missing, when nothing is', async () => {
    const bench = await benches.open(THREE_USERS);
    await bench.tick(FRIDAY_NIGHT);
    bench.takeRequests();
    const { id } = await open(bench);
    expect(await read(bench, id)).toMatchObject({
      status: 'done',
      counts: { accountDays: 0, filledDays: 0 },
      runs: [],
    });
    expect(bench.takeRequests()).toEqual([]);
  });
});

describe('days that were given up', () => {
  it('are reopened and asked for again, though the provider was asked lately', async () => {
    const bench = await openGivenUp();
    const { id } = await open(bench);
    expect(await read(bench, id)).toMatchObject({ reopenedDays: 3, presentDays: 3 });
    await work(bench, id);

    expect(await listResults(bench, id)).toEqual(['account-1 2026-11-16..2026-11-18 3 filled']);
    expect(bench.takeRequests().filter((line) => line.startsWith(HISTORY))).toHaveLength(1);
    expect(await listPublished(bench.stack, bench.userId())).toContain(
      `2026-11-17 ${bench.brokerTotal('2026-11-17', 'account-1')} reconstructed`,
    );
    expect((await bench.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });

  it('stay given up outside of the scope', async () => {
    const bench = await benches.open(scenario({ accounts: [account(OPENED)] }));
    await missWeek(bench);
    await bench.stack.sql`
      insert into fill_outcomes (user_id, account_id, value_date, reason, attempts, final, last_attempt_at)
      select a.user_id, a.id, d.date, 'provider_had_nothing', 5, true, '2026-11-20T22:00:00Z'
      from accounts a, trading_days d where d.date between '2026-11-16' and '2026-11-18'`;
    const { id } = await open(bench, { from: '2026-11-17', to: '2026-11-17' });
    await work(bench, id);

    expect(await listOutcomes(bench.stack)).toEqual(
      expect.arrayContaining([
        'account-1 2026-11-16 provider_had_nothing 5 attempts final',
        'account-1 2026-11-18 provider_had_nothing 5 attempts final',
      ]),
    );
    expect(await listResults(bench, id)).toEqual(['account-1 2026-11-17..2026-11-17 1 filled']);
  });

  it('are given up again when there is still nothing to be had', async () => {
    const bench = await openGivenUp();
    bench.changeAccount('account-1', { historyEnabled: false });
    const { id } = await open(bench);
    await work(bench, id);

    expect(await listResults(bench, id)).toEqual([
      'account-1 2026-11-16..2026-11-18 3 cannot provider_cannot final',
    ]);
    expect(bench.takeRequests().filter((line) => line.startsWith(HISTORY))).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('in mid-run stops claiming at once; what was filled stays and the rest is untouched', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const before = await listOutcomes(bench.stack);
    const { id } = await open(bench);
    let cancelled: Promise<boolean> | null = null;
    await work(bench, id, FRIDAY_NIGHT, {
      concurrency: 1,
      clock: () => {
        // The first connection has just been recorded when the worker looks at its clock again.
        if (bench.sandbox.state.requests.length > 0) cancelled ??= cancel(bench, id);
        return new Date(FRIDAY_NIGHT);
      },
    });
    expect(await cancelled).toBe(true);

    const { status, counts } = await read(bench, id);
    expect(status).toBe('cancelled');
    expect(counts.askedConnections).toBeLessThan(3);
    expect(counts.notAskedDays).toBeGreaterThan(0);
    expect(await listOutcomes(bench.stack)).toEqual(before);
    bench.takeRequests();

    await work(bench, id);
    expect(bench.takeRequests()).toEqual([]);
    expect(await finish(bench, id, FRIDAY_NIGHT)).toEqual({ status: 'cancelled', canGoOn: false });
  });

  it('leaves nothing due that only the backfill wanted', async () => {
    const bench = await openGivenUp();
    const { id } = await open(bench);
    await cancel(bench, id);
    bench.takeRequests();
    const run = await bench.tick('2026-11-20T22:35:00Z');
    expect(run.counts.connections).toBe(0);
    expect(await listOutcomes(bench.stack)).toContain(
      'account-1 2026-11-16 provider_cannot 1 attempts final',
    );
  });

  it('comes once, and not after the end', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const { id } = await open(bench);
    expect(await Promise.all([cancel(bench, id), cancel(bench, id)])).toEqual(
      expect.arrayContaining([true, false]),
    );
    const done = await open(bench, { provider: 'plaid' });
    expect(await cancel(bench, done.id)).toBe(false);
  });
});

describe('asking twice', () => {
  it('is one job, however many ask at once', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const opened = await Promise.all(Array.from({ length: 6 }, () => open(bench)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
    const other = await open(bench, { institution: 'Harbor' });
    expect(other.created).toBe(true);
  });

  it('after it is done is a new one, which finds everything there', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const first = await open(bench);
    await work(bench, first.id);
    bench.takeRequests();
    const second = await open(bench);
    expect(second).toMatchObject({ created: true });
    expect(await read(bench, second.id)).toMatchObject({ status: 'done', counts: { accountDays: 0 } });
    await work(bench, first.id);
    expect(bench.takeRequests()).toEqual([]);
  });

  it('with two workers at once asks every connection once', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const { id } = await open(bench);
    await Promise.all([work(bench, id), work(bench, id)]);
    const current = bench
      .takeRequests()
      .filter((line) => line.startsWith('listBrokerageAuthorizationAccounts'));
    expect(current).toHaveLength(new Set(current).size);
    expect((await read(bench, id)).counts).toMatchObject({ filledDays: 20, askedConnections: 3 });
  });
});

describe('a worker that is killed in mid-run', () => {
  it('loses nothing, and the next one goes on with the backfill after its leases', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    // A process cannot set the brokerage's clock, so a tick about nobody does.
    await bench.tick(FRIDAY_NIGHT, { userId: randomUUID() });
    const { id } = await open(bench);
    bench.addFault(
      { type: 'delay', ms: 60_000 },
      { match: { operation: HISTORY, connectionId: 'connection-3' } },
    );
    await killWhen(startWorker(bench, id), async () => (await read(bench, id)).counts.askedConnections === 2);
    bench.endFaults();

    // Told by the run itself: the killed worker's last request may reach the broker's log only now.
    expect((await work(bench, id, '2026-11-20T22:31:00Z')).counts.requests).toBe(0);
    expect(await read(bench, id)).toMatchObject({ status: 'running', counts: { filledDays: 10 } });

    await work(bench, id, '2026-11-20T22:50:00Z');
    expect(await read(bench, id)).toMatchObject({
      status: 'done',
      counts: { filledDays: 20 },
      runs: [{ status: 'complete' }, { status: 'complete' }, { status: 'abandoned' }],
    });
  });
});

describe('the ticks beside it', () => {
  it('that filled the days first leave nothing to ask', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const { id } = await open(bench);
    await bench.tick('2026-11-20T22:31:00Z');
    bench.takeRequests();
    await work(bench, id, '2026-11-20T22:32:00Z');

    expect(bench.takeRequests()).toEqual([]);
    expect(await read(bench, id)).toMatchObject({ status: 'done', counts: { filledDays: 20 } });
  });

  it('go on with a backfill whose time ran out', async () => {
    const bench = await benches.open(THREE_USERS);
    await missWeek(bench);
    const { id } = await open(bench);
    const run = await work(bench, id, FRIDAY_NIGHT, { stopAt: FRIDAY_NIGHT });
    expect(run.status).toBe('continues');
    expect(await finish(bench, id, FRIDAY_NIGHT)).toEqual({ status: 'running', canGoOn: true });
    await work(bench, id, '2026-11-20T22:35:00Z');
    expect(await read(bench, id)).toMatchObject({ status: 'done', counts: { filledDays: 20 } });
  });
});
