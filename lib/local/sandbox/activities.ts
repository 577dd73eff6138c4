import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import { type SettledFlow, settleFlows } from './account-value';
import { Exact, type Market } from './market';
import type { SandboxAccount, SandboxConnection } from './scenario';
import { hasCollectedMovements, lastReachableAt, utcDateOf } from './sync';
import { renderCurrency, uuidOf } from './uuid';

export interface ActivityQuery {
  readonly startDate: TradingDate | null;
  readonly endDate: TradingDate | null;
  /** Wanted types; null for all. */
  readonly types: readonly string[] | null;
  readonly offset: number;
  readonly limit: number;
}

/** What SnapTrade lists of an account before its first reading is through is not documented; here it is the newest. */
const COLLECTED_FIRST_DAYS = 30;

/** One page of an account's activities, newest first. Like SnapTrade's, they come a day late. */
export function renderActivities(
  connection: SandboxConnection,
  account: SandboxAccount,
  market: Market,
  now: Instant,
  query: ActivityQuery,
) {
  const until = lastReachableAt(connection, now);
  const unitsSince = (date: TradingDate) =>
    account.instrument === null ? new Exact(1) : market.unitsSince(account.instrument, date);
  const { settled } = settleFlows(account, latestClosedSession(until, 0).date, market);
  const rows = settled
    .filter(({ session }) => session < utcDateOf(until))
    .flatMap((flow) => renderFlow(account, flow, connection.institution.name, unitsSince(flow.session)))
    .map((row, index) => ({ id: rowId(account.id, index, utcDateOf(now)), ...row }))
    .filter(
      (row) =>
        hasCollectedMovements(account, now) ||
        row.trade_date >= addDays(utcDateOf(now), -COLLECTED_FIRST_DAYS),
    )
    .filter((row) => isWanted(row, query))
    .reverse();
  return {
    data: rows.slice(query.offset, query.offset + query.limit),
    pagination: { offset: query.offset, limit: query.limit, total: rows.length },
  };
}

/** The flow itself, and the order that its invested part became. */
function renderFlow(
  account: SandboxAccount,
  settled: SettledFlow,
  institution: string,
  unitsSince: SettledFlow['units'],
) {
  const { flow, amount, units, level } = settled;
  const common = {
    option_symbol: null,
    currency: renderCurrency(account.currency),
    option_type: '',
    trade_date: `${flow.date}T00:00:00.000000Z`,
    settlement_date: `${settled.session}T00:00:00.000000Z`,
    fee: 0,
    fx_rate: null,
    institution,
    external_reference_id: flow.externalReferenceId,
  };
  const { reported } = flow;
  const row = {
    ...common,
    currency:
      reported.currency === undefined
        ? common.currency
        : reported.currency === null
          ? null
          : renderCurrency(reported.currency),
    trade_date: `${reported.date ?? flow.date}T00:00:00.000000Z`,
    symbol: null,
    price: 0,
    units: 0,
    amount: Number(reported.amount ?? amount),
    type: reported.type ?? flow.type,
    description: flow.description,
  };
  if (level === null || account.instrument === null) return [row];
  const isBuy = units.isPositive();
  const order = {
    ...common,
    symbol: {
      id: uuidOf(`symbol ${account.instrument}`),
      symbol: account.instrument,
      raw_symbol: account.instrument,
      description: account.instrument,
      currency: renderCurrency(account.currency),
      type: { id: uuidOf('security type et'), code: 'et', description: 'ETF', is_supported: true },
    },
    price: level.times(unitsSince).toDecimalPlaces(4).toNumber(),
    units: units.div(unitsSince).toDecimalPlaces(6).toNumber(),
    amount: new Exact(units).times(level).neg().toDecimalPlaces(2).toNumber(),
    type: isBuy ? 'BUY' : 'SELL',
    description: `${isBuy ? 'Bought' : 'Sold'} ${account.instrument}`,
  };
  return [row, order];
}

function isWanted(
  row: { readonly trade_date: string; readonly type: string },
  query: ActivityQuery,
): boolean {
  const date = row.trade_date.slice(0, 10);
  if (query.startDate !== null && date < query.startDate) return false;
  if (query.endDate !== null && date > query.endDate) return false;
  return query.types === null || query.types.includes(row.type);
}

/** Changes every day, since SnapTrade gives rows new ids when it processes them anew. */
function rowId(accountId: string, index: number, processedOn: TradingDate): string {
  return uuidOf(`${accountId} ${index} ${processedOn}`);
}
