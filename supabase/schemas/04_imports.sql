-- Values that users give themselves: past ones from their statements, of which each file that was taken in is one import that can be
-- undone as a whole, and those of accounts that they keep by hand, one by one.
create table public.statement_imports (
  id uuid primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  name text not null check (length(name) between 1 and 200),
  is_official boolean not null,
  imported_at timestamptz not null,
  undone_at timestamptz
);

create index statement_imports_user on public.statement_imports (user_id, imported_at desc);

comment on table public.statement_imports is 'One file of past values that a user took in; undone, its values count no more.';
comment on column public.statement_imports.name is 'What its user calls the file.';
comment on column public.statement_imports.is_official is 'Its user confirmed that statements state these values, so returns may use them.';

alter table public.statement_imports enable row level security;
create policy "own imports" on public.statement_imports for select to authenticated using (user_id = (select auth.uid()));
grant select on public.statement_imports to authenticated;
grant select, insert, update on public.statement_imports to service_role;

-- Evidence beside what providers report: it is judged by its user alone, so it contests nothing, and counts only on days of which
-- no provider knows the account's value. Appended; voided where its import is undone, never deleted.
create table public.statement_values (
  id bigint generated always as identity primary key,
  import_id uuid references public.statement_imports (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  value_date date not null,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  is_official boolean not null,
  as_of timestamptz not null,
  voided_at timestamptz
);

create index statement_values_import on public.statement_values (import_id);
create index statement_values_user on public.statement_values (user_id);
create index statement_values_account on public.statement_values (account_id, value_date, id desc) where voided_at is null;

comment on table public.statement_values is 'What a statement gives as an account''s value on a trading day, as its user reports it. Append-only.';
comment on column public.statement_values.import_id is 'The file that it is from; null for one that was entered by hand.';
comment on column public.statement_values.as_of is 'The close of the day.';
comment on column public.statement_values.voided_at is 'When its import was undone, or its user replaced it or took it back; it counts no more since.';

alter table public.statement_values enable row level security;
create policy "own statement values" on public.statement_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.statement_values to authenticated;
grant select, insert, update on public.statement_values to service_role;

create function public.protect_statement_value()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Only the removal of the account itself, with its user, may take its evidence along.
  if tg_op = 'TRUNCATE' or tg_op = 'DELETE' and exists (select from public.accounts where id = old.account_id) then
    raise exception 'values from statements are never deleted' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  if old.voided_at is not null or to_jsonb(old) - 'voided_at' <> to_jsonb(new) - 'voided_at' then
    raise exception 'values from statements are never changed, but for voiding them' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger protect_statement_value before update or delete on public.statement_values
  for each row execute function public.protect_statement_value();

create trigger protect_statement_values before truncate on public.statement_values
  for each statement execute function public.protect_statement_value();

-- Of several files that give a value for one account and day, the newest counts; where none does, an estimate.
create view public.stated_values with (security_invoker = true) as
(
  select distinct on (s.account_id, s.value_date)
    s.*, case when s.import_id is null then 'manual' when s.is_official then 'official_statement' else 'statement' end as source
  from public.statement_values s
  where s.voided_at is null
  order by s.account_id, s.value_date, s.id desc
)
union all
-- Its id is behind that of whatever a user gave for another row of the same real account.
select -e.id, null, e.user_id, e.account_id, e.value_date, e.total_value, e.currency, false, e.as_of, null, 'estimate'
from public.estimated_values e
where e.voided_at is null and not exists (
  select
  from public.statement_values s
  where s.account_id = e.account_id and s.value_date = e.value_date and s.voided_at is null
);

comment on view public.stated_values is
  'The values that users give and that count, and estimates where there are none: one for each account and day.';

grant select on public.stated_values to authenticated, service_role;
