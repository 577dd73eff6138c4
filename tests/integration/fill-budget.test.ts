import { describe, expect, it } from 'vitest';
import { listOutcomes } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const NUMBERS = [1, 2, 3, 4, 5, 6];
const REQUESTS_PER_CONNECTION = 4;
const A_MINUTE_AND_MORE_MS = 65_000;
const NEXT_TICK = '2026-11-20T22:35:00Z';

/** Six users with one connection and account each; linking costs three requests for every one of them. */
function sixUsers(parts: Parameters<typeof scenario>[0] = {}) {
  return scenario({
    users: NUMBERS.map((number) =>
      user({
        userId: `user-${number}`,
        connections: [
          connection({
            id: `connection-${number}`,
            accounts: [account({ id: `account-${number}`, openedOn: '2026-11-02' })],
          }),
        ],
      }),
    ),
    ...parts,
  });
}

/** Whether every user has a history without gaps up to Friday. */
async function isAllFilled(harness: WorkerHarness): Promise<boolean> {
  const histories = await Promise.all(NUMBERS.map((number) => harness.history(NEXT_TICK, `user-${number}`)));
  return histories.every(({ gaps, points }) => gaps.length === 0 && points.at(-1)?.date === '2026-11-20');
}

/** How many requests were refused for being one too many. */
function countThrottled({ sandbox }: WorkerHarness): number {
  return sandbox.state.requests.filter(({ status }) => status === 429).length;
}

describe('the time limit', () => {
  it('that is over before the first claim ends the run as one that continues', async () => {
    const harness = await harnesses.open(sixUsers());
    const run = await harness.tick(FRIDAY_NIGHT, { stopAt: FRIDAY_NIGHT });

    expect(run).toMatchObject({ status: 'continues', counts: { connections: 0, requests: 0 } });
    expect(harness.takeRequests()).toEqual([]);
  });

  it('ends a run between two questions, after the values of all that could be asked, and the next tick goes on', async () => {
    const harness = await harnesses.open(sixUsers());
    // A minute goes by with every answer.
    const clock = (): Date =>
      new Date(Date.parse(FRIDAY_NIGHT) + harness.sandbox.state.requests.length * 60_000);
    const first = await harness.tick(FRIDAY_NIGHT, { concurrency: 1, clock, stopAt: '2026-11-20T22:38:00Z' });
    const asked = harness.takeRequests();

    const second = await harness.tick('2026-11-20T22:40:00Z');

    expect(asked.filter((line) => !/^(getConnection|listConnectionAccounts) /.test(line))).toEqual([]);
    expect(first).toMatchObject({ status: 'continues', counts: { captured: 4, failed: 0, waiting: 6 } });
    expect(second).toMatchObject({ status: 'complete', counts: { captured: 2, connections: 6, failed: 0 } });
    expect(harness.takeRequests().filter((line) => asked.includes(line))).toEqual([]);
    expect(await isAllFilled(harness)).toBe(true);
  });

  it('that is reached within a connection is no failure of it, and what was learned is kept', async () => {
    const harness = await harnesses.open(sixUsers());
    let requestsLeft = 4;
    const timeLeftMs = (): number => {
      requestsLeft -= 1;
      return requestsLeft >= 0 ? 60_000 : 0;
    };
    const first = await harness.tick(FRIDAY_NIGHT, { concurrency: 1, timeLeftMs });

    expect(first.status).toBe('continues');
    const rows = await harness.stack
      .sql`select from brokerage_connections where attempts > 0 or retry_at is not null`;
    expect(rows).toHaveLength(0);
    expect(await listOutcomes(harness.stack)).toEqual([]);
    await harness.tick(NEXT_TICK);
    expect(await isAllFilled(harness)).toBe(true);
  });
});

describe('the request budget', () => {
  const LIMIT = 10;
  /** No time to wait for the next minute: who gets no request leaves the rest to the next tick. */
  const hurried = { perMinute: LIMIT, timeLeftMs: () => 1_000 };

  it('shared by two workers is never exceeded, and not one request is refused', async () => {
    const harness = await harnesses.open(sixUsers({ rateLimitPerMinute: LIMIT }));
    const runs = await Promise.all([
      harness.tick(FRIDAY_NIGHT, hurried),
      harness.tick(FRIDAY_NIGHT, hurried),
    ]);

    expect(runs.map(({ counts }) => counts.requests).reduce((sum, count) => sum + count)).toBe(LIMIT);
    expect(harness.sandbox.state.requests).toHaveLength(LIMIT);
    expect(countThrottled(harness)).toBe(0);
    expect(runs.map(({ status }) => status)).toContain('continues');
  });

  it('that is too small for one tick lets the following ones finish the work', async () => {
    const harness = await harnesses.open(sixUsers({ rateLimitPerMinute: LIMIT }));
    const statuses: string[] = [];
    for (let tick = 0; tick < 3; tick += 1) {
      statuses.push(
        (await harness.tick(new Date(Date.parse(FRIDAY_NIGHT) + tick * 60_000).toISOString(), hurried))
          .status,
      );
      await harness.passTime(A_MINUTE_AND_MORE_MS);
    }

    expect(statuses.at(-1)).toBe('complete');
    expect(countThrottled(harness)).toBe(0);
    expect(await isAllFilled(harness)).toBe(true);
  });

  it('is waited for while there is time', async () => {
    const harness = await harnesses.open(sixUsers({ rateLimitPerMinute: LIMIT }));
    const run = await harness.tick(FRIDAY_NIGHT, {
      perMinute: LIMIT,
      concurrency: 1,
      timeLeftMs: () => 200_000,
    });

    expect(run).toMatchObject({
      status: 'complete',
      counts: { requests: NUMBERS.length * REQUESTS_PER_CONNECTION },
    });
    expect(run.counts.waitedMs).toBeGreaterThan(0);
    expect(countThrottled(harness)).toBe(0);
    expect(await isAllFilled(harness)).toBe(true);
  });
});

describe('a connection that takes longer than its lease', () => {
  const LEASE_MS = 120_000;

  it('stays with its worker while it waits for the budget, and another one claims nothing', async () => {
    const ids = [1, 2, 3, 4];
    const accounts = ids.map((id) => account({ id: `account-${id}`, openedOn: '2026-11-02' }));
    const harness = await harnesses.open(scenario({ accounts, rateLimitPerMinute: 2 }));
    let passedMs = 0;
    let claimedAtMs = 0;
    let claimedByOther: number | null = null;
    const clock = (): Date => new Date(Date.parse(FRIDAY_NIGHT) + passedMs);
    const tasks: { readonly everyMs: number; readonly run: () => void }[] = [];
    const renewals: Promise<void>[] = [];

    const askAsOther = () =>
      harness.tick(clock().toISOString(), {
        perMinute: 2,
        filterClaims: (store) => ({
          ...store,
          claim: async (...lease) => {
            const connections = await store.claim(...lease);
            claimedByOther = (claimedByOther ?? 0) + connections.length;
            return connections;
          },
        }),
      });
    const first = await harness.tick(FRIDAY_NIGHT, {
      clock,
      concurrency: 1,
      perMinute: 2,
      stopAt: '2026-11-21T00:30:00Z',
      timeLeftMs: () => 3_600_000,
      every: (everyMs, run) => {
        tasks.push({ everyMs, run });
        return () => tasks.splice(0);
      },
      filterClaims: (store) => ({
        ...store,
        claim: async (...lease) => {
          claimedAtMs = passedMs;
          return store.claim(...lease);
        },
        renew: (...renewal) => {
          const renewed = store.renew(...renewal);
          renewals.push(renewed);
          return renewed;
        },
      }),
      // What the worker waits for the budget goes by on its clock, and with it what it does again and again.
      sleep: async (ms) => {
        await harness.passTime(ms);
        const before = passedMs;
        passedMs += ms;
        for (const { everyMs, run } of tasks)
          for (let due = Math.floor(before / everyMs); due < Math.floor(passedMs / everyMs); due += 1) run();
        await Promise.all(renewals);
        if (passedMs > claimedAtMs + LEASE_MS && claimedByOther === null) await askAsOther();
      },
    });

    expect(renewals.length).toBeGreaterThan(2);
    expect(claimedByOther).toBe(0);
    expect(harness.logged.filter((line) => /not_renewed|"error"/.test(line))).toEqual([]);
    expect(first).toMatchObject({ status: 'complete', counts: { connections: 1, captured: 4, failed: 0 } });
    expect((await harness.history(NEXT_TICK)).gaps).toEqual([]);
  });
});

describe('a provider that says wait', () => {
  const WAIT_MS = 7_000;

  it('is asked again after the wait, and nothing is lost', async () => {
    const harness = await harnesses.open(sixUsers());
    harness.addFault({ type: 'status', status: 429 }, { times: 1 });

    const run = await harness.tick(FRIDAY_NIGHT);

    expect(run).toMatchObject({ status: 'complete', counts: { failed: 0 }, reasons: {} });
    expect(run.counts.waitedMs).toBeGreaterThan(WAIT_MS / 2);
    expect(await isAllFilled(harness)).toBe(true);
  });

  it('to one worker is left in peace by all of them until the wait is over', async () => {
    const harness = await harnesses.open(sixUsers());
    harness.addFault({ type: 'status', status: 429 }, { times: 1 });
    const hurried = { timeLeftMs: () => 1_000, concurrency: 1 };
    await harness.tick(FRIDAY_NIGHT, hurried);
    harness.takeRequests();

    const during = await harness.tick('2026-11-20T22:31:00Z', hurried);
    expect(during.status).toBe('continues');
    expect(harness.takeRequests()).toEqual([]);

    await harness.passTime(WAIT_MS);
    await harness.tick(NEXT_TICK, hurried);
    expect(await isAllFilled(harness)).toBe(true);
  });

  it('about one connection again and again does not keep the others from being filled', async () => {
    const harness = await harnesses.open(sixUsers());
    await harness.tick('2026-11-19T22:30:00Z');
    harness.addFault({ type: 'status', status: 429 }, { match: { connectionId: 'connection-3' } });

    const run = await harness.tick(FRIDAY_NIGHT);

    expect(run.counts).toMatchObject({ connections: 6, failed: 1, captured: 5 });
    expect(run.reasons).toEqual({ rate_limited: 1 });
    expect((await harness.history(FRIDAY_NIGHT, 'user-3')).gaps).toMatchObject([
      { from: '2026-11-20', reason: 'rate_limited', final: false },
    ]);
    harness.endFaults();
    await harness.passTime(WAIT_MS);
    await harness.tick(NEXT_TICK);
    expect(await isAllFilled(harness)).toBe(true);
  });
});
