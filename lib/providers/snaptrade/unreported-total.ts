import 'server-only';
import { isAsset } from '@/lib/domain/judge-answer';
import type { Instant } from '@/lib/domain/trading-date';
import { OutOfTimeError, type ProviderAccount, ProviderError } from '@/lib/providers/provider';
import type { SnapTradeClient } from './client';
import { composeTotal } from './compose-total';
import { toHoldings } from './holdings';
import type { SnapTradeAccount, SnapTradeCredentials } from './schema';
import { readSyncInstant, toProviderAccount } from './transform';

/**
 * An account as SnapTrade gave it, with its total put together from cash and positions where the broker reports none.
 * That costs two more requests, so it is done only for an account that counts and whose holdings can be known at all.
 * Where it cannot be done, the total stays unknown, and the other accounts of the connection lose nothing by it. `readAt` is
 * when the broker was read for a live answer; null for one of the last daily reading.
 */
export async function readAccount(
  client: Pick<SnapTradeClient, 'getBalances' | 'getPositions'>,
  credentials: SnapTradeCredentials,
  account: SnapTradeAccount,
  readAt: Instant | null,
): Promise<ProviderAccount> {
  const read = toProviderAccount(account, readAt);
  if (read.total !== null || read.asOf === null || !isComposable(account, read)) return read;
  try {
    const balances = await client.getBalances(credentials, account.id);
    const { results, data_freshness: freshness } = await client.getPositions(credentials, account.id);
    const fetchedAt = readSyncInstant(freshness?.as_of ?? null);
    const parts = composeTotal(balances, results);
    if (parts === null || fetchedAt === null) return read;
    const [only, ...others] = parts;
    // A sum is as old as its oldest part.
    const aged = fetchedAt < read.asOf ? { ...read, asOf: fetchedAt } : read;
    if (others.length > 0) return { ...aged, parts };
    const holdings = aged.asOf === null ? null : toHoldings(balances, results, aged.asOf);
    return { ...aged, ...only, ...(holdings === null ? {} : { holdings }) };
  } catch (error) {
    // A request to wait concerns everybody; any other failure concerns this account alone. So does a worker whose time ends: what
    // the others said would be asked for again otherwise, and end likewise.
    const isOwn =
      error instanceof ProviderError ? error.kind !== 'rate_limited' : error instanceof OutOfTimeError;
    if (isOwn) return read;
    throw error;
  }
}

/** Before the first sync, or where the broker shows no holdings, an empty list says nothing. */
function isComposable({ sync_status: status }: SnapTradeAccount, read: ProviderAccount): boolean {
  const isCounted = isAsset(read) && read.isOpen;
  const holdings = status?.holdings;
  return isCounted && holdings?.initial_sync_completed === true && holdings.holdings_unavailable !== true;
}
