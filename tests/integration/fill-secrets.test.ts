import { expect, it } from 'vitest';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { readTables } from '../support/published';
import { account, connection, SANDBOX_KEYS, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

/** A secret that stands out, also where it would be written inside of a longer text or an address. */
const USER_SECRET = 'user-secret-7f3a9c';
const FORBIDDEN = [
  USER_SECRET,
  SANDBOX_KEYS.consumerKey,
  SANDBOX_KEYS.clientId,
  CREDENTIALS_KEY,
  'Signature',
  'userSecret',
];

const EVERYTHING_FAILS = [
  { type: 'status', status: 500 },
  { type: 'status', status: 401 },
  { type: 'status', status: 503, code: null },
  { type: 'malformed' },
  { type: 'timeout' },
] as const;

it('no secret appears in a log line or in a table, whatever fails', async () => {
  const harness = await harnesses.open(
    scenario({
      users: [
        user({
          userSecret: USER_SECRET,
          connections: [
            ...EVERYTHING_FAILS.map((_, index) =>
              connection({
                id: `connection-${index}`,
                accounts: [account({ id: `account-${index}`, openedOn: '2026-11-02' })],
              }),
            ),
            connection({ id: 'unreadable', accounts: [account({ id: 'unreadable' })] }),
          ],
        }),
      ],
    }),
  );
  await harness.tick('2026-11-19T22:30:00Z');
  await harness.stack.sql`
    update connection_credentials k set ciphertext = 'v1.' || ${Buffer.from(USER_SECRET).toString('base64url')} || '.x.y'
    from brokerage_connections c where c.id = k.connection_id and c.external_id = 'unreadable'`;
  await harness.stack.sql`update accounts set history_asked_at = null where external_id = 'unreadable'`;
  for (const [index, effect] of EVERYTHING_FAILS.entries()) {
    harness.addFault(effect, { match: { connectionId: `connection-${index}` } });
  }

  const run = await harness.tick(FRIDAY_NIGHT, { timeoutMs: 300 });

  expect(run.counts.failed).toBe(EVERYTHING_FAILS.length + 1);
  const said = [...harness.logged, ...Object.values(await readTables(harness.stack)).flat()];
  expect(harness.logged.length).toBeGreaterThan(EVERYTHING_FAILS.length);
  expect(said.filter((text) => FORBIDDEN.some((secret) => text.includes(secret)))).toEqual([]);
});
