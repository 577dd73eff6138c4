-- Taking everything along and deleting everything: what is stored about one user, as a whole.

-- That users were deleted and what went with them, so that it can be shown to whoever has the id. Nothing in it leads to the user.
create table public.user_deletions (
  id uuid primary key default gen_random_uuid(),
  deleted_at timestamptz not null,
  deleted jsonb not null
);

comment on table public.user_deletions is 'Receipts of deleted users: how many rows of what were deleted; readable by the service role alone.';
comment on column public.user_deletions.deleted is 'Rows by table: {"accounts": 3, "account_values": 1240}.';

alter table public.user_deletions enable row level security;
grant select on public.user_deletions to service_role;

-- The tables that say whose a row is, each with the condition by which its rows are a user's, which is $1. Those that have only an
-- account belong to whoever that is. Drawn from the catalogue, so that no table can be forgotten. What operators keep about
-- themselves is not here: runs and backfills name who asked for them under other names.
create function public.user_tables()
returns table (name text, condition text)
language sql
stable
set search_path = ''
as $$
  select c.relname::text,
    case
      when bool_or(a.attname = 'user_id') then 'user_id = $1'
      else 'account_id in (select id from public.accounts where user_id = $1)'
    end
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname in ('user_id', 'account_id') and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  group by c.relname
$$;

comment on function public.user_tables is 'Every table with rows of users, and how those of one are found.';

-- Everything that is stored about a user: { <table>: [row, ...] }, without secrets and without what the worker notes for itself.
create function public.export_user(p_user_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_table record;
  v_rows jsonb;
  v_export jsonb := '{}';
begin
  for v_table in select * from public.user_tables() where name <> 'connection_credentials' order by name loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(t) - array[''ciphertext'', ''lease_owner'', ''lease_expires_at'', ''leased_until'']), ''[]'') from public.%I t where %s',
      v_table.name, v_table.condition
    ) into v_rows using p_user_id;
    v_export := v_export || jsonb_build_object(v_table.name, v_rows);
  end loop;
  return v_export;
end
$$;

comment on function public.export_user is 'Everything that is stored about a user, for them to take along.';

-- Deletes a user with everything that is stored about them, and returns the receipt: { id, deletedAt, deleted }; null when there is
-- no such user. Registrations at providers lose their user, which makes them due to be deleted there too. As the owner, since
-- nobody else may delete users or evidence.
create function public.delete_user(p_user_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
security definer
set search_path = ''
set statement_timeout = '120s'
as $$
declare
  v_table record;
  v_count bigint;
  v_deleted jsonb := '{}';
  v_id uuid;
begin
  -- Whoever records a fill of this user comes before or finds nothing.
  perform from public.portfolios where user_id = p_user_id for update;
  if not exists (select from auth.users where id = p_user_id) then
    return null;
  end if;

  for v_table in select * from public.user_tables() order by name loop
    execute format('select count(*) from public.%I t where %s', v_table.name, v_table.condition) into v_count using p_user_id;
    if v_count > 0 then
      v_deleted := v_deleted || jsonb_build_object(v_table.name, v_count);
    end if;
  end loop;

  -- Nobody is asking for a registration any more, so what a provider may know of the user is to be deleted there at once.
  update public.provider_registrations set leased_until = p_now where user_id = p_user_id and leased_until > p_now;
  perform public.note_removals(p_user_id, null, p_now);
  -- Evidence goes with its accounts, and with nothing else.
  delete from public.accounts where user_id = p_user_id;
  delete from auth.users where id = p_user_id;

  insert into public.user_deletions (deleted_at, deleted) values (p_now, v_deleted) returning id into v_id;
  return jsonb_build_object('id', v_id, 'deletedAt', p_now, 'deleted', v_deleted);
end
$$;

comment on function public.delete_user is 'Deletes a user with everything that is stored about them; returns what was deleted.';

grant execute on function public.export_user, public.user_tables, public.delete_user to service_role;
