import type { Sql } from 'postgres';
import { buildBulkUsers, withoutIndexes } from './bulk-users';

/** The trading days that are covered, a year of them, and the next one, which nobody has captured yet. */
export const COVERED = { from: '2025-11-20', to: '2026-11-19' } as const;
export const DUE_DAY = '2026-11-20';

/**
 * Builds connections with one account each whose every day of the last year has its observation, on disk in the order of
 * days. One connection in a hundred has a week that its provider could not give, with a final reason, as real ones do.
 */
export async function buildTickData(sql: Sql, connections: number): Promise<void> {
  await sql.begin(async (tx) => {
    await buildBulkUsers(tx, { users: connections, signedUpIds: [], firstKnownOn: COVERED.from });
    await withoutIndexes(
      tx,
      'account_values',
      () => tx`
        insert into account_values (
          user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict
        )
        select c.user_id, c.account_id, d.date, 10000 + c.number, 'USD', 'daily_eod', 'snaptrade', d.closes_at, d.closes_at,
          'accepted'
        from trading_days d cross join bulk_users c
        where d.date between ${COVERED.from} and ${COVERED.to}
          and not (c.number % 100 = 7 and d.date between '2026-04-06' and '2026-04-10')
        order by d.date`,
    );
    await tx`
      insert into fill_outcomes (user_id, account_id, value_date, reason, attempts, final, last_attempt_at)
      select c.user_id, c.account_id, d.date, 'provider_had_nothing', 5, true, d.closes_at
      from trading_days d cross join bulk_users c
      where c.number % 100 = 7 and d.date between '2026-04-06' and '2026-04-10'`;
    await withoutIndexes(
      tx,
      'user_portfolio_history',
      () => tx`
        insert into user_portfolio_history (
          user_id, value_date, total_value, snapshot_type, data_source, currency, as_of, accounts_expected,
          accounts_present, created_at, updated_at
        )
        select user_id, value_date, total_value, kind, source, currency, as_of, 1, 1, as_of, as_of
        from account_values
        order by id`,
    );
  });
  await sql`vacuum analyze`;
}
