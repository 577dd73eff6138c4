-- When the New York Stock Exchange is open.

create table public.trading_days (
  date date primary key,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  early_close boolean not null default false,
  check (opens_at < closes_at)
);

-- The latest closed trading day at an instant is found by its close.
create unique index trading_days_closes_at_idx on public.trading_days (closes_at);

comment on table public.trading_days is
  'One row per session of the New York Stock Exchange. A date without a row has no session.';
comment on column public.trading_days.date is 'The date of the session in New York.';
comment on column public.trading_days.opens_at is 'The instant at which the session opens, usually 09:30 in New York.';
comment on column public.trading_days.closes_at is 'The instant at which the session closes, usually 16:00 in New York.';
comment on column public.trading_days.early_close is 'True when the session ends before 16:00 in New York.';

-- The calendar is public knowledge; only the server corrects it.
alter table public.trading_days enable row level security;
create policy trading_days_are_public on public.trading_days
  for select to anon, authenticated using (true);
grant select on public.trading_days to anon, authenticated, service_role;
grant insert, update, delete on public.trading_days to service_role;
