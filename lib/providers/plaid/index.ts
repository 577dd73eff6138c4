import 'server-only';
import { addMonths, type Instant, toDate, toInstant } from '@/lib/domain/trading-date';
import {
  type AccountRef,
  type ConnectionHealth,
  type PortfolioProvider,
  ProviderError,
} from '@/lib/providers/provider';
import { createPlaidClient, type PlaidClientOptions } from './client';
import { needsSignIn } from './errors';
import { readAllTransactions, toMovements } from './movements';
import type { PlaidCredentials, PlaidItem } from './schema';
import { isAgeOpen, toAgedAccounts, withAsOf } from './transform';
import { readItemCredentials } from './wiring';

export interface PlaidProviderOptions extends PlaidClientOptions {
  readonly clock: () => Date;
}

/** Plaid gives the transactions of so many months. */
const TRANSACTION_MONTHS = 24;

/** The first reading of two years of transactions takes minutes; after this long it is through, whether or not anybody was told. */
const COLLECTED_AFTER_MS = 24 * 60 * 60_000;

/**
 * Plaid behind the provider port. A connection is an item, one login at one institution: `ConnectionLink.externalId` is its id, the
 * credentials document is `{ accessToken }`. Plaid reads an institution about once a trading day and answers from that; it keeps no
 * record of past values.
 */
export function createPlaidProvider(options: PlaidProviderOptions): PortfolioProvider {
  const client = createPlaidClient(options);

  /**
   * Right after linking there may be the last 30 days alone, or nothing, and neither looks incomplete. What tells is Plaid's event
   * about it (which is kept with the account, and named by the item while it is the newest), or time.
   */
  async function hasCollectedMovements(
    credentials: PlaidCredentials,
    { movementsCollected }: AccountRef,
    now: Instant,
  ): Promise<boolean> {
    if (movementsCollected === true) return true;
    const { item, status } = await client.getItem(credentials);
    if (status?.last_webhook?.code_sent === 'HISTORICAL_UPDATE') return true;
    return item.created_at != null && Date.parse(now) - Date.parse(item.created_at) >= COLLECTED_AFTER_MS;
  }

  return {
    id: 'plaid',
    // How far back movements are known; values are not.
    lookBackDays: 2 * 365,
    tellsHealth: true,

    async currentValues(link) {
      const credentials = readItemCredentials(link.credentials);
      const body = await client.getHoldings(credentials);
      const now = toInstant(options.clock());
      const accounts = toAgedAccounts(body, now);
      const lastUpdate = accounts.some(isAgeOpen) ? lastUpdateOf(await client.getItem(credentials)) : null;
      return {
        accounts: accounts.map((account) => withAsOf(account, lastUpdate, now)),
        health: healthOf(needsSignIn(body.item?.error?.error_code)),
      };
    },

    async connectionHealth(link) {
      const { item } = await client.getItem(readItemCredentials(link.credentials));
      const code = item.error?.error_code ?? null;
      if (needsSignIn(code))
        throw new ProviderError('needs_reconnect', 'Plaid cannot sign in at the institution any more');
      return healthOf(false);
    },

    // Sold as an add-on, and not offered for every institution.
    requestRefresh: async () => ({ available: false, reason: 'not_supported' }),

    // There is no such record at Plaid.
    valueHistory: async () => ({ available: false, reason: 'not_supported' }),

    async cashFlows(link, account, range) {
      const credentials = readItemCredentials(link.credentials);
      const now = toInstant(options.clock());
      const isComplete = await hasCollectedMovements(credentials, account, now);
      const earliest = addMonths(toDate(now.slice(0, 10)), -TRANSACTION_MONTHS);
      const [from = earliest] = [range.from, earliest].sort().reverse();
      const asked = { from, to: range.to };
      if (asked.from > asked.to) return { available: true, value: { isComplete, rows: [] } };
      const rows = await readAllTransactions(client, credentials, account.externalId, asked);
      if (rows === null) return { available: true, value: { isComplete: false, rows: [] } };
      return {
        available: true,
        value: { isComplete, rows: toMovements(rows, account.externalId, range) },
      };
    },
  };
}

/** Plaid does not say since when it cannot sign in. */
function healthOf(broken: boolean): ConnectionHealth {
  return { broken, brokenSince: null, freshness: 'daily' };
}

function lastUpdateOf({ status }: PlaidItem): Instant | null {
  return status?.investments?.last_successful_update ?? null;
}
