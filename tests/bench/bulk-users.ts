import type { TransactionSql } from 'postgres';

interface CrowdSize {
  readonly users: number;
  /** Users who signed up before, spread evenly over all; the rest are made here and have no password. */
  readonly signedUpIds: readonly string[];
  /** The trading day since which everybody's account is known. */
  readonly firstKnownOn: string;
}

/**
 * Writes users with one portfolio, one connection and one account each, and leaves their ids in the temporary table
 * `bulk_users (number, user_id, connection_id, account_id, is_signed_up)` until the transaction ends. Set-based writing needs
 * no check per row: what is written is consistent.
 */
export async function buildBulkUsers(tx: TransactionSql, size: CrowdSize): Promise<void> {
  const { users, signedUpIds, firstKnownOn } = size;
  const step = Math.max(1, Math.floor(users / Math.max(1, signedUpIds.length)));
  await tx.unsafe(`set local session_replication_role = replica`);
  await tx.unsafe(`set local work_mem = '512MB'`);
  await tx`
    create temporary table bulk_users on commit drop as
    select n.number, coalesce(signed.id, gen_random_uuid()) as user_id, gen_random_uuid() as connection_id,
      gen_random_uuid() as account_id, signed.id is not null as is_signed_up
    from generate_series(0, ${users - 1}::integer) as n (number)
    left join unnest(${[...signedUpIds]}::uuid[]) with ordinality as signed (id, position)
      on (signed.position - 1) * ${step}::integer = n.number`;
  await tx`
    insert into auth.users (id, email)
    select user_id, user_id || '@example.com' from bulk_users where not is_signed_up`;
  await tx`insert into portfolios (user_id) select user_id from bulk_users`;
  await tx`
    insert into brokerage_connections (id, user_id, provider, external_id, institution, last_success_at, history_capability)
    select connection_id, user_id, 'snaptrade', 'connection-' || number, 'Bench Brokerage', '2026-11-20T22:00:00Z', 'available'
    from bulk_users`;
  await tx`
    insert into accounts (
      id, user_id, connection_id, external_id, name, currency, category, first_known_on, history_asked_at, flows_synced_at, created_at
    )
    select account_id, user_id, connection_id, 'account-' || number, 'Individual', 'USD', 'investment', ${firstKnownOn},
      '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z', ${firstKnownOn}
    from bulk_users`;
}

/**
 * Writes rows with the table's indexes and unique keys out of the way and builds them again afterwards, as a restore does.
 * A key that foreign keys lean on stays.
 */
export async function withoutIndexes(
  tx: TransactionSql,
  table: string,
  write: () => Promise<unknown>,
): Promise<void> {
  const keys = await tx<{ name: string; definition: string }[]>`
    select k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k
    where k.conrelid = ${table}::regclass and k.contype in ('p', 'u')
      and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = k.conindid)`;
  for (const { name } of keys) await tx.unsafe(`alter table ${table} drop constraint ${name}`);
  const indexes = await tx<{ name: string; definition: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    where i.indrelid = ${table}::regclass
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;
  for (const { name } of indexes) await tx.unsafe(`drop index ${name}`);
  await write();
  for (const { name, definition } of keys)
    await tx.unsafe(`alter table ${table} add constraint ${name} ${definition}`);
  for (const { definition } of indexes) await tx.unsafe(definition);
}
