-- Which days of a user stand, as one short text for each calendar year: counting a year of ten thousand users reads as many
-- rows, not two and a half million. The texts are no second truth: the database writes them in the transaction that
-- publishes a day, and recount_coverage draws them again from the snapshots.

create table public.coverage_years (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  year integer not null,
  days text not null check (length(days) = 366),
  primary key (user_id, year)
);

comment on table public.coverage_years is 'A user''s standing days of one calendar year.';
comment on column public.coverage_years.days is
  'One character for each day of the year: c daily_eod, r reconstructed, e estimated, a space where no snapshot stands.';

alter table public.coverage_years enable row level security;
revoke all on public.coverage_years from anon, authenticated, service_role;
grant select, insert, update, delete on public.coverage_years to service_role;

-- Draws the texts again from the snapshots, for some users or, with null, for all.
create function public.recount_coverage(p_user_ids uuid[])
returns void
language sql
set search_path = ''
set statement_timeout = '10min'
as $$
  delete from public.coverage_years where p_user_ids is null or user_id = any (p_user_ids);
  insert into public.coverage_years (user_id, year, days)
  select day.user_id, day.year, rpad(string_agg(repeat(' ', day.at - day.before - 1) || day.code, '' order by day.at), 366)
  from (
    select h.user_id, extract(year from h.value_date)::integer as year, extract(doy from h.value_date)::integer as at,
      lag(extract(doy from h.value_date)::integer, 1, 0)
        over (partition by h.user_id, extract(year from h.value_date) order by h.value_date) as before,
      case h.snapshot_type when 'daily_eod' then 'c' when 'reconstructed' then 'r' when 'estimated' then 'e' end as code
    from public.user_portfolio_history h
    where h.standing and (p_user_ids is null or h.user_id = any (p_user_ids))
  ) day
  group by day.user_id, day.year;
$$;

comment on function public.recount_coverage is 'Draws the texts of standing days again from the snapshots. Changes nothing where nothing was wrong.';

-- A year's text with some of its days replaced.
create function public.replace_days(p_days text, p_at integer[], p_codes text[])
returns text
language sql
immutable
set search_path = ''
as $$
  select string_agg(coalesce(changed.code, substr(coalesce(p_days, repeat(' ', 366)), day, 1)), '' order by day)
  from generate_series(1, 366) as day
  left join unnest(p_at, p_codes) as changed (at, code) on changed.at = day
$$;

comment on function public.replace_days is 'Replaces days of a year''s text.';

-- Follows each change of the snapshots. Whoever publishes holds the user's lock, so no change is lost between two of them.
create function public.follow_coverage()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    -- A user who leaves takes their rows along, so none is made here.
    update public.coverage_years y
    set days = public.replace_days(y.days, gone.at, gone.codes)
    from (
      select o.user_id, extract(year from o.value_date)::integer as year,
        array_agg(extract(doy from o.value_date)::integer) as at, array_agg(' '::text) as codes
      from changed_rows o
      where o.standing
      group by o.user_id, extract(year from o.value_date)
    ) gone
    where y.user_id = gone.user_id and y.year = gone.year;
    return null;
  end if;

  insert into public.coverage_years as known (user_id, year, days)
  select told.user_id, told.year, public.replace_days(y.days, told.at, told.codes)
  from (
    select n.user_id, extract(year from n.value_date)::integer as year,
      array_agg(extract(doy from n.value_date)::integer) as at,
      array_agg(coalesce(
        case h.snapshot_type when 'daily_eod' then 'c' when 'reconstructed' then 'r' when 'estimated' then 'e' end, ' '
      )) as codes
    from (select distinct changed.user_id, changed.value_date from changed_rows changed) n
    left join public.user_portfolio_history h on h.user_id = n.user_id and h.value_date = n.value_date and h.standing
    group by n.user_id, extract(year from n.value_date)
  ) told
  left join public.coverage_years y on y.user_id = told.user_id and y.year = told.year
  on conflict (user_id, year) do update set days = excluded.days;
  return null;
end
$$;

create trigger follow_coverage_insert after insert on public.user_portfolio_history
  referencing new table as changed_rows for each statement execute function public.follow_coverage();
create trigger follow_coverage_update after update on public.user_portfolio_history
  referencing new table as changed_rows for each statement execute function public.follow_coverage();
create trigger follow_coverage_delete after delete on public.user_portfolio_history
  referencing old table as changed_rows for each statement execute function public.follow_coverage();

revoke execute on function
  public.recount_coverage, public.replace_days, public.follow_coverage
  from public, anon, authenticated, service_role;
grant execute on function public.recount_coverage, public.replace_days to service_role;

select public.recount_coverage(null);
