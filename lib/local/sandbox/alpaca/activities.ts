import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { addDays, type Instant } from '@/lib/domain/trading-date';
import { type SettledFlow, settleFlows } from '../account-value';
import { Exact, type Market } from '../market';
import type { SandboxAlpacaAccount, SandboxFlow } from '../scenario';
import { uuidOf } from '../uuid';

export interface ActivityQuery {
  readonly after: Instant | null;
  readonly until: Instant | null;
  readonly category: string | null;
  readonly direction: 'asc' | 'desc';
  readonly pageSize: number;
  readonly pageToken: string | null;
}

const TYPES: Readonly<Record<SandboxFlow['type'], string>> = {
  CONTRIBUTION: 'CSD',
  WITHDRAWAL: 'CSW',
  TRANSFER: 'JNLC',
  INTERNAL_CASH_TRANSFER_IN: 'JNLC',
  INTERNAL_CASH_TRANSFER_OUT: 'JNLC',
  EXTERNAL_ASSET_TRANSFER_IN: 'ACATS',
  EXTERNAL_ASSET_TRANSFER_OUT: 'ACATS',
  DIVIDEND: 'DIV',
  INTEREST: 'INT',
  FEE: 'FEE',
  TAX: 'DIVNRA',
};

/** One page of what happened on an account, without the fills where they are not wanted. A row follows the id of the one before. */
export function renderActivities(
  account: SandboxAlpacaAccount,
  market: Market,
  now: Instant,
  query: ActivityQuery,
) {
  const { settled } = settleFlows(account, latestClosedSession(now, 0).date, market);
  const rows = settled
    .flatMap((flow, index) => [renderFlow(account, flow, index), ...renderFill(account, flow, index)])
    .filter(({ createdAt, row }) => {
      if (createdAt > now) return false;
      const isFill = row.activity_type === 'FILL';
      if (query.category !== null && isFill !== (query.category === 'trade_activity')) return false;
      return (
        (query.after === null || createdAt > query.after) && (query.until === null || createdAt < query.until)
      );
    })
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0))
    .map(({ row }) => row);
  if (query.direction === 'desc') rows.reverse();
  const start = query.pageToken === null ? 0 : rows.findIndex(({ id }) => id === query.pageToken) + 1;
  return rows.slice(start, start + query.pageSize);
}

/** What is no trade is written down on the day after, in UTC, and booked by its date. */
function renderFlow(account: SandboxAlpacaAccount, { flow, amount, session }: SettledFlow, index: number) {
  const { reported } = flow;
  const type = reported.type ?? TYPES[flow.type];
  const createdAt = `${addDays(session, 1)}T06:00:00.000Z` as Instant;
  const net = new Exact(reported.amount ?? amount);
  // Securities come without cash, with a number and a price.
  const moved =
    type === 'ACATS'
      ? {
          net_amount: '0',
          symbol: account.instrument ?? 'SANDBOX',
          qty: net.isNegative() ? '-1' : '1',
          price: net.abs().toFixed(),
        }
      : { net_amount: net.toFixed() };
  const row = {
    id: `${session.replaceAll('-', '')}000000000::${uuidOf(`${account.id} ${index}`)}`,
    activity_type: type,
    date: reported.date ?? flow.date,
    created_at: createdAt,
    status: 'executed',
    ...(reported.currency === null ? {} : { currency: reported.currency ?? account.currency }),
    ...moved,
  };
  return { createdAt, row };
}

function renderFill(account: SandboxAlpacaAccount, { units, level, session }: SettledFlow, index: number) {
  if (level === null || account.instrument === null) return [];
  const createdAt = `${session}T19:30:00.000Z` as Instant;
  const qty = units.abs().toDecimalPlaces(6).toFixed();
  const row = {
    id: `${session.replaceAll('-', '')}193000000::${uuidOf(`${account.id} fill ${index}`)}`,
    activity_type: 'FILL',
    transaction_time: createdAt,
    type: 'fill',
    price: level.toDecimalPlaces(4).toFixed(),
    qty,
    side: units.isNegative() ? 'sell' : 'buy',
    symbol: account.instrument,
    leaves_qty: '0',
    cum_qty: qty,
    order_id: uuidOf(`${account.id} order ${index}`),
    order_status: 'filled',
  };
  return [{ createdAt, row }];
}
