import 'server-only';
import { addDays, toInstant } from '@/lib/domain/trading-date';
import type {
  AccountRef,
  Capability,
  DateRange,
  PortfolioProvider,
  ProviderAccount,
  ValueHistory,
} from '@/lib/providers/provider';
import { readAllActivities } from './activities';
import { createSnapTradeClient, type SnapTradeClientOptions } from './client';
import { toHoldings } from './holdings';
import { toMovements } from './movements';
import type { SnapTradeCredentials } from './schema';
import { readSyncInstant, toConnectionHealth, toReportedHistory, toValueHistory } from './transform';
import { readAccount } from './unreported-total';
import { readCredentials } from './wiring';

export interface SnapTradeProviderOptions extends SnapTradeClientOptions {
  /** Whether to try the retired reporting call where `balanceHistory` is lacking. */
  readonly legacyReporting: boolean;
  readonly clock: () => Date;
}

/**
 * SnapTrade behind the provider port. `ConnectionLink.externalId` is the id of a brokerage authorization, the
 * credentials document is `{ userId, userSecret }`.
 */
export function createSnapTradeProvider(options: SnapTradeProviderOptions): PortfolioProvider {
  const client = createSnapTradeClient(options);

  async function reportedHistory(
    credentials: SnapTradeCredentials,
    account: AccountRef,
    range: DateRange,
  ): Promise<Capability<ValueHistory>> {
    const reporting = await client.getReporting(credentials, account.externalId, range);
    return reporting.available ? toReportedHistory(reporting.value, range, account.currency) : reporting;
  }

  /** Until its first reading of an account's activities is through, SnapTrade lists some of them as if they were all. */
  async function hasCollectedMovements(
    credentials: SnapTradeCredentials,
    { externalId, movementsCollected }: AccountRef,
  ): Promise<boolean> {
    if (movementsCollected === true) return true;
    const { sync_status: status } = await client.getAccount(credentials, externalId);
    return status?.transactions?.initial_sync_completed !== false;
  }

  return {
    id: 'snaptrade',
    lookBackDays: 365,

    async currentValues(link, isLive) {
      const credentials = readCredentials(link.credentials);
      // Before the question: the broker is read at some moment after it.
      const readAt = isLive ? toInstant(options.clock()) : null;
      const accounts: ProviderAccount[] = [];
      for (const account of await client.listAccounts(credentials, link.externalId))
        accounts.push(await readAccount(client, credentials, account, readAt));
      return { accounts };
    },

    async connectionHealth(link) {
      return toConnectionHealth(
        await client.getConnection(readCredentials(link.credentials), link.externalId),
      );
    },

    async requestRefresh(link) {
      return client.refreshConnection(readCredentials(link.credentials), link.externalId);
    },

    async valueHistory(link, account, range) {
      const credentials = readCredentials(link.credentials);
      const history = await client.getBalanceHistory(credentials, account.externalId);
      if (history.available) {
        return { available: true, value: toValueHistory(history.value, range, account.currency) };
      }
      if (!options.legacyReporting) return history;
      const reported = await reportedHistory(credentials, account, range);
      // Where both are lacking, the reason of `balanceHistory` is reported: that one can still be switched on.
      return reported.available ? reported : history;
    },

    async cashFlows(link, account, range) {
      const credentials = readCredentials(link.credentials);
      if (!(await hasCollectedMovements(credentials, account)))
        return { available: true, value: { isComplete: false, rows: [] } };
      // SnapTrade filters by the date in UTC, which late in the evening is already the next one.
      const askedRange = { from: range.from, to: addDays(range.to, 1) };
      const rows = await readAllActivities(client, credentials, account.externalId, askedRange);
      return rows.available
        ? { available: true, value: { isComplete: true, rows: toMovements(rows.value, range) } }
        : rows;
    },

    async holdings(link, { externalId }) {
      const credentials = readCredentials(link.credentials);
      const balances = await client.getBalances(credentials, externalId);
      const { results, data_freshness: freshness } = await client.getPositions(credentials, externalId);
      const asOf = readSyncInstant(freshness?.as_of ?? null);
      const held = asOf === null ? null : toHoldings(balances, results, asOf);
      return held === null ? { available: false, reason: 'not_supported' } : { available: true, value: held };
    },
  };
}
