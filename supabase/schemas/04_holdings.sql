-- What accounts held at a close, and prices: what estimates of days are worked out from, where a user allows them. It is evidence of no
-- value, so it takes no part in what is believed of one.
create table public.holdings_readings (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  value_date date not null,
  as_of timestamptz not null,
  cash numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  positions jsonb not null check (jsonb_typeof(positions) = 'array'),
  source text not null,
  read_at timestamptz not null,
  unique (account_id, value_date, as_of)
);

create index holdings_readings_user on public.holdings_readings (user_id, value_date);

comment on table public.holdings_readings is 'All that a provider reported an account to hold at the close of a trading day, in the account''s one currency. Append-only.';
comment on column public.holdings_readings.positions is
  '[{"symbol", "units", "close"}] as text; units negative where sold short, close the broker''s own of that day, null where it gave none.';

alter table public.holdings_readings enable row level security;
create policy "own holdings" on public.holdings_readings for select to authenticated using (user_id = (select auth.uid()));
grant select on public.holdings_readings to authenticated;
grant select, insert on public.holdings_readings to service_role;

-- Closes that brokers delivered with what somebody holds are that user's own data, and are used for nobody else.
create view public.broker_closes with (security_invoker = true) as
select r.user_id, held ->> 'symbol' as symbol, r.value_date as price_date, (held ->> 'close')::numeric as close, r.currency, r.source
from public.holdings_readings r
cross join jsonb_array_elements(r.positions) as held
where held ->> 'close' is not null;

comment on view public.broker_closes is 'Closes of what users hold, as their brokers gave them.';

grant select on public.broker_closes to authenticated, service_role;

-- Prices of a market-data source, as they were traded: a later split changes none of them.
create table public.market_closes (
  symbol text not null,
  price_date date not null,
  close numeric not null check (close > 0),
  source text not null,
  primary key (symbol, price_date)
);

comment on table public.market_closes is 'Closes in US dollars as they were traded, from a market-data source whose terms let nobody read them but us.';

alter table public.market_closes enable row level security;
grant select, insert, update on public.market_closes to service_role;

create table public.market_splits (
  symbol text not null,
  split_date date not null,
  ratio numeric not null check (ratio > 0),
  source text not null,
  primary key (symbol, split_date)
);

comment on table public.market_splits is 'Splits: from this day on, ratio units stand for each one before.';

alter table public.market_splits enable row level security;
grant select, insert, update on public.market_splits to service_role;

create table public.market_price_readings (
  symbol text primary key,
  read_from date not null,
  read_through date not null,
  read_at timestamptz not null,
  check (read_from <= read_through)
);

comment on table public.market_price_readings is 'Of which days closes and splits of a symbol were asked for; what is lacking there has no price.';

alter table public.market_price_readings enable row level security;
grant select, insert, update on public.market_price_readings to service_role;

-- What an account holds is asked for where nothing else brings it, only of users who allow estimates, and about once a week.
create function public.holdings_are_due(p_account public.accounts, p_estimates_since timestamptz, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_estimates_since is not null and coalesce(p_account.holdings_asked_at < p_now - interval '6 days', true)
$$;

comment on function public.holdings_are_due is 'Whether a provider is to be asked what an account holds.';

-- Keeps what accounts held: the holdings of a fill, and of whom they were asked.
create function public.record_holdings(p_connection_id uuid, p_fill jsonb, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.holdings_readings (user_id, account_id, value_date, as_of, cash, currency, positions, source, read_at)
  select a.user_id, a.id, h.date, h."asOf", h.cash, h.currency, h.positions, h.source, p_now
  from jsonb_to_recordset(coalesce(p_fill -> 'holdings', '[]')) as h (
    "externalId" text, date date, "asOf" timestamptz, cash numeric, currency text, positions jsonb, source text
  )
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = h."externalId"
  on conflict (account_id, value_date, as_of) do nothing;

  update public.accounts a
  set holdings_asked_at = p_now
  from jsonb_array_elements_text(coalesce(p_fill -> 'holdingsAsked', '[]')) as asked (external_id)
  where a.connection_id = p_connection_id and a.external_id = asked.external_id
$$;

comment on function public.record_holdings is 'Keeps what accounts were reported to hold.';

grant execute on function public.holdings_are_due, public.record_holdings to service_role;
