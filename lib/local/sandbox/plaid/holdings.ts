import { exchangeDate, latestClosedSession, marketStateAt } from '@/lib/domain/nyse-calendar';
import type { Instant } from '@/lib/domain/trading-date';
import { settleFlows } from '../account-value';
import type { RequestFaults } from '../faults';
import { Exact, type Market } from '../market';
import type { SandboxAccount, SandboxPlaidItem } from '../scenario';
import { isDisabled, lastReachableAt, lastSyncAt, utcDateOf } from '../sync';
import { type AccountReading, readAccount } from '../wire';

/** Shapes as Plaid sends them: decimals are JSON numbers, and one of the two currency fields is always null. */

/** When Plaid read the institution last, as of an instant: at the time of its day, and right after linking. */
export function lastUpdateOf(item: SandboxPlaidItem, now: Instant): Instant {
  const { unreadSince } = item;
  const reachable = lastReachableAt(item, unreadSince !== null && unreadSince < now ? unreadSince : now);
  const synced = lastSyncAt(item.syncTime, reachable);
  const { createdAt } = item;
  return createdAt !== null && createdAt > synced && createdAt <= reachable ? createdAt : synced;
}

interface ItemReading {
  readonly item: SandboxPlaidItem;
  readonly market: Market;
  readonly now: Instant;
  readonly faults: RequestFaults;
}

export function renderHoldings({ item, market, now, faults }: ItemReading) {
  const readAt = lastUpdateOf(item, now);
  const read = item.accounts.flatMap((account) => {
    const target = {
      operation: 'plaidHoldings',
      userId: null,
      connectionId: item.id,
      accountId: account.id,
    } as const;
    const effects = faults.onValue(target);
    if (effects.some(({ type }) => type === 'omit_account') || account.openedOn > utcDateOf(readAt))
      return [];
    return [{ account, reading: readAccount(account, { readAt, syncedAt: readAt }, market, effects) }];
  });
  const instruments = [...new Set(read.flatMap(({ account }) => account.instrument ?? []))];
  return {
    accounts: read.map(({ account, reading }) => renderAccount(account, reading)),
    holdings: read.flatMap(({ account, reading }) => renderPositions(account, reading, market)),
    securities: [
      ...instruments.map((symbol) => renderInstrument(symbol, market, readAt, item.closePrices)),
      ...[...new Set(read.map(({ account }) => account.currency))].map(renderCash),
    ],
    item: renderItem(item, now),
    request_id: 'request-of-the-sandbox',
    is_investments_fallback_item: false,
  };
}

export function renderAccount(account: SandboxAccount, reading: AccountReading) {
  const total = reading.total === null || !account.totalReported ? null : Number(reading.total);
  const isDeposit = account.category === 'DEPOSIT';
  return {
    account_id: account.id,
    balances: {
      available: isDeposit ? total : null,
      current: total,
      limit: null,
      ...currencyFields(reading.currency),
      margin_loan_amount: null,
      ...(isDeposit ? { last_updated_datetime: toSeconds(reading.readAt) } : {}),
    },
    mask: account.number.slice(-4),
    name: account.name ?? 'Account',
    official_name: null,
    ...(account.institutionAccountId === null ? {} : { persistent_account_id: account.institutionAccountId }),
    holder_category: 'personal',
    ...typeOf(account.category),
  };
}

function typeOf(category: SandboxAccount['category']) {
  if (category === null || category === 'INVESTMENT') return { type: 'investment', subtype: 'brokerage' };
  if (category === 'DEPOSIT') return { type: 'depository', subtype: 'cash management' };
  return category === 'LOC'
    ? { type: 'credit', subtype: 'credit card' }
    : { type: 'other', subtype: 'other' };
}

/** What an investment account holds: its instrument, and cash. Nothing where its value is zero or not known. */
function renderPositions(account: SandboxAccount, reading: AccountReading, market: Market) {
  if (account.category !== null && account.category !== 'INVESTMENT') return [];
  if (reading.total === null || reading.cash === null) return [];
  const { settled, holding } = settleFlows(account, latestClosedSession(reading.readAt, 0).date, market);
  const { units } = holding;
  const paid = settled.reduce(
    (sum, flow) => (flow.level === null ? sum : sum.plus(flow.units.times(flow.level))),
    new Exact(0),
  );
  const invested = new Exact(reading.total).minus(new Exact(reading.cash));
  const common = { account_id: account.id, ...currencyFields(reading.currency) };
  const position =
    account.instrument === null || units.isZero() || invested.isZero()
      ? []
      : [
          {
            ...common,
            security_id: `security-${account.instrument}`,
            institution_price: priceAt(account.instrument, market, reading.readAt),
            institution_price_as_of: priceDateAt(reading.readAt),
            institution_price_datetime: null,
            institution_value: invested.toNumber(),
            cost_basis: paid.toDecimalPlaces(2).toNumber(),
            quantity: units.toDecimalPlaces(6).toNumber(),
            vested_quantity: null,
            vested_value: null,
            tax_lots: [],
          },
        ];
  const cash = new Exact(reading.cash);
  const money = cash.isZero()
    ? []
    : [
        {
          ...common,
          security_id: `security-CUR:${reading.currency ?? 'USD'}`,
          institution_price: 1,
          institution_price_as_of: null,
          institution_price_datetime: null,
          institution_value: cash.toNumber(),
          cost_basis: cash.toNumber(),
          quantity: cash.toNumber(),
          vested_quantity: null,
          vested_value: null,
          tax_lots: [],
        },
      ];
  return [...position, ...money];
}

/** While the market is open the price is one of the session, and on no line that anybody else knows. */
function priceAt(symbol: string, market: Market, readAt: Instant): number {
  const level = market.levelOn(symbol, latestClosedSession(readAt, 0).date) ?? new Exact(1);
  const isOpen = marketStateAt(readAt).isOpen;
  return roundPrice(isOpen ? level.times('1.001') : level);
}

function priceDateAt(readAt: Instant): string {
  return marketStateAt(readAt).isOpen ? exchangeDate(readAt) : latestClosedSession(readAt, 0).date;
}

const roundPrice = (level: { toDecimalPlaces(places: number): { toNumber(): number } }): number =>
  level.toDecimalPlaces(6).toNumber();

function renderInstrument(symbol: string, market: Market, readAt: Instant, reportsClose: boolean) {
  const { date } = latestClosedSession(readAt, 0);
  const level = market.levelOn(symbol, date) ?? new Exact(1);
  return {
    ...SECURITY,
    security_id: `security-${symbol}`,
    name: symbol,
    ticker_symbol: symbol,
    is_cash_equivalent: false,
    type: 'etf',
    subtype: 'etf',
    close_price: reportsClose ? roundPrice(level) : null,
    close_price_as_of: reportsClose ? date : null,
    update_datetime: reportsClose ? toSeconds(readAt) : null,
    iso_currency_code: 'USD',
  };
}

function renderCash(currency: string) {
  return {
    ...SECURITY,
    security_id: `security-CUR:${currency}`,
    name: currency,
    ticker_symbol: `CUR:${currency}`,
    is_cash_equivalent: true,
    type: 'cash',
    subtype: 'cash',
    close_price: 1,
    close_price_as_of: null,
    update_datetime: null,
    iso_currency_code: currency,
  };
}

const SECURITY = {
  isin: null,
  cusip: null,
  sedol: null,
  institution_security_id: null,
  institution_id: null,
  proxy_security_id: null,
  unofficial_currency_code: null,
  market_identifier_code: null,
  sector: null,
  industry: null,
  cfi_code: null,
  figi: null,
  option_contract: null,
  fixed_income: null,
};

/** An item as it stands in answers about something else. */
export function renderItem(item: SandboxPlaidItem, now: Instant) {
  return {
    item_id: item.id,
    institution_id: item.institution.id,
    institution_name: item.institution.name,
    webhook: item.webhook,
    auth_method: null,
    error: isDisabled(item, now) ? LOGIN_REQUIRED : null,
    available_products: [],
    billed_products: ['investments'],
    products: ['investments'],
    consent_expiration_time: null,
    update_type: 'background',
  };
}

/** The answer about the item itself. */
export function renderItemStatus(item: SandboxPlaidItem, now: Instant) {
  const { createdAt, lastWebhook } = item;
  return {
    item: {
      ...renderItem(item, now),
      created_at: toSeconds(createdAt ?? ('2024-01-02T15:00:00.000Z' as Instant)),
    },
    status: {
      investments: { last_successful_update: toSeconds(lastUpdateOf(item, now)), last_failed_update: null },
      transactions: null,
      last_webhook: lastWebhook === null ? null : { sent_at: toSeconds(now), code_sent: lastWebhook },
    },
    request_id: 'request-of-the-sandbox',
  };
}

const LOGIN_REQUIRED = {
  error_type: 'ITEM_ERROR',
  error_code: 'ITEM_LOGIN_REQUIRED',
  error_message: 'the login details of this item have changed',
  display_message: 'The login details of this item have changed.',
};

function currencyFields(currency: string | null) {
  return { iso_currency_code: currency, unofficial_currency_code: currency === null ? 'UNKNOWN' : null };
}

function toSeconds(instant: Instant): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}
