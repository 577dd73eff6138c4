import { describe, expect, it } from 'vitest';
import { addAmounts } from '@/lib/domain/money';
import { toDate } from '@/lib/domain/trading-date';
import { accountValueOn, type ScenarioInput } from '@/lib/local/sandbox';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { countLines } from '../support/linked-user';
import { plaidItem } from '../support/plaid-harness';
import { linkPlaidItem } from '../support/plaid-linking';
import { listOutcomes, readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';

const MOVING = { openedOn: '2026-10-01', investedShare: 1 } as const;
const DEPOSIT = { date: '2026-10-01', amount: '10000', type: 'CONTRIBUTION' } as const;

const bothWith = (parts: {
  readonly snaptrade?: Parameters<typeof account>[0];
  readonly alpaca?: Parameters<typeof alpacaAccount>[0];
}): ScenarioInput =>
  scenario({
    users: [user({ connections: [connection({ accounts: [account({ ...MOVING, ...parts.snaptrade })] })] })],
    alpacaAccounts: [alpacaAccount({ ...MOVING, instrument: 'SANDBOX-OTHER', ...parts.alpaca })],
  });

async function openBoth(world: ScenarioInput, at = THURSDAY_NIGHT): Promise<WorkerHarness> {
  const harness = await harnesses.open(world);
  await linkOwnAccount(harness, harness.userId(), at);
  return harness;
}

/** What both brokers report together for a day. */
function truthOn({ sandbox, brokerTotal }: WorkerHarness, date: string): string {
  const [own] = sandbox.state.scenario.alpacaAccounts;
  if (own === undefined) throw new Error('the scenario has no account at Alpaca');
  const value = accountValueOn(own, toDate(date), sandbox.state.market);
  return addAmounts(brokerTotal(date, 'account-1'), ...(value === null ? [] : [value]));
}

it('accounts of two sources are one line, day for day', async () => {
  const harness = await openBoth(bothWith({}));
  await harness.tick(THURSDAY_NIGHT);
  await harness.tick(FRIDAY_NIGHT);
  const days = await readPublished(harness.stack, harness.userId());
  expect(days.length).toBeGreaterThan(30);
  expect(days.map(({ date, value, expected, present }) => ({ date, value, expected, present }))).toEqual(
    days.map(({ date }) => ({ date, value: truthOn(harness, date), expected: 2, present: 2 })),
  );
  expect(days.at(-1)).toMatchObject({ date: '2026-11-20', kind: 'daily_eod' });
  expect(await countLines(harness)).toBe(2);
});

it('what moves from one source to the other is no deposit and no gain', async () => {
  const out = { date: '2026-11-18', amount: '-3000', type: 'WITHDRAWAL' } as const;
  const into = { date: '2026-11-18', amount: '3000', type: 'CONTRIBUTION' } as const;
  const flat = { investedShare: 0 };
  const harness = await openBoth(
    bothWith({
      snaptrade: { ...flat, flows: [DEPOSIT, out] },
      alpaca: { ...flat, flows: [{ ...DEPOSIT, amount: '5000' }, into] },
    }),
    '2026-11-17T22:30:00Z',
  );
  for (const day of ['17', '18', '19', '20']) await harness.tick(`2026-11-${day}T22:30:00Z`);
  const { points, summary } = await harness.history(FRIDAY_NIGHT);
  expect(new Set(points.map(({ value }) => value))).toEqual(new Set(['15000']));
  expect(summary).toMatchObject({ valueChange: '0', netDeposits: '0', marketChange: '0' });
});

it('of a source whose answers tell that it is let in, an evening takes one question about values, late ones too', async () => {
  const harness = await harnesses.open(
    scenario({
      users: [user({ connections: [] })],
      alpacaAccounts: [alpacaAccount(MOVING)],
      plaidItems: [plaidItem({ accounts: [account({ id: 'plaid-1', ...MOVING })], syncTime: '10:15' })],
    }),
  );
  await linkOwnAccount(harness, harness.userId(), THURSDAY_NIGHT);
  await linkPlaidItem(harness, harness.userId(), THURSDAY_NIGHT);
  await harness.tick(THURSDAY_NIGHT);
  harness.takeRequests();
  await harness.tick(FRIDAY_NIGHT);
  const about = (one: string) => /^(alpacaAccount|plaidHoldings|plaidItem) /.test(one);
  expect(harness.takeRequests().filter(about).toSorted()).toEqual([
    'alpacaAccount alpaca-1',
    'plaidHoldings item-1',
  ]);
});

describe('trouble at one source', () => {
  it('leaves the other’s days whole: an outage is a carried part, named, and heals', async () => {
    const harness = await openBoth(bothWith({}));
    await harness.tick(THURSDAY_NIGHT);
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'alpacaAccount' } });
    await harness.tick(FRIDAY_NIGHT);
    expect((await readPublished(harness.stack, harness.userId())).at(-1)).toMatchObject({
      date: '2026-11-20',
      kind: 'estimated',
      carried: [expect.stringContaining('from 2026-11-19')],
    });
    harness.endFaults();
    await harness.tick('2026-11-21T12:00:00Z');
    expect((await readPublished(harness.stack, harness.userId())).at(-1)).toMatchObject({
      date: '2026-11-20',
      kind: 'daily_eod',
      value: truthOn(harness, '2026-11-20'),
    });
  });

  it('that makes everybody wait longer than the run has stops that source alone', async () => {
    const harness = await openBoth(bothWith({}));
    await harness.stack.sql`
      update request_budgets set paused_until = clock_timestamp() + interval '10 minutes' where provider = 'alpaca'`;
    harness.takeRequests();
    const run = await harness.tick(FRIDAY_NIGHT, { concurrency: 1, timeLeftMs: () => 5_000 });
    expect(run).toMatchObject({ status: 'continues' });
    const asked = harness.takeRequests();
    expect(asked.filter((one) => one.startsWith('alpaca'))).toEqual([]);
    expect(asked).toContain('listConnectionAccounts connection-1');
    expect(await listOutcomes(harness.stack)).toEqual([]);

    await harness.stack.sql`update request_budgets set paused_until = null`;
    await harness.tick('2026-11-20T22:45:00Z');
    expect((await readPublished(harness.stack, harness.userId())).at(-1)).toMatchObject({
      date: '2026-11-20',
      expected: 2,
      present: 2,
    });
  });

  it('whose budget is used up keeps its connections free for whoever can ask them', async () => {
    const numbers = [1, 2, 3, 4, 5];
    const harness = await harnesses.open(
      scenario({
        users: numbers.map((number) =>
          user({
            userId: `user-${number}`,
            connections: [
              connection({
                id: `connection-${number}`,
                accounts: [account({ id: `account-${number}`, ...MOVING })],
              }),
            ],
          }),
        ),
        alpacaAccounts: numbers.map((number) => alpacaAccount({ id: `alpaca-${number}`, ...MOVING })),
      }),
    );
    for (const number of numbers)
      await linkOwnAccount(harness, harness.userId(`user-${number}`), THURSDAY_NIGHT, `alpaca-${number}`);
    await harness.stack.sql`
      update request_budgets set paused_until = clock_timestamp() + interval '10 minutes' where provider = 'snaptrade'`;
    const claimed: string[] = [];
    const run = await harness.tick(FRIDAY_NIGHT, {
      concurrency: 1,
      timeLeftMs: () => 5_000,
      filterClaims: (store) => ({
        ...store,
        claim: async (...lease) => {
          const connections = await store.claim(...lease);
          claimed.push(...connections.map(({ provider }) => provider));
          return connections;
        },
      }),
    });

    // One of them showed that there is no budget; after that, nobody else's evidence is fetched and leased for nothing.
    expect(claimed.filter((provider) => provider === 'snaptrade')).toHaveLength(1);
    expect(claimed.filter((provider) => provider === 'alpaca')).toHaveLength(numbers.length);
    expect(run).toMatchObject({ status: 'continues', counts: { captured: numbers.length, failed: 0 } });
    const leased = await harness.stack.sql`select from brokerage_connections where lease_owner is not null`;
    expect(leased).toHaveLength(0);
  });

  it('whose operator’s keys are wrong stops that source alone', async () => {
    const harness = await openBoth(bothWith({}));
    harness.addFault({ type: 'status', status: 401 }, { match: { operation: 'getConnection' } });
    harness.addFault({ type: 'status', status: 401 }, { match: { operation: 'getPartnerInfo' } });
    const run = await harness.tick(FRIDAY_NIGHT, { concurrency: 1 });
    expect(run).toMatchObject({ reasons: { keys_refused: 1 } });
    expect(harness.takeRequests()).toContain('alpacaAccount alpaca-1');
  });
});

/** What each source gives for each period, where it is whole: of which kind the days are. */
describe('the table of periods', () => {
  const EARLY = { openedOn: '2024-11-04', flows: [{ ...DEPOSIT, date: '2024-11-04' }] };
  const kindsOf = async (harness: WorkerHarness) => {
    const days = await readPublished(harness.stack, harness.userId());
    return (from: string, to: string) =>
      [...new Set(days.filter(({ date }) => date >= from && date <= to).map(({ kind }) => kind))].sort();
  };
  const LINK = { portal: null, keys: linkOwnAccount, plaid: linkPlaidItem };
  const SOURCES: readonly (readonly [string, ScenarioInput, keyof typeof LINK, boolean])[] = [
    [
      'SnapTrade, from a broker with a record of past values',
      scenario({ users: [user({ connections: [connection({ accounts: [account(EARLY)] })] })] }),
      'portal',
      true,
    ],
    [
      'SnapTrade, from a broker without one',
      scenario({
        users: [
          user({ connections: [connection({ accounts: [account({ ...EARLY, historyEnabled: false })] })] }),
        ],
      }),
      'portal',
      false,
    ],
    [
      'Plaid, which keeps no record of past values',
      scenario({
        users: [user({ connections: [] })],
        plaidItems: [plaidItem({ accounts: [account(EARLY)] })],
      }),
      'plaid',
      false,
    ],
    [
      'Alpaca',
      scenario({ users: [user({ connections: [] })], alpacaAccounts: [alpacaAccount(EARLY)] }),
      'keys',
      true,
    ],
  ];

  it.each(SOURCES)('of %s', async (_, world, by, hasHistory) => {
    const harness = await harnesses.open(world);
    await LINK[by]?.(harness, harness.userId(), FRIDAY_NIGHT);
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);
    const kinds = await kindsOf(harness);
    const past = hasHistory ? ['reconstructed'] : [];
    expect({
      today: kinds('2026-11-23', '2026-11-23'),
      sinceLinking: kinds('2026-11-20', '2026-11-23'),
      sevenDays: kinds('2026-11-13', '2026-11-19'),
      thirtyDays: kinds('2026-10-21', '2026-11-12'),
      yearBefore: kinds('2025-11-20', '2026-10-20'),
      beyond: kinds('2024-11-04', '2025-11-19'),
    }).toEqual({
      today: ['daily_eod'],
      sinceLinking: ['daily_eod'],
      sevenDays: past,
      thirtyDays: past,
      yearBefore: past,
      beyond: by === 'keys' ? ['reconstructed'] : [],
    });
  });
});
