import Decimal from 'decimal.js';
import { type Amount, toAmount } from '@/lib/domain/money';
import { isTradingDay, latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import { Exact, type Market } from './market';
import type { SandboxAccount, SandboxFlow } from './scenario';

/** A flow as it happened: with its exact amount, and what it bought (negative: sold). */
export interface SettledFlow {
  readonly flow: SandboxFlow;
  readonly amount: Amount;
  /** The session at whose close it took effect. */
  readonly session: TradingDate;
  readonly units: Decimal;
  /** The price of one unit; null when nothing was bought or sold. */
  readonly level: Decimal | null;
}

interface Holding {
  readonly cash: Decimal;
  readonly units: Decimal;
}

const NOTHING: Holding = { cash: new Exact(0), units: new Exact(0) };

/** Types that cross the account's border; the others happen inside it and touch its cash only. */
const INNER_TYPES: ReadonlySet<SandboxFlow['type']> = new Set(['DIVIDEND', 'INTEREST', 'FEE', 'TAX']);

/**
 * What the broker says an account was worth at the close of a trading day, rounded to cents: the override of that
 * day if there is one, else cash plus units times the instrument's level. Null before the account was opened and
 * on days without a session.
 */
export function accountValueOn(account: SandboxAccount, date: TradingDate, market: Market): Amount | null {
  if (date < account.openedOn || !isTradingDay(date)) return null;
  const override = account.overrides[date];
  if (override !== undefined && override !== null) return override;
  return toCents(valueHolding(settleFlows(account, date, market).holding, levelOn(account, date, market)));
}

/**
 * What the broker says at an instant: between sessions the last close, within a session a value on the straight
 * line from the last close to the coming one. Null until the first close after the opening of the account.
 */
export function accountValueAt(account: SandboxAccount, instant: Instant, market: Market): Amount | null {
  const closed = latestClosedSession(instant, 0);
  const current = nextSession(closed.date);
  if (closed.date < account.openedOn) return null;
  if (instant < current.opensAt) return accountValueOn(account, closed.date, market);
  const elapsed = Date.parse(instant) - Date.parse(current.opensAt);
  const part = elapsed / (Date.parse(current.closesAt) - Date.parse(current.opensAt));
  const from = levelOn(account, closed.date, market);
  const to = levelOn(account, current.date, market);
  const level = from.plus(to.minus(from).times(part));
  return toCents(valueHolding(settleFlows(account, closed.date, market).holding, level));
}

/** The account's cash after the last close before an instant, rounded to cents. */
export function accountCashAt(account: SandboxAccount, instant: Instant, market: Market): Amount {
  return toCents(settleFlows(account, latestClosedSession(instant, 0).date, market).holding.cash);
}

/** The flows that took effect up to the close of a date, oldest first, and what they left in the account. */
export function settleFlows(
  account: SandboxAccount,
  through: TradingDate,
  market: Market,
): { readonly settled: readonly SettledFlow[]; readonly holding: Holding } {
  let holding = NOTHING;
  const settled: SettledFlow[] = [];
  for (const flow of [...account.flows].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))) {
    const session = isTradingDay(flow.date) ? flow.date : nextSession(flow.date).date;
    if (session > through) break;
    const level = levelOn(account, session, market);
    const move = moveHolding(account, flow, holding, level);
    holding = { cash: holding.cash.plus(move.cash), units: holding.units.plus(move.units) };
    const amount = toCents(move.cash.plus(move.units.times(level)));
    settled.push({ flow, amount, session, units: move.units, level: move.units.isZero() ? null : level });
  }
  return { settled, holding };
}

/** How one flow changes cash and units. */
function moveHolding(account: SandboxAccount, flow: SandboxFlow, held: Holding, level: Decimal): Holding {
  if (flow.amount === 'everything') return { cash: held.cash.neg(), units: held.units.neg() };
  const isInvested = account.instrument !== null && !INNER_TYPES.has(flow.type);
  const invested = new Exact(flow.amount).times(isInvested ? account.investedShare : 0);
  return { cash: new Exact(flow.amount).minus(invested), units: invested.div(level) };
}

/** An account without an instrument holds no units, so any level will do for it. */
function levelOn(account: SandboxAccount, session: TradingDate, market: Market): Decimal {
  if (account.instrument === null) return new Exact(1);
  const level = market.levelOn(account.instrument, session);
  if (level === null) throw new RangeError(`no level on ${session}, the exchange is closed`);
  return level;
}

function valueHolding(holding: Holding, level: Decimal): Decimal {
  return holding.cash.plus(holding.units.times(level));
}

function toCents(value: Decimal): Amount {
  const cents = toAmount(value.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).toFixed());
  if (cents === null) throw new RangeError('an account value is not finite');
  return cents;
}
