import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { Instant } from '@/lib/domain/trading-date';
import { settleFlows } from './account-value';
import { Exact, type Market } from './market';
import type { SandboxAccount } from './scenario';
import { uuidOf } from './uuid';
import type { AccountReading } from './wire';

/**
 * Where the broker reports no total, what is invested is given as this many units, so that units times price is the invested part to the
 * cent. Elsewhere the units are those that the activities bought.
 */
const UNITS = 100;

/** What an account holds beside its cash: nothing, or one fund. Decimals are strings in this shape. */
export function renderPositions(account: SandboxAccount, reading: AccountReading, market: Market) {
  const results = account.instrument === null ? [] : renderFund(account, account.instrument, reading, market);
  return { results, data_freshness: { as_of: reading.readAt } };
}

function renderFund(account: SandboxAccount, symbol: string, reading: AccountReading, market: Market) {
  const { total, cash, readAt } = reading;
  const invested = total === null || cash === null ? null : new Exact(total).minus(cash);
  if (invested?.isZero()) return [];
  const instrument = {
    kind: 'etf',
    id: uuidOf(`instrument ${symbol}`),
    symbol,
    raw_symbol: symbol,
    description: symbol,
    currency: account.currency,
    exchange: 'XNYS',
    figi_instrument: null,
  };
  if (account.totalReported) {
    const { date } = latestClosedSession(readAt, 0);
    const units = settleFlows(account, date, market).holding.units.toDecimalPlaces(6);
    const level = market.levelOn(symbol, date);
    const cost = units.isZero() ? null : costOf(account, readAt, market).div(units).toFixed(4);
    const price = level?.toDecimalPlaces(4).toFixed() ?? null;
    return [{ instrument, units: units.toFixed(), price, cost_basis: cost, currency: account.currency }];
  }
  return [
    {
      instrument,
      units: String(invested?.isNegative() ? -UNITS : UNITS),
      price: invested?.abs().div(UNITS).toFixed() ?? null,
      cost_basis: costOf(account, readAt, market).div(UNITS).toFixed(4),
      currency: account.currency,
    },
  ];
}

/** What the units held at an instant were bought for; a sale takes its share of the cost along. */
function costOf(account: SandboxAccount, at: Instant, market: Market) {
  let cost = new Exact(0);
  let held = new Exact(0);
  for (const { units, level } of settleFlows(account, latestClosedSession(at, 0).date, market).settled) {
    if (level === null) continue;
    cost = units.isNegative() ? cost.times(held.plus(units)).div(held) : cost.plus(units.times(level));
    held = held.plus(units);
  }
  return cost;
}
