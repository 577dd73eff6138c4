create table public.exchange_rates (
  base_currency text not null check (base_currency ~ '^[A-Z]{3}$'),
  quote_currency text not null check (quote_currency ~ '^[A-Z]{3}$'),
  rate_date date not null,
  rate numeric not null check (rate > 0),
  source text not null,
  primary key (base_currency, quote_currency, rate_date),
  check (base_currency <> quote_currency)
);

comment on table public.exchange_rates is 'One unit of the base currency in the quote currency. A missing rate makes a total incomplete; it is never 1.';

alter table public.exchange_rates enable row level security;
create policy "rates are public" on public.exchange_rates for select to authenticated using (true);
grant select on public.exchange_rates to authenticated;
grant select, insert, update, delete on public.exchange_rates to service_role;

-- The rate that an amount of a day is converted at: the newest of that day and the four before, which reach back over a long
-- weekend; what is older says nothing of the day. No row without one. Its body is bound when it is created, so it needs no
-- search path, and the planner can write it into the query that asks.
create function public.rate_on(p_base text, p_quote text, p_day date)
returns table (rate numeric)
language sql
stable
begin atomic
  select r.rate
  from public.exchange_rates r
  where r.base_currency = p_base and r.quote_currency = p_quote and r.rate_date between p_day - 4 and p_day
  order by r.rate_date desc
  limit 1;
end;

comment on function public.rate_on is 'The exchange rate that an amount of a day is converted at.';

-- The pairs that a trading day needs and that are not stored for it yet: [{ base, quote }], base being an account's
-- currency and quote its user's.
create function public.needed_exchange_rates(p_day date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('base', pair.base, 'quote', pair.quote) order by pair.base, pair.quote), '[]'
  )
  from (
    select distinct a.currency as base, p.currency as quote
    from public.accounts a
    join public.portfolios p on p.user_id = a.user_id and p.currency <> a.currency
    where a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
  ) pair
  where not exists (
    select
    from public.exchange_rates r
    where r.base_currency = pair.base and r.quote_currency = pair.quote and r.rate_date = p_day
  )
$$;

comment on function public.needed_exchange_rates is 'The exchange rates that a trading day needs and that are not stored yet.';

-- Stores the rates of a trading day and publishes the days that waited for them. p_rates: [{ base, quote, rate }] with the
-- rate as text. The first word of a day stays, so that a total does not move because somebody asked again.
-- Returns how many user days are new or changed.
create function public.record_exchange_rates(p_day date, p_rates jsonb, p_source text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_users uuid[];
begin
  with recorded as (
    insert into public.exchange_rates (base_currency, quote_currency, rate_date, rate, source)
    select said.base, said.quote, p_day, said.rate, p_source
    from jsonb_to_recordset(p_rates) as said (base text, quote text, rate numeric)
    -- Runs that overlap store in the same order, so that neither waits for the other in a circle.
    order by said.base, said.quote
    on conflict do nothing
    returning base_currency, quote_currency
  )
  select array_agg(distinct p.user_id order by p.user_id) into v_users
  from recorded r
  join public.portfolios p on p.currency = r.quote_currency
  -- Without a value in that currency nothing waits for the rate: on most evenings it comes before the values do.
  where exists (
    select
    from public.current_values v
    where v.user_id = p.user_id and v.value_date between p_day and p_day + 7 and v.currency = r.base_currency
  );

  -- A rate serves the days shortly after its own too, and what they show may be carried on.
  return (
    select coalesce(sum(public.publish_snapshots(waiting.user_id, p_day, p_day + 7, 'observed', p_now)), 0)
    from unnest(v_users) as waiting (user_id)
  );
end
$$;

comment on function public.record_exchange_rates is 'Stores a day''s exchange rates and publishes the days that waited for them; returns how many.';

grant execute on function public.rate_on to authenticated, service_role;

grant execute on function public.needed_exchange_rates, public.record_exchange_rates to service_role;
