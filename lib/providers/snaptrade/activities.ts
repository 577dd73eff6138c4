import 'server-only';
import { type Capability, type DateRange, ProviderError } from '@/lib/providers/provider';
import type { SnapTradeClient } from './client';
import type { SnapTradeActivity, SnapTradeCredentials } from './schema';

/**
 * Reads every page of an account's activities. Pages are cut by position, so a row that arrives between two of
 * them would be missed or come twice. The total tells: when it changes, all is read once more from the start,
 * and a second change is an error.
 */
export async function readAllActivities(
  client: Pick<SnapTradeClient, 'getActivities'>,
  credentials: SnapTradeCredentials,
  accountId: string,
  range: DateRange,
): Promise<Capability<readonly SnapTradeActivity[]>> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const rows = await readOnce(client, credentials, accountId, range);
    if (rows !== null) return rows;
  }
  throw new ProviderError(
    'bad_data',
    'SnapTrade kept changing the number of activities while they were read',
  );
}

/** Null when the pages do not belong to one and the same list. */
async function readOnce(
  client: Pick<SnapTradeClient, 'getActivities'>,
  credentials: SnapTradeCredentials,
  accountId: string,
  range: DateRange,
): Promise<Capability<readonly SnapTradeActivity[]> | null> {
  const rows: SnapTradeActivity[] = [];
  let total: number | null = null;
  do {
    const page = await client.getActivities(credentials, accountId, range, rows.length);
    if (!page.available) return page;
    total ??= page.value.pagination.total;
    const isSameList = page.value.pagination.total === total;
    // An empty page before the end would otherwise be asked for again and again.
    const isStuck = page.value.data.length === 0 && rows.length < total;
    if (!isSameList || isStuck) return null;
    rows.push(...page.value.data);
  } while (rows.length < total);
  return rows.length === total ? { available: true, value: rows } : null;
}
