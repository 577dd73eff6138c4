import type { TestStack } from './test-stack';

/** A current snapshot as a test reads it; amounts are text without trailing zeros. */
interface PublishedDay {
  readonly date: string;
  readonly value: string;
  readonly kind: string;
  readonly expected: number;
  readonly present: number;
  /** `name from date` of each account that is carried. */
  readonly carried: readonly string[];
}

/** The user's current snapshots, oldest first. */
export async function readPublished(stack: TestStack, userId: string): Promise<readonly PublishedDay[]> {
  return stack.sql<PublishedDay[]>`
    select value_date::text as date, trim_scale(total_value)::text as value, snapshot_type as kind,
      accounts_expected as expected, accounts_present as present,
      array(select (c ->> 'name') || ' from ' || (c ->> 'from') from jsonb_array_elements(carried) c) as carried
    from user_portfolio_history
    where user_id = ${userId} and is_current
    order by value_date`;
}

/** The same in short: `2026-11-20 100 daily_eod`. */
export async function listPublished(stack: TestStack, userId: string): Promise<readonly string[]> {
  return (await readPublished(stack, userId)).map(({ date, value, kind }) => `${date} ${value} ${kind}`);
}

/** The user's corrections in the order of their writing: `2026-11-20 100 estimated -> 120 daily_eod: completed`. */
export async function listCorrections(stack: TestStack, userId: string): Promise<readonly string[]> {
  const rows = await stack.sql<{ line: string }[]>`
    select value_date || ' ' || trim_scale(old_value) || ' ' || old_kind || ' -> '
      || coalesce(trim_scale(new_value) || ' ' || new_kind, 'withdrawn') || ': ' || reason as line
    from snapshot_corrections
    where user_id = ${userId}
    order by id`;
  return rows.map((row) => row.line);
}

/**
 * Every observation in the order of its writing, as
 * `account-1 2026-11-20 10000 daily_eod`, with `held: reason` or `superseded` behind it where that is so.
 */
export async function listObservations(stack: TestStack): Promise<readonly string[]> {
  const rows = await stack.sql<{ line: string }[]>`
    select concat_ws(' ', a.external_id, v.value_date, trim_scale(v.total_value), v.kind,
      case when v.verdict <> 'accepted' then v.verdict || ': ' || v.reason when v.superseded_by is not null then 'superseded' end) as line
    from account_values v
    join accounts a on a.id = v.account_id
    order by v.id`;
  return rows.map((row) => row.line);
}

/**
 * Why days are missing: `account-1 2026-11-20 not_yet_due 2 attempts: mid_session`, with the verdict on the answer where
 * there was one, and with `final` before it where that is so.
 */
export async function listOutcomes(stack: TestStack): Promise<readonly string[]> {
  const rows = await stack.sql<{ line: string }[]>`
    select concat_ws(' ', a.external_id, o.value_date, o.reason, o.attempts, 'attempts', case when o.final then 'final' end)
      || coalesce(': ' || o.detail, '') as line
    from fill_outcomes o
    join accounts a on a.id = o.account_id
    order by a.external_id, o.value_date`;
  return rows.map((row) => row.line);
}

/** What every table of ours holds, row for row, but for the record of the runs themselves and of requests granted. */
export async function readTables(stack: TestStack): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await stack.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'
      and table_name not in ('runs', 'granted_requests', 'trading_days')`;
  const read = async ({ name }: { name: string }): Promise<[string, string[]]> => {
    const rows = await stack.sql<{ row: string }[]>`
      select to_jsonb(t)::text as row from ${stack.sql(name)} t order by 1`;
    return [name, rows.map(({ row }) => row)];
  };
  return Object.fromEntries(await Promise.all(tables.map(read)));
}
