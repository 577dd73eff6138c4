-- Daily closes of market indices to compare a portfolio with.
create table public.benchmark_prices (
  benchmark text not null check (benchmark in ('sp500')),
  price_date date not null,
  close numeric not null check (close > 0),
  source text not null,
  primary key (benchmark, price_date)
);

comment on table public.benchmark_prices is 'The close of a market index, or of a fund that follows it, on a trading day, adjusted for splits.';
comment on column public.benchmark_prices.source is 'Where it comes from, as shown to readers.';

alter table public.benchmark_prices enable row level security;
create policy "benchmark prices are public" on public.benchmark_prices for select to authenticated using (true);
grant select on public.benchmark_prices to authenticated;
grant select, insert, update on public.benchmark_prices to service_role;

create function public.newest_benchmark_price(p_benchmark text, p_source text)
returns date
language sql
stable
set search_path = ''
as $$
  select max(price_date) from public.benchmark_prices where benchmark = p_benchmark and source = p_source
$$;

comment on function public.newest_benchmark_price is 'The newest day that a source has reported; null when it has reported none.';

-- Stores closes; p_prices: [{ date, close }] with the close as text. A day reported again is corrected, since a split changes what
-- was before it. Returns how many days are new or changed.
create function public.record_benchmark_prices(p_benchmark text, p_source text, p_prices jsonb)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_changed integer;
begin
  insert into public.benchmark_prices as known (benchmark, price_date, close, source)
  select p_benchmark, reported.date, reported.close, p_source
  from jsonb_to_recordset(p_prices) as reported (date date, close numeric)
  -- Ticks that overlap store in the same order, so that neither waits for the other in a circle.
  order by reported.date
  on conflict (benchmark, price_date) do update set close = excluded.close, source = excluded.source
  where (known.close, known.source) is distinct from (excluded.close, excluded.source);
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function public.record_benchmark_prices is 'Stores closes of an index; returns how many days are new or changed.';

-- { source, points: [{ date, close }] } between two days, oldest first, or null when nothing is known; p_from null starts with the
-- first. Only closes of the newest one's source: two sources need not be on one scale.
create function public.benchmark_closes(p_benchmark text, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'source', newest.source,
    'points', jsonb_agg(jsonb_build_object('date', b.price_date, 'close', trim_scale(b.close)::text) order by b.price_date)
  )
  from (
    select source from public.benchmark_prices where benchmark = p_benchmark order by price_date desc limit 1
  ) newest
  join public.benchmark_prices b on b.benchmark = p_benchmark and b.source = newest.source
    and (p_from is null or b.price_date >= p_from) and b.price_date <= p_to
  group by newest.source
$$;

comment on function public.benchmark_closes is 'The closes of an index between two days, and where they come from.';

grant execute on function public.newest_benchmark_price, public.record_benchmark_prices to service_role;

grant execute on function public.benchmark_closes to authenticated, service_role;
