-- When the New York Stock Exchange is open. Nothing refers to these rows by foreign key, since a session may be called off
-- on the day before, or be known to be when it is over.

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

create function public.close_before(p_at timestamptz)
returns date
language sql
stable
set search_path = ''
as $$ select max(d.date) from public.trading_days d where d.closes_at < p_at $$;

comment on function public.close_before is 'The last trading day that had closed before an instant.';
grant execute on function public.close_before to authenticated, service_role;

-- Calendars of others that ours is compared with, each asked for once a day. Nothing follows from a difference but an alert.
create table public.calendar_checks (
  source text primary key,
  checked_on date not null,
  differences jsonb not null default '[]'
);

comment on table public.calendar_checks is 'When a source''s calendar was asked for last, and on which days it differs from ours; readable by the service role alone.';
comment on column public.calendar_checks.checked_on is 'The date in New York of the last question, whatever came of it.';
comment on column public.calendar_checks.differences is '[{ date, ours: { opens, closes } | null, theirs }] as of the last answer.';

alter table public.calendar_checks enable row level security;
grant select, insert, update on public.calendar_checks to service_role;

-- Whether the caller is the one who asks for a source's calendar on a day.
create function public.claim_calendar_check(p_source text, p_today date)
returns boolean
language sql
set search_path = ''
as $$
  with claimed as (
    insert into public.calendar_checks as known (source, checked_on) values (p_source, p_today)
    on conflict (source) do update set checked_on = excluded.checked_on where known.checked_on < excluded.checked_on
    returning 1
  )
  select exists (select from claimed)
$$;

comment on function public.claim_calendar_check is 'Lets one caller a day ask for a source''s calendar.';
grant execute on function public.claim_calendar_check to service_role;

-- Brings the table in line with the calendar in code: { from, to, sessions: [{ date, opensAt, closesAt, earlyClose }], closures: [date] },
-- where the sessions are all between the two days and may be others too, and closures are days without a session, whenever.
-- What was noted for a session that is called off is void: outcomes of filling go, and published values are withdrawn.
-- Evidence stays. Returns how many days changed.
create function public.sync_trading_days(p_calendar jsonb, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_changed integer;
  v_called_off date[];
begin
  insert into public.trading_days as known (date, opens_at, closes_at, early_close)
  select s.date, s."opensAt", s."closesAt", s."earlyClose"
  from jsonb_to_recordset(p_calendar -> 'sessions') as s (date date, "opensAt" timestamptz, "closesAt" timestamptz, "earlyClose" boolean)
  -- Ticks that overlap change rows in the same order.
  order by s.date
  on conflict (date) do update set
    opens_at = excluded.opens_at, closes_at = excluded.closes_at, early_close = excluded.early_close
  where (known.opens_at, known.closes_at, known.early_close) is distinct from (excluded.opens_at, excluded.closes_at, excluded.early_close);
  get diagnostics v_changed = row_count;

  with called_off as (
    delete from public.trading_days d
    where d.date between (p_calendar ->> 'from')::date and (p_calendar ->> 'to')::date
        and d.date not in (select (s ->> 'date')::date from jsonb_array_elements(p_calendar -> 'sessions') s)
      or d.date in (select c::date from jsonb_array_elements_text(p_calendar -> 'closures') c)
    returning d.date
  )
  select array_agg(date) into v_called_off from called_off;
  if v_called_off is null then
    return v_changed;
  end if;

  delete from public.fill_outcomes where value_date = any (v_called_off);
  perform public.publish_snapshots(published.user_id, published.value_date, published.value_date, 'observed', p_now)
  from (
    select h.user_id, h.value_date
    from public.user_portfolio_history h
    where h.is_current and h.value_date = any (v_called_off)
    order by h.user_id, h.value_date
  ) published;
  return v_changed + cardinality(v_called_off);
end
$$;

comment on function public.sync_trading_days is 'Brings the trading days in line with the calendar in code; returns how many changed.';

grant execute on function public.sync_trading_days to service_role;
