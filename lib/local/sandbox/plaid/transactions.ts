import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import { type SettledFlow, settleFlows } from '../account-value';
import { Exact, type Market } from '../market';
import { WireRefusal } from '../refusal';
import type { SandboxAccount, SandboxFlow, SandboxPlaidItem } from '../scenario';
import { utcDateOf } from '../sync';
import { lastUpdateOf } from './holdings';

export interface TransactionQuery {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly accountIds: readonly string[] | null;
  readonly count: number;
  readonly offset: number;
}

const WORDS: Readonly<Record<SandboxFlow['type'], { readonly type: string; readonly subtype: string }>> = {
  CONTRIBUTION: { type: 'cash', subtype: 'contribution' },
  WITHDRAWAL: { type: 'cash', subtype: 'withdrawal' },
  TRANSFER: { type: 'transfer', subtype: 'transfer' },
  INTERNAL_CASH_TRANSFER_IN: { type: 'transfer', subtype: 'transfer' },
  INTERNAL_CASH_TRANSFER_OUT: { type: 'transfer', subtype: 'transfer' },
  EXTERNAL_ASSET_TRANSFER_IN: { type: 'transfer', subtype: 'transfer' },
  EXTERNAL_ASSET_TRANSFER_OUT: { type: 'transfer', subtype: 'transfer' },
  DIVIDEND: { type: 'cash', subtype: 'dividend' },
  INTEREST: { type: 'cash', subtype: 'interest' },
  FEE: { type: 'fee', subtype: 'miscellaneous fee' },
  TAX: { type: 'fee', subtype: 'tax withheld' },
};

/** The transactions of an item up to its last reading, a day late, newest first. */
export function listTransactions(
  item: SandboxPlaidItem,
  market: Market,
  now: Instant,
  { from, to, accountIds }: Omit<TransactionQuery, 'count' | 'offset'>,
) {
  const isReady = item.historyReadyAt === null || item.historyReadyAt <= now;
  if (!isReady && item.historyBefore === 'not_ready')
    throw new WireRefusal(400, 'PRODUCT_NOT_READY', 'the requested product is not yet ready');
  const earliest = isReady ? from : addDays(utcDateOf(now), -30);
  const readAt = lastUpdateOf(item, now);
  return item.accounts
    .filter(({ id }) => accountIds === null || accountIds.includes(id))
    .flatMap((account) => {
      const { settled } = settleFlows(account, latestClosedSession(readAt, 0).date, market);
      return settled
        .filter(({ session }) => `${addDays(session, 1)}T06:00:00.000Z` <= readAt)
        .flatMap((flow, index, listed) => {
          // A row keeps its id when one before it is taken back.
          const before = listed.slice(0, index).filter(({ session }) => session === flow.session).length;
          const id = `${account.id}-${flow.session}-${before}`;
          return [renderFlow(account, flow, id), ...renderTrade(account, flow, `${id}-trade`, market)];
        });
    })
    .filter(({ date }) => date >= from && date >= earliest && date <= to)
    .sort((a, b) => (a.date === b.date ? compare(b.id, a.id) : compare(b.date, a.date)))
    .map(({ row }) => row);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Money that leaves is positive at Plaid, so every sign turns. Securities that move come without cash. */
function renderFlow(account: SandboxAccount, { flow, amount }: SettledFlow, id: string) {
  const { reported } = flow;
  const date = reported.date ?? flow.date;
  const net = new Exact(reported.amount ?? amount);
  const isAsset = flow.type === 'EXTERNAL_ASSET_TRANSFER_IN' || flow.type === 'EXTERNAL_ASSET_TRANSFER_OUT';
  const moved = isAsset
    ? {
        security_id: `security-${account.instrument ?? 'SANDBOX'}`,
        quantity: net.isNegative() ? -1 : 1,
        price: net.abs().toNumber(),
        amount: 0,
      }
    : { security_id: null, quantity: 0, price: 0, amount: net.neg().toNumber() };
  const { type, subtype } = WORDS[flow.type];
  const row = {
    ...frameOf(account, id, date),
    ...moved,
    name: flow.description || subtype,
    type,
    subtype: reported.type ?? subtype,
    ...(reported.currency === null ? { iso_currency_code: null } : {}),
  };
  return { id, date, row };
}

/** What was bought with it, or sold for it. */
function renderTrade(
  account: SandboxAccount,
  { flow, session, units, level }: SettledFlow,
  id: string,
  market: Market,
) {
  if (level === null || account.instrument === null) return [];
  const unitsSince = market.unitsSince(account.instrument, session);
  const { date } = flow;
  const type = units.isNegative() ? 'sell' : 'buy';
  const row = {
    ...frameOf(account, id, date),
    security_id: `security-${account.instrument}`,
    name: `${type} ${account.instrument}`,
    quantity: units.div(unitsSince).toDecimalPlaces(6).toNumber(),
    price: level.times(unitsSince).toDecimalPlaces(6).toNumber(),
    amount: units.times(level).toDecimalPlaces(2).toNumber(),
    type,
    subtype: type,
  };
  return [{ id, date, row }];
}

function frameOf({ id: accountId, currency }: SandboxAccount, id: string, date: string) {
  return {
    investment_transaction_id: id,
    cancel_transaction_id: null,
    account_id: accountId,
    date,
    fees: 0,
    iso_currency_code: currency,
    unofficial_currency_code: null,
  };
}
