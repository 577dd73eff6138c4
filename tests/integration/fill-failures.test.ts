import { describe, expect, it } from 'vitest';
import { listObservations, listOutcomes, listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const NUMBERS = [1, 2, 3];

/** Three users with one connection and account each; the second one's connection is the one that fails. */
const THREE_USERS = scenario({
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
});

const SECOND = { match: { connectionId: 'connection-2' } } as const;

async function isPublished(harness: WorkerHarness, number: number): Promise<boolean> {
  const published = await listPublished(harness.stack, harness.userId(`user-${number}`));
  return published.includes('2026-11-20 10000 daily_eod');
}

async function readBackoff({ stack }: WorkerHarness) {
  const [row] = await stack.sql<{ attempts: number; waits: string | null; error: string | null }[]>`
    select attempts, extract(epoch from retry_at - ${FRIDAY_NIGHT}::timestamptz)::text as waits, last_error_code as error
    from brokerage_connections where external_id = 'connection-2'`;
  return row;
}

describe('what the first answer of a fill said', () => {
  it.each([
    { name: 'movements', operation: 'getAccountActivities', missing: [] },
    {
      name: 'history',
      operation: 'getAccountBalanceHistory',
      missing: ['account-1 2026-11-19 unavailable 1 attempts'],
    },
  ] as const)(
    'is captured for every account, though the $name of one cannot be had, which stops no other',
    async ({ operation, missing }) => {
      const accounts = ['account-1', 'account-2'].map((id) => account({ id, openedOn: '2026-11-02' }));
      const harness = await harnesses.open(scenario({ accounts }));
      await harness.tick('2026-11-18T22:30:00Z');
      harness.addFault({ type: 'status', status: 503 }, { match: { operation, accountId: 'account-1' } });

      await harness.tick(FRIDAY_NIGHT);

      const observed = await listObservations(harness.stack);
      expect(observed).toContain('account-1 2026-11-20 10000 daily_eod');
      expect(observed).toContain('account-2 2026-11-20 10000 daily_eod');
      expect(observed).toContain('account-2 2026-11-19 10000 reconstructed');
      expect((await listPublished(harness.stack, harness.userId())).at(-1)).toBe(
        '2026-11-20 20000 daily_eod',
      );
      expect(await listOutcomes(harness.stack)).toEqual(missing);
    },
  );
});

describe('a connection that fails', () => {
  it.each([
    { name: 'with a server error', effect: { type: 'status', status: 500 }, error: 'unavailable' },
    {
      name: 'with a page that is no JSON',
      effect: { type: 'status', status: 503, code: null },
      error: 'unavailable',
    },
    { name: 'with half an answer', effect: { type: 'malformed' }, error: 'bad_data' },
    { name: 'by not answering at all', effect: { type: 'timeout' }, error: 'unavailable' },
  ] as const)(
    '$name stops no other, backs off, and heals when the fault is over',
    async ({ effect, error }) => {
      const harness = await harnesses.open(THREE_USERS);
      await harness.tick(THURSDAY_NIGHT);
      harness.addFault(effect, SECOND);

      const run = await harness.tick(FRIDAY_NIGHT, { timeoutMs: 300 });

      expect(await Promise.all(NUMBERS.map((number) => isPublished(harness, number)))).toEqual([
        true,
        false,
        true,
      ]);
      expect(run).toMatchObject({ status: 'complete', counts: { connections: 3, failed: 1, captured: 2 } });
      expect(run.reasons).toEqual({ unavailable: 1 });
      expect(await listOutcomes(harness.stack)).toEqual(['account-2 2026-11-20 unavailable 1 attempts']);
      expect(await readBackoff(harness)).toMatchObject({ attempts: 1, error });
      expect((await harness.history(FRIDAY_NIGHT, 'user-2')).gaps).toMatchObject([
        { from: '2026-11-20', to: '2026-11-20', reason: 'unavailable', final: false },
      ]);

      harness.endFaults();
      await harness.tick('2026-11-20T22:32:00Z');
      expect(await isPublished(harness, 2)).toBe(true);
      expect((await harness.history(FRIDAY_NIGHT, 'user-2')).gaps).toEqual([]);
      expect(await readBackoff(harness)).toMatchObject({ attempts: 0, waits: null, error: null });
    },
  );

  it('is left alone until its back-off is over, which grows with every failure', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await harness.tick(THURSDAY_NIGHT);
    harness.addFault({ type: 'status', status: 500 }, SECOND);
    await harness.tick(FRIDAY_NIGHT);
    const first = Number((await readBackoff(harness))?.waits);
    harness.takeRequests();

    await harness.tick('2026-11-20T22:30:20Z');
    expect(harness.takeRequests()).toEqual([]);

    await harness.tick('2026-11-20T22:31:00Z');
    expect(harness.takeRequests()).toEqual(['getConnection connection-2']);
    const second = Number((await readBackoff(harness))?.waits) - 60;
    expect(second).toBeGreaterThan(first);
    expect(await readBackoff(harness)).toMatchObject({ attempts: 2 });
  });

  it('is asked before its back-off is over when its user waits for the answer, but not twice within a minute', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await harness.tick(THURSDAY_NIGHT);
    harness.addFault({ type: 'status', status: 500 }, SECOND);
    for (const at of [FRIDAY_NIGHT, '2026-11-20T22:40:00Z']) await harness.tick(at);
    harness.endFaults();
    harness.takeRequests();
    const waiting = { trigger: 'user', userId: harness.userId('user-2'), asked: true } as const;

    await harness.tick('2026-11-20T22:41:30Z');
    await harness.tick('2026-11-20T22:40:30Z', waiting);
    expect(harness.takeRequests()).toEqual([]);

    await harness.tick('2026-11-20T22:41:30Z', waiting);
    expect(await isPublished(harness, 2)).toBe(true);
  });

  it('after its values were read keeps what was read', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await harness.tick('2026-11-17T22:30:00Z');
    harness.addFault(
      { type: 'status', status: 500 },
      { match: { operation: 'getAccountBalanceHistory', connectionId: 'connection-2' } },
    );

    await harness.tick(FRIDAY_NIGHT);

    expect(await isPublished(harness, 2)).toBe(true);
    expect((await harness.history(FRIDAY_NIGHT, 'user-2')).gaps).toMatchObject([
      { from: '2026-11-18', to: '2026-11-19', reason: 'unavailable' },
    ]);
    harness.endFaults();
    await harness.tick('2026-11-20T22:32:00Z');
    expect((await harness.history(FRIDAY_NIGHT, 'user-2')).gaps).toEqual([]);
  });

  it('because of one account that the broker no longer knows does not pass for broken', async () => {
    const harness = await harnesses.open(THREE_USERS);
    await harness.tick('2026-11-17T22:30:00Z');
    harness.addFault(
      { type: 'status', status: 401 },
      { match: { operation: 'getAccountBalanceHistory', accountId: 'account-2' } },
    );

    await harness.tick(FRIDAY_NIGHT);

    const [row] = await harness.stack
      .sql`select status from brokerage_connections where external_id = 'connection-2'`;
    expect(row?.status).toBe('active');
  });

  it('whose credentials cannot be opened stops no other, and goes on when they are stored anew', async () => {
    const harness = await harnesses.open(THREE_USERS);
    const { sql } = harness.stack;
    const [kept] = await sql`
      select k.connection_id, k.ciphertext from connection_credentials k
      join brokerage_connections c on c.id = k.connection_id where c.external_id = 'connection-2'`;
    const store = (text: string) =>
      sql`update connection_credentials set ciphertext = ${text} where connection_id = ${String(kept?.connection_id)}`;
    await store('v1.AAAA.BBBB.CCCC');

    const run = await harness.tick(FRIDAY_NIGHT);

    expect(run).toMatchObject({ status: 'complete', counts: { connections: 3, failed: 1, captured: 2 } });
    expect(await Promise.all(NUMBERS.map((number) => isPublished(harness, number)))).toEqual([
      true,
      false,
      true,
    ]);
    await store(String(kept?.ciphertext));
    await harness.tick('2026-11-20T22:35:00Z');
    expect(await isPublished(harness, 2)).toBe(true);
  });

  it('because of our own keys touches no connection, asks nobody else, and is said by the run', async () => {
    const harness = await harnesses.open(THREE_USERS);
    const unknownClient = { type: 'status', status: 401 } as const;
    harness.addFault(unknownClient);

    const run = await harness.tick(FRIDAY_NIGHT, { concurrency: 1 });

    expect(run).toMatchObject({
      status: 'continues',
      reasons: { keys_refused: 1 },
      counts: { connections: 1 },
    });
    // Whose turn comes first is not fixed.
    expect(harness.takeRequests()).toEqual([
      expect.stringMatching(/^getConnection connection-\d$/),
      'getPartnerInfo null',
    ]);
    const rows = await harness.stack.sql`select status, attempts, disabled_since from brokerage_connections`;
    expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
      new Set([JSON.stringify({ status: 'active', attempts: 0, disabled_since: null })]),
    );

    harness.endFaults();
    // The leases of those who were claimed and not asked are over by then.
    await harness.tick('2026-11-20T22:35:00Z');
    expect(await Promise.all(NUMBERS.map((number) => isPublished(harness, number)))).toEqual([
      true,
      true,
      true,
    ]);
  });
});
