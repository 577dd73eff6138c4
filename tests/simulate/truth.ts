import { type Amount, addAmounts, Exact, isZero } from '@/lib/domain/money';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import type { ReturnFlow } from '@/lib/domain/returns';
import type { TradingDate } from '@/lib/domain/trading-date';
import { accountValueOn } from '@/lib/local/sandbox';
import { settleFlows } from '@/lib/local/sandbox/account-value';
import type { Market } from '@/lib/local/sandbox/market';
import { accountSchema, type SandboxAccount } from '@/lib/local/sandbox/scenario';
import type { TrueMovement, World, WorldAccount, WorldConnection } from './world';

/** What the accounts of a world are truly worth, and what truly moved across their borders. */
export interface Truth {
  /** Null before the account was opened. */
  total(account: WorldAccount, date: TradingDate): Amount | null;
  /** External movements of an account by the session whose value shows them; one that was reversed is none. */
  flows(account: WorldAccount): readonly ReturnFlow[];
}

/** The account as it truly is after the close of a session: movements that were reversed by then never were. */
export function trueAccount(
  account: WorldAccount,
  sessions: readonly TradingSession[],
  evening: number,
): SandboxAccount {
  return accountSchema.parse({
    id: account.id,
    name: account.id,
    institutionAccountId: `at-broker-${account.id}`,
    category: account.category,
    openedOn: account.openedOn,
    instrument: account.instrument,
    investedShare: account.investedShare,
    flows: [
      { date: account.fundedOn, amount: account.start, type: 'CONTRIBUTION' },
      ...account.movements
        .filter((movement) => !isReversedBy(movement, evening))
        .map(({ at, amount, type }) => ({ date: dateOf(sessions, at), amount, type })),
    ],
  });
}

export function isReversedBy({ at, listed }: TrueMovement, evening: number): boolean {
  return listed.as === 'reversed' && evening >= at + listed.after;
}

export function dateOf(sessions: readonly TradingSession[], index: number): TradingDate {
  const session = sessions[index];
  if (session === undefined) throw new RangeError(`the play has no session ${index}`);
  return session.date;
}

export function createTruth(sessions: readonly TradingSession[], market: Market): Truth {
  const totals = new Map<string, Amount | null>();
  const indexOf = new Map(sessions.map(({ date }, index) => [date, index]));
  const last = sessions.length - 1;
  const total = (account: WorldAccount, date: TradingDate): Amount | null => {
    const key = `${account.id} ${date}`;
    const known = totals.get(key);
    if (known !== undefined) return known;
    const value = accountValueOn(trueAccount(account, sessions, indexOf.get(date) ?? -1), date, market);
    totals.set(key, value);
    return value;
  };
  return {
    total,
    flows: (account) =>
      settleFlows(trueAccount(account, sessions, last), dateOf(sessions, last), market)
        .settled.filter(({ flow }) => flow.type === 'CONTRIBUTION' || flow.type === 'WITHDRAWAL')
        .map(({ session, amount }) => ({ date: session, amount })),
  };
}

/** The accounts of a world that exist on a day, and those of them that are worth anything. */
export function accountsOn(truth: Truth, accounts: readonly WorldAccount[], date: TradingDate) {
  const existing = accounts.filter((account) => truth.total(account, date) !== null);
  const total = addAmounts(...existing.map((account) => truth.total(account, date) ?? ('0' as Amount)));
  const worth = existing.filter((account) => !isZero(truth.total(account, date) ?? ('0' as Amount)));
  return { existing, worth, total };
}

/**
 * Sets of accounts that a day may be shown of: those that a broker has listed by an evening, and those that were listed before
 * the last ones came; a day captured before an account was listed says so and stays.
 */
export function possibleSets(world: World, evening: number): readonly (readonly WorldAccount[])[] {
  const listings = world.accounts.map((account) => listedFrom(world, account));
  return [...new Set(listings)]
    .filter((at) => at <= evening)
    .toSorted((a, b) => b - a)
    .map((upTo) => world.accounts.filter((_, index) => (listings[index] ?? 0) <= upTo));
}

/** The session on which the broker first lists an account: that of the link, unless it leaves the account out at first. */
function listedFrom(world: World, account: WorldAccount): number {
  const { linkedAt } = connectionOf(world, account);
  return world.errors
    .filter((error) => error.what === 'left out' && error.account === account.id)
    .toSorted((a, b) => a.at - b.at)
    .reduce((from, { at, sessions }) => (at <= from ? Math.max(from, at + sessions) : from), linkedAt);
}

/** The connection through which an account is seen. */
export function connectionOf({ connections }: World, { connection }: WorldAccount): WorldConnection {
  const found = connections.find(({ id }) => id === connection);
  if (found === undefined) throw new RangeError(`the world has no ${connection}`);
  return found;
}

/** The difference of two amounts, without sign. */
export function distance(one: Amount, other: Amount): number {
  return new Exact(one).minus(other).abs().toNumber();
}
