import type { z } from 'zod';
import type {
  accountSchema,
  connectionSchema,
  instrumentSchema,
  ScenarioInput,
  userSchema,
} from '@/lib/local/sandbox/scenario';

/**
 * Small documents for the sandbox brokerage. Every builder takes what a test is about and fills in the rest:
 *
 *     scenario()                                              one user, one realtime connection, one account
 *     scenario({ accounts: [account({ id: 'a' }), …] })       the same user and connection, these accounts
 *     scenario({ connection: { dataFreshness: 'daily' } })    the same, on a daily connection
 *     scenario({ users: [user({ connections: […] })] })       anything
 */
export function scenario(parts: ScenarioParts = {}): ScenarioInput {
  const { accounts, connection: connectionParts, users, ...rest } = parts;
  const only = connection({ ...connectionParts, ...(accounts === undefined ? {} : { accounts }) });
  return {
    users: users ?? [user({ connections: [only] })],
    instruments: [REPLAYED, MOVED_OTHERWISE],
    ...rest,
  };
}

export interface ScenarioParts extends Omit<ScenarioInput, 'users'> {
  readonly users?: UserInput[];
  readonly accounts?: AccountInput[];
  readonly connection?: Partial<ConnectionInput>;
}

export type AccountInput = z.input<typeof accountSchema>;
export type ConnectionInput = z.input<typeof connectionSchema>;
export type UserInput = z.input<typeof userSchema>;

/** Keys that tests give to the sandbox and to the adapter. */
export const SANDBOX_KEYS = {
  clientId: 'CLIENT-TEST',
  consumerKey: 'consumer-key-test',
  controlSecret: 'control-secret-test',
} as const;

/** The instrument of accounts that name none: real S&P 500 returns of 2017 to 2019. */
export const REPLAYED: z.input<typeof instrumentSchema> = { symbol: 'SANDBOX-500' };

/** The same returns, moved by another span, for accounts that should not move together. */
export const MOVED_OTHERWISE: z.input<typeof instrumentSchema> = {
  symbol: 'SANDBOX-OTHER',
  shiftSessions: 2200,
};

export function user(parts: Partial<UserInput> = {}): UserInput {
  const userId = parts.userId ?? 'user-1';
  return { userId, userSecret: `secret-of-${userId}`, connections: [connection()], ...parts };
}

export function connection(parts: Partial<ConnectionInput> = {}): ConnectionInput {
  return { id: 'connection-1', accounts: [account()], ...parts };
}

/** An account opened on 2025-01-02 with 10,000 in cash and nothing invested, unless named otherwise. */
export function account(parts: Partial<AccountInput> = {}): AccountInput {
  const id = parts.id ?? 'account-1';
  const openedOn = parts.openedOn ?? '2025-01-02';
  return {
    id,
    institutionAccountId: `at-broker-${id}`,
    openedOn,
    investedShare: 0,
    flows: [{ date: openedOn, amount: '10000', type: 'CONTRIBUTION' }],
    ...parts,
  };
}

/** What one unit of a currency is worth in others, by day, such as `{ 'CAD-USD': { '2026-11-20': '0.73' } }`. */
export type PairRates = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reference rates by which pairs have just these rates: one euro is made worth one unit of the base currency. */
export function referenceRates(pairs: PairRates): Record<string, Record<string, string>> {
  const bases = new Set(Object.keys(pairs).map((pair) => pair.slice(0, 3)));
  if (bases.size > 1) throw new RangeError('a euro is worth one unit of one currency only');
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([pair, byDate]) => [
      [`EUR-${pair.slice(0, 3)}`, Object.fromEntries(Object.keys(byDate).map((date) => [date, '1']))],
      [`EUR-${pair.slice(4)}`, { ...byDate }],
    ]),
  );
}
