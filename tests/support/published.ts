import type { TestStack } from './test-stack';

/** A standing snapshot as a test reads it; amounts are text without trailing zeros. */
export interface PublishedDay {
  readonly date: string;
  readonly value: string;
  readonly kind: string;
  readonly expected: number;
  readonly present: number;
  /** `name from date` of each account that is carried. */
  readonly carried: readonly string[];
}

/** The user's standing snapshots, oldest first. */
export async function readPublished(stack: TestStack, userId: string): Promise<readonly PublishedDay[]> {
  return stack.sql<PublishedDay[]>`
    select value_date::text as date, trim_scale(total_value)::text as value, snapshot_type as kind,
      accounts_expected as expected, accounts_present as present,
      array(select (c ->> 'name') || ' from ' || (c ->> 'from') from jsonb_array_elements(carried) c) as carried
    from user_portfolio_history
    where user_id = ${userId} and standing
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
