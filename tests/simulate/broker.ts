import { lastSessionThrough, type TradingSession } from '@/lib/domain/nyse-calendar';
import type { ProviderId } from '@/lib/domain/states';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import {
  accountSchema,
  alpacaAccountSchema,
  connectionSchema,
  plaidItemSchema,
  type SandboxAccount,
  type SandboxAlpacaAccount,
  type SandboxConnection,
  type SandboxPlaidItem,
  type SandboxUser,
} from '@/lib/local/sandbox/scenario';
import { closeOf, isInForce, later } from './errors';
import { dateOf, isReversedBy, type Truth, trueAccount } from './truth';
import type { BrokerError, TrueMovement, World, WorldAccount, WorldConnection } from './world';

// The brokers of a world as they stand at the sandbox on an evening: the truth, and what is wrong with what they tell.

/** How far back a broker's history reaches. */
export const REACH_DAYS = 365;

export const userIdOf = ({ user }: World): string => `user-${user}`;
export const userSecretOf = (world: World): string => `secret-of-${userIdOf(world)}`;

/** What opens a connection. */
export function credentialsOf(world: World, { id, provider }: WorldConnection) {
  if (provider === 'alpaca') return keysOf(id);
  if (provider === 'plaid') return { accessToken: accessTokenOf(id) };
  return { userId: userIdOf(world), userSecret: userSecretOf(world) };
}

const keysOf = (connection: string) => ({
  keyId: `KEY-OF-${connection}`,
  secretKey: `secret-of-${connection}`,
});
const accessTokenOf = (connection: string): string => `access-token-of-${connection}`;

/** An evening of a world's play. */
export interface Evening {
  readonly world: World;
  readonly truth: Truth;
  readonly sessions: readonly TradingSession[];
  readonly evening: number;
}

/** A user of SnapTrade with the connections that are linked by an evening. */
export function snapTradeOn(at: Evening): SandboxUser {
  return {
    userId: userIdOf(at.world),
    userSecret: userSecretOf(at.world),
    connections: linkedAt('snaptrade', at).map((connection) => connectionOn(connection, at)),
    formerConnections: [],
  };
}

/** The accounts of a world at Alpaca, whose keys are revoked while the connection is broken. */
export function alpacaOn(at: Evening): readonly SandboxAlpacaAccount[] {
  return linkedAt('alpaca', at).flatMap((connection) =>
    accountsOf(connection, at).map((account) =>
      alpacaAccountSchema.parse({
        ...account,
        keys: [{ ...keysOf(connection.id), revokedSince: since('broken', connection, at) }],
      }),
    ),
  );
}

/** The items of a world at Plaid, which reads each of them right after the link. */
export function plaidOn(at: Evening): readonly SandboxPlaidItem[] {
  return linkedAt('plaid', at).map((connection) => {
    const { id, syncTime, movements, closePrices } = connection;
    const createdAt = closeOf(at.sessions, connection.linkedAt);
    return plaidItemSchema.parse({
      id,
      accessToken: accessTokenOf(id),
      institution: { id: `ins_${id}`, name: `Broker of ${id}` },
      createdAt,
      ...(syncTime === null ? {} : { syncTime }),
      ...(closePrices === undefined ? {} : { closePrices }),
      ...(movements === undefined
        ? {}
        : {
            historyReadyAt: later(createdAt, movements.readyAfter),
            historyBefore: movements.before,
            lastWebhook: at.evening > connection.linkedAt ? 'HISTORICAL_UPDATE' : null,
          }),
      disabledSince: since('broken', connection, at),
      unreadSince: since('stale', connection, at),
      accounts: accountsOf(connection, at),
    });
  });
}

function linkedAt(source: ProviderId, { world, evening }: Evening): readonly WorldConnection[] {
  return world.connections.filter(
    ({ linkedAt, provider = 'snaptrade' }) => linkedAt <= evening && provider === source,
  );
}

function accountsOf({ id }: WorldConnection, at: Evening): readonly SandboxAccount[] {
  return at.world.accounts
    .filter(({ connection }) => connection === id)
    .map((account) => accountOn(account, at));
}

/** Since when an error of a connection is in force on an evening; null when it is not. */
function since(
  what: 'broken' | 'stale',
  { id }: WorldConnection,
  { world, sessions, evening }: Evening,
): Instant | null {
  const error = world.errors.find(
    (one) => one.what === what && one.connection === id && isInForce(one, evening),
  );
  return error === undefined ? null : (sessions[error.at]?.opensAt ?? null);
}

function connectionOn(connection: WorldConnection, at: Evening): SandboxConnection {
  const { id, syncTime, historyFrom } = connection;
  return connectionSchema.parse({
    id,
    institution: { name: `Broker of ${id}`, slug: id.toUpperCase() },
    ...(syncTime === null ? {} : { dataFreshness: 'daily', syncTime }),
    disabledSince: since('broken', connection, at),
    accounts: accountsOf(connection, at).map((account) => ({
      ...account,
      historyEnabled: historyFrom !== null && historyFrom <= at.evening,
    })),
  });
}

function accountOn(
  account: WorldAccount,
  { world: { errors }, truth, sessions, evening }: Evening,
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
      return { ...flow, reported: { date: dateOf(sessions, Math.max(0, at + listed.by)) } };
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
