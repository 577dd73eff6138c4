-- Estimates of accounts on days that no source can give: worked out, never reported, so they are evidence of nothing.
create table public.estimated_values (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  value_date date not null,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  basis text not null check (basis in ('replay', 'holdings')),
  carried text[] not null default '{}',
  as_of timestamptz not null,
  made_at timestamptz not null,
  voided_at timestamptz
);

create unique index estimated_values_current on public.estimated_values (account_id, value_date) where voided_at is null;
create index estimated_values_user on public.estimated_values (user_id, value_date);

comment on table public.estimated_values is 'What an account was worth at a close by what it held and closing prices. Append-only; voided once it is wrong or not wanted.';
comment on column public.estimated_values.basis is
  'replay: its holdings taken back by everything that changed them; holdings: as if nothing had changed, where nobody reports changes.';
comment on column public.estimated_values.carried is 'Symbols without a close of that day, whose price is from an earlier one.';
comment on column public.estimated_values.voided_at is 'When it was worked out otherwise, a better value came, or its user switched estimates off.';

alter table public.estimated_values enable row level security;
create policy "own estimates" on public.estimated_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.estimated_values to authenticated;
grant select, insert, update on public.estimated_values to service_role;

create table public.estimate_drawings (
  line_id uuid primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  evidence_version text not null,
  drawn_at timestamptz not null
);

create index estimate_drawings_user on public.estimate_drawings (user_id);

comment on table public.estimate_drawings is 'From which evidence the estimates of a real account were worked out, and when.';

alter table public.estimate_drawings enable row level security;
grant select, insert, update on public.estimate_drawings to service_role;
