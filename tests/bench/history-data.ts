import type { Sql } from 'postgres';
import { buildBulkUsers, withoutIndexes } from './bulk-users';

/** Five years of trading days up to a Friday. */
export const HISTORY_SPAN = { from: '2021-11-22', to: '2026-11-20' } as const;

interface HistorySize {
  readonly users: number;
  /** The users who are read. */
  readonly measuredIds: readonly string[];
}

/**
 * Builds five years of snapshots for each user. Rows lie on disk in the order of days, as evening captures would have
 * written them, so a user's days are scattered over the whole table. About one day in a hundred is a gap, a week of last
 * spring was reconstructed, and money came in every half year. Only measured users have evidence too, since a history
 * reads evidence for nothing but the days without a snapshot.
 */
export async function buildHistoryData(sql: Sql, { users, measuredIds }: HistorySize): Promise<void> {
  await sql.begin(async (tx) => {
    await buildBulkUsers(tx, { users, signedUpIds: measuredIds, firstKnownOn: HISTORY_SPAN.from });
    await tx`
      create temporary table days on commit drop as
      select date, closes_at + interval '40 minutes' as as_of, row_number() over (order by date)::integer as number
      from trading_days where date between ${HISTORY_SPAN.from} and ${HISTORY_SPAN.to}`;
    await tx`
      create function pg_temp.is_missing(user_number integer, day_number integer) returns boolean
      language sql immutable as 'select (user_number * 31 + day_number * 17) % 97 = 0'`;
    await tx`
      create function pg_temp.value_of(user_number integer, day_number integer) returns numeric
      language sql immutable as 'select 10000 + user_number % 500 * 37 + day_number * 8.25 + user_number * day_number % 91'`;
    await withoutIndexes(
      tx,
      'user_portfolio_history',
      () => tx`
        insert into user_portfolio_history (
          user_id, value_date, total_value, snapshot_type, data_source, currency, as_of, accounts_expected,
          accounts_present, created_at, updated_at
        )
        select c.user_id, d.date, pg_temp.value_of(c.number, d.number),
          case when d.date between '2026-04-06' and '2026-04-10' then 'reconstructed' else 'daily_eod' end,
          'snaptrade', 'USD', d.as_of, 1, 1, d.as_of, d.as_of
        from days d cross join bulk_users c
        where not pg_temp.is_missing(c.number, d.number)
        order by d.number`,
    );
    await tx`
      insert into account_values (
        user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict
      )
      select c.user_id, c.account_id, d.date, pg_temp.value_of(c.number, d.number), 'USD', 'daily_eod', 'snaptrade',
        d.as_of, d.as_of, 'accepted'
      from days d cross join bulk_users c
      where c.is_signed_up and not pg_temp.is_missing(c.number, d.number)
      order by d.number`;
    await tx`
      insert into fill_outcomes (user_id, account_id, value_date, reason, attempts, final, last_attempt_at)
      select c.user_id, c.account_id, d.date, 'provider_had_nothing', 5, true, d.as_of
      from days d cross join bulk_users c
      where pg_temp.is_missing(c.number, d.number) and d.number % 2 = 0`;
    await tx`
      insert into live_values (account_id, user_id, total_value, currency, source, as_of, observed_at)
      select account_id, user_id, 20000, 'USD', 'snaptrade', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z' from bulk_users`;
    await tx`
      insert into cash_flows (user_id, account_id, flow_key, flow_date, effective_date, amount, currency, type, observed_at)
      select c.user_id, c.account_id, 'deposit-' || d.number, d.date, d.date, 500, 'USD', 'deposit', d.as_of
      from days d cross join bulk_users c
      where d.number % 126 = 60`;
  });
  await sql`vacuum analyze`;
}
