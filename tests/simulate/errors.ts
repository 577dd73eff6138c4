import type { Amount } from '@/lib/domain/money';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import type { Fault, Operation } from '@/lib/local/sandbox/faults';
import type { BrokerError, World } from './world';

// What a world's brokers get wrong, as faults of the sandbox.

/** By which a total is another than the true one. */
export const WRONG_TOTALS = [
  'zero',
  'hundredfold',
  'tenfold',
  'hundredth',
  'in CAD',
  'without a currency',
] as const satisfies readonly BrokerError['what'][];

/** What is wrong with the total of an account. */
export const TOTAL_ERRORS = [...WRONG_TOTALS, 'no total'] as const;

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
    effectsOf(error, sessions)
      .flatMap((fault) => atSource(world, fault))
      .map((fault) => ({ ...timesOf(world, error, sessions), ...fault })),
  );
  return [...silent, ...timed].map((fault, index) => ({ id: `user ${world.user} ${index}`, ...fault }));
}

/** The calls of an account or a connection, as the other sources have them. */
const OPERATIONS: Readonly<Record<'alpaca' | 'plaid', Readonly<Partial<Record<Operation, Operation>>>>> = {
  alpaca: { getAccountBalanceHistory: 'alpacaHistory', getAccountActivities: 'alpacaActivities' },
  plaid: { getAccountActivities: 'plaidTransactions' },
};

/**
 * A fault as it meets the source of what it is about: the calls have other names there. At Alpaca a connection is its account. At Plaid
 * every answer is about a connection, only values in it are about an account, and of what is not read anew the item itself tells.
 */
function atSource<F extends Pick<Fault, 'match' | 'effect'>>(
  { accounts, connections }: World,
  fault: F,
): readonly F[] {
  const { accountId, connectionId, operation: asked } = fault.match;
  const account = accounts.find(({ id, connection }) => id === accountId || connection === connectionId);
  const source = connections.find(({ id }) => id === account?.connection)?.provider;
  if (account === undefined || source === undefined) return [fault];
  if (source === 'plaid' && fault.effect.type === 'stale') return [];
  const operation = asked === undefined ? undefined : OPERATIONS[source][asked];
  const isOfConnection = source === 'plaid' && (accountId === undefined || operation !== undefined);
  const match = {
    ...(isOfConnection ? { connectionId: account.connection } : { accountId: account.id }),
    ...(operation === undefined ? {} : { operation }),
  };
  return [{ ...fault, match }];
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
  if (syncTime === null || !isAboutTotal(error)) return { from, until };
  return { from: nextSync(from, syncTime), until: nextSync(until, syncTime) };
}

const isAboutTotal = ({ what }: BrokerError): boolean => TOTAL_ERRORS.some((one) => one === what);

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

/** When a session of the play closes; never, after the last one. */
export function closeOf(sessions: readonly TradingSession[], index: number): Instant {
  const session = sessions[index];
  return session === undefined ? toInstant('9999-01-01T00:00:00Z') : session.closesAt;
}

export function later(instant: Instant, minutes: number): Instant {
  return toInstant(new Date(Date.parse(instant) + minutes * 60_000));
}
