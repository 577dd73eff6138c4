import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { Instant } from '@/lib/domain/trading-date';
import { settleFlows } from './account-value';
import { Exact, type Market } from './market';
import type { SandboxAccount } from './scenario';
import { uuidOf } from './uuid';
import type { AccountReading } from './wire';

/** However much is invested, it is told as this many units, so that units times price is the invested part to the cent. */
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
