-- Rates between currencies, from a public source that keeps its past, so days that were missed can be completed at any time.
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

create table public.exchange_rate_readings (
  base_currency text not null check (base_currency ~ '^[A-Z]{3}$'),
  quote_currency text not null check (quote_currency ~ '^[A-Z]{3}$'),
  read_since date not null,
  read_through date not null,
  source text not null,
  read_at timestamptz not null,
  primary key (base_currency, quote_currency)
);

comment on table public.exchange_rate_readings is 'For which days a pair''s rates were read, whether there were any or not, so that nothing is read twice.';

alter table public.exchange_rate_readings enable row level security;
create policy "readings are public" on public.exchange_rate_readings for select to authenticated using (true);
grant select on public.exchange_rate_readings to authenticated;
grant select, insert, update on public.exchange_rate_readings to service_role;

-- The rate that an amount of a day is converted at: the newest of that day and the four before, which reach back over a long
-- weekend; what is older has no bearing on the day. No row without one. Its body is bound when it is created, so it needs no
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

-- Whether the rates of a day were read, so that one which is missing then is missing for good.
create function public.rate_was_read(p_base text, p_quote text, p_day date)
returns boolean
language sql
stable
begin atomic
  select exists (
    select
    from public.exchange_rate_readings r
    where r.base_currency = p_base and r.quote_currency = p_quote and p_day between r.read_since and r.read_through
  );
end;

comment on function public.rate_was_read is 'Whether the source was asked for the exchange rate of a day, and answered.';

-- The pairs of an account's or a movement's currency (base) and its user's or its account's (quote) for which a trading day has no rate that could be used, or
-- days since the account is known, within a year, or since statements give values of it, were never read: [{ base, quote, from, isMissing, isDue }]. Holidays of the
-- source have no rate of their own, and a late publication none yet: such a day is read again, but not within the hour.
create function public.needed_exchange_rates(p_day date, p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'base', pair.base, 'quote', pair.quote,
        'from', case when reading.read_since <= pair.first_day then least(reading.read_through + 1, p_day) else pair.first_day end,
        'isMissing', not state.is_known,
        'isDue', not state.is_read and coalesce(reading.read_at <= p_now - interval '1 hour' or pair.first_day < reading.read_since, true)
      )
      order by pair.base, pair.quote
    ),
    '[]'
  )
  from (
    select needed.base, needed.quote,
      least(greatest(min(needed.day) filter (where not needed.is_stated), p_day - 365), min(needed.day) filter (where needed.is_stated)) as first_day
    from (
      select a.currency as base, p.currency as quote, a.first_known_on as day, false as is_stated
      from public.accounts a
      join public.portfolios p on p.user_id = a.user_id and p.currency <> a.currency
      where a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
      union all
      select a.currency, p.currency, a.stated_since, true
      from public.accounts a
      join public.portfolios p on p.user_id = a.user_id and p.currency <> a.currency
      where a.is_counted and a.stated_since <= p_day
      union all
      -- A movement explains a value at the rate of its day, whatever currency it was in.
      select f.currency, a.currency, f.flow_date, false
      from public.cash_flows f
      join public.accounts a on a.id = f.account_id and a.currency <> f.currency
      where a.is_counted and f.flow_date between p_day - 365 and p_day
      union all
      select f.currency, p.currency, f.flow_date, false
      from public.cash_flows f
      join public.portfolios p on p.user_id = f.user_id and p.currency <> f.currency
      where f.flow_date between p_day - 365 and p_day
    ) needed
    group by needed.base, needed.quote
  ) pair
  left join public.exchange_rate_readings reading on reading.base_currency = pair.base and reading.quote_currency = pair.quote
  cross join lateral (
    select
      coalesce(reading.read_since <= pair.first_day and reading.read_through >= p_day, false) as is_read,
      exists (select from public.rate_on(pair.base, pair.quote, p_day)) as is_known
  ) state
  where not (state.is_read and state.is_known)
$$;

comment on function public.needed_exchange_rates is 'The pairs of currencies for which a trading day has no rate, or days were never read.';

-- Stores rates, [{ base, quote, date, rate }] with the rate as text, and publishes the days that waited for them; notes for
-- pairs, [{ base, quote }], that their days between two dates were read. The first rate of a day stays, so that a total does not
-- move because somebody asked again. Returns how many user days are new or changed.
create function public.record_exchange_rates(
  p_rates jsonb, p_pairs jsonb, p_since date, p_through date, p_source text, p_now timestamptz
)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_waiting jsonb;
begin
  with recorded as (
    insert into public.exchange_rates (base_currency, quote_currency, rate_date, rate, source)
    select given.base, given.quote, given.date, given.rate, p_source
    from jsonb_to_recordset(p_rates) as given (base text, quote text, date date, rate numeric)
    -- Runs that overlap store in the same order, so that neither waits for the other in a circle.
    order by given.base, given.quote, given.date
    on conflict do nothing
    returning base_currency, quote_currency, rate_date
  ),
  spans as (
    select base_currency, quote_currency, min(rate_date) as first_day,
      -- A rate serves the days shortly after its own too, and what they show may be carried on.
      max(rate_date) + 7 as last_day
    from recorded
    group by base_currency, quote_currency
  ),
  waiting as (
    select p.user_id, min(s.first_day) as first_day, max(s.last_day) as last_day
    from spans s
    join public.portfolios p on p.currency = s.quote_currency
    -- Without a value in that currency nothing waits for the rate: on most evenings it comes before the values do.
    where exists (
      select
      from public.current_values v
      where v.user_id = p.user_id and v.value_date between s.first_day and s.last_day and v.currency = s.base_currency
    )
    or exists (
      select
      from public.statement_values v
      where v.user_id = p.user_id and v.voided_at is null and v.value_date between s.first_day and s.last_day
        and v.currency = s.base_currency
    )
    or exists (
      select
      from public.estimated_values v
      where v.user_id = p.user_id and v.voided_at is null and v.value_date between s.first_day and s.last_day
        and v.currency = s.base_currency
    )
    group by p.user_id
  )
  select jsonb_agg(w order by w.user_id) into v_waiting from waiting w;

  insert into public.exchange_rate_readings as known (base_currency, quote_currency, read_since, read_through, source, read_at)
  select given.base, given.quote, p_since, p_through, p_source, p_now
  from jsonb_to_recordset(p_pairs) as given (base text, quote text)
  order by given.base, given.quote
  on conflict (base_currency, quote_currency) do update set
    read_since = least(known.read_since, excluded.read_since),
    read_through = greatest(known.read_through, excluded.read_through),
    source = excluded.source,
    read_at = excluded.read_at;

  return (
    select coalesce(sum(public.publish_snapshots(w.user_id, w.first_day, w.last_day, 'observed', p_now)), 0)
    from jsonb_to_recordset(v_waiting) as w (user_id uuid, first_day date, last_day date)
  );
end
$$;

comment on function public.record_exchange_rates is 'Stores exchange rates and publishes the days that waited for them; returns how many.';

grant execute on function public.rate_on, public.rate_was_read to authenticated, service_role;

grant execute on function public.needed_exchange_rates, public.record_exchange_rates to service_role;
