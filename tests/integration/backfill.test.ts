import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sourcesOff } from '@/lib/backfill/scope';
import { toInstant } from '@/lib/domain/trading-date';
import { tickEachEvening } from '../support/alert-harness';
import { cancel, finish, listResults, open, preview, read, work } from '../support/backfill-harness';
import { listOutcomes, listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';
import { killWhen, startWorker } from '../support/worker-process';

const harnesses = prepareWorkerHarness();

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
async function missWeek(harness: WorkerHarness): Promise<void> {
  await tickEachEvening(harness, '2026-11-13', '2026-11-13');
  harness.takeRequests();
}

/** One account whose broker gave no history, so that three days were given up; then it began to offer it. */
async function openGivenUp(): Promise<WorkerHarness> {
  const harness = await harnesses.open(
    scenario({ accounts: [account({ ...OPENED, historyEnabled: false })] }),
  );
  await missWeek(harness);
  await tickEachEvening(harness, '2026-11-19', '2026-11-20');
  expect(await listOutcomes(harness.stack)).toContain(
    'account-1 2026-11-16 provider_cannot 1 attempts final',
  );
  harness.changeAccount('account-1', { historyEnabled: true });
  harness.takeRequests();
  return harness;
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
      parts: (harness: WorkerHarness) => ({ userId: harness.userId('user-3') }),
      results: [WHOLE[2], WHOLE[3]],
    },
    {
      name: 'a square',
      parts: (harness: WorkerHarness) => ({
        userId: harness.userId('user-1'),
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
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const said = await preview(harness, parts(harness));

    const { id } = await open(harness, parts(harness));
    if (results.length > 0) await work(harness, id);

    expect(await listResults(harness, id)).toEqual(results);
    const { status, counts } = await read(harness, id);
    expect(status).toBe('done');
    expect(counts).toMatchObject({ accountDays: said.accountDays, filledDays: said.accountDays, cannot: {} });
  });

  it('of a reason is about the days that are missing for it', async () => {
    const harness = await openGivenUp();
    expect((await preview(harness, { reason: 'held' })).accountDays).toBe(0);
    expect(await preview(harness, { reason: 'provider_cannot' })).toMatchObject({
      accountDays: 3,
      reopenedDays: 3,
      presentDays: null,
      reasons: { provider_cannot: 3 },
    });
  });
});

describe('a preview', () => {
  it('is what happens: days, users, connections and requests', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    // Movements are read once a day anyway, so here they have been.
    await harness.stack.sql`update accounts set flows_synced_at = '2026-11-20T22:30:00Z'`;
    const said = await preview(harness, { institution: 'Harbor', to: '2026-11-19' });
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
      requestsByProvider: { snaptrade: 3 },
      reasons: { not_yet_due: 12 },
      offDays: {},
    });

    const { id } = await open(harness, { institution: 'Harbor', to: '2026-11-19' });
    const run = await work(harness, id);

    expect(harness.takeRequests()).toHaveLength(said.requests);
    expect(run.counts.requests).toBe(said.requests);
    const { counts, presentDays, requests } = await read(harness, id);
    expect({ presentDays, requests }).toEqual({ presentDays: said.presentDays, requests: said.requests });
    expect(counts).toMatchObject({ accountDays: 12, filledDays: 12, users: 2, accounts: 3, connections: 2 });
  });

  it('changes nothing and asks nobody', async () => {
    const harness = await openGivenUp();
    const before = await listOutcomes(harness.stack);
    await preview(harness);
    expect(await listOutcomes(harness.stack)).toEqual(before);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('leaves out what is missing at a source that is switched off, and says how much that is', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    // The source was switched off just now, before any tick could note that.
    const parts = { institution: 'Harbor', to: '2026-11-19', providers: ['plaid'] };
    const off = await preview(harness, parts);
    expect(off).toMatchObject({ accountDays: 0, requests: 0, offDays: { snaptrade: 12 } });
    expect(sourcesOff(off)).toEqual(['snaptrade']);
    const { id } = await open(harness, parts);
    expect(await read(harness, id)).toMatchObject({ status: 'done', counts: { accountDays: 0 } });

    await harness.stack.sql`update brokerage_connections set status = 'paused' where institution = 'Harbor'`;
    expect(await preview(harness, parts)).toMatchObject({ accountDays: 0, offDays: { snaptrade: 12 } });
    // Where somebody can be asked for the rest, only that is asked for.
    const mixed = await preview(harness, { to: '2026-11-19', providers: ['snaptrade'] });
    expect(mixed).toMatchObject({ accountDays: 4, offDays: { snaptrade: 12 } });
    expect(sourcesOff(mixed)).toEqual([]);
    // A day that lacks for another reason is at no source that is off.
    expect(await preview(harness, { ...parts, reason: 'held' })).toMatchObject({ offDays: {} });
  });

  it('says which days no provider can be asked for any more', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    await harness.stack
      .sql`update accounts set first_known_on = '2025-11-17' where external_id = 'account-2'`;
    const parts = { institution: 'Summit', from: '2025-11-01' };
    expect(await preview(harness, parts)).toMatchObject({ beyondReachDays: 3 });
    expect(await read(harness, (await open(harness, parts)).id)).toMatchObject({ beyondReachDays: 3 });
  });
});

describe('an outcome', () => {
  it('says of each day what came of it, and why where it cannot be had', async () => {
    const lacking = account({ ...OPENED, overrides: { '2026-11-17': null, '2026-11-18': null } });
    const harness = await harnesses.open(scenario({ accounts: [lacking] }));
    await missWeek(harness);
    const { id } = await open(harness);
    await work(harness, id);

    expect(await listResults(harness, id)).toEqual([
      'account-1 2026-11-16..2026-11-16 1 filled',
      'account-1 2026-11-17..2026-11-18 2 cannot provider_had_nothing',
      'account-1 2026-11-19..2026-11-20 2 filled',
    ]);
    expect((await read(harness, id)).counts).toMatchObject({
      filledDays: 3,
      cannot: { provider_had_nothing: 2 },
    });
  });

  it('of a broken connection is that it is broken, after one question', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    harness.changeConnection('connection-2', { disabledSince: toInstant('2026-11-14T12:00:00Z') });
    const { id } = await open(harness, { institution: 'Summit' });
    await work(harness, id);

    expect(await listResults(harness, id)).toEqual([`account-2 ${MISSED_WEEK} 5 cannot connection_broken`]);
    expect(await read(harness, id)).toMatchObject({ status: 'done' });
    expect(harness.takeRequests().filter((line) => line.startsWith(HISTORY))).toEqual([]);
  });

  it('waits while the provider is down, and comes with the next run after the back-off', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    harness.addFault({ type: 'status', status: 500 });
    const { id } = await open(harness, { institution: 'Summit' });
    await work(harness, id);
    expect(await listResults(harness, id)).toEqual([`account-2 ${MISSED_WEEK} 5 waiting`]);
    expect(await finish(harness, id, '2026-11-20T22:30:10Z')).toEqual({ status: 'running', canGoOn: false });

    harness.endFaults();
    expect(await finish(harness, id, '2026-11-20T22:40:00Z')).toEqual({ status: 'running', canGoOn: true });
    await work(harness, id, '2026-11-20T22:40:00Z');
    expect(await listResults(harness, id)).toEqual([`account-2 ${MISSED_WEEK} 5 filled`]);
    expect((await read(harness, id)).runs).toHaveLength(2);
  });

  it('is a failure when the provider did not answer for a day', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    harness.addFault({ type: 'status', status: 500 });
    const { id } = await open(harness, { institution: 'Summit' });
    await work(harness, id);

    expect(await finish(harness, id, '2026-11-21T22:29:00Z')).toMatchObject({ status: 'running' });
    expect(await finish(harness, id, '2026-11-21T22:31:00Z')).toEqual({ status: 'failed', canGoOn: false });
    expect(await listResults(harness, id)).toEqual([`account-2 ${MISSED_WEEK} 5 not_asked`]);
  });

  it('is at once that nothing was missing, when nothing is', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();
    const { id } = await open(harness);
    expect(await read(harness, id)).toMatchObject({
      status: 'done',
      counts: { accountDays: 0, filledDays: 0 },
      runs: [],
    });
    expect(harness.takeRequests()).toEqual([]);
  });
});

describe('days that were given up', () => {
  it('are reopened and asked for again, though the provider was asked lately', async () => {
    const harness = await openGivenUp();
    const { id } = await open(harness);
    expect(await read(harness, id)).toMatchObject({ reopenedDays: 3, presentDays: 3 });
    await work(harness, id);

    expect(await listResults(harness, id)).toEqual(['account-1 2026-11-16..2026-11-18 3 filled']);
    expect(harness.takeRequests().filter((line) => line.startsWith(HISTORY))).toHaveLength(1);
    expect(await listPublished(harness.stack, harness.userId())).toContain(
      `2026-11-17 ${harness.brokerTotal('2026-11-17', 'account-1')} reconstructed`,
    );
    expect((await harness.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });

  it('stay given up outside of the scope', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account(OPENED)] }));
    await missWeek(harness);
    await harness.stack.sql`
      insert into fill_outcomes (user_id, account_id, value_date, reason, attempts, final, last_attempt_at)
      select a.user_id, a.id, d.date, 'provider_had_nothing', 5, true, '2026-11-20T22:00:00Z'
      from accounts a, trading_days d where d.date between '2026-11-16' and '2026-11-18'`;
    const { id } = await open(harness, { from: '2026-11-17', to: '2026-11-17' });
    await work(harness, id);

    expect(await listOutcomes(harness.stack)).toEqual(
      expect.arrayContaining([
        'account-1 2026-11-16 provider_had_nothing 5 attempts final',
        'account-1 2026-11-18 provider_had_nothing 5 attempts final',
      ]),
    );
    expect(await listResults(harness, id)).toEqual(['account-1 2026-11-17..2026-11-17 1 filled']);
  });

  it('are given up again when there is still nothing to be had', async () => {
    const harness = await openGivenUp();
    harness.changeAccount('account-1', { historyEnabled: false });
    const { id } = await open(harness);
    await work(harness, id);

    expect(await listResults(harness, id)).toEqual([
      'account-1 2026-11-16..2026-11-18 3 cannot provider_cannot final',
    ]);
    expect(harness.takeRequests().filter((line) => line.startsWith(HISTORY))).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('in mid-run stops claiming at once; what was filled stays and the rest is untouched', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const before = await listOutcomes(harness.stack);
    const { id } = await open(harness);
    let cancelled: Promise<boolean> | null = null;
    await work(harness, id, FRIDAY_NIGHT, {
      concurrency: 1,
      clock: () => {
        // The first connection has just been recorded when the worker looks at its clock again.
        if (harness.sandbox.state.requests.length > 0) cancelled ??= cancel(harness, id);
        return new Date(FRIDAY_NIGHT);
      },
    });
    expect(await cancelled).toBe(true);

    const { status, counts } = await read(harness, id);
    expect(status).toBe('cancelled');
    expect(counts.askedConnections).toBeLessThan(3);
    expect(counts.notAskedDays).toBeGreaterThan(0);
    expect(await listOutcomes(harness.stack)).toEqual(before);
    harness.takeRequests();

    await work(harness, id);
    expect(harness.takeRequests()).toEqual([]);
    expect(await finish(harness, id, FRIDAY_NIGHT)).toEqual({ status: 'cancelled', canGoOn: false });
  });

  it('leaves nothing due that only the backfill wanted', async () => {
    const harness = await openGivenUp();
    const { id } = await open(harness);
    await cancel(harness, id);
    harness.takeRequests();
    const run = await harness.tick('2026-11-20T22:35:00Z');
    expect(run.counts.connections).toBe(0);
    expect(await listOutcomes(harness.stack)).toContain(
      'account-1 2026-11-16 provider_cannot 1 attempts final',
    );
  });

  it('comes once, and not after the end', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const { id } = await open(harness);
    expect(await Promise.all([cancel(harness, id), cancel(harness, id)])).toEqual(
      expect.arrayContaining([true, false]),
    );
    const done = await open(harness, { provider: 'plaid' });
    expect(await cancel(harness, done.id)).toBe(false);
  });
});

describe('asking twice', () => {
  it('is one job, however many ask at once', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const opened = await Promise.all(Array.from({ length: 6 }, () => open(harness)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
    const other = await open(harness, { institution: 'Harbor' });
    expect(other.created).toBe(true);
  });

  it('after it is done is a new one, which finds everything there', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const first = await open(harness);
    await work(harness, first.id);
    harness.takeRequests();
    const second = await open(harness);
    expect(second).toMatchObject({ created: true });
    expect(await read(harness, second.id)).toMatchObject({ status: 'done', counts: { accountDays: 0 } });
    await work(harness, first.id);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('with two workers at once asks every connection once', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const { id } = await open(harness);
    await Promise.all([work(harness, id), work(harness, id)]);
    const current = harness
      .takeRequests()
      .filter((line) => line.startsWith('listBrokerageAuthorizationAccounts'));
    expect(current).toHaveLength(new Set(current).size);
    expect((await read(harness, id)).counts).toMatchObject({ filledDays: 20, askedConnections: 3 });
  });
});

describe('a worker that is killed in mid-run', () => {
  it('loses nothing, and the next one goes on with the backfill after its leases', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    // A process cannot set the brokerage's clock, so a tick about nobody does.
    await harness.tick(FRIDAY_NIGHT, { userId: randomUUID() });
    const { id } = await open(harness);
    harness.addFault(
      { type: 'delay', ms: 60_000 },
      { match: { operation: HISTORY, connectionId: 'connection-3' } },
    );
    await killWhen(
      startWorker(harness, id),
      async () => (await read(harness, id)).counts.askedConnections === 2,
    );
    harness.endFaults();

    // Told by the run itself: the killed worker's last request may reach the broker's log only now.
    expect((await work(harness, id, '2026-11-20T22:31:00Z')).counts.requests).toBe(0);
    expect(await read(harness, id)).toMatchObject({ status: 'running', counts: { filledDays: 10 } });

    await work(harness, id, '2026-11-20T22:50:00Z');
    expect(await read(harness, id)).toMatchObject({
      status: 'done',
      counts: { filledDays: 20 },
      runs: [{ status: 'complete' }, { status: 'complete' }, { status: 'abandoned' }],
    });
  });
});

describe('the ticks beside it', () => {
  it('that filled the days first leave nothing to ask', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const { id } = await open(harness);
    await harness.tick('2026-11-20T22:31:00Z');
    harness.takeRequests();
    await work(harness, id, '2026-11-20T22:32:00Z');

    expect(harness.takeRequests()).toEqual([]);
    expect(await read(harness, id)).toMatchObject({ status: 'done', counts: { filledDays: 20 } });
  });

  it('go on with a backfill whose time ran out', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await missWeek(harness);
    const { id } = await open(harness);
    const run = await work(harness, id, FRIDAY_NIGHT, { stopAt: FRIDAY_NIGHT });
    expect(run.status).toBe('continues');
    expect(await finish(harness, id, FRIDAY_NIGHT)).toEqual({ status: 'running', canGoOn: true });
    await work(harness, id, '2026-11-20T22:35:00Z');
    expect(await read(harness, id)).toMatchObject({ status: 'done', counts: { filledDays: 20 } });
  });
});
