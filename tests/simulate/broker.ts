import type { Amount } from '@/lib/domain/money';
import { lastSessionThrough, type TradingSession } from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { Fault, Operation } from '@/lib/local/sandbox/faults';
import {
  accountSchema,
  alpacaAccountSchema,
  connectionSchema,
  type SandboxAccount,
  type SandboxAlpacaAccount,
  type SandboxConnection,
  type SandboxUser,
} from '@/lib/local/sandbox/scenario';
import { dateOf, isReversedBy, type Truth, trueAccount } from './truth';
import type { BrokerError, TrueMovement, World, WorldAccount, WorldConnection } from './world';

// The broker of a world as it stands at the sandbox on an evening: the truth, and what is wrong with what it tells.

export const userIdOf = ({ user }: World): string => `user-${user}`;
export const userSecretOf = (world: World): string => `secret-of-${userIdOf(world)}`;
/** The keys that open the account of a connection at Alpaca. */
export const keysOf = ({ id }: WorldConnection) => ({ keyId: `KEY-OF-${id}`, secretKey: `secret-of-${id}` });

/** A user of the sandbox with the connections that are linked by an evening. */
export function brokerOn(
  world: World,
  truth: Truth,
  sessions: readonly TradingSession[],
  evening: number,
): SandboxUser {
  return {
    userId: userIdOf(world),
    userSecret: userSecretOf(world),
    connections: world.connections
      .filter(({ linkedAt, provider }) => linkedAt <= evening && provider !== 'alpaca')
      .map((connection) => connectionOn(world, connection, truth, sessions, evening)),
    formerConnections: [],
  };
}

/** The accounts of a world at Alpaca as they stand on an evening. */
export function alpacaOn(
  world: World,
  truth: Truth,
  sessions: readonly TradingSession[],
  evening: number,
): readonly SandboxAlpacaAccount[] {
  return world.connections
    .filter(({ linkedAt, provider }) => linkedAt <= evening && provider === 'alpaca')
    .flatMap((connection) =>
      world.accounts
        .filter((account) => account.connection === connection.id)
        .map((account) =>
          alpacaAccountSchema.parse({
            ...accountOn(world, account, truth, sessions, evening),
            keys: [keysOf(connection)],
          }),
        ),
    );
}

function connectionOn(
  world: World,
  connection: WorldConnection,
  truth: Truth,
  sessions: readonly TradingSession[],
  evening: number,
): SandboxConnection {
  const { id, syncTime } = connection;
  const broken = world.errors.find(
    (error) => error.what === 'broken' && error.connection === id && isInForce(error, evening),
  );
  return connectionSchema.parse({
    id,
    institution: { name: `Broker of ${id}`, slug: id.toUpperCase() },
    ...(syncTime === null ? {} : { dataFreshness: 'daily', syncTime }),
    disabledSince: broken === undefined ? null : (sessions[broken.at]?.opensAt ?? null),
    accounts: world.accounts
      .filter((account) => account.connection === id)
      .map((account) => ({
        ...accountOn(world, account, truth, sessions, evening),
        historyEnabled: connection.historyFrom !== null && connection.historyFrom <= evening,
      })),
  });
}

function accountOn(
  { errors }: World,
  account: WorldAccount,
  truth: Truth,
  sessions: readonly TradingSession[],
  evening: number,
): SandboxAccount {
  const flows = account.movements
    .filter((movement) => !isReversedBy(movement, evening))
    .map((movement) => listedFlow(movement, sessions, evening));
  const real = trueAccount(account, sessions, evening);
  const [funding] = real.flows;
  return accountSchema.parse({
    ...real,
    flows: [...(funding === undefined ? [] : [funding]), ...flows],
    overrides: {
      ...pastAsItWas(account, truth, sessions, evening),
      ...Object.fromEntries(errors.flatMap((error) => wrongPast(error, account, truth, sessions))),
    },
  });
}

/** A movement as it is listed on an evening. */
function listedFlow(
  { at, amount, type, listed }: TrueMovement,
  sessions: readonly TradingSession[],
  evening: number,
) {
  const flow = { date: dateOf(sessions, at), amount, type, description: 'ACH' };
  switch (listed.as) {
    case 'renamed':
      return { ...flow, description: evening < at + listed.after ? 'PENDING ACH' : 'ACH' };
    case 'booked apart':
      return { ...flow, reported: { date: dateOf(sessions, at + listed.by) } };
    case 're-dated':
      return evening < at + listed.after ? flow : { ...flow, reported: { date: dateOf(sessions, at + 1) } };
    case 'unknown type':
      return { ...flow, reported: { type: 'JOURNAL' } };
    case 'without a currency':
      return { ...flow, reported: { currency: null } };
    default:
      return flow;
  }
}

/** What a reversed movement was part of stays what it was worth. */
function pastAsItWas(
  account: WorldAccount,
  truth: Truth,
  sessions: readonly TradingSession[],
  evening: number,
): Record<string, string | null> {
  const reversed = account.movements.filter((movement) => isReversedBy(movement, evening));
  return Object.fromEntries(
    reversed.flatMap(({ at, listed }) => {
      if (listed.as !== 'reversed') return [];
      const dates = sessions.slice(at, at + listed.after).map(({ date }) => date);
      return dates.map((date) => [date, truth.total(account, date)] as const);
    }),
  );
}

function wrongPast(
  error: BrokerError,
  account: WorldAccount,
  truth: Truth,
  sessions: readonly TradingSession[],
): readonly (readonly [TradingDate, string | null])[] {
  if (error.what !== 'past day missing' && error.what !== 'past day tenfold') return [];
  const date = wrongPastDate(error, sessions);
  const total = truth.total(account, date);
  if (error.account !== account.id || total === null) return [];
  return [[date, error.what === 'past day missing' ? null : (Number(total) * 10).toFixed(2)]];
}

/** The trading day that a fault of the history is about: so many calendar days before its session, or the session before that. */
export function wrongPastDate(
  { at, before }: Extract<BrokerError, { readonly before: number }>,
  sessions: readonly TradingSession[],
): TradingDate {
  return lastSessionThrough(addDays(dateOf(sessions, at), -before)).date;
}

export function isInForce({ at, sessions }: BrokerError, evening: number): boolean {
  return at <= evening && evening < at + sessions;
}

/** The sandbox's faults for all that a world's broker gets wrong, each from a close to a close. */
export function faultsOf(world: World, sessions: readonly TradingSession[]): readonly Fault[] {
  const silent = world.accounts
    .filter(({ listsMovements }) => !listsMovements)
    .map(
      ({ id }): Omit<Fault, 'id'> => ({
        match: { accountId: id, operation: 'getAccountActivities' },
        effect: { type: 'status', status: 403 },
      }),
    );
  const timed = world.errors.flatMap((error) =>
    effectsOf(error, sessions).map((fault) => ({
      ...timesOf(world, error, sessions),
      ...atSource(world, fault),
    })),
  );
  return [...silent, ...timed].map((fault, index) => ({ id: `${userIdOf(world)} ${index}`, ...fault }));
}

const ALPACA_OPERATIONS: Readonly<Record<string, Operation>> = {
  getAccountBalanceHistory: 'alpacaHistory',
  getAccountActivities: 'alpacaActivities',
};

/** A fault as it meets the source of what it is about: at Alpaca a connection is its account, and the calls have other names. */
function atSource<F extends Pick<Fault, 'match'>>({ accounts, connections }: World, fault: F): F {
  const { match } = fault;
  const account = accounts.find(
    ({ id, connection }) => id === match.accountId || connection === match.connectionId,
  );
  const isAlpaca = connections.some(
    ({ id, provider }) => id === account?.connection && provider === 'alpaca',
  );
  if (account === undefined || !isAlpaca) return fault;
  const operation = match.operation === undefined ? undefined : ALPACA_OPERATIONS[match.operation];
  return { ...fault, match: { accountId: account.id, ...(operation === undefined ? {} : { operation }) } };
}

/**
 * From the close of its first session to the close after its last. A connection that is read once a day repeats what was read, so
 * there a total is wrong from one reading to another.
 */
function timesOf(
  world: World,
  error: BrokerError,
  sessions: readonly TradingSession[],
): { from: Instant; until: Instant } {
  const from = closeOf(sessions, error.at);
  if (error.what === 'no answer at first') return { from, until: later(from, 120) };
  const until = closeOf(sessions, error.at + error.sessions);
  const connection = 'account' in error && world.accounts.find(({ id }) => id === error.account)?.connection;
  const syncTime = world.connections.find(({ id }) => id === connection)?.syncTime ?? null;
  if (syncTime === null || !TOTAL_ERRORS.has(error.what)) return { from, until };
  return { from: nextSync(from, syncTime), until: nextSync(until, syncTime) };
}

const TOTAL_ERRORS: ReadonlySet<BrokerError['what']> = new Set([
  'zero',
  'hundredfold',
  'tenfold',
  'hundredth',
  'in CAD',
  'without a currency',
  'no total',
]);

function nextSync(instant: Instant, syncTime: string): Instant {
  const today = toInstant(`${instant.slice(0, 10)}T${syncTime}:00Z`);
  return today >= instant ? today : later(today, 24 * 60);
}

const FACTORS = {
  hundredfold: '100' as Amount,
  tenfold: '10' as Amount,
  hundredth: '0.01' as Amount,
} as const;

function effectsOf(
  error: BrokerError,
  sessions: readonly TradingSession[],
): readonly Pick<Fault, 'match' | 'effect'>[] {
  const unavailable = { type: 'status', status: 503 } as const;
  switch (error.what) {
    case 'zero':
      return [{ match: { accountId: error.account }, effect: { type: 'zero_total' } }];
    case 'hundredfold':
    case 'tenfold':
    case 'hundredth': {
      const factor = FACTORS[error.what];
      return [{ match: { accountId: error.account }, effect: { type: 'scale', factor } }];
    }
    case 'in CAD':
      return [{ match: { accountId: error.account }, effect: { type: 'currency', currency: 'CAD' } }];
    case 'without a currency':
      return [{ match: { accountId: error.account }, effect: { type: 'currency', currency: null } }];
    case 'no total':
      return [{ match: { accountId: error.account }, effect: { type: 'null_total' } }];
    case 'left out':
      return [
        { match: {}, effect: { type: 'omit_account', accountId: error.account } },
        { match: { accountId: error.account }, effect: { type: 'status', status: 404 } },
      ];
    case 'history fails':
      return [
        { match: { accountId: error.account, operation: 'getAccountBalanceHistory' }, effect: unavailable },
      ];
    case 'movements fail':
      return [
        { match: { accountId: error.account, operation: 'getAccountActivities' }, effect: unavailable },
      ];
    case 'stale': {
      const asOf = later(closeOf(sessions, error.at - 1), 60);
      return [{ match: { connectionId: error.connection }, effect: { type: 'stale', asOf } }];
    }
    case 'no answer':
    case 'no answer at first':
      return [{ match: { connectionId: error.connection }, effect: unavailable }];
    case 'malformed':
      return [{ match: { connectionId: error.connection }, effect: { type: 'malformed' } }];
    case 'broken':
    case 'past day missing':
    case 'past day tenfold':
      return [];
  }
}

function closeOf(sessions: readonly TradingSession[], index: number): Instant {
  const session = sessions[index];
  return session === undefined ? toInstant('9999-01-01T00:00:00Z') : session.closesAt;
}

export function later(instant: Instant, minutes: number): Instant {
  return toInstant(new Date(Date.parse(instant) + minutes * 60_000));
}
