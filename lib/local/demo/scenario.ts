import { previousSession, type TradingSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { addDays, addMonths, type TradingDate } from '@/lib/domain/trading-date';
import type { ScenarioInput } from '@/lib/local/sandbox';

/** The story that a demo user's data tells. */
export type Story =
  | 'outage'
  | 'broken'
  | 'new'
  | 'steady'
  | 'fresh'
  | 'admin'
  | 'down'
  | 'filling'
  | 'estimated';

export interface DemoUser {
  readonly email: string;
  readonly story: Story;
  readonly role: 'user' | 'admin';
  /** The days on which our system had captured this user's values when the demo starts. */
  readonly capturedOn: (date: TradingDate) => boolean;
  readonly connections: readonly DemoConnection[];
  /** The connection whose first fill another worker has in hand when the demo starts, so that it can be looked at. */
  readonly leasedConnection?: string;
  /** How often in a row the connections could not be read before the demo starts: the more, the rarer they are asked. */
  readonly failuresSoFar?: number;
  /** Whether this user allows estimates; what their accounts held was read on the last captured day then. */
  readonly allowsEstimates?: boolean;
}

type SandboxUserInput = NonNullable<ScenarioInput['users']>[number];
export type DemoConnection = NonNullable<SandboxUserInput['connections']>[number];
type DemoAccount = NonNullable<DemoConnection['accounts']>[number];

export const DEMO_PASSWORD = 'demo-portfolio';

/** What the demo's values are, as every page that shows them says. */
export const DEMO_NOTICE =
  'Demo data: real S&P 500 prices of 2012 to 2019, replayed as if they were today’s.';

/** Keys that open the demo's account at Alpaca, for whoever links it. */
export const DEMO_KEYS = { keyId: 'DEMO-KEY-ID', secretKey: 'demo-secret-key' } as const;

const HISTORY_MONTHS = 24;

/** Instruments that replay different years of the same index, so that accounts do not move together. */
const INSTRUMENTS: NonNullable<ScenarioInput['instruments']> = [
  { symbol: 'REPLAY-2017' },
  { symbol: 'REPLAY-2012', shiftSessions: 3240 },
];

export interface Demo {
  readonly firstDay: TradingDate;
  readonly users: readonly DemoUser[];
  readonly scenario: ScenarioInput;
}

/**
 * Two years of a few users' accounts that end at the latest closed trading day. The brokerage was never down; our system
 * was, on the days that `capturedOn` leaves out. The latest day is left to the first tick for everybody.
 */
export function createDemo(latest: TradingSession): Demo {
  const firstDay = previousSession(addMonths(latest.date, -HISTORY_MONTHS)).date;
  const sessions = tradingSessions(addDays(latest.date, -60), latest.date).map((session) => session.date);
  const sessionsAgo = (count: number): TradingDate => sessions.at(-1 - count) ?? latest.date;
  const before = (date: TradingDate): boolean => date < latest.date;

  const longOutage = { from: addMonths(latest.date, -9), to: addMonths(latest.date, -4) };
  const shortOutage = { from: sessionsAgo(13), to: sessionsAgo(9) };
  const forgottenWeek = { from: addMonths(latest.date, -18), to: addDays(addMonths(latest.date, -18), 6) };
  const brokenSince = sessionsAgo(16);
  const neverReported = { from: sessionsAgo(15), to: sessionsAgo(8) };

  const users: DemoUser[] = [
    {
      email: 'olivia@example.com',
      story: 'outage',
      role: 'user',
      capturedOn: (date) => before(date) && !isWithin(date, longOutage) && !isWithin(date, shortOutage),
      connections: [
        connection('outage-1', 'Northwind Brokerage', 'realtime', [
          saver('outage-taxable', 'Individual', firstDay, 48_000, 1_200, 'REPLAY-2017', 0.9),
          saver('outage-roth', 'Roth IRA', firstDay, 21_500, 500, 'REPLAY-2012', 1),
        ]),
        connection('outage-2', 'Harbor Securities', 'daily', [
          { ...saver('outage-401k', '401(k)', firstDay, 86_000, 950, 'REPLAY-2017', 0.7), category: null },
        ]),
      ],
    },
    {
      email: 'ben@example.com',
      story: 'broken',
      role: 'user',
      capturedOn: (date) => before(date) && !isWithin(date, forgottenWeek),
      connections: [
        connection('broken-1', 'Northwind Brokerage', 'realtime', [
          saver('broken-taxable', 'Individual', firstDay, 33_000, 400, 'REPLAY-2012', 0.85),
        ]),
        {
          ...connection('broken-2', 'Summit Invest', 'daily', [
            saver('broken-ira', 'Traditional IRA', firstDay, 57_000, 600, 'REPLAY-2017', 0.95),
          ]),
          disabledSince: `${addDays(brokenSince, 1)}T03:00:00.000Z`,
        },
      ],
    },
    {
      email: 'nora@example.com',
      story: 'new',
      role: 'user',
      capturedOn: () => false,
      connections: [
        connection('new-1', 'Harbor Securities', 'realtime', [
          saver('new-taxable', 'Individual', firstDay, 12_000, 300, 'REPLAY-2017', 0.8),
          { ...saver('new-cash', 'Cash management', firstDay, 6_500, 150, null, 0), category: 'DEPOSIT' },
        ]),
      ],
    },
    {
      email: 'stella@example.com',
      story: 'steady',
      role: 'user',
      capturedOn: before,
      connections: [
        connection('steady-1', 'Summit Invest', 'realtime', [
          withdrawal(
            saver('steady-taxable', 'Joint account', firstDay, 140_000, 0, 'REPLAY-2012', 0.9),
            addMonths(latest.date, -7),
            '-9000',
          ),
          saver('steady-roth', 'Roth IRA', firstDay, 39_000, 500, 'REPLAY-2017', 1),
          { ...saver('steady-credit', 'Credit line', firstDay, 4_000, 0, null, 0), category: 'LOC' },
        ]),
      ],
    },
    { email: 'lee@example.com', story: 'fresh', role: 'user', capturedOn: () => false, connections: [] },
    {
      email: 'petra@example.com',
      story: 'down',
      role: 'user',
      capturedOn: before,
      failuresSoFar: 6,
      connections: [
        connection('down-1', 'Granite Brokers', 'realtime', [
          saver('down-taxable', 'Individual', firstDay, 27_000, 350, 'REPLAY-2017', 0.9),
        ]),
      ],
    },
    {
      email: 'finn@example.com',
      story: 'filling',
      role: 'user',
      capturedOn: () => false,
      leasedConnection: 'filling-2',
      connections: [
        connection('filling-1', 'Northwind Brokerage', 'realtime', [
          saver('filling-taxable', 'Individual', firstDay, 18_000, 250, 'REPLAY-2012', 0.9),
        ]),
        connection('filling-2', 'Harbor Securities', 'realtime', [
          saver('filling-ira', 'Traditional IRA', firstDay, 52_000, 400, 'REPLAY-2017', 0.8),
        ]),
      ],
    },
    {
      email: 'vera@example.com',
      story: 'estimated',
      role: 'user',
      capturedOn: (date) => before(date) && !isWithin(date, neverReported),
      allowsEstimates: true,
      connections: [
        // This broker offers no history, so what was missed there cannot be had.
        connection('estimated-1', 'Lakeside Brokers', 'realtime', [
          {
            ...saver('estimated-taxable', 'Individual', firstDay, 36_000, 450, 'REPLAY-2017', 0.85),
            historyEnabled: false,
          },
        ]),
      ],
    },
    { email: 'admin@example.com', story: 'admin', role: 'admin', capturedOn: () => false, connections: [] },
  ];

  return {
    firstDay,
    users,
    scenario: {
      instruments: INSTRUMENTS,
      rateLimitPerMinute: 250,
      faults: [
        {
          id: 'down',
          match: { userId: sandboxLogin('down').userId },
          effect: { type: 'status', status: 503 },
        },
      ],
      alpacaAccounts: [
        {
          ...saver('alpaca-demo', 'Alpaca', firstDay, 24_000, 300, 'REPLAY-2017', 0.9),
          number: 'PA0DEMO001',
          keys: [DEMO_KEYS],
        },
      ],
      users: users.map(({ story, connections }) => ({
        ...sandboxLogin(story),
        connections: [...connections],
      })),
    },
  };
}

/** Credentials under which the sandbox knows a user. */
export interface SandboxLogin {
  readonly userId: string;
  readonly userSecret: string;
}

/** The credentials of a demo user. */
export function sandboxLogin(story: Story): SandboxLogin {
  return { userId: `demo-${story}`, userSecret: `sandbox-secret-of-${story}` };
}

function isWithin(
  date: TradingDate,
  range: { readonly from: TradingDate; readonly to: TradingDate },
): boolean {
  return date >= range.from && date <= range.to;
}

/** A connection to a brokerage of that name. */
export function connection(
  id: string,
  name: string,
  dataFreshness: 'realtime' | 'daily',
  accounts: DemoAccount[],
): DemoConnection {
  return {
    id,
    institution: { name, slug: name.toUpperCase().replaceAll(' ', '-') },
    dataFreshness,
    syncTime: '22:15',
    accounts,
  };
}

/** An account that starts with a sum and is paid into every month. */
export function saver(
  id: string,
  name: string,
  openedOn: TradingDate,
  start: number,
  monthly: number,
  instrument: string | null,
  investedShare: number,
): DemoAccount {
  const months = Array.from({ length: HISTORY_MONTHS - 1 }, (_, month) => addMonths(openedOn, month + 1));
  const deposits =
    monthly === 0
      ? []
      : months.map((date) => ({ date, amount: String(monthly), type: 'CONTRIBUTION' as const }));
  return {
    id,
    institutionAccountId: `sandbox-${id}`,
    name,
    openedOn,
    instrument,
    investedShare,
    flows: [{ date: openedOn, amount: String(start), type: 'CONTRIBUTION' }, ...deposits],
  };
}

function withdrawal(account: DemoAccount, date: TradingDate, amount: string): DemoAccount {
  return { ...account, flows: [...(account.flows ?? []), { date, amount, type: 'WITHDRAWAL' }] };
}
