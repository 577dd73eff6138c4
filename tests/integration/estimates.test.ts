import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { allowEstimates, readEstimatesPermission } from '@/lib/estimates/store';
import { getHistory } from '@/lib/history/read';
import { listAudit } from '@/lib/operations/store';
import type { MarketPrices, PriceSource } from '@/lib/providers/price-source';
import { drawAt } from '../support/estimates';
import { asked, flow, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listCorrections } from '../support/published';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/** Saturday, a day after Friday's close: by now all movements up to it have been read. */
const SATURDAY = '2026-11-21T22:00:00Z';
const FRIDAY = toDate('2026-11-20');

/** A source of prices that gives these closes of one share, and remembers what it was asked. */
function sourceOf(
  symbol: string,
  closes: Readonly<Record<string, string>>,
  splits: MarketPrices['splits'] = [],
) {
  const questions: string[] = [];
  const source: PriceSource = {
    id: 'test',
    pricesOf: async (symbols, { from, to }) => {
      questions.push(`${symbols.join(',')} ${from} to ${to}`);
      const rows = Object.entries(closes).map(([date, close]) => ({
        symbol,
        date: toDate(date),
        close: close as MarketPrices['closes'][number]['close'],
      }));
      return { closes: rows, splits };
    },
  };
  return { source, questions };
}

const draw = (source: PriceSource | null, at = SATURDAY, userId: string | null = null) =>
  drawAt(stack, source, at, userId);

const CLOSES = {
  '2026-11-13': '88',
  '2026-11-16': '91',
  '2026-11-17': '90',
  '2026-11-18': '95',
  '2026-11-19': '98',
  '2026-11-20': '100',
};

/** Ten shares of ABC and 150 in cash on Friday; two of them were bought on Wednesday, and 100 were paid in on Thursday. */
const HELD = {
  externalId: 'account',
  date: '2026-11-20',
  asOf: '2026-11-20T21:30:00Z',
  currency: 'USD',
  cash: '150',
  source: 'snaptrade',
  positions: [{ symbol: 'ABC', units: '10', close: '100' }],
};
const STATEMENT = {
  externalId: 'account',
  sameAs: null,
  from: '2026-10-01',
  to: '2026-11-21',
  isComplete: true,
  rows: [
    {
      kind: 'other',
      vendorType: 'BUY',
      amount: '-190',
      date: '2026-11-18',
      nth: 1,
      symbol: 'ABC',
      units: '2',
      cash: '-190',
    },
    {
      kind: 'deposit',
      vendorType: 'CONTRIBUTION',
      amount: '100',
      date: '2026-11-19',
      nth: 1,
      symbol: null,
      units: '0',
      cash: '100',
    },
  ],
};
const GONE = { reason: 'provider_cannot', final: true } as const;

/** An account that was captured on Monday and Friday; nobody can give the three days between. */
async function linkAccount(parts: { readonly since?: string; readonly statements?: readonly object[] } = {}) {
  const { since = '2026-11-16', statements = [STATEMENT] } = parts;
  const user = await stack.createUser();
  const portfolio = await linkPortfolio(stack, { userId: user.id, since });
  await portfolio.record(
    {
      observations: [
        ...(since === '2026-11-16' ? [value('account', '2026-11-16', '1000')] : []),
        value('account', '2026-11-20', '1150'),
      ],
      outcomes: ['17', '18', '19'].map((day) => asked('account', `2026-11-${day}`, GONE)),
      holdings: [HELD],
      statements,
    },
    SATURDAY,
  );
  return { user, portfolio, allow: (isAllowed: boolean) => allow(user, isAllowed) };
}

function allow({ id: userId }: TestUser, isAllowed: boolean, at = SATURDAY) {
  return allowEstimates(stack.admin, { userId, isAllowed, by: null }, new Date(at));
}

const OPERATOR = '00000000-0000-4000-8000-00000000ad01';

function allowAsOperator({ id: userId }: TestUser, isAllowed: boolean, reason = 'they asked us to') {
  const by = { actorId: OPERATOR, reason };
  return allowEstimates(stack.admin, { userId, isAllowed, by }, new Date(SATURDAY));
}

const permissionOf = ({ id, client }: TestUser) => readEstimatesPermission(client, id);

/** What the audit log says that operators decided about a user's estimates, oldest first. */
async function auditOf({ id }: TestUser) {
  const entries = await listAudit(stack.admin, { actorId: OPERATOR, action: null, before: null, limit: 50 });
  return entries
    .filter(({ user }) => user?.userId === id)
    .map(({ action, reason }) => `${action}: ${reason}`)
    .toReversed();
}

async function historyOf({ id, client }: TestUser, from = '2026-11-01') {
  const query = { period: 'custom', from: toDate(from), to: FRIDAY } as const;
  return getHistory(client, id, query, FRIDAY, new Date(SATURDAY));
}

async function pointsOf(user: TestUser) {
  return (await historyOf(user)).points.map(({ date, value: total, kind, source, carried }) =>
    [date, total, kind, source, ...carried.map(({ from }) => `carried from ${from}`)].join(' '),
  );
}

const MONDAY = '2026-11-16 1000 daily_eod snaptrade';
const ON_FRIDAY = '2026-11-20 1150 daily_eod snaptrade';
/** 240 and 8 × 90; 50 and 10 × 95; 150 and 10 × 98. */
const ESTIMATED = [
  '2026-11-17 960 estimated estimate',
  '2026-11-18 1000 estimated estimate',
  '2026-11-19 1130 estimated estimate',
];

describe('days that no source can give', () => {
  it('are estimated from what was held and closing prices once their user allows it, and before that not', async () => {
    const { user, allow: allowOwn } = await linkAccount();
    const { source, questions } = sourceOf('ABC', CLOSES);
    expect(await permissionOf(user)).toBeNull();
    expect(await draw(source, SATURDAY, user.id)).toBe(0);
    expect(await pointsOf(user)).toEqual([MONDAY, ON_FRIDAY]);

    expect(await allowOwn(true)).toBe(0);
    expect(await permissionOf(user)).toMatchObject({ isByOperator: false });
    expect(await draw(source, SATURDAY, user.id)).toBe(3);
    expect(await pointsOf(user)).toEqual([MONDAY, ...ESTIMATED, ON_FRIDAY]);
    expect(questions).toEqual(['ABC 2026-10-28 to 2026-11-20']);
  });

  it('are estimated once: drawn again, from the same evidence or from more that says the same, nothing changes', async () => {
    const { user, portfolio, allow: allowOwn } = await linkAccount();
    const { source, questions } = sourceOf('ABC', CLOSES);
    await allowOwn(true);
    await draw(source, SATURDAY, user.id);
    const asked = questions.length;
    expect(await draw(source, SATURDAY, user.id)).toBe(0);
    await portfolio.record({ live: [] }, SATURDAY);
    await stack.sql`update accounts set evidence_version = evidence_version + 1 where user_id = ${user.id}`;
    expect(await draw(source, SATURDAY, user.id)).toBe(0);
    expect(questions).toHaveLength(asked);
    const [{ count } = { count: 0 }] = await stack.sql<{ count: number }[]>`
      select count(*)::integer as count from estimated_values where user_id = ${user.id}`;
    expect(count).toBe(3);
  });

  it('enter no return, and leave every figure that one is worked out from as it was', async () => {
    const { user, allow: allowOwn } = await linkAccount();
    const before = (await historyOf(user)).summary;
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    const { summary, flows } = await historyOf(user);
    expect(summary).toEqual(before);
    expect(flows).toEqual([]);
  });

  it('give way to anything better, and the rest is taken away with the permission', async () => {
    const { user, portfolio, allow: allowOwn } = await linkAccount();
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    await portfolio.record({ observations: [reconstructed('account', '2026-11-18', '1010')] }, SATURDAY);
    const [tuesday = '', , thursday = ''] = ESTIMATED;
    const better = '2026-11-18 1010 reconstructed snaptrade';
    expect(await pointsOf(user)).toEqual([MONDAY, tuesday, better, thursday, ON_FRIDAY]);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await pointsOf(user)).toEqual([MONDAY, tuesday, better, thursday, ON_FRIDAY]);

    expect(await allowOwn(false)).toBe(2);
    expect(await pointsOf(user)).toEqual([MONDAY, better, ON_FRIDAY]);
    expect(await listCorrections(stack, user.id)).toEqual([
      '2026-11-18 1000 estimated -> 1010 reconstructed: better observation',
      '2026-11-17 960 estimated -> withdrawn: estimates switched off',
      '2026-11-19 1130 estimated -> withdrawn: estimates switched off',
    ]);
    expect(await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id)).toBe(0);
  });

  it('are worked out anew when movements prove them wrong', async () => {
    const { user, portfolio, allow: allowOwn } = await linkAccount();
    await allowOwn(true);
    const { source } = sourceOf('ABC', CLOSES);
    await draw(source, SATURDAY, user.id);
    // The deposit of Thursday never was, says the newest statement.
    const [buy] = STATEMENT.rows;
    await portfolio.record({ statements: [{ ...STATEMENT, rows: [buy] }] }, '2026-11-21T23:00:00Z');
    await stack.sql`update accounts set evidence_version = evidence_version + 1 where user_id = ${user.id}`;
    expect(await draw(source, '2026-11-21T23:00:00Z', user.id)).toBe(2);
    expect((await pointsOf(user)).slice(1, 4)).toEqual([
      '2026-11-17 1060 estimated estimate',
      '2026-11-18 1100 estimated estimate',
      '2026-11-19 1130 estimated estimate',
    ]);
    expect((await listCorrections(stack, user.id)).slice(-2)).toEqual([
      '2026-11-17 960 estimated -> 1060 estimated: restated',
      '2026-11-18 1000 estimated -> 1100 estimated: restated',
    ]);
  });

  it('from before an account was linked are estimated back to its first movement, and no further', async () => {
    const { user, allow: allowOwn } = await linkAccount({ since: '2026-11-20' });
    expect(await pointsOf(user)).toEqual([ON_FRIDAY]);
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await pointsOf(user)).toEqual([...ESTIMATED.slice(1), ON_FRIDAY]);
    const { flows } = await historyOf(user);
    expect(flows).toEqual([]);
    await allowOwn(false);
    expect(await pointsOf(user)).toEqual([ON_FRIDAY]);
  });

  it('count beside accounts that are reported, from where on there is no hole, and come in as money', async () => {
    const user = await stack.createUser();
    const portfolio = await linkPortfolio(stack, {
      userId: user.id,
      since: '2026-11-20',
      accounts: ['account', 'other'],
    });
    await portfolio.record(
      {
        observations: [
          value('account', '2026-11-20', '1150'),
          ...['17', '18', '19'].map((day) => reconstructed('other', `2026-11-${day}`, '5000')),
          value('other', '2026-11-20', '5000'),
        ],
        holdings: [HELD],
        statements: [STATEMENT],
        flows: [flow('account', '2026-11-19', '100')],
      },
      SATURDAY,
    );
    const alone = ['17', '18', '19'].map((day) => `2026-11-${day} 5000`);
    const totals = async () => (await pointsOf(user)).map((point) => point.split(' ').slice(0, 2).join(' '));
    expect(await totals()).toEqual([...alone, '2026-11-20 6150']);
    await allow(user, true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await pointsOf(user)).toEqual([
      '2026-11-17 5000 reconstructed snaptrade',
      '2026-11-18 6000 estimated estimate,snaptrade',
      '2026-11-19 6130 estimated estimate,snaptrade',
      '2026-11-20 6150 daily_eod snaptrade',
    ]);
    expect((await historyOf(user)).flows).toEqual([
      { date: '2026-11-18', amount: '1000' },
      { date: '2026-11-19', amount: '100' },
    ]);
    await allow(user, false);
    expect(await totals()).toEqual([...alone, '2026-11-20 6150']);
  });

  it('end before a movement of which nobody knows what it changed', async () => {
    const [buy, deposit] = STATEMENT.rows;
    const merger = { kind: 'other', vendorType: 'STOCK_MERGER', amount: null, date: '2026-11-18', nth: 1 };
    const { user, allow: allowOwn } = await linkAccount({
      statements: [{ ...STATEMENT, rows: [buy, merger, deposit] }],
    });
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect((await pointsOf(user)).slice(1, 4)).toEqual([ESTIMATED[1], ESTIMATED[2], ON_FRIDAY]);
  });

  it('go through a split that both the broker and the prices report, and not through one that only the broker does', async () => {
    const split = {
      kind: 'other',
      vendorType: 'SPLIT',
      amount: null,
      date: '2026-11-19',
      nth: 1,
      symbol: 'SPLT',
      cash: '0',
    };
    const held = { ...HELD, positions: [{ symbol: 'SPLT', units: '10', close: '100' }] };
    const closes = { '2026-11-17': '180', '2026-11-18': '190', '2026-11-19': '98', '2026-11-20': '100' };
    for (const splits of [[{ symbol: 'SPLT', date: toDate('2026-11-19'), ratio: '2' as never }], []]) {
      await stack.sql`delete from market_price_readings`;
      const user = await stack.createUser();
      const portfolio = await linkPortfolio(stack, { userId: user.id });
      await portfolio.record(
        {
          observations: [value('account', '2026-11-16', '1000'), value('account', '2026-11-20', '1150')],
          outcomes: ['17', '18', '19'].map((day) => asked('account', `2026-11-${day}`, GONE)),
          holdings: [held],
          statements: [{ ...STATEMENT, rows: [split] }],
        },
        SATURDAY,
      );
      await allow(user, true);
      await stack.sql`delete from market_splits`;
      await draw(sourceOf('SPLT', closes, splits).source, SATURDAY, user.id);
      const estimated = (await pointsOf(user)).filter((point) => point.endsWith(' estimate'));
      // Ten shares were five at twice the price: 150 and 5 × 180, 150 and 5 × 190.
      expect(estimated).toEqual(
        splits.length > 0
          ? [
              '2026-11-17 1050 estimated estimate',
              '2026-11-18 1100 estimated estimate',
              '2026-11-19 1130 estimated estimate',
            ]
          : ['2026-11-19 1130 estimated estimate'],
      );
    }
  });

  it('stay as they are while movements up to the anchor are not read yet, and without prices', async () => {
    const { user, allow: allowOwn } = await linkAccount();
    await stack.sql`update movement_statements set read_at = '2026-11-20T21:30:00Z' where user_id = ${user.id}`;
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await pointsOf(user)).toEqual([MONDAY, ON_FRIDAY]);

    const other = await linkAccount();
    await stack.sql`delete from market_closes`;
    await stack.sql`delete from market_price_readings`;
    await other.allow(true);
    await draw(null, SATURDAY, other.user.id);
    expect(await pointsOf(other.user)).toEqual([MONDAY, ON_FRIDAY]);
  });

  it('are read by their own user alone, and prices of the market by nobody', async () => {
    const { user, allow: allowOwn } = await linkAccount();
    await allowOwn(true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    const other = await stack.createUser();
    for (const [reader, rows] of [
      [user, 3],
      [other, 0],
    ] as const)
      expect((await reader.client.from('estimated_values').select()).data).toHaveLength(rows);
    expect((await user.client.from('market_closes').select()).error?.code).toBe('42501');
  });
});

describe('an operator who allows estimates for a user', () => {
  it('has such days estimated as if the user had allowed it, and is on record with the reason', async () => {
    const { user } = await linkAccount();
    expect(await allowAsOperator(user, true)).toBe(0);
    expect(await permissionOf(user)).toMatchObject({ isByOperator: true });
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await pointsOf(user)).toEqual([MONDAY, ...ESTIMATED, ON_FRIDAY]);
    expect(await auditOf(user)).toEqual(['allow_estimates: they asked us to']);
  });

  it('can take that back, and with it go the estimates; twice is once, also on record', async () => {
    const { user } = await linkAccount();
    await allowAsOperator(user, true);
    expect(await allowAsOperator(user, true, 'once more')).toBeNull();
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await allowAsOperator(user, false, 'a mistake')).toBe(3);
    expect(await allowAsOperator(user, false, 'once more')).toBeNull();
    expect(await permissionOf(user)).toBeNull();
    expect(await pointsOf(user)).toEqual([MONDAY, ON_FRIDAY]);
    expect(await auditOf(user)).toEqual([
      'allow_estimates: they asked us to',
      'take_back_estimates: a mistake',
    ]);
  });

  it('does not decide over the user, who can switch it off or make it their own choice', async () => {
    const { user, allow: allowOwn } = await linkAccount();
    await allowAsOperator(user, true);
    await draw(sourceOf('ABC', CLOSES).source, SATURDAY, user.id);
    expect(await allowOwn(false)).toBe(3);
    expect(await permissionOf(user)).toBeNull();

    await allowAsOperator(user, true, 'again');
    await allowOwn(true);
    expect(await permissionOf(user)).toMatchObject({ isByOperator: false });
    expect(await allowAsOperator(user, false, 'too late')).toBeNull();
    expect(await permissionOf(user)).not.toBeNull();
    expect(await auditOf(user)).toEqual(['allow_estimates: they asked us to', 'allow_estimates: again']);
  });

  it('gives a reason, or nothing is decided', async () => {
    const { user } = await linkAccount();
    await expect(
      stack.service`select allow_estimates(${user.id}, true, ${OPERATOR}, null, ${SATURDAY})`,
    ).rejects.toThrow('audit_log_verdict_reason');
    expect(await permissionOf(user)).toBeNull();
  });
});

it('for a user without a portfolio there is nothing to allow', async () => {
  const user = await stack.createUser();
  expect(await allow(user, true)).toBeNull();
  expect(await allowAsOperator(user, true)).toBeNull();
});
