import type { Sql } from 'postgres';

/** What no refused request may change, by table: who is who, what was observed and decided, and what was asked of an operator. */
const KEPT = {
  'auth.users': 'id, email, encrypted_password, raw_app_meta_data',
  portfolios: 'user_id, currency, estimates_since, estimates_by_operator',
  brokerage_connections: 'id, user_id, external_id, status',
  accounts: 'id, line_id, name, category, is_counted, closed_on',
  account_values: 'id, total_value',
  movement_rows: 'id',
  decisions: 'id',
  verdict_changes: 'id',
  account_match_proposals: 'id, status',
  account_line_changes: 'id',
  estimated_values: 'id, voided_at',
  holdings_readings: 'id',
  statement_imports: 'id, undone_at',
  statement_values: 'id, voided_at',
  user_portfolio_history: 'user_id, value_date, total_value',
  backfill_requests: 'id',
  provider_users: 'user_id',
  day_notes: 'user_id, value_date, body',
} as const;

/**
 * The number of rows of each table and a digest of them, in any order; of some users alone where they are named, since a tick may
 * come for all others. Who signs in is always compared as a whole.
 */
export async function readWhatIsKept(
  sql: Sql,
  ofUsers: readonly string[] | null = null,
): Promise<Readonly<Record<string, string>>> {
  const found = Object.entries(KEPT).map(async ([table, columns]) => {
    const isOfAll = ofUsers === null || table === 'auth.users';
    const [row] = await sql.unsafe<{ rows: string; digest: string }[]>(
      `
      select count(*) as rows, md5(coalesce(string_agg(kept::text, '|' order by kept::text), '')) as digest
      from (select ${columns} from ${table} ${isOfAll ? '' : 'where user_id = any ($1::uuid[])'}) kept`,
      isOfAll ? [] : [[...ofUsers]],
    );
    return [table, `${row?.rows} rows ${row?.digest}`] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
