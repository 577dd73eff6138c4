-- Written by npm run db:baseline from supabase/schemas: change the files there, then write this one again.
-- From the first deployment on it stays as it is, and a change needs a migration of its own beside the one in the schemas.

-- schemas/00_setup.sql

-- Browser roles and the service role get what each file grants and nothing else. Older Supabase projects grant everything on
-- new objects by themselves and newer ones nothing; Postgres itself lets everybody execute new functions. After this, all are
-- alike.

alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- The right of everybody is no right within a schema, so it can only be revoked for all schemas at once.
alter default privileges revoke execute on functions from public;

-- schemas/01_trading_days.sql

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

-- schemas/01_trading_days_rows.sql

-- The trading days of the New York Stock Exchange, 2000-01-01 to 2035-12-31.
-- Written by npm run db:trading-days from the calendar in lib/domain. What was announced since is brought by ticks.

insert into public.trading_days (date, opens_at, closes_at, early_close)
with
  weekday as (
    -- Without a time zone, so that the time zone of the session cannot move a date.
    select day::date as date
    from generate_series(timestamp '2000-01-01', timestamp '2035-12-31', interval '1 day') as day
    where extract(isodow from day) <= 5
  ),
  early_close as (
    select date::date, closes::time
    from (values
      ('2000-07-03', '13:00'), ('2000-11-24', '13:00'), ('2001-07-03', '13:00'), ('2001-11-23', '13:00'),
      ('2001-12-24', '13:00'), ('2002-07-05', '13:00'), ('2002-11-29', '13:00'), ('2002-12-24', '13:00'),
      ('2003-07-03', '13:00'), ('2003-11-28', '13:00'), ('2003-12-24', '13:00'), ('2003-12-26', '13:00'),
      ('2004-11-26', '13:00'), ('2005-06-01', '15:56'), ('2005-11-25', '13:00'), ('2006-07-03', '13:00'),
      ('2006-11-24', '13:00'), ('2007-07-03', '13:00'), ('2007-11-23', '13:00'), ('2007-12-24', '13:00'),
      ('2008-07-03', '13:00'), ('2008-11-28', '13:00'), ('2008-12-24', '13:00'), ('2009-11-27', '13:00'),
      ('2009-12-24', '13:00'), ('2010-11-26', '13:00'), ('2011-11-25', '13:00'), ('2012-07-03', '13:00'),
      ('2012-11-23', '13:00'), ('2012-12-24', '13:00'), ('2013-07-03', '13:00'), ('2013-11-29', '13:00'),
      ('2013-12-24', '13:00'), ('2014-07-03', '13:00'), ('2014-11-28', '13:00'), ('2014-12-24', '13:00'),
      ('2015-11-27', '13:00'), ('2015-12-24', '13:00'), ('2016-11-25', '13:00'), ('2017-07-03', '13:00'),
      ('2017-11-24', '13:00'), ('2018-07-03', '13:00'), ('2018-11-23', '13:00'), ('2018-12-24', '13:00'),
      ('2019-07-03', '13:00'), ('2019-11-29', '13:00'), ('2019-12-24', '13:00'), ('2020-11-27', '13:00'),
      ('2020-12-24', '13:00'), ('2021-11-26', '13:00'), ('2022-11-25', '13:00'), ('2023-07-03', '13:00'),
      ('2023-11-24', '13:00'), ('2024-07-03', '13:00'), ('2024-11-29', '13:00'), ('2024-12-24', '13:00'),
      ('2025-07-03', '13:00'), ('2025-11-28', '13:00'), ('2025-12-24', '13:00'), ('2026-11-27', '13:00'),
      ('2026-12-24', '13:00'), ('2027-11-26', '13:00'), ('2028-07-03', '13:00'), ('2028-11-24', '13:00'),
      ('2029-07-03', '13:00'), ('2029-11-23', '13:00'), ('2029-12-24', '13:00'), ('2030-07-03', '13:00'),
      ('2030-11-29', '13:00'), ('2030-12-24', '13:00'), ('2031-07-03', '13:00'), ('2031-11-28', '13:00'),
      ('2031-12-24', '13:00'), ('2032-11-26', '13:00'), ('2033-11-25', '13:00'), ('2034-07-03', '13:00'),
      ('2034-11-24', '13:00'), ('2035-07-03', '13:00'), ('2035-11-23', '13:00'), ('2035-12-24', '13:00')
    ) as listed (date, closes)
  ),
  late_open as (
    select date::date, opens::time
    from (values
      ('2001-09-17', '09:33'), ('2001-10-08', '09:31'), ('2002-09-11', '12:00'), ('2003-03-20', '09:32'),
      ('2004-06-07', '09:32'), ('2006-12-27', '09:32')
    ) as listed (date, opens)
  )
select
  weekday.date,
  (weekday.date + coalesce(late_open.opens, time '09:30')) at time zone 'America/New_York',
  (weekday.date + coalesce(early_close.closes, time '16:00')) at time zone 'America/New_York',
  early_close.date is not null
from weekday
left join early_close on early_close.date = weekday.date
left join late_open on late_open.date = weekday.date
-- Holidays as observed, and closures for mourning, storms and attacks.
where weekday.date <> all (array[
  '2000-01-17', '2000-02-21', '2000-04-21', '2000-05-29', '2000-07-04', '2000-09-04', '2000-11-23',
  '2000-12-25',
  '2001-01-01', '2001-01-15', '2001-02-19', '2001-04-13', '2001-05-28', '2001-07-04', '2001-09-03',
  '2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14', '2001-11-22', '2001-12-25',
  '2002-01-01', '2002-01-21', '2002-02-18', '2002-03-29', '2002-05-27', '2002-07-04', '2002-09-02',
  '2002-11-28', '2002-12-25',
  '2003-01-01', '2003-01-20', '2003-02-17', '2003-04-18', '2003-05-26', '2003-07-04', '2003-09-01',
  '2003-11-27', '2003-12-25',
  '2004-01-01', '2004-01-19', '2004-02-16', '2004-04-09', '2004-05-31', '2004-06-11', '2004-07-05',
  '2004-09-06', '2004-11-25', '2004-12-24',
  '2005-01-17', '2005-02-21', '2005-03-25', '2005-05-30', '2005-07-04', '2005-09-05', '2005-11-24',
  '2005-12-26',
  '2006-01-02', '2006-01-16', '2006-02-20', '2006-04-14', '2006-05-29', '2006-07-04', '2006-09-04',
  '2006-11-23', '2006-12-25',
  '2007-01-01', '2007-01-02', '2007-01-15', '2007-02-19', '2007-04-06', '2007-05-28', '2007-07-04',
  '2007-09-03', '2007-11-22', '2007-12-25',
  '2008-01-01', '2008-01-21', '2008-02-18', '2008-03-21', '2008-05-26', '2008-07-04', '2008-09-01',
  '2008-11-27', '2008-12-25',
  '2009-01-01', '2009-01-19', '2009-02-16', '2009-04-10', '2009-05-25', '2009-07-03', '2009-09-07',
  '2009-11-26', '2009-12-25',
  '2010-01-01', '2010-01-18', '2010-02-15', '2010-04-02', '2010-05-31', '2010-07-05', '2010-09-06',
  '2010-11-25', '2010-12-24',
  '2011-01-17', '2011-02-21', '2011-04-22', '2011-05-30', '2011-07-04', '2011-09-05', '2011-11-24',
  '2011-12-26',
  '2012-01-02', '2012-01-16', '2012-02-20', '2012-04-06', '2012-05-28', '2012-07-04', '2012-09-03',
  '2012-10-29', '2012-10-30', '2012-11-22', '2012-12-25',
  '2013-01-01', '2013-01-21', '2013-02-18', '2013-03-29', '2013-05-27', '2013-07-04', '2013-09-02',
  '2013-11-28', '2013-12-25',
  '2014-01-01', '2014-01-20', '2014-02-17', '2014-04-18', '2014-05-26', '2014-07-04', '2014-09-01',
  '2014-11-27', '2014-12-25',
  '2015-01-01', '2015-01-19', '2015-02-16', '2015-04-03', '2015-05-25', '2015-07-03', '2015-09-07',
  '2015-11-26', '2015-12-25',
  '2016-01-01', '2016-01-18', '2016-02-15', '2016-03-25', '2016-05-30', '2016-07-04', '2016-09-05',
  '2016-11-24', '2016-12-26',
  '2017-01-02', '2017-01-16', '2017-02-20', '2017-04-14', '2017-05-29', '2017-07-04', '2017-09-04',
  '2017-11-23', '2017-12-25',
  '2018-01-01', '2018-01-15', '2018-02-19', '2018-03-30', '2018-05-28', '2018-07-04', '2018-09-03',
  '2018-11-22', '2018-12-05', '2018-12-25',
  '2019-01-01', '2019-01-21', '2019-02-18', '2019-04-19', '2019-05-27', '2019-07-04', '2019-09-02',
  '2019-11-28', '2019-12-25',
  '2020-01-01', '2020-01-20', '2020-02-17', '2020-04-10', '2020-05-25', '2020-07-03', '2020-09-07',
  '2020-11-26', '2020-12-25',
  '2021-01-01', '2021-01-18', '2021-02-15', '2021-04-02', '2021-05-31', '2021-07-05', '2021-09-06',
  '2021-11-25', '2021-12-24',
  '2022-01-17', '2022-02-21', '2022-04-15', '2022-05-30', '2022-06-20', '2022-07-04', '2022-09-05',
  '2022-11-24', '2022-12-26',
  '2023-01-02', '2023-01-16', '2023-02-20', '2023-04-07', '2023-05-29', '2023-06-19', '2023-07-04',
  '2023-09-04', '2023-11-23', '2023-12-25',
  '2024-01-01', '2024-01-15', '2024-02-19', '2024-03-29', '2024-05-27', '2024-06-19', '2024-07-04',
  '2024-09-02', '2024-11-28', '2024-12-25',
  '2025-01-01', '2025-01-09', '2025-01-20', '2025-02-17', '2025-04-18', '2025-05-26', '2025-06-19',
  '2025-07-04', '2025-09-01', '2025-11-27', '2025-12-25',
  '2026-01-01', '2026-01-19', '2026-02-16', '2026-04-03', '2026-05-25', '2026-06-19', '2026-07-03',
  '2026-09-07', '2026-11-26', '2026-12-25',
  '2027-01-01', '2027-01-18', '2027-02-15', '2027-03-26', '2027-05-31', '2027-06-18', '2027-07-05',
  '2027-09-06', '2027-11-25', '2027-12-24',
  '2028-01-17', '2028-02-21', '2028-04-14', '2028-05-29', '2028-06-19', '2028-07-04', '2028-09-04',
  '2028-11-23', '2028-12-25',
  '2029-01-01', '2029-01-15', '2029-02-19', '2029-03-30', '2029-05-28', '2029-06-19', '2029-07-04',
  '2029-09-03', '2029-11-22', '2029-12-25',
  '2030-01-01', '2030-01-21', '2030-02-18', '2030-04-19', '2030-05-27', '2030-06-19', '2030-07-04',
  '2030-09-02', '2030-11-28', '2030-12-25',
  '2031-01-01', '2031-01-20', '2031-02-17', '2031-04-11', '2031-05-26', '2031-06-19', '2031-07-04',
  '2031-09-01', '2031-11-27', '2031-12-25',
  '2032-01-01', '2032-01-19', '2032-02-16', '2032-03-26', '2032-05-31', '2032-06-18', '2032-07-05',
  '2032-09-06', '2032-11-25', '2032-12-24',
  '2033-01-17', '2033-02-21', '2033-04-15', '2033-05-30', '2033-06-20', '2033-07-04', '2033-09-05',
  '2033-11-24', '2033-12-26',
  '2034-01-02', '2034-01-16', '2034-02-20', '2034-04-07', '2034-05-29', '2034-06-19', '2034-07-04',
  '2034-09-04', '2034-11-23', '2034-12-25',
  '2035-01-01', '2035-01-15', '2035-02-19', '2035-03-23', '2035-05-28', '2035-06-19', '2035-07-04',
  '2035-09-03', '2035-11-22', '2035-12-25'
]::date[]);

-- schemas/02_portfolios.sql

-- Who is linked to what: a user's portfolio, their connections to brokers, and the accounts behind each connection.

create table public.portfolios (
  user_id uuid primary key references auth.users (id) on delete cascade,
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  data_notice text,
  estimates_since timestamptz,
  estimates_by_operator boolean not null default false,
  created_at timestamptz not null default now(),
  check (estimates_since is not null or not estimates_by_operator)
);

comment on table public.portfolios is 'One row per user who may have a history.';
comment on column public.portfolios.currency is 'ISO 4217 code in which the user''s totals are reported.';
comment on column public.portfolios.data_notice is 'What the values are when they are not a real brokerage''s; null for real ones.';
comment on column public.portfolios.estimates_since is 'Since when days that no source can give may be estimated; null while they may not.';
comment on column public.portfolios.estimates_by_operator is 'Whether an administrator allowed that, as the audit log has it; false where its user did.';

alter table public.portfolios enable row level security;
create policy "own portfolio" on public.portfolios for select to authenticated using (user_id = (select auth.uid()));
grant select on public.portfolios to authenticated;
grant select, insert, update, delete on public.portfolios to service_role;

create table public.brokerage_connections (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca', 'manual')),
  external_id text not null,
  institution text not null,
  status text not null default 'active' check (status in ('active', 'disabled', 'paused', 'removed')),
  disabled_since timestamptz,
  due_at timestamptz,
  retry_at timestamptz,
  attempts integer not null default 0 check (attempts >= 0),
  lease_owner uuid,
  lease_expires_at timestamptz,
  last_success_at timestamptz,
  last_error_code text,
  history_capability text check (history_capability in ('available', 'feature_not_enabled', 'not_supported')),
  created_at timestamptz not null default now(),
  refresh_requested_for date,
  event_at timestamptz,
  pre_open_recheck_for date,
  data_freshness text check (data_freshness in ('realtime', 'daily')),
  freshness_checked_at timestamptz,
  live_asked_at timestamptz,
  totals_due boolean not null default true,
  recheck boolean not null default false,
  totals_asked_at timestamptz,
  totals_reads smallint not null default 0 check (totals_reads >= 0),
  totals_reads_since timestamptz,
  rest_asked_at timestamptz,
  unique (provider, external_id),
  check ((lease_owner is null) = (lease_expires_at is null))
);

create index brokerage_connections_user on public.brokerage_connections (user_id);
create index brokerage_connections_leased on public.brokerage_connections (lease_owner) where lease_owner is not null;
create index brokerage_connections_disabled on public.brokerage_connections (user_id) where status = 'disabled';
create index brokerage_connections_due on public.brokerage_connections (due_at, id) where due_at is not null;

comment on table public.brokerage_connections is 'A user''s link to one brokerage login through a provider.';
comment on column public.brokerage_connections.status is
  'disabled: the broker no longer lets the provider in until the user reconnects. paused: nobody is asked, since its source is switched off here or there is none.';
comment on column public.brokerage_connections.provider is 'manual: it holds the accounts that their user keeps by hand, and nobody is ever asked.';
comment on column public.brokerage_connections.due_at is 'Since when there is work; drawn from coverage by mark_due_connections, cleared when a fill is recorded.';
comment on column public.brokerage_connections.retry_at is 'Back-off: not asked again before this instant.';
comment on column public.brokerage_connections.attempts is 'Failures in a row.';
comment on column public.brokerage_connections.lease_owner is 'The worker that fills it now; free again when the lease expires, whatever became of the worker.';
comment on column public.brokerage_connections.refresh_requested_for is
  'The trading day for which the provider was last asked to read the broker anew. Each time costs money.';
comment on column public.brokerage_connections.event_at is
  'When an event came that the fill under way may have asked too early to see; null when there is none.';
comment on column public.brokerage_connections.pre_open_recheck_for is
  'The captured trading day for which the connection was last made due once more, before the next open.';
comment on column public.brokerage_connections.data_freshness is 'Whether the provider reads the broker at every call, or answers with what it read once a day; null until asked.';
comment on column public.brokerage_connections.freshness_checked_at is 'When the provider reported it; it is asked again after a week, since an operator may change plans.';
comment on column public.brokerage_connections.live_asked_at is 'When a page view last had it read; a provider allows so much only now and then.';
comment on column public.brokerage_connections.totals_due is 'Whether the work that made it due includes current values, which are asked before anything else.';
comment on column public.brokerage_connections.recheck is 'Whether captured values are to be observed once more.';
comment on column public.brokerage_connections.totals_asked_at is 'When current values were asked last, answered or not.';
comment on column public.brokerage_connections.totals_reads is 'Readings of current values that nobody waited for, within the day that began at totals_reads_since.';
comment on column public.brokerage_connections.rest_asked_at is 'When movements and history had their turn last.';

create function public.known_freshness(p_connection public.brokerage_connections, p_now timestamptz)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when p_connection.freshness_checked_at > p_now - interval '7 days' then p_connection.data_freshness end
$$;

comment on function public.known_freshness is 'How fresh a connection''s answers are known to be; null where it has to be asked.';
grant execute on function public.known_freshness to service_role;

alter table public.brokerage_connections enable row level security;
create policy "own connections" on public.brokerage_connections for select to authenticated using (user_id = (select auth.uid()));
grant select on public.brokerage_connections to authenticated;
grant select, insert, update, delete on public.brokerage_connections to service_role;

-- Apart from the connection, so that no column grant can ever be forgotten: no policy, hence no browser role sees a row.
create table public.connection_credentials (
  connection_id uuid primary key references public.brokerage_connections (id) on delete cascade,
  ciphertext text not null,
  updated_at timestamptz not null default now()
);

comment on table public.connection_credentials is 'The provider''s credentials, encrypted by the application; readable by the service role alone.';

alter table public.connection_credentials enable row level security;
grant select, insert, update, delete on public.connection_credentials to service_role;

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  connection_id uuid not null references public.brokerage_connections (id) on delete cascade,
  external_id text not null,
  institution_account_id text,
  name text not null,
  currency text check (currency ~ '^[A-Z]{3}$'),
  category text check (category in ('investment', 'deposit', 'credit')),
  is_paper boolean not null default false,
  was_counted boolean not null default false,
  is_counted boolean not null generated always as (was_counted or coalesce(category <> 'credit', false) and not is_paper) stored,
  first_known_on date not null,
  is_manual boolean not null generated always as (first_known_on = 'infinity') stored,
  exists_since date,
  begun_on date,
  stated_since date,
  asset_since date,
  closed_on date,
  end_reason text check (end_reason in ('closed', 'left_out', 'removed', 'decided', 'not_an_asset')),
  removal_announced_at timestamptz,
  history_asked_at timestamptz,
  history_refused_at timestamptz,
  flows_synced_at timestamptz,
  movements_collected boolean,
  holdings_asked_at timestamptz,
  created_at timestamptz not null default now(),
  line_id uuid not null default gen_random_uuid(),
  evidence_version integer not null default 0,
  unique (connection_id, external_id),
  check (closed_on is null or first_known_on = 'infinity' or closed_on >= first_known_on)
);

create index accounts_user on public.accounts (user_id);
create index accounts_line on public.accounts (line_id);
create index accounts_unnamed on public.accounts (user_id) where category is null;

comment on table public.accounts is 'A brokerage account: the thing that has a value.';
comment on column public.accounts.category is 'Null while its provider calls it by a word that nobody knows: it may be a debt, so it does not count.';
comment on column public.accounts.was_counted is 'It was an asset until closed_on and is none any more; that past stays.';
comment on column public.accounts.is_counted is 'Whether it is or was an asset: a credit line is debt and a paper account is play.';
comment on column public.accounts.exists_since is
  'The earliest day on which a movement or a doubted value proves it to have existed, or on which it may have while nothing is known of its past.';
comment on column public.accounts.begun_on is 'The day on which its movements show that it began; null where it may have been there before.';
comment on column public.accounts.stated_since is 'The earliest day of which its user''s statements, or an estimate, give a value; no provider is asked for it.';
comment on column public.accounts.holdings_asked_at is 'When its provider was asked last what it holds, whatever the answer; null where it never was.';
comment on column public.accounts.asset_since is 'Where it was no asset before: nothing is expected or asked of it from before this day.';
comment on column public.accounts.first_known_on is
  'The first trading day on which its provider is expected to have a value; infinity for an account that no provider has.';
comment on column public.accounts.is_manual is 'Its user keeps it by hand: it has the values that they give, each until the next.';
comment on column public.accounts.closed_on is 'From this day on the account is no longer expected; its past stays.';
comment on column public.accounts.removal_announced_at is 'When its provider announced last that it was removed, which counts once it is left out too.';
comment on column public.accounts.end_reason is
  'Why it ended, as concluded from what its provider and people say; null while it is there, and for what its user unlinked.';
comment on column public.accounts.history_asked_at is 'When the provider''s history was asked for after linking; null until an answer came.';
comment on column public.accounts.history_refused_at is
  'When its provider answered last that it has no history of the account; null where it has, or was not asked.';
comment on column public.accounts.flows_synced_at is 'When its movements were read last; null until all of them were read once.';
comment on column public.accounts.movements_collected is
  'Whether its provider has collected its movements once, so that a reading of them is complete; null where it did not say.';
comment on column public.accounts.line_id is 'The same for all rows that are the same real account; a row that stands alone has one of its own.';

comment on column public.accounts.evidence_version is
  'Counts what was recorded of the account, so that nobody records conclusions that were drawn from less.';

alter table public.accounts enable row level security;
create policy "own accounts" on public.accounts for select to authenticated using (user_id = (select auth.uid()));
grant select on public.accounts to authenticated;
grant select, insert, update, delete on public.accounts to service_role;

-- schemas/03_runs.sql

-- One row per execution of the worker, whoever asked: the same counts and reasons that the response and the log show. Calls that
-- found nothing to do are counted in one row for each trigger, day and person, and every run is forgotten in time: what a run
-- brought keeps its id, for the logs.
create table public.runs (
  id uuid primary key,
  trigger text not null check (trigger in ('cron', 'api_key', 'user', 'page_view', 'webhook', 'backfill')),
  trading_day date not null,
  requested_by uuid,
  status text not null default 'running' check (status in ('running', 'complete', 'continues', 'failed', 'abandoned')),
  counts jsonb not null default '{}',
  reasons jsonb not null default '{}',
  started_at timestamptz not null,
  alive_at timestamptz not null,
  finished_at timestamptz,
  backfill_id uuid,
  request_id uuid,
  calls integer not null default 1 check (calls > 0),
  found_nothing boolean not null default false,
  severity smallint not null generated always as (
    case
      when status in ('failed', 'abandoned') then 2
      when (counts ->> 'failed')::integer > 0 then 1
      else 0
    end
  ) stored,
  check ((finished_at is null) = (status = 'running'))
);

create index runs_started on public.runs (started_at desc);
create index runs_running on public.runs (alive_at) where status = 'running';
create index runs_backfill on public.runs (backfill_id, started_at) where backfill_id is not null;
create index runs_failures_first on public.runs (severity desc, started_at desc, id desc);

create index runs_found_nothing on public.runs (trigger, trading_day) where found_nothing;

comment on table public.runs is 'One execution of the worker with its counts and reasons.';
comment on column public.runs.calls is 'How many calls it stands for: those that found nothing to do, for the same reasons, are counted in the newest of them.';
comment on column public.runs.trading_day is 'The latest trading day that was due when the run began.';
comment on column public.runs.status is 'continues: stopped at its time limit with work left for the next tick; abandoned: its process died.';
comment on column public.runs.severity is '2: it did not do what it was there for; 1: it did, but some connections could not be read.';
comment on column public.runs.alive_at is 'Last sign of life, by which a later run recognises a dead one.';
comment on column public.runs.backfill_id is 'The backfill that the run worked for; null for all others.';
comment on column public.runs.request_id is 'The request that caused the run, as in its x-request-id header and in the logs; null for work that follows a page.';

alter table public.runs enable row level security;
grant select, insert, update, delete on public.runs to service_role;

create function public.open_run(
  p_id uuid, p_trigger text, p_trading_day date, p_requested_by uuid, p_now timestamptz, p_silent_seconds integer,
  p_request_id uuid default null
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_abandoned integer;
begin
  update public.runs
  set status = 'abandoned', finished_at = p_now
  where status = 'running' and alive_at < p_now - make_interval(secs => p_silent_seconds);
  get diagnostics v_abandoned = row_count;

  -- A part at a time, so that no call waits for it.
  delete from public.runs
  where id in (
    select r.id
    from public.runs r
    where r.started_at < p_now - interval '90 days' and r.status <> 'running'
    order by r.started_at
    limit 100
  );

  insert into public.runs (id, trigger, trading_day, requested_by, started_at, alive_at, request_id)
  values (p_id, p_trigger, p_trading_day, p_requested_by, p_now, p_now, p_request_id);
  return v_abandoned;
end
$$;

comment on function public.open_run is 'Opens a run; returns how many dead ones it closed.';

create function public.finish_run(p_id uuid, p_status text, p_counts jsonb, p_reasons jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_run public.runs;
  v_calls integer;
begin
  update public.runs
  set status = p_status, counts = p_counts, reasons = p_reasons, finished_at = p_now, alive_at = p_now,
    found_nothing = p_status = 'complete' and backfill_id is null
      and not exists (select from jsonb_each_text(p_counts) as counted (name, value) where value::numeric <> 0)
  where id = p_id
  returning * into v_run;
  if not v_run.found_nothing then
    return;
  end if;

  with earlier as (
    select id
    from public.runs
    where found_nothing and id <> p_id and reasons = v_run.reasons and trigger = v_run.trigger and trading_day = v_run.trading_day
      and requested_by is not distinct from v_run.requested_by and started_at <= v_run.started_at
    for update skip locked
  ),
  folded as (
    delete from public.runs r using earlier where r.id = earlier.id returning r.calls
  )
  select coalesce(sum(calls), 0) into v_calls from folded;
  update public.runs set calls = calls + v_calls where id = p_id;
end
$$;

grant execute on function public.open_run, public.finish_run to service_role;

-- schemas/04_estimates.sql

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

-- schemas/04_holdings.sql

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

-- schemas/04_imports.sql

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

-- schemas/04_observations.sql

-- The evidence: what providers reported. Appended, judged, never changed.
create table public.account_values (
  id bigint generated by default as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  value_date date not null,
  total_value numeric,
  cash numeric,
  cost_basis numeric,
  currency text check (currency ~ '^[A-Z]{3}$'),
  kind text not null check (kind in ('daily_eod', 'reconstructed', 'estimated')),
  source text not null,
  as_of timestamptz not null,
  observed_at timestamptz not null,
  run_id uuid,
  verdict text not null check (verdict in ('accepted', 'held', 'rejected')),
  reason text,
  superseded_by bigint references public.account_values (id) on delete cascade deferrable initially deferred,
  settled_by bigint references public.account_values (id) on delete cascade deferrable initially deferred,
  check (verdict <> 'accepted' or (total_value is not null and currency is not null)),
  check ((verdict = 'accepted') = (reason is null)),
  check (superseded_by is null or verdict = 'accepted'),
  check (settled_by is null or verdict <> 'accepted')
);

-- Exactly one accepted observation stands per account and day.
create unique index account_values_current on public.account_values (account_id, value_date)
  where verdict = 'accepted' and superseded_by is null;

-- All that was ever reported of an account's days: what its verdicts are drawn from.
create index account_values_reported on public.account_values (account_id, value_date);
create index account_values_user on public.account_values (user_id, value_date);
create index account_values_held on public.account_values (observed_at desc, id desc) where verdict = 'held';
create index account_values_held_account on public.account_values (account_id) where verdict = 'held';

comment on table public.account_values is 'One observation: what a source reported an account to be worth on a trading day. Append-only.';
comment on column public.account_values.total_value is 'Null means that the provider did not report it, which is not zero.';
comment on column public.account_values.as_of is 'When the value was true; for a provider''s history, the close of the day.';
comment on column public.account_values.run_id is 'The run that brought it; runs are kept for 90 days.';
comment on column public.account_values.verdict is 'held: stored but not counted until confirmed; with its reason.';
comment on column public.account_values.superseded_by is 'The better observation of the same account and day that stands instead.';

comment on column public.account_values.settled_by is
  'The believed observation that leaves nothing to ask about one that does not count; null while the question is open.';

alter table public.account_values enable row level security;
create policy "own observations" on public.account_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.account_values to authenticated;
grant select, insert, update on public.account_values to service_role;
grant usage on sequence public.account_values_id_seq to service_role;

create function public.protect_observation()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'TRUNCATE' then
    raise exception 'observations are never deleted' using errcode = 'restrict_violation';
  end if;
  -- Only the removal of the account itself, with its user, may take its evidence along.
  if tg_op = 'DELETE' then
    if exists (select from public.accounts where id = old.account_id) then
      raise exception 'observations are never deleted' using errcode = 'restrict_violation';
    end if;
    return old;
  end if;
  if (old.id, old.user_id, old.account_id, old.value_date, old.total_value, old.cash, old.cost_basis, old.currency, old.kind, old.source, old.as_of, old.observed_at, old.run_id)
    is distinct from
    (new.id, new.user_id, new.account_id, new.value_date, new.total_value, new.cash, new.cost_basis, new.currency, new.kind, new.source, new.as_of, new.observed_at, new.run_id)
  then
    raise exception 'observations are never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger protect_observation before update or delete on public.account_values
  for each row execute function public.protect_observation();

create trigger protect_observations before truncate on public.account_values
  for each statement execute function public.protect_observation();

-- The order of worth of kinds: the lower counts.
create function public.kind_rank(p_kind text)
returns integer
language sql
immutable
return array_position(array['daily_eod', 'reconstructed', 'estimated'], p_kind);

comment on function public.kind_rank is 'How good a kind of value is; the lowest of a day stands.';

grant execute on function public.kind_rank to authenticated, service_role;

-- The observation that stands for each account and day: what every conclusion, gap and comparison is about.
create view public.current_values with (security_invoker = true) as
select v.*, public.kind_rank(v.kind) as kind_rank
from public.account_values v
where v.verdict = 'accepted' and v.superseded_by is null;

comment on view public.current_values is 'The one accepted observation of each account and day that no better one has superseded.';

grant select on public.current_values to authenticated, service_role;

create table public.cash_flows (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  flow_key text not null,
  flow_date date not null,
  effective_date date not null,
  amount numeric,
  currency text check (currency ~ '^[A-Z]{3}$'),
  type text not null check (
    type in ('deposit', 'withdrawal', 'transfer', 'dividend', 'interest', 'fee', 'other', 'unclassified')
  ),
  is_external boolean not null generated always as (type in ('deposit', 'withdrawal', 'transfer')) stored,
  is_withdrawn boolean not null default false,
  is_unknown boolean not null default false,
  description text,
  observed_at timestamptz not null,
  unique (account_id, flow_key)
);

create index cash_flows_user on public.cash_flows (user_id, effective_date);
create index cash_flows_unknown on public.cash_flows (account_id) where is_unknown and not is_withdrawn;

comment on table public.cash_flows is
  'One movement of cash or assets, concluded from all that was reported of it; inflow into the account positive.';
comment on column public.cash_flows.flow_date is 'The booked date, for display.';
comment on column public.cash_flows.effective_date is 'The trading day on which it entered the account''s total, by which figures count it.';
comment on column public.cash_flows.amount is 'Null when nobody reported how much.';
comment on column public.cash_flows.is_withdrawn is 'The broker no longer reports it.';
comment on column public.cash_flows.is_unknown is 'Nobody knows what it was, or how much.';
comment on column public.cash_flows.flow_key is 'The same for the same movement even when the provider changes its ids.';
comment on column public.cash_flows.is_external is 'Whether it crosses the account''s border and so is no gain.';

alter table public.cash_flows enable row level security;
create policy "own cash flows" on public.cash_flows for select to authenticated using (user_id = (select auth.uid()));
grant select on public.cash_flows to authenticated;
grant select, insert, update, delete on public.cash_flows to service_role;

-- schemas/04_sightings.sql

-- What healthy answers of connections say about the accounts themselves: one evening's word is a claim, not a change.
create table public.account_sightings (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  seen_at timestamptz[] not null check (cardinality(seen_at) between 1 and 4),
  is_listed boolean not null,
  is_open boolean,
  category text check (category in ('investment', 'deposit', 'credit')),
  is_paper boolean,
  currency text check (currency ~ '^[A-Z]{3}$'),
  check (is_listed or coalesce(is_open, is_paper) is null and coalesce(category, currency) is null)
);

create index account_sightings_account on public.account_sightings (account_id, id);
create index account_sightings_user on public.account_sightings (user_id);

comment on table public.account_sightings is
  'What answers in a row said about an account alike, or that they did not list it. The same word again only moves the newest row on.';
comment on column public.account_sightings.seen_at is
  'When it was said first in the first two sessions and in the last two: so many suffice to tell a claim from a fact, whatever is said later in the last of them.';
comment on column public.account_sightings.is_open is 'Null when it was not reported, or the account was not listed.';

alter table public.account_sightings enable row level security;
grant select, insert, update on public.account_sightings to service_role;

-- Keeps what an answer said about accounts: [{ externalId, isListed, isOpen, category, isPaper, currency }].
create function public.record_sightings(p_user_id uuid, p_connection_id uuid, p_sightings jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_closed_at timestamptz;
begin
  if jsonb_array_length(p_sightings) = 0 then
    return;
  end if;
  -- A session's evening lasts until the next close.
  select coalesce(max(closes_at), '-infinity') into v_closed_at from public.trading_days where closes_at <= p_now;

  with seen as (
    select a.id as account_id, said.*, newest.id as newest_id, newest.seen_at,
      (newest.is_listed, newest.is_open, newest.category, newest.is_paper, newest.currency)
        is not distinct from (said."isListed", said."isOpen", said.category, said."isPaper", said.currency) as is_same
    from jsonb_to_recordset(p_sightings) as said (
      "externalId" text, "isListed" boolean, "isOpen" boolean, category text, "isPaper" boolean, currency text
    )
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = said."externalId"
    left join lateral (
      select s.* from public.account_sightings s where s.account_id = a.id order by s.id desc limit 1
    ) newest on true
  ),
  extended as (
    update public.account_sightings s
    set seen_at = case
        when cardinality(s.seen_at) < 4 then s.seen_at || p_now
        else array[s.seen_at[1], s.seen_at[2], s.seen_at[4], p_now]
      end
    from seen
    where seen.is_same and s.id = seen.newest_id and s.seen_at[cardinality(s.seen_at)] < v_closed_at
    returning s.account_id
  ),
  added as (
    insert into public.account_sightings (user_id, account_id, seen_at, is_listed, is_open, category, is_paper, currency)
    select p_user_id, account_id, array[p_now], "isListed", "isOpen", category, "isPaper", currency
    from seen
    where newest_id is null or not is_same
    returning account_id
  )
  update public.accounts a
  set evidence_version = a.evidence_version + 1
  where a.id in (select account_id from extended union all select account_id from added);
end
$$;

comment on function public.record_sightings is 'Keeps what a healthy answer of a connection said about its accounts.';

grant execute on function public.record_sightings to service_role;

-- schemas/04_statements.sql

-- What providers report of movements, raw: each reading of an account's movements means "these and no others" of a range of days.
create table public.movement_rows (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  reference text,
  vendor_type text not null,
  kind text not null check (
    kind in ('deposit', 'withdrawal', 'transfer', 'dividend', 'interest', 'fee', 'other', 'unclassified')
  ),
  amount numeric,
  currency text check (currency ~ '^[A-Z]{3}$'),
  booked_on date not null,
  description text,
  symbol text,
  units numeric,
  cash numeric,
  nth smallint not null check (nth > 0),
  unique nulls not distinct (account_id, booked_on, kind, reference, amount, currency, vendor_type, description, symbol, units, cash, nth)
);

create index movement_rows_user on public.movement_rows (user_id);

comment on table public.movement_rows is 'One row of a statement as it was reported; what is equal in later statements is the same row.';
comment on column public.movement_rows.amount is 'Null when it was not reported, which is not zero.';
comment on column public.movement_rows.currency is 'Null means the account''s own.';
comment on column public.movement_rows.symbol is 'What it changed the units of; null where only cash moved.';
comment on column public.movement_rows.units is 'By how many units; null beside a symbol for a split, which prices tell.';
comment on column public.movement_rows.cash is 'By how much it changed the cash; null where nobody knows what it changed in the holdings.';
comment on column public.movement_rows.nth is 'Equal rows of one statement are as many movements.';

alter table public.movement_rows enable row level security;
create policy "own movement rows" on public.movement_rows for select to authenticated using (user_id = (select auth.uid()));
grant select on public.movement_rows to authenticated;
grant select, insert on public.movement_rows to service_role;

create table public.movement_statements (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  range_from date not null,
  range_to date not null,
  first_read_at timestamptz not null,
  read_at timestamptz not null,
  is_complete boolean not null,
  row_ids bigint[] not null,
  check (range_from <= range_to)
);

create index movement_statements_account on public.movement_statements (account_id, range_to);
create index movement_statements_user on public.movement_statements (user_id);

comment on table public.movement_statements is 'A successful reading of an account''s movements: within the range these, and no others.';
comment on column public.movement_statements.read_at is 'When it was read last: a reading that brings nothing new moves this and the end of the range on.';
comment on column public.movement_statements.is_complete is 'False while the provider is still collecting: such a statement withdraws nothing.';

alter table public.movement_statements enable row level security;
create policy "own statements" on public.movement_statements for select to authenticated using (user_id = (select auth.uid()));
grant select on public.movement_statements to authenticated;
grant select, insert, update on public.movement_statements to service_role;

create table public.decisions (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  actor_id uuid not null,
  about text not null default 'reading' check (about in ('reading', 'movement', 'end', 'category')),
  reading_id bigint references public.account_values (id) on delete cascade,
  verdict text check (verdict in ('accept', 'reject', 'take_back')),
  row_id bigint references public.movement_rows (id) on delete cascade,
  kind text check (kind in ('deposit', 'withdrawal', 'transfer', 'dividend', 'interest', 'fee', 'other')),
  amount numeric,
  ended_on date,
  category text check (category in ('investment', 'deposit', 'credit')),
  reason text not null check (length(reason) between 1 and 500),
  at timestamptz not null,
  constraint decisions_about_reading check ((about = 'reading') = (reading_id is not null and verdict is not null)),
  constraint decisions_about_movement check ((about = 'movement') = (row_id is not null) and (kind is null) = (amount is null)),
  constraint decisions_about_end check (about = 'end' or ended_on is null),
  constraint decisions_about_category check (about = 'category' or category is null)
);

create index decisions_account on public.decisions (account_id);
create index decisions_user on public.decisions (user_id);

create index decisions_reading on public.decisions (reading_id);
create index decisions_row on public.decisions (row_id);

comment on table public.decisions is
  'What a person decided about an observation or the end of an account, or stated a movement or an account to be; of several decisions on one subject the newest counts. Append-only.';
comment on column public.decisions.kind is 'What the movement was; null takes that back.';
comment on column public.decisions.amount is 'In the currency of the movement''s row; inflow into the account positive.';
comment on column public.decisions.ended_on is
  'About an end: the first trading day on which the account is no more; null takes the end back.';
comment on column public.decisions.category is
  'What the account is, where its provider calls it by a word that nobody knows; null takes that back.';

alter table public.decisions enable row level security;
grant select, insert on public.decisions to service_role;

create table public.verdict_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  reading_id bigint not null references public.account_values (id) on delete cascade,
  old_verdict text not null,
  new_verdict text not null,
  reason text,
  contradicts bigint[] not null,
  settled_by bigint,
  run_id uuid,
  changed_at timestamptz not null
);

create index verdict_changes_reading on public.verdict_changes (reading_id);
create index verdict_changes_user on public.verdict_changes (user_id);

comment on table public.verdict_changes is 'Each verdict that changed after an observation was stored, with the evidence that changed it. Append-only.';

alter table public.verdict_changes enable row level security;
grant select, insert on public.verdict_changes to service_role;

create table public.unknown_spans (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  from_date date not null,
  to_date date not null,
  movement_keys text[] not null,
  primary key (account_id, from_date),
  check (from_date < to_date)
);

create index unknown_spans_user on public.unknown_spans (user_id);

comment on table public.unknown_spans is
  'Neighbouring values of an account between which a movement that nobody knows makes every figure unknown. A conclusion, drawn again.';

alter table public.unknown_spans enable row level security;
create policy "own unknown spans" on public.unknown_spans for select to authenticated using (user_id = (select auth.uid()));
grant select on public.unknown_spans to authenticated;
grant select, insert, update, delete on public.unknown_spans to service_role;

-- schemas/05_exchange_rates.sql

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

-- schemas/06_account_lines.sql

-- Rows of accounts that are the same real account make one line, which is expected from the first day of any to the last day
-- of all. Whoever counts, judges or shows accounts does so by line.
create view public.account_lines with (security_invoker = true) as
select a.user_id, a.line_id,
  -- Of the rows of one real account, the newest gives its name.
  array_agg(a.id order by a.created_at desc, a.id desc) as member_ids,
  (array_agg(a.name order by a.created_at desc, a.id desc))[1] as name,
  (array_agg(c.institution order by a.created_at desc, a.id desc))[1] as institution,
  (array_agg(a.currency order by a.currency is null, a.created_at desc, a.id desc))[1] as currency,
  min(a.first_known_on) as first_known_on,
  -- Within a week of the first value nothing more is proven: money is on its way for some days.
  least(
    case
      when min(a.exists_since) < min(a.first_known_on) - 7 then min(a.exists_since)
      else min(a.first_known_on)
    end,
    min(a.stated_since)
  ) as exists_since,
  case
    when min(a.begun_on) = min(a.exists_since) and min(a.begun_on) < min(a.first_known_on) - 7 and min(a.stated_since) is null
    then min(a.begun_on)
  end as begun_on,
  min(a.created_at) as linked_at,
  public.close_before(min(a.created_at)) as linked_after,
  case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on,
  max(a.flows_synced_at) as flows_synced_at,
  -- The member that is asked, if any is, gives the reason why a day is missing.
  (array_agg(a.id order by c.status = 'removed', a.closed_on is not null, c.status <> 'active', c.created_at, a.id))[1] as asked_id,
  -- Nobody need ask broken connections to know that they have nothing.
  case
    when bool_and(c.status in ('disabled', 'paused')) filter (where c.status <> 'removed')
    then max((c.disabled_since at time zone 'America/New_York')::date)
  end as down_since,
  min(a.stated_since) as stated_since,
  bool_or(a.is_manual) as is_manual
from public.accounts a
join public.brokerage_connections c on c.id = a.connection_id
where a.is_counted
group by a.user_id, a.line_id
-- Of an account that is kept by hand nothing is left when its last value was taken back.
having not bool_or(a.is_manual) or min(a.stated_since) is not null;

comment on view public.account_lines is 'The real accounts of users: their rows, what they are called, since when and until when they are known, and who is asked.';
comment on column public.account_lines.down_since is 'Since when all connections to the account are broken or paused; null while one works.';
comment on column public.account_lines.exists_since is 'Since when it existed or may have, though nobody may know what it was worth.';
comment on column public.account_lines.begun_on is 'The day on which its movements show that it began, where nobody knows what it was worth for some time after.';
comment on column public.account_lines.stated_since is 'Since when its user''s statements or estimates give values; days in between may be known to nobody.';
comment on column public.account_lines.linked_at is 'When it was met first.';
comment on column public.account_lines.linked_after is 'The last trading day that had closed by then.';

grant select on public.account_lines to authenticated, service_role;

-- The current values of a real account, whichever of its rows they came through.
create view public.line_values with (security_invoker = true) as
select a.line_id, a.is_counted, v.*
from public.accounts a
join public.current_values v on v.account_id = a.id;

comment on view public.line_values is 'The current values of real accounts.';

grant select on public.line_values to authenticated, service_role;

-- The newest value of a real account up to a day, of its rows that are counted or of those that are not. Its body is bound when it
-- is created, so that the planner can write it into the query that asks: one step into the index for each row.
create function public.last_line_value(p_line_id uuid, p_is_counted boolean, p_to date)
returns table (value_date date, total_value numeric)
language sql
stable
begin atomic
  select newest.value_date, newest.total_value
  from public.accounts m
  cross join lateral (
    select v.value_date, v.total_value, v.as_of
    from public.current_values v
    where v.account_id = m.id and v.value_date <= p_to
    order by v.value_date desc
    limit 1
  ) newest
  where m.line_id = p_line_id and m.is_counted = p_is_counted
  order by newest.value_date desc, newest.as_of desc
  limit 1;
end;

comment on function public.last_line_value is 'The newest value of a real account up to a day.';

grant execute on function public.last_line_value to service_role;

-- schemas/07_snapshots.sql

-- The conclusion: a user's total per trading day, drawn from the current observations by one rule.
create table public.user_portfolio_history (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  total_value numeric not null,
  total_cost_basis numeric,
  total_gain_loss numeric,
  total_gain_loss_percent numeric,
  snapshot_type text not null check (snapshot_type in ('daily_eod', 'reconstructed', 'estimated')),
  data_source text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  as_of timestamptz not null,
  accounts_expected integer not null check (accounts_expected > 0),
  accounts_present integer not null check (accounts_present > 0),
  carried jsonb not null default '[]',
  left_out jsonb not null default '[]',
  has_left_out boolean not null generated always as (left_out <> '[]') stored,
  has_carried boolean not null generated always as (carried <> '[]') stored,
  is_current boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (user_id, value_date, snapshot_type),
  check (accounts_present <= accounts_expected),
  -- A partial total never passes for a whole one.
  check (accounts_present = accounts_expected or snapshot_type = 'estimated')
);

-- One point per day: of the kinds that were ever concluded for a day, one stands. The index holds what a history shows of
-- it, because the table grows by evenings: each of a user's days lies on another page, and in the index they lie together.
create unique index user_portfolio_history_current on public.user_portfolio_history (user_id, value_date)
  include (total_value, snapshot_type, data_source, as_of, accounts_expected, accounts_present, has_left_out, has_carried) where is_current;

-- Who has which kind of day lies together here for each trading day, so that a quarter of everybody is one stretch.
create index user_portfolio_history_by_day on public.user_portfolio_history (value_date, snapshot_type) where is_current;

comment on table public.user_portfolio_history is 'A user''s total on one trading day: a snapshot, concluded from observations, that can be drawn again.';
comment on column public.user_portfolio_history.total_cost_basis is 'Null when any account''s is unknown.';
comment on column public.user_portfolio_history.as_of is 'The instant at which the oldest part of the total was true.';
comment on column public.user_portfolio_history.carried is
  'Accounts without a value of this day: [{"accountId", "name", "from"}] with the trading day their value is carried from.';
comment on column public.user_portfolio_history.left_out is
  'Accounts that are no part of the total, though they existed: [{"accountId", "name"}]. They were linked later and cannot be told of that day.';
comment on column public.user_portfolio_history.is_current is 'Whether this is the day''s conclusion now; others are kept for the record.';

alter table public.user_portfolio_history enable row level security;
create policy "own history" on public.user_portfolio_history for select to authenticated using (user_id = (select auth.uid()));
grant select on public.user_portfolio_history to authenticated;
-- Snapshots can be drawn again at any time, so the service role may remove them; corrections are a record.
grant select, insert, update, delete on public.user_portfolio_history to service_role;

create table public.snapshot_corrections (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  old_value numeric not null,
  old_kind text not null,
  new_value numeric,
  new_kind text,
  -- A closed list, the one of lib/domain/states.ts.
  reason text not null check (
    reason in (
      'withdrawn', 'accounts changed', 'completed', 'better observation', 'restated',
      'confirmed as one account', 'separated as different accounts', 'connection unlinked',
      'accepted by an administrator', 'import undone', 'estimates switched off', 'republished'
    )
  ),
  changed_at timestamptz not null
);

create index snapshot_corrections_user on public.snapshot_corrections (user_id, changed_at desc);

comment on table public.snapshot_corrections is 'Each change of a published value: from what to what, when and why. New value null: withdrawn.';
comment on column public.snapshot_corrections.reason is 'What the evidence shows (withdrawn, accounts changed, completed, better observation, restated) or the act behind the change.';

alter table public.snapshot_corrections enable row level security;
create policy "own corrections" on public.snapshot_corrections for select to authenticated using (user_id = (select auth.uid()));
grant select on public.snapshot_corrections to authenticated;
grant select, insert on public.snapshot_corrections to service_role;

create type public.snapshot_conclusion as (
  value_date date,
  total_value numeric,
  total_cost_basis numeric,
  snapshot_type text,
  data_source text,
  currency text,
  as_of timestamptz,
  accounts_expected integer,
  accounts_present integer,
  carried jsonb,
  left_out jsonb
);

-- An operator who wants another bound replaces this function in a migration of their own and republishes.
create function public.carry_sessions_max()
returns integer
language sql
immutable
set search_path = ''
as 'select 5';

comment on function public.carry_sessions_max is 'For how many trading days a missing account may be carried; after that the day is a gap.';

-- A small account decides nothing, so it is carried much longer.
create function public.small_carry_sessions_max()
returns integer
language sql
immutable
set search_path = ''
as 'select 60';

comment on function public.small_carry_sessions_max is
  'For how many trading days a missing account may be carried that is no more than a twentieth of the total.';

create function public.linking_lasts()
returns interval
language sql
immutable
set search_path = ''
as $$ select interval '10 minutes' $$;

comment on function public.linking_lasts is 'Within how long of each other accounts count as linked together.';

-- The rule. A day of a user is concluded when every expected account has a current observation, or has been asked for
-- in vain and can be carried from a few sessions back, or from many where it is small beside the whole; and when every amount
-- can be converted to the user's currency. With p_line_ids, the same of those lines alone.
--
-- What accounts that were linked earlier make of a day stays as it was: an account joins such days on the first one from which
-- it is known without a hole up to the close before it was linked, and is left out of those before, by name. While values of its past
-- are held, what was linked with it waits for it: some of what was linked at once would be a partial total.
-- Of days of accounts that were linked with it, it is left out where it is only known to have existed, and these are estimates. Links
-- are facts, so the order of arrival decides nothing.
--
-- Statements of its user give an account a value where its provider has none. Days of which no provider knows anything are told by
-- statements alone, and only where every account that has some by then has one for the day. Beside accounts that are reported, those
-- of an account that its provider does not know yet are left out like the account: it would come and go. A day's source is
-- official_statement where all that is estimated of it is an official value of a statement.
--
-- Where its user allows it, an estimate from what the account held gives it a value like one of a statement that nobody confirmed. It
-- does so day by day, so beside accounts that are reported it counts from where on it leaves no hole.
--
-- An account that its user keeps by hand has the value that they gave last until they give another or end it: that is how such accounts
-- are known, so it is present, but named as carried, converted at the rate of the day, and an estimate.
create function public.conclude_snapshots(
  p_user_id uuid, p_from date, p_to date, p_carry_sessions_max integer default public.carry_sessions_max(),
  p_line_ids uuid[] default null
)
returns setof public.snapshot_conclusion
-- Planned once per database connection: for one evening, planning takes many times as long as the work.
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  -- Whether an account has joined on a day is decided by the days from there to its link.
  v_horizon date;
begin
  select greatest(p_to, max(l.linked_after)) into v_horizon
  from public.account_lines l
  where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids)) and l.linked_after >= p_from;

  return query
  with sessions as (
    select date, lag(date, p_carry_sessions_max) over (order by date) as carry_from,
      lag(date, greatest(public.small_carry_sessions_max(), p_carry_sessions_max)) over (order by date) as small_carry_from
    from public.trading_days
    where date between p_from - 4 * greatest(public.small_carry_sessions_max(), p_carry_sessions_max) - 10 and v_horizon
  ),
  lines as materialized (
    select l.member_ids, l.line_id, l.name, l.exists_since, l.stated_since, l.first_known_on, l.closed_on, l.down_since, l.linked_at,
      l.linked_after, l.is_manual
    from public.account_lines l
    where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
  ),
  -- Up to which day the past of an account from before its link is held.
  doubted as materialized (
    select l.linked_at, max(held.value_date) as until
    from lines l
    join public.account_values held on held.account_id = any (l.member_ids) and held.verdict = 'held' and held.value_date <= l.linked_after
    where not exists (
      select from public.current_values v where v.account_id = any (l.member_ids) and v.value_date = held.value_date
    )
    group by l.linked_at
  ),
  expected as (
    select s.date, s.carry_from, s.small_carry_from, l.line_id, l.member_ids, l.name, l.first_known_on, l.stated_since,
      l.is_manual, l.linked_at, l.linked_after, p.currency as portfolio_currency, coalesce(s.date >= l.down_since, false) as connection_down
    from sessions s
    cross join public.portfolios p
    join lines l on l.exists_since <= s.date and (l.closed_on is null or s.date < l.closed_on)
    where p.user_id = p_user_id and s.date >= p_from
  ),
  valued as (
    select e.*, v.id is not null or stated.id is not null as present, stated.id is not null as is_stated,
      coalesce(stated.source = 'estimate', false) as is_worked_out,
      coalesce(v.value_date, stated.value_date, carry.value_date) as observed_for,
      coalesce(v.total_value, stated.total_value, carry.total_value) as total_value,
      v.cost_basis,
      coalesce(v.currency, stated.currency, carry.currency) as currency,
      coalesce(v.kind, 'estimated') as kind,
      coalesce(v.source, stated.source, carry.source) as source,
      coalesce(v.as_of, stated.as_of, carry.as_of) as as_of
    from expected e
    left join lateral (
      select said.*
      from public.current_values said
      where said.account_id = any (e.member_ids) and said.value_date = e.date
      order by said.kind_rank, said.as_of desc, said.id desc
      limit 1
    ) v on true
    left join lateral (
      select s.*
      from public.stated_values s
      where v.id is null and e.stated_since <= e.date and s.account_id = any (e.member_ids)
        and s.value_date between case when e.is_manual then e.stated_since else e.date end and e.date
      order by s.value_date desc, s.id desc
      limit 1
    ) stated on true
    left join lateral (
      select earlier.value_date, earlier.total_value, earlier.currency, earlier.source, earlier.as_of
      from public.current_values earlier
      where v.id is null and stated.id is null and earlier.account_id = any (e.member_ids)
        and earlier.value_date < e.date and earlier.value_date >= e.small_carry_from
        and (e.connection_down or exists (
          select from public.fill_outcomes o where o.account_id = any (e.member_ids) and o.value_date = e.date
        ))
      order by earlier.value_date desc, earlier.kind_rank, earlier.as_of desc, earlier.id desc
      limit 1
    ) carry on true
  ),
  told as (
    select converted.*,
      -- Beyond a few sessions only what is small beside the whole may be carried on.
      converted.present or converted.observed_for >= converted.carry_from
        or abs(converted.total_value * converted.rate) * 20
          <= abs(sum(converted.total_value * converted.rate) over (partition by converted.date)) as may_count
    from (
      select valued.*, case when valued.currency = portfolio_currency then 1 else rate.rate end as rate
      from valued
      left join lateral public.rate_on(
        valued.currency, valued.portfolio_currency, case when valued.is_manual then valued.date else valued.observed_for end
      ) rate
        on valued.currency <> valued.portfolio_currency
    ) converted
  ),
  joined as (
    select known.*,
      date > coalesce(
        max(date) filter (where date <= linked_after and not is_known) over (partition by line_id), '-infinity'
      ) as has_joined,
      -- What is linked within minutes is linked together, whichever is answered first.
      is_reported and coalesce(
        min(linked_at) filter (where present) over (partition by date) < linked_at - public.linking_lasts(), false
      ) as was_concluded
    from (
      select told.*, coalesce(total_value is not null and rate is not null and may_count, false) as is_known,
        bool_or(date >= first_known_on) over (partition by date) as is_reported
      from told
    ) known
  ),
  counted as (
    select joined.*,
      case
        when was_concluded then not has_joined or exists (
          select from doubted d
          where d.until >= date and joined.linked_at between d.linked_at - public.linking_lasts() and d.linked_at + public.linking_lasts()
        )
        else not is_manual and date < first_known_on and case
          when is_reported then not (is_worked_out and has_joined)
          else coalesce(date < stated_since, true)
        end
      end as is_left_out
    from joined
  )
  select date, sum(total_value * rate) filter (where not is_left_out),
    case
      when bool_and(cost_basis is not null) filter (where not is_left_out)
      then sum(cost_basis * rate) filter (where not is_left_out)
    end,
    case
      when bool_or(case when is_left_out then not was_concluded else kind = 'estimated' end) then 'estimated'
      when bool_or(kind = 'reconstructed') filter (where not is_left_out) then 'reconstructed'
      else 'daily_eod'
    end,
    -- Parts that nobody confirmed leave the whole unconfirmed.
    case
      when bool_and(kind <> 'estimated' or is_stated and source = 'official_statement') filter (where not is_left_out)
        and not bool_or(is_left_out and not was_concluded)
      then string_agg(distinct source, ',' order by source) filter (where not is_left_out)
      else string_agg(
        distinct replace(source, 'official_statement', 'statement'), ',' order by replace(source, 'official_statement', 'statement')
      ) filter (where not is_left_out)
    end,
    portfolio_currency, min(as_of) filter (where not is_left_out),
    (count(*) filter (where not (is_left_out and was_concluded)))::integer,
    (count(*) filter (where present and not is_left_out))::integer,
    coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'name', name, 'from', observed_for) order by name)
        filter (where (not present or observed_for < date) and not is_left_out),
      '[]'
    ),
    coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'name', name) order by name) filter (where is_left_out),
      '[]'
    )
  from counted
  where date <= p_to
  group by date, portfolio_currency
  having bool_and(is_known or is_left_out) and bool_or(present and not is_left_out);
end
$$;

comment on function public.conclude_snapshots is 'What the evidence says of each day of a user now, of all their accounts or of some; writes nothing.';

-- Makes the current snapshots of a range agree with the evidence and records what changed. Twice is once. A user of whom
-- nothing is published waits for connections that were linked just now, and is then told all days at once.
-- Returns the number of days that are new or changed.
create function public.publish_snapshots(p_user_id uuid, p_from date, p_to date, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_conclusions public.snapshot_conclusion[];
  v_changed public.snapshot_conclusion[];
  v_withdrawn date[];
  v_first date;
  v_last date;
begin
  -- One publisher per user at a time, so that two fills cannot conclude from half of each other's evidence.
  perform from public.portfolios where user_id = p_user_id for update;

  if not exists (select from public.user_portfolio_history where user_id = p_user_id and is_current) then
    if exists (
      select
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status = 'active'
        -- The clocks of the database and of its caller may differ a little.
        and c.created_at between p_now - public.linking_lasts() and p_now + interval '1 minute'
        and (
          c.last_success_at is null and coalesce(c.last_error_code, 'out_of_time') = 'out_of_time'
          -- The past of its accounts is asked for in a turn that follows.
          or c.due_at is not null and exists (
            select
            from public.accounts a
            where a.connection_id = c.id and a.is_counted and a.closed_on is null and public.import_is_due(a, false, p_now)
          )
        )
    ) then
      return 0;
    end if;
    select min(value_date), max(value_date) into v_first, v_last
    from public.account_values
    where user_id = p_user_id and verdict = 'accepted' and superseded_by is null;
    p_from := least(p_from, v_first);
    p_to := greatest(p_to, v_last);
  end if;

  -- What is learned of the past of an account decides since when it has joined, of all days before.
  select least(p_from, min(l.exists_since)) into p_from
  from public.account_lines l
  where l.user_id = p_user_id and l.linked_after >= p_from and l.exists_since < l.linked_after;

  select array_agg(c) into v_conclusions from public.conclude_snapshots(p_user_id, p_from, p_to) c;

  select array_agg(c) into v_changed
  from unnest(v_conclusions) c
  left join public.user_portfolio_history h on h.user_id = p_user_id and h.value_date = c.value_date and h.is_current
  where (h.total_value, h.total_cost_basis, h.snapshot_type, h.data_source, h.currency, h.as_of, h.accounts_expected, h.accounts_present, h.carried, h.left_out)
    is distinct from
    (c.total_value, c.total_cost_basis, c.snapshot_type, c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried, c.left_out);

  select array_agg(h.value_date) into v_withdrawn
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and not exists (select from unnest(v_conclusions) c where c.value_date = h.value_date);

  insert into public.snapshot_corrections (user_id, value_date, old_value, old_kind, new_value, new_kind, reason, changed_at)
  select p_user_id, h.value_date, h.total_value, h.snapshot_type, c.total_value, c.snapshot_type,
    case
      when p_reason <> 'observed' then p_reason
      when c.value_date is null then 'withdrawn'
      when c.accounts_expected <> h.accounts_expected then 'accounts changed'
      when c.accounts_present > h.accounts_present then 'completed'
      when c.snapshot_type <> h.snapshot_type then 'better observation'
      else 'restated'
    end,
    p_now
  from public.user_portfolio_history h
  left join unnest(v_changed) c on c.value_date = h.value_date
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and (h.value_date = any (v_withdrawn) or (c.total_value, c.snapshot_type) is distinct from (h.total_value, h.snapshot_type) and c.value_date is not null)
  order by h.value_date;

  update public.user_portfolio_history h
  set is_current = false, updated_at = p_now
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and (
      h.value_date = any (v_withdrawn)
      or exists (select from unnest(v_changed) c where c.value_date = h.value_date and c.snapshot_type <> h.snapshot_type)
    );

  insert into public.user_portfolio_history as h (
    user_id, value_date, total_value, total_cost_basis, total_gain_loss, total_gain_loss_percent, snapshot_type,
    data_source, currency, as_of, accounts_expected, accounts_present, carried, left_out, is_current, created_at, updated_at
  )
  select p_user_id, c.value_date, c.total_value, c.total_cost_basis, c.total_value - c.total_cost_basis,
    round((c.total_value - c.total_cost_basis) / nullif(c.total_cost_basis, 0) * 100, 4), c.snapshot_type,
    c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried, c.left_out, true, p_now, p_now
  from unnest(v_changed) c
  on conflict (user_id, value_date, snapshot_type) do update set
    total_value = excluded.total_value, total_cost_basis = excluded.total_cost_basis,
    total_gain_loss = excluded.total_gain_loss, total_gain_loss_percent = excluded.total_gain_loss_percent,
    data_source = excluded.data_source, currency = excluded.currency, as_of = excluded.as_of,
    accounts_expected = excluded.accounts_expected, accounts_present = excluded.accounts_present,
    carried = excluded.carried, left_out = excluded.left_out, is_current = true, updated_at = excluded.updated_at;

  return coalesce(cardinality(v_changed), 0) + coalesce(cardinality(v_withdrawn), 0);
end
$$;

comment on function public.publish_snapshots is 'Draws a user''s conclusions again for a range; returns how many days are new or changed.';

create function public.publish_since(p_user_id uuid, p_from date, p_reason text, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.publish_snapshots(
    p_user_id, p_from, (select max(date) from public.trading_days where closes_at <= p_now), p_reason, p_now
  )
$$;

comment on function public.publish_since is 'Draws a user''s conclusions again from a day to the latest closed trading day.';

-- Concludes days between two dates that have a current observation and no current snapshot, for one user or, with null, for
-- all; returns how many days that published. Days that cannot be told yet stay as they are.
create function public.publish_missing(p_user_id uuid, p_from date, p_to date, p_now timestamptz)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(sum(public.publish_snapshots(lacking.user_id, lacking.first_day, lacking.last_day, 'observed', p_now)), 0)::integer
  from (
    select a.user_id, min(lost.date) as first_day, max(lost.date) as last_day
    from public.accounts a
    -- Both lists are read from their indexes alone, and where they are equal nothing is lost.
    cross join lateral (
      select
        array(
          select v.value_date
          from public.current_values v
          where v.account_id = a.id and v.value_date between p_from and p_to
          order by v.value_date
        ) as observed,
        array(
          select h.value_date
          from public.user_portfolio_history h
          where h.user_id = a.user_id and h.value_date between p_from and p_to and h.is_current
          order by h.value_date
        ) as published
    ) days
    cross join lateral (select unnest(days.observed) except select unnest(days.published)) lost (date)
    -- What was observed of a day that was called off stays evidence and concludes nothing.
    join public.trading_days d on d.date = lost.date
    where a.is_counted and (p_user_id is null or a.user_id = p_user_id) and days.observed <> days.published
    group by a.user_id
    union all
    -- Days on which accounts that are kept by hand are all there is: nobody else will ever publish them.
    select a.user_id, min(d.date), max(d.date)
    from public.accounts a
    join public.trading_days d on d.date between greatest(p_from, a.stated_since) and least(p_to, a.closed_on - 1)
    where a.is_manual and a.stated_since is not null and (p_user_id is null or a.user_id = p_user_id)
      and not exists (
        select from public.user_portfolio_history h where h.user_id = a.user_id and h.value_date = d.date and h.is_current
      )
      and not exists (
        select
        from public.accounts other
        where other.user_id = a.user_id and other.is_counted and other.first_known_on <= d.date
          and (other.closed_on is null or d.date < other.closed_on)
      )
    group by a.user_id
    -- In one order, so that two ticks at once never wait for each other crosswise.
    order by user_id
  ) lacking
$$;

comment on function public.publish_missing is 'Concludes days whose evidence is there but whose snapshot is not.';

-- Draws the snapshots of a range again, for one user or all, from what is believed of the evidence; `npm run republish` draws that
-- again first. Changes nothing where nothing was wrong.
create function public.republish(p_user_id uuid, p_from date, p_to date, p_now timestamptz)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(sum(public.publish_snapshots(user_id, p_from, p_to, 'republished', p_now)), 0)::integer
  from public.portfolios
  where p_user_id is null or user_id = p_user_id
$$;

comment on function public.republish is 'Draws all conclusions of a range again from the evidence, for one user or, with null, for all.';

-- A user's corrections, newest first, one page by key: [{ id, date, oldValue, oldKind, newValue, newKind, reason, changedAt }].
create function public.portfolio_corrections(p_user_id uuid, p_from date, p_to date, p_before_id bigint, p_limit integer)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', page.id, 'date', page.value_date,
      'oldValue', trim_scale(page.old_value)::text, 'oldKind', page.old_kind,
      'newValue', trim_scale(page.new_value)::text, 'newKind', page.new_kind,
      'reason', page.reason, 'changedAt', page.changed_at
    ) order by page.id desc), '[]')
    from (
      select *
      from public.snapshot_corrections
      where user_id = p_user_id and (p_from is null or value_date >= p_from) and (p_to is null or value_date <= p_to)
        and (p_before_id is null or id < p_before_id)
      order by id desc
      limit p_limit
    ) page
  );
end
$$;

comment on function public.portfolio_corrections is 'Which published days of a user changed, within the caller''s own rights.';

grant execute on function
  public.carry_sessions_max,
  public.small_carry_sessions_max,
  public.linking_lasts,
  public.conclude_snapshots,
  public.portfolio_corrections
to authenticated, service_role;

grant execute on function
  public.publish_snapshots,
  public.publish_since,
  public.publish_missing,
  public.republish
to service_role;

-- schemas/08_gaps.sql

-- What came of asking for a day that could not be filled. A day that is filled later keeps its row; only missing days read it.
create table public.fill_outcomes (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  value_date date not null,
  reason text not null check (reason in (
    'not_yet_due', 'connection_broken', 'provider_cannot', 'provider_had_nothing', 'held', 'rate_limited', 'unavailable', 'gave_up'
  )),
  attempts integer not null default 1 check (attempts > 0),
  final boolean not null default false,
  last_attempt_at timestamptz not null,
  next_attempt_at timestamptz,
  detail text check (detail in (
    'left_out', 'not_an_asset', 'total_missing', 'not_fresh', 'mid_session', 'too_late', 'broken_repeat',
    'unexplained_zero', 'unexplained_swing', 'mostly_zeros', 'disagrees_with_total', 'wrong_currency', 'unknown_currency',
    'not_funded_yet', 'incoherent', 'as_of_conflict', 'rejected'
  )),
  primary key (account_id, value_date)
);

create index fill_outcomes_user on public.fill_outcomes (user_id, value_date);

comment on table public.fill_outcomes is 'Why an account''s day is still missing after it was asked for, and when it is asked for again.';
comment on column public.fill_outcomes.final is 'Nothing more can be done as things are; with next_attempt_at, it is asked again then in case they changed.';
comment on column public.fill_outcomes.detail is 'The verdict on the answer behind the reason, for administrators; null when there was no answer.';
comment on column public.fill_outcomes.reason is
  'What the user is shown. gave_up: asked for in vain, attempts times, until the provider''s history no longer reached the day.';

alter table public.fill_outcomes enable row level security;
create policy "own outcomes" on public.fill_outcomes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.fill_outcomes to authenticated;
grant select, insert, update, delete on public.fill_outcomes to service_role;

-- The one reason of a missing day, by what came of asking for it and by the connection that is asked. What nobody can do
-- anything about comes before what only the user can, and both before what still waits.
create function public.gap_reason(p_outcome text, p_is_final boolean, p_is_beyond_reach boolean, p_connection_status text)
returns text
language sql
immutable
return case
  when p_is_final then p_outcome
  when p_is_beyond_reach then 'provider_cannot'
  when p_connection_status = 'disabled' then 'connection_broken'
  when p_connection_status = 'paused' then 'source_off'
  else coalesce(p_outcome, 'not_yet_due')
end;

comment on function public.gap_reason is 'Why a day is missing, from its outcome, the provider''s reach and the state of the connection.';

-- Expected days of lines that have no current observation, each with the one row that is asked for it. Of several rows
-- of a line, that is the first linked whose connection works; while none works, each is asked, since any may
-- recover, and the day is counted by the first of them.
create function public.missing_account_days(p_connection_ids uuid[], p_from date, p_to date)
returns table (connection_id uuid, account_id uuid, user_id uuid, value_date date, is_first boolean)
language sql
stable
set search_path = ''
as $$
  select a.connection_id, a.id, a.user_id, missing.date, a.id = line.asked_id
  from unnest(coalesce(p_connection_ids, array(select id from public.brokerage_connections))) as wanted (id)
  join public.brokerage_connections own on own.id = wanted.id and own.status <> 'removed'
  join public.accounts a on a.connection_id = own.id and a.is_counted
  cross join lateral (
    select array_agg(m.id) as member_ids, min(m.first_known_on) as first_known_on,
      case when bool_and(m.closed_on is not null) then max(m.closed_on) end as closed_on,
      (
        array_agg(m.id order by m.closed_on is not null, c.status <> 'active', c.created_at, m.id)
          filter (where c.status <> 'removed')
      )[1] as asked_id,
      bool_or(m.closed_on is null and c.status = 'active') as works
    from public.accounts m
    join public.brokerage_connections c on c.id = m.connection_id
    where m.line_id = a.line_id and m.is_counted
  ) line
  cross join lateral (
    select
      case
        -- Most lines are expected on every day in question: that list is made once for all of them.
        when line.first_known_on <= p_from and line.closed_on is null
        then array(select d.date from public.trading_days d where d.date between p_from and p_to order by d.date)
        else array(
          select d.date
          from public.trading_days d
          where d.date between greatest(p_from, line.first_known_on) and least(p_to, line.closed_on - 1)
          order by d.date
        )
      end as expected,
      array(
        select distinct v.value_date
        from public.current_values v
        where v.account_id = any (line.member_ids)
          and v.value_date between greatest(p_from, line.first_known_on) and least(p_to, line.closed_on - 1)
        order by v.value_date
      ) as present
  ) days
  cross join lateral (select unnest(days.expected) except select unnest(days.present)) missing (date)
  where (a.id = line.asked_id or not line.works and own.status = 'disabled' and a.closed_on is null)
    -- Most accounts lack nothing, which one comparison shows.
    and days.expected <> days.present
$$;

comment on function public.missing_account_days is 'The gaps: expected account days without a current observation. Null asks for all connections.';

-- Expected account days without a current observation, with who is asked for them and what came of it. Null asks for all
-- connections. Days before p_reach cannot be had any more. A day for which several
-- rows of one real account are asked has a row for each, of which is_first is the one to count.
create function public.account_gaps(p_connection_ids uuid[], p_from date, p_to date, p_reach date)
returns table (
  user_id uuid, account_id uuid, connection_id uuid, provider text, institution text, value_date date,
  reason text, final boolean, next_attempt_at timestamptz, is_first boolean
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_month record;
begin
  -- Everybody's gaps are looked for month by month among those users alone whose days are not all whole. Where every
  -- account has its value, so has the user, and nothing is carried.
  for v_month in
    with wanted as (
      select array(select c.user_id from public.brokerage_connections c where c.id = any (p_connection_ids)) as ids
      where p_connection_ids is not null
      union all
      select array(select p.user_id from public.portfolios p) where p_connection_ids is null
    ),
    months as (
      select greatest(month::date, p_from) as first_day, least((month + interval '1 month')::date - 1, p_to) as last_day
      from generate_series(date_trunc('month', p_from::timestamp), p_to::timestamp, interval '1 month') as month
    ),
    known as materialized (
      select k.user_id, k.days from wanted, public.known_days(wanted.ids) k
    ),
    ranges as (
      select m.first_day, m.last_day, span.days, count(d.date) as sessions
      from months m
      cross join (select distinct k.days from known k) span
      left join public.trading_days d on d.date between m.first_day and m.last_day and d.date <@ span.days
      group by m.first_day, m.last_day, span.days
    ),
    short as (
      select r.first_day, r.last_day, k.user_id
      from known k
      join ranges r on r.days = k.days
      left join public.coverage_years y on y.user_id = k.user_id and y.year = extract(year from r.first_day)
      where r.sessions > coalesce(
        length(translate(substr(y.days, extract(doy from r.first_day)::integer, r.last_day - r.first_day + 1), 'e ', '')), 0
      )
    )
    select s.first_day, s.last_day, array_agg(c.id) as connection_ids
    from short s
    join public.brokerage_connections c on c.user_id = s.user_id and c.status <> 'removed'
    where p_connection_ids is null or c.id = any (p_connection_ids)
    group by s.first_day, s.last_day
    order by s.first_day
  loop
    return query
    select m.user_id, m.account_id, m.connection_id, c.provider, c.institution, m.value_date,
      public.gap_reason(o.reason, o.final, m.value_date < p_reach, c.status),
      coalesce(o.final, false) or m.value_date < p_reach,
      case when not coalesce(o.final, false) and m.value_date >= p_reach then greatest(o.next_attempt_at, c.retry_at) end,
      m.is_first
    from public.missing_account_days(v_month.connection_ids, v_month.first_day, v_month.last_day) m
    join public.brokerage_connections c on c.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date;
  end loop;
end
$$;

comment on function public.account_gaps is 'The open gaps of accounts with their reasons.';

grant execute on function public.gap_reason to authenticated, service_role;

grant execute on function public.missing_account_days, public.account_gaps to service_role;

-- schemas/09_evidence.sql

-- The evidence of an account as one document, and the conclusions that lib/domain/reconcile draws from it. Rows that are the same
-- real account are one line, and a line's evidence is that of all of them.

create function public.evidence_version(p_line_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws('.', count(*), sum(a.evidence_version)) from public.accounts a where a.line_id = p_line_id
$$;

comment on function public.evidence_version is 'Changes with whatever is recorded of an account line.';

-- How many sessions of an account are reconciled at least.
create function public.reconciled_sessions()
returns integer
language sql
immutable
set search_path = ''
as 'select 60';

-- Everything known of an account line since a day, or since its oldest open question where that is earlier, or of a young line since its
-- oldest value in a currency that is not its own, with a few values from
-- before: { lineId, accountId, version, homeCurrency, userTotal, from, readings: [[id, date, total, currency, kind, asOf, verdict, reason, settledBy]],
-- statements: [{ id, accountId, readAt, from, to, isComplete, rows: [[id, reference, kind, amount, currency, date, description]] }],
-- decisions: [{ id, at, about: 'reading', readingId, verdict } | { id, at, about: 'movement', rowId, as: { kind, amount } | null }],
-- facts: [[id, accountId, [seenAt], isListed, isOpen, category, isPaper, currency]],
-- ends: [[id, at, accountId, endedOn]], categories: [[id, at, accountId, category]], removals: [[accountId, at, date]], rates: [[base, quote, date, rate]] }
create function public.account_evidence(p_line_id uuid, p_from date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_generic_plan
as $$
declare
  v_members uuid[];
  v_user_id uuid;
  v_from date;
  v_currencies text[];
begin
  select array_agg(id order by created_at desc, id), min(user_id::text)::uuid into v_members, v_user_id
  from public.accounts
  where line_id = p_line_id;
  select least(p_from, min(v.value_date)) into v_from
  from public.account_values v
  where v.account_id = any (v_members) and v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet';
  -- What the first answers said of the currency holds for all of the past, until later ones say that they were wrong.
  if (select min(a.created_at)::date from public.accounts a where a.id = any (v_members)) >= p_from then
    select least(v_from, min(v.value_date)) into v_from
    from public.account_values v
    where v.account_id = any (v_members) and v.verdict = 'accepted' and v.superseded_by is null
      and v.currency <> (select a.currency from public.accounts a where a.id = v_members[1]);
  end if;

  return (
    with readings as materialized (
      select v.*
      from public.account_values v
      where v.account_id = any (v_members) and v.value_date >= v_from
      union all
      (
        select v.*
        from public.account_values v
        where v.account_id = any (v_members) and v.value_date < v_from and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date desc
        limit 3
      )
    ),
    statements as materialized (
      select s.*
      from public.movement_statements s
      where s.account_id = any (v_members) and (
        s.range_to >= v_from
        or s.id = (select max(newest.id) from public.movement_statements newest where newest.account_id = s.account_id)
      )
    ),
    statement_rows as materialized (
      select s.id as statement_id, r.*
      from statements s
      join public.movement_rows r on r.id = any (s.row_ids)
    ),
    currencies as materialized (
      select currency from readings where currency is not null
      union
      select currency from statement_rows where currency is not null
      union
      select a.currency from public.accounts a where a.id = any (v_members) and a.currency is not null
      union
      select p.currency from public.portfolios p where p.user_id = v_user_id
    )
    select jsonb_build_object(
      'lineId', p_line_id, 'accountId', v_members[1], 'version', public.evidence_version(p_line_id), 'homeCurrency', p.currency, 'from', v_from,
      'userTotal', (
        select h.total_value::text
        from public.user_portfolio_history h
        where h.user_id = v_user_id and h.is_current
        order by h.value_date desc
        limit 1
      ),
      'readings', coalesce((
        select jsonb_agg(jsonb_build_array(
          r.id::text, r.value_date, r.total_value::text, r.currency, r.kind, r.as_of, r.verdict, r.reason, r.settled_by::text
        ) order by r.id)
        from readings r
        where r.total_value is not null
      ), '[]'),
      'statements', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', s.id::text, 'accountId', s.account_id, 'readAt', s.read_at, 'from', s.range_from, 'to', s.range_to,
          'isComplete', s.is_complete,
          'rows', coalesce((
            select jsonb_agg(jsonb_build_array(
              r.id::text, r.reference, r.kind, r.amount::text, r.currency, r.booked_on, r.description
            ) order by r.id)
            from statement_rows r
            where r.statement_id = s.id
          ), '[]')
        ) order by s.id)
        from statements s
      ), '[]'),
      'decisions', coalesce((
        select jsonb_agg(jsonb_build_object('id', d.id::text, 'at', d.at, 'about', d.about) || case d.about
          when 'reading' then jsonb_build_object('readingId', d.reading_id::text, 'verdict', d.verdict)
          else jsonb_build_object(
            'rowId', d.row_id::text, 'as', case when d.kind is not null then jsonb_build_object('kind', d.kind, 'amount', d.amount::text) end
          )
        end order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about in ('reading', 'movement')
      ), '[]'),
      'facts', coalesce((
        select jsonb_agg(jsonb_build_array(
          s.id::text, s.account_id, s.seen_at, s.is_listed, s.is_open, s.category, s.is_paper, s.currency
        ) order by s.id)
        from public.account_sightings s
        where s.account_id = any (v_members)
      ), '[]'),
      'ends', coalesce((
        select jsonb_agg(jsonb_build_array(d.id::text, d.at, d.account_id, d.ended_on) order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about = 'end'
      ), '[]'),
      'categories', coalesce((
        select jsonb_agg(jsonb_build_array(d.id::text, d.at, d.account_id, d.category) order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about = 'category'
      ), '[]'),
      'removals', coalesce((
        select jsonb_agg(jsonb_build_array(
          a.id, a.removal_announced_at, (a.removal_announced_at at time zone 'America/New_York')::date
        ) order by a.id)
        from public.accounts a
        where a.id = any (v_members) and a.removal_announced_at is not null
      ), '[]'),
      'rates', case
        when (select count(*) from currencies) < 2 then '[]'
        else coalesce((
          select jsonb_agg(jsonb_build_array(x.base_currency, x.quote_currency, x.rate_date, x.rate::text))
          from public.exchange_rates x
          where x.base_currency in (select currency from currencies) and x.quote_currency in (select currency from currencies)
            and x.rate_date >= v_from - 10
        ), '[]')
      end
    )
    from public.portfolios p
    where p.user_id = v_user_id
  );
end
$$;

comment on function public.account_evidence is 'Everything known of an account line since a day, as one document.';

-- Lets the best accepted observation of each of these account days stand. p_days: [{ accountId, date }]
create function public.settle_current(p_days jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Two observations may not stand at once, so the losers step back before the winners come in.
  with ranked as (
    select v.id, v.superseded_by, first_value(v.id) over (
      partition by v.account_id, v.value_date
      order by public.kind_rank(v.kind), v.as_of desc, v.observed_at desc, v.id desc
    ) as current_id
    from jsonb_to_recordset(p_days) as day ("accountId" uuid, date date)
    join public.account_values v on v.account_id = day."accountId" and v.value_date = day.date and v.verdict = 'accepted'
  )
  update public.account_values v
  set superseded_by = ranked.current_id
  from ranked
  where v.id = ranked.id and ranked.id <> ranked.current_id and v.superseded_by is distinct from ranked.current_id;

  update public.account_values v
  set superseded_by = null
  where v.superseded_by is not null and v.id in (
    select distinct on (w.account_id, w.value_date) w.id
    from jsonb_to_recordset(p_days) as day ("accountId" uuid, date date)
    join public.account_values w on w.account_id = day."accountId" and w.value_date = day.date and w.verdict = 'accepted'
    order by w.account_id, w.value_date, public.kind_rank(w.kind), w.as_of desc,
      w.observed_at desc, w.id desc
  );
end
$$;

comment on function public.settle_current is 'Lets the best accepted observation of each of some account days stand.';

-- Applies verdicts on observations that are stored already, keeps a trace of those that changed, and lets the best of each account
-- day stand; publishing is the caller's part. p_verdicts: [{ id, verdict, reason, contradicts: [id], settledBy }]. Returns the
-- account days on which another value stands or none.
create function public.apply_verdicts(p_verdicts jsonb, p_run_id uuid, p_now timestamptz)
returns table (account_id uuid, value_date date)
language plpgsql
set search_path = ''
as $$
declare
  v_days jsonb;
  v_accepted bigint[];
begin
  with given as (
    select distinct on (document.id) document.id, document.verdict, document.reason, coalesce(document.contradicts, '{}') as contradicts, document."settledBy" as settled_by
    from jsonb_to_recordset(p_verdicts) as document (id bigint, verdict text, reason text, contradicts bigint[], "settledBy" bigint)
    order by document.id
  ),
  changed as (
    select v.user_id, v.account_id, v.value_date, v.verdict as old_verdict, given.*
    from given
    join public.account_values v using (id)
    where v.verdict <> given.verdict
  ),
  kept as (
    insert into public.verdict_changes (
      user_id, reading_id, old_verdict, new_verdict, reason, contradicts, settled_by, run_id, changed_at
    )
    select c.user_id, c.id, c.old_verdict, c.verdict, c.reason, c.contradicts, c.settled_by, p_run_id, p_now from changed c
  ),
  judged as (
    update public.account_values v
    set verdict = given.verdict, reason = given.reason,
      settled_by = case when given.verdict <> 'accepted' then given.settled_by end,
      -- What is accepted anew stands behind all others until the best of its day is found.
      superseded_by = case
        when given.verdict <> 'accepted' then null
        when v.verdict = 'accepted' then v.superseded_by
        else v.id
      end
    from given
    where v.id = given.id
      and (v.verdict, v.reason, v.settled_by) is distinct from
        (given.verdict, given.reason, case when given.verdict <> 'accepted' then given.settled_by end)
  )
  select jsonb_agg(distinct jsonb_build_object('accountId', c.account_id, 'date', c.value_date)), array_agg(c.id) filter (where c.verdict = 'accepted')
  into v_days, v_accepted
  from changed c;

  if v_days is null then
    return;
  end if;
  perform public.settle_current(v_days);
  -- What is believed after all may be the latest known value.
  if v_accepted is not null then
    perform public.keep_live_values(array(
      select distinct on (v.account_id)
        row(v.account_id, v.user_id, v.total_value, v.currency, v.source, v.as_of, v.observed_at)::public.live_values
      from public.account_values v
      where v.id = any (v_accepted) and v.kind = 'daily_eod'
      order by v.account_id, v.as_of desc
    ));
  end if;

  update public.accounts a
  set first_known_on = earliest.date
  from (
    select day."accountId" as account_id, min(v.value_date) as date
    from jsonb_to_recordset(v_days) as day ("accountId" uuid, date date)
    join public.account_values v on v.account_id = day."accountId" and v.value_date = day.date and v.verdict = 'accepted'
    group by day."accountId"
  ) earliest
  where a.id = earliest.account_id and earliest.date < a.first_known_on and a.asset_since is null;

  return query select day."accountId", day.date from jsonb_to_recordset(v_days) as day ("accountId" uuid, date date);
end
$$;

comment on function public.apply_verdicts is 'Applies verdicts on stored observations; returns the account days that they changed.';

-- Who is expected and until when, as concluded: [{ accountId, status: { assetSince, wasAsset, category, isUnnamed, isPaper, endedOn, endReason } }].
-- What its user unlinked has ended for good. Returns the first day on which who is expected changed.
create function public.apply_account_statuses(p_statuses jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_latest date := (select max(date) from public.trading_days where closes_at <= p_now);
  v_changes jsonb;
begin
  with concluded as (
    select a.id, a.is_counted, a.closed_on, s."wasAsset" as was_counted, s."endReason" as end_reason,
      case when s."isUnnamed" then null else coalesce(s.category, a.category) end as category, coalesce(s."isPaper", a.is_paper) as is_paper, since.date as asset_since,
      coalesce(since.date, a.first_known_on) as first_known_on,
      greatest(s."endedOn", case when s."endedOn" is not null then coalesce(since.date, a.first_known_on) end) as ended_on
    from jsonb_to_recordset(p_statuses) as document ("accountId" uuid, status jsonb)
    join public.accounts a on a.id = document."accountId"
    join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed' and c.provider <> 'manual'
    cross join lateral jsonb_to_record(document.status) as s (
      "wasAsset" boolean, "assetSince" date, category text, "isUnnamed" boolean, "isPaper" boolean, "endedOn" date, "endReason" text
    )
    -- What becomes an asset is expected from the session on which that is a fact: nothing was kept of it while it was a claim.
    cross join lateral (
      select case when a.is_counted then a.asset_since else greatest(s."assetSince", v_latest) end as date
      where s."assetSince" is not null
      union all
      select a.asset_since where s."assetSince" is null
    ) since
    where jsonb_typeof(document.status) = 'object'
  ),
  changed as (
    update public.accounts a
    set was_counted = c.was_counted, category = c.category, is_paper = c.is_paper, first_known_on = c.first_known_on,
      asset_since = c.asset_since, closed_on = c.ended_on, end_reason = c.end_reason,
      history_asked_at = case when c.asset_since is not null then coalesce(a.history_asked_at, p_now) else a.history_asked_at end
    from concluded c
    where a.id = c.id
      and (a.was_counted, a.category, a.is_paper, a.asset_since, a.closed_on, a.end_reason)
        is distinct from (c.was_counted, c.category, c.is_paper, c.asset_since, c.ended_on, c.end_reason)
    returning a.id, a.user_id, a.is_counted, a.first_known_on, a.closed_on
  )
  select jsonb_agg(jsonb_build_object(
    'id', after.id, 'userId', after.user_id, 'endedBefore', before.closed_on, 'ended', after.closed_on,
    'from', case
      when before.is_counted <> after.is_counted then after.first_known_on
      when before.closed_on is distinct from after.closed_on then least(before.closed_on, after.closed_on)
    end
  ))
  into v_changes
  from changed after
  join concluded before using (id)
  where before.is_counted or after.is_counted;

  if v_changes is null then
    return null;
  end if;
  -- Nobody waits for the days after an end.
  delete from public.fill_outcomes o
  using jsonb_to_recordset(v_changes) as change (id uuid, ended date)
  where o.account_id = change.id and o.value_date >= change.ended;
  -- Of one that is there again, the days in between are to be asked for.
  insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, last_attempt_at)
  select change."userId", change.id, d.date, 'provider_had_nothing', 'left_out', p_now
  from jsonb_to_recordset(v_changes) as change (id uuid, "userId" uuid, "endedBefore" date, ended date)
  join public.trading_days d on d.date >= change."endedBefore" and d.date < coalesce(change.ended, 'infinity') and d.date <= v_latest
  on conflict do nothing;
  return (select min(change."from") from jsonb_to_recordset(v_changes) as change ("from" date));
end
$$;

comment on function public.apply_account_statuses is
  'Writes whether accounts count and until when; returns the first day on which who is expected changed.';

-- Records what follows from the evidence of accounts besides verdicts. p_conclusions: { reconciled: [{ accountId, from, currency, status }],
-- flows: [{ accountId, key, date, effectiveOn, amount, currency, type, isWithdrawn, isUnknown, description }],
-- spans: [{ accountId, from, to, keys }] }; flows and spans that reach into a reconciled range and are not named are no more.
create function public.apply_conclusions(p_user_id uuid, p_conclusions jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
begin
  insert into public.cash_flows as known (
    user_id, account_id, flow_key, flow_date, effective_date, amount, currency, type, is_withdrawn, is_unknown, description, observed_at
  )
  select p_user_id, f."accountId", f.key, f.date, coalesce(f."effectiveOn", f.date), f.amount, f.currency, f.type,
    coalesce(f."isWithdrawn", false), coalesce(f."isUnknown", false), f.description, p_now
  from jsonb_to_recordset(p_conclusions -> 'flows') as f (
    "accountId" uuid, key text, date date, "effectiveOn" date, amount numeric, currency text, type text, "isWithdrawn" boolean,
    "isUnknown" boolean, description text
  )
  on conflict (account_id, flow_key) do update set
    flow_date = excluded.flow_date, effective_date = excluded.effective_date, amount = excluded.amount,
    currency = excluded.currency, type = excluded.type, is_withdrawn = excluded.is_withdrawn, is_unknown = excluded.is_unknown,
    description = excluded.description, observed_at = excluded.observed_at
  where (
      known.flow_date, known.effective_date, known.amount, known.currency, known.type, known.is_withdrawn, known.is_unknown,
      known.description
    ) is distinct from (
      excluded.flow_date, excluded.effective_date, excluded.amount, excluded.currency, excluded.type, excluded.is_withdrawn,
      excluded.is_unknown, excluded.description
    );

  delete from public.cash_flows f
  using jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, "from" date)
  join public.accounts a on a.id = r."accountId"
  join public.accounts m on m.line_id = a.line_id
  where f.account_id = m.id and f.flow_date >= r."from"
    and not exists (
      select
      from jsonb_to_recordset(p_conclusions -> 'flows') as document ("accountId" uuid, key text)
      where document."accountId" = f.account_id and document.key = f.flow_key
    );

  delete from public.unknown_spans s
  using jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, "from" date)
  join public.accounts a on a.id = r."accountId"
  join public.accounts m on m.line_id = a.line_id
  where s.account_id = m.id and s.to_date >= r."from";

  insert into public.unknown_spans (user_id, account_id, from_date, to_date, movement_keys)
  select p_user_id, s."accountId", s."from", s."to", s.keys
  from jsonb_to_recordset(p_conclusions -> 'spans') as s ("accountId" uuid, "from" date, "to" date, keys text[])
  on conflict (account_id, from_date) do update set to_date = excluded.to_date, movement_keys = excluded.movement_keys;

  update public.accounts a
  set currency = r.currency
  from jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, currency text)
  where a.id = r."accountId" and r.currency is not null and a.currency is distinct from r.currency;

  return public.apply_account_statuses(p_conclusions -> 'reconciled', p_now);
end
$$;

comment on function public.apply_conclusions is
  'Records what follows from the evidence of accounts besides verdicts; returns the first day on which who is expected changed.';

-- Records conclusions that were drawn anew without an answer of a provider, and publishes what follows. Returns the number of days
-- that are new or changed, or null when the evidence has grown since: then they are to be drawn once more.
create function public.record_reconciliation(p_line_id uuid, p_version text, p_conclusions jsonb, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_user_id uuid;
  v_from date;
begin
  select p.user_id into strict v_user_id
  from public.portfolios p
  where p.user_id = (select a.user_id from public.accounts a where a.line_id = p_line_id limit 1)
  for update;
  if public.evidence_version(p_line_id) <> p_version then
    return null;
  end if;
  select min(changed.value_date) into v_from from public.apply_verdicts(p_conclusions -> 'verdicts', null, p_now) changed;
  v_from := least(v_from, public.apply_conclusions(v_user_id, p_conclusions, p_now));
  update public.accounts set evidence_version = evidence_version + 1 where line_id = p_line_id;
  return case when v_from is null then 0 else public.publish_since(v_user_id, v_from, p_reason, p_now) end;
end
$$;

comment on function public.record_reconciliation is 'Records conclusions that were drawn anew and publishes what follows; null when the evidence has grown since.';

-- Notes what settles doubts, where that may have become known in the same document. p_judged: [{ id or ref, contradicts, settledBy }];
-- p_ids holds the id of each ref.
create function public.settle_doubts(p_judged jsonb, p_ids jsonb)
returns void
language sql
set search_path = ''
as $$
  update public.account_values v
  set settled_by = doubt.settled_by
  from (
    select coalesce(document.id, (p_ids ->> document.ref)::bigint) as id,
      coalesce((p_ids ->> document."settledBy")::bigint, case when document."settledBy" ~ '^\d+$' then document."settledBy"::bigint end) as settled_by
    from jsonb_to_recordset(p_judged) as document (id bigint, ref text, "settledBy" text)
    where document."settledBy" is not null
  ) doubt
  where v.id = doubt.id and v.verdict <> 'accepted' and v.settled_by is distinct from doubt.settled_by
$$;

comment on function public.settle_doubts is 'Notes what settles doubts.';

-- Keeps what a provider reported of movements. A statement that equals the newest one, sameAs, only moves that on.
create function public.record_statements(p_user_id uuid, p_connection_id uuid, p_statements jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_array_length(p_statements) = 0 then
    return;
  end if;
  update public.movement_statements s
  set read_at = p_now, range_to = greatest(s.range_to, document."to")
  from jsonb_to_recordset(p_statements) as document ("sameAs" bigint, "to" date)
  where s.id = document."sameAs";

  insert into public.movement_rows (
    user_id, account_id, reference, vendor_type, kind, amount, currency, booked_on, description, symbol, units, cash, nth
  )
  select p_user_id, a.id, r.reference, r."vendorType", r.kind, r.amount, r.currency, r.date, r.description, r.symbol, r.units, r.cash, r.nth
  from jsonb_to_recordset(p_statements) as document ("externalId" text, "sameAs" bigint, rows jsonb)
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = document."externalId"
  cross join lateral jsonb_to_recordset(document.rows) as r (
    reference text, "vendorType" text, kind text, amount numeric, currency text, date date, description text, symbol text,
    units numeric, cash numeric, nth smallint
  )
  where document."sameAs" is null
  on conflict do nothing;

  insert into public.movement_statements (
    user_id, account_id, range_from, range_to, first_read_at, read_at, is_complete, row_ids
  )
  select p_user_id, a.id, document."from", document."to", p_now, p_now, document."isComplete", array(
    select known.id
    from jsonb_to_recordset(document.rows) as r (
      reference text, "vendorType" text, kind text, amount numeric, currency text, date date, description text, symbol text,
      units numeric, cash numeric, nth smallint
    )
    join public.movement_rows known on known.account_id = a.id and known.booked_on = r.date and known.kind = r.kind
      and known.reference is not distinct from r.reference and known.amount is not distinct from r.amount
      and known.currency is not distinct from r.currency and known.vendor_type = r."vendorType"
      and known.description is not distinct from r.description and known.symbol is not distinct from r.symbol
      and known.units is not distinct from r.units and known.cash is not distinct from r.cash and known.nth = r.nth
    order by known.id
  )
  from jsonb_to_recordset(p_statements) as document (
    "externalId" text, "sameAs" bigint, "from" date, "to" date, "isComplete" boolean, rows jsonb
  )
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = document."externalId"
  where document."sameAs" is null;
end
$$;

comment on function public.record_statements is 'Keeps what a provider reported of movements.';

-- The conclusions of a fill with the ids of the accounts that it names as the provider does.
create function public.with_account_ids(p_connection_id uuid, p_fill jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_object_agg(part.name, (
    select coalesce(jsonb_agg(document || jsonb_build_object('accountId', coalesce((document ->> 'accountId')::uuid, a.id))), '[]')
    from jsonb_array_elements(coalesce(p_fill -> part.name, '[]')) as document
    left join public.accounts a on a.connection_id = p_connection_id and a.external_id = document ->> 'externalId'
    where document ->> 'accountId' is not null or a.id is not null
  ))
  from (values ('reconciled'), ('flows'), ('spans')) as part (name)
$$;

comment on function public.with_account_ids is 'The conclusions of a fill by the ids of its accounts.';

grant execute on function
  public.evidence_version,
  public.reconciled_sessions,
  public.account_evidence,
  public.settle_current,
  public.apply_verdicts,
  public.apply_account_statuses,
  public.apply_conclusions,
  public.settle_doubts,
  public.record_statements,
  public.with_account_ids,
  public.record_reconciliation
to service_role;

-- schemas/09_request_budgets.sql

-- The request budget of each provider, shared by all processes: requests granted per second of the database's clock,
-- which all of them share.
create table public.request_budgets (
  provider text primary key check (provider in ('snaptrade', 'plaid', 'alpaca')),
  paused_until timestamptz
);

comment on table public.request_budgets is 'Until when a provider asked everybody to wait.';

alter table public.request_budgets enable row level security;
grant select on public.request_budgets to service_role;

insert into public.request_budgets (provider) values ('snaptrade'), ('plaid'), ('alpaca');

create table public.granted_requests (
  provider text not null references public.request_budgets (provider),
  granted_in timestamptz not null,
  requests integer not null check (requests > 0),
  share text not null default 'people' check (share in ('people', 'evening', 'backfill')),
  primary key (provider, granted_in, share)
);

comment on table public.granted_requests is 'Requests granted in each second of the last minute or so.';

alter table public.granted_requests enable row level security;
grant select on public.granted_requests to service_role;

-- The budget in three shares: people who wait, the evening's capture, and the past. Each has a part that the others cannot
-- take while it is wanted; what nobody wants is anybody's.
create table public.request_demands (
  provider text not null references public.request_budgets (provider),
  share text not null check (share in ('people', 'evening', 'backfill')),
  asked_at timestamptz not null,
  primary key (provider, share)
);

comment on table public.request_demands is 'When each share of a request budget was last asked for.';

alter table public.request_demands enable row level security;
grant select on public.request_demands to service_role;

-- Grants up to p_count requests to a share of the budget, within p_per_minute for all shares in any sixty seconds; returns
-- { granted, waitMs }, where waitMs is when to ask again. A request may leave up to a second after it was granted, so the
-- window is kept a second longer. People's part is always kept, since they come unannounced; a backfill leaves so much free
-- that an evening can begin at once.
create function public.take_requests(p_provider text, p_count integer, p_per_minute integer, p_share text default 'people')
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_paused_until timestamptz;
  v_used integer;
  v_own integer;
  v_kept integer;
  v_granted integer;
  v_oldest timestamptz;
begin
  select paused_until into strict v_paused_until from public.request_budgets where provider = p_provider for update;
  -- Read after the lock was won: the wait for it may have been long.
  v_now := clock_timestamp();
  insert into public.request_demands (provider, share, asked_at)
  values (p_provider, p_share, v_now)
  on conflict (provider, share) do update set asked_at = excluded.asked_at;
  if v_paused_until > v_now then
    return jsonb_build_object('granted', 0, 'waitMs', ceil(extract(epoch from v_paused_until - v_now) * 1000));
  end if;

  delete from public.granted_requests where provider = p_provider and granted_in < v_now - interval '62 seconds';
  select coalesce(sum(requests), 0), coalesce(sum(requests) filter (where share = p_share), 0), min(granted_in)
  into v_used, v_own, v_oldest
  from public.granted_requests
  where provider = p_provider;

  select coalesce(sum(greatest(0, floor(p_per_minute * parts.kept) - used.requests)), 0) into v_kept
  from (values ('people', 0.2), ('evening', 0.6), ('backfill', 0.2)) as parts (share, kept)
  cross join lateral (
    select coalesce(sum(g.requests), 0) as requests
    from public.granted_requests g
    where g.provider = p_provider and g.share = parts.share
  ) used
  where parts.share <> p_share and (
    parts.share = 'people'
    or exists (
      select
      from public.request_demands d
      where d.provider = p_provider and d.share = parts.share and d.asked_at > v_now - interval '62 seconds'
    )
  );
  v_granted := greatest(0, least(
    p_count, p_per_minute - v_used - v_kept,
    case when p_share = 'backfill' then ceil(p_per_minute * 0.6)::integer - v_own end
  ));
  if v_granted > 0 then
    insert into public.granted_requests as g (provider, granted_in, share, requests)
    values (p_provider, date_trunc('second', v_now), p_share, v_granted)
    on conflict (provider, granted_in, share) do update set requests = g.requests + excluded.requests;
    return jsonb_build_object('granted', v_granted, 'waitMs', 0);
  end if;
  return jsonb_build_object(
    'granted', 0, 'waitMs', greatest(50, ceil(extract(epoch from v_oldest + interval '62 seconds' - v_now) * 1000))
  );
end
$$;

comment on function public.take_requests is 'Grants provider requests out of the budget that all processes share.';

-- The provider asked for a pause: nobody asks it before the wait is over.
create function public.pause_requests(p_provider text, p_wait_ms integer)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.request_budgets
  set paused_until = greatest(paused_until, clock_timestamp() + make_interval(secs => p_wait_ms / 1000.0))
  where provider = p_provider
$$;

comment on function public.pause_requests is 'Stops all requests to a provider for the time it asked for.';

grant execute on function public.take_requests, public.pause_requests to service_role;

-- schemas/10_due.sql

-- What is to be asked of connections and their accounts now, and which questions were answered.

-- Each question has its own turn and its own back-off: totals are asked of a connection, its movements, its past and the past of
-- a new account of each account. What was refused waits alone, what was answered is not asked again, and whoever has waited
-- longest comes first.

create table public.question_backoffs (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  question text not null check (question in ('movements', 'history', 'import')),
  attempts integer not null check (attempts > 0),
  asked_at timestamptz not null,
  retry_at timestamptz not null,
  reason text not null,
  primary key (account_id, question)
);

create index question_backoffs_user on public.question_backoffs (user_id);

comment on table public.question_backoffs is 'Questions about an account that were refused, until they are answered.';
comment on column public.question_backoffs.question is
  'history: missing days; import: the first asking for the whole past of a new account.';
comment on column public.question_backoffs.attempts is 'Refusals in a row for the same reason.';
comment on column public.question_backoffs.retry_at is 'Not asked again before this instant.';

alter table public.question_backoffs enable row level security;
grant select, insert, update, delete on public.question_backoffs to service_role;

-- Readings that nobody waited for, of the day that counts: it begins with the first one after a close and lasts 24 hours.
create function public.totals_reads(p_connection public.brokerage_connections, p_now timestamptz)
returns integer
language sql
stable
set search_path = ''
as $$
  select case
    when p_connection.totals_reads_since > p_now - interval '24 hours'
      and p_connection.totals_reads_since >= (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    then p_connection.totals_reads::integer
    else 0
  end
$$;

comment on function public.totals_reads is 'How often a connection''s current values were read today while nobody waited.';

-- How often a provider lets a connection's current values be read in a day while nobody waits.
create function public.totals_reads_max()
returns integer
language sql
immutable
set search_path = ''
as $$ select 4 $$;

-- Once after a close and once a day: providers read movements daily.
create function public.movements_are_due(p_account public.accounts, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select (
      p_account.flows_synced_at is null
      or p_account.flows_synced_at <= p_now - interval '20 hours'
        and p_account.flows_synced_at < (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    )
    and not exists (
      select
      from public.question_backoffs b
      where b.account_id = p_account.id and b.question = 'movements' and b.retry_at > p_now
    )
$$;

comment on function public.movements_are_due is 'Whether an account''s movements are to be read.';

create function public.import_is_due(p_account public.accounts, p_asked boolean, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_account.history_asked_at is null and not exists (
    select
    from public.question_backoffs b
    where b.account_id = p_account.id and b.question in ('import', 'history') and b.retry_at > p_now
      and not (p_asked and b.question = 'history' and b.asked_at <= p_now - interval '1 minute')
  )
$$;

comment on function public.import_is_due is 'Whether the whole past of a new account is to be asked for.';

-- The one rule of what is to be asked now, for marking and for claiming. Current values are asked while they still bring the
-- day p_to, and of a connection that is not known to work before anything else; without a date, of a connection that is
-- broken or has no accounts yet. With p_asked, somebody waits for the answer: back-off, planned times and the number of readings do not
-- hold the work back; final reasons and the last minute still do.
create function public.due_questions(p_connection_ids uuid[], p_from date, p_to date, p_asked boolean, p_now timestamptz)
returns table (connection_id uuid, account_id uuid, question text, value_date date)
language sql
stable
set search_path = ''
as $$
  with wanted as materialized (
    select c.id, c.status,
      -- A connection that is broken is rechecked when its turn comes, whether or not days are missing: its user may have reconnected it.
      c.status = 'disabled' and (
        coalesce(c.retry_at, p_now) <= p_now
        or p_asked and coalesce(c.totals_asked_at <= p_now - interval '1 minute', true)
      ) as recheck,
      p_asked or public.totals_reads(c, p_now) < public.totals_reads_max() as may_read
    from public.brokerage_connections c
    where c.id = any (p_connection_ids) and c.status not in ('paused', 'removed')
  ),
  is_capture_open as (
    select p_now < (select d.opens_at from public.trading_days d where d.date > p_to order by d.date limit 1) as now
  ),
  missing as (
    select m.connection_id, m.account_id, m.value_date, w.may_read,
      case
        when w.status = 'disabled' or is_capture_open.now and m.value_date = p_to then 'totals'
        else 'history'
      end as question
    from is_capture_open, public.missing_account_days(p_connection_ids, p_from, p_to) m
    join wanted w on w.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date
    where o.account_id is null
      or not o.final and (p_asked and o.last_attempt_at <= p_now - interval '1 minute' or o.next_attempt_at is null)
      or o.next_attempt_at <= p_now
  )
  select w.id, null::uuid, 'totals', null::date
  from wanted w
  where w.may_read and (w.recheck or not exists (select from public.accounts a where a.connection_id = w.id))
  union all
  select m.connection_id, m.account_id, m.question, m.value_date
  from missing m
  where case m.question
    when 'totals' then m.may_read
    else not exists (
      select
      from public.question_backoffs b
      where b.account_id = m.account_id and b.question = 'history' and b.retry_at > p_now
        and not (p_asked and b.asked_at <= p_now - interval '1 minute')
    )
  end
  union all
  select a.connection_id, a.id, 'import', null
  from wanted w
  join public.accounts a on a.connection_id = w.id
  where w.status = 'active' and a.is_counted and a.closed_on is null and a.history_asked_at is null
    and public.import_is_due(a, p_asked, p_now)
  union all
  -- Movements are asked for beside other work, but those that the provider was still collecting are waited for.
  select a.connection_id, a.id, 'movements', null
  from wanted w
  join public.accounts a on a.connection_id = w.id
  join public.question_backoffs b on b.account_id = a.id and b.question = 'movements' and b.reason = 'not_ready'
  where w.status = 'active' and a.is_counted and a.closed_on is null and b.retry_at <= p_now
$$;

comment on function public.due_questions is 'What is to be asked of these connections now.';

create function public.record_questions(p_connection public.brokerage_connections, p_questions jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- What was answered is asked no more; what was refused waits, for this account and this kind of question alone.
  update public.accounts a
  set history_asked_at = case when answered.import then p_now else a.history_asked_at end,
    history_refused_at = case
      when answered.lacks_history then p_now
      when not answered.history then a.history_refused_at
    end,
    flows_synced_at = case when answered.movements then p_now else a.flows_synced_at end,
    -- What was read as complete had been collected.
    movements_collected = answered.movements or a.movements_collected,
    evidence_version = a.evidence_version + 1
  from (
    select q."externalId" as external_id, bool_or(q.question = 'import') as import, bool_or(q.question = 'movements') as movements,
      bool_or(q.question = 'history') as history, bool_or(q.question = 'history' and q.lacks is not null) as lacks_history
    from jsonb_to_recordset(p_questions) as q ("externalId" text, question text, "retryAt" timestamptz, lacks text)
    where q."retryAt" is null
    group by q."externalId"
  ) answered
  where a.connection_id = p_connection.id and a.external_id = answered.external_id;

  delete from public.question_backoffs b
  using public.accounts a
  join jsonb_to_recordset(p_questions) as q ("externalId" text, question text, "retryAt" timestamptz)
    on q."externalId" = a.external_id
  where a.connection_id = p_connection.id and b.account_id = a.id and b.question = q.question and q."retryAt" is null;

  insert into public.question_backoffs as known (account_id, user_id, question, attempts, asked_at, retry_at, reason)
  select a.id, p_connection.user_id, q.question, 1, p_now, q."retryAt", q.reason
  from jsonb_to_recordset(p_questions) as q (
    "externalId" text, question text, "retryAt" timestamptz, reason text
  )
  join public.accounts a on a.connection_id = p_connection.id and a.external_id = q."externalId"
  where q."retryAt" is not null
  on conflict (account_id, question) do update set
    attempts = case when known.reason = excluded.reason then known.attempts else 0 end + 1,
    asked_at = excluded.asked_at, retry_at = excluded.retry_at, reason = excluded.reason;
end
$$;

comment on function public.record_questions is 'Records which questions about accounts were answered and which were refused.';

grant execute on function
  public.totals_reads,
  public.totals_reads_max,
  public.movements_are_due,
  public.import_is_due,
  public.due_questions,
  public.record_questions
to service_role;

-- schemas/10_leases.sql

-- Whose turn it is: marking connections that have work, leasing them to a worker, and releasing them.

-- Derives from coverage which connections have work between two days and marks them due. With p_asked, somebody waits for
-- the answer. Who is due already keeps the place in the line. Returns how many were newly marked.
create function public.mark_due_connections(
  p_user_id uuid, p_from date, p_to date, p_asked boolean, p_now timestamptz
)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_marked integer;
begin
  with candidates as materialized (
    select id
    from public.brokerage_connections
    where status not in ('paused', 'removed')
      and (p_user_id is null or user_id = p_user_id)
      and (p_asked or retry_at is null or retry_at <= p_now)
  ),
  needing as (
    select connection_id, bool_or(question = 'totals') as totals
    from public.due_questions(array(select id from candidates), p_from, p_to, p_asked, p_now)
    group by connection_id
  ),
  -- Ticks that overlap lock connections in the same order, so that neither waits for the other in a circle.
  locked as (
    select c.id, c.due_at is null as is_new, n.totals
    from public.brokerage_connections c
    join needing n on n.connection_id = c.id
    where c.status not in ('paused', 'removed') and (c.due_at is null or n.totals and not c.totals_due)
    order by c.id
    for update of c
  ),
  marked as (
    update public.brokerage_connections c
    set due_at = coalesce(c.due_at, p_now),
      totals_due = locked.totals or c.due_at is not null and c.totals_due
    from locked
    where c.id = locked.id
    returning locked.is_new
  )
  select count(*) filter (where is_new) into v_marked from marked;
  return v_marked;
end
$$;

comment on function public.mark_due_connections is 'Marks the connections that have work between two days; returns how many were newly marked.';

-- Leaves alone the connections of sources that are switched off here, of one user or of everybody, and goes on with those of
-- p_providers, the sources that are not. Nothing of a paused connection is lost: its days are missing with that reason, and
-- are asked for when its source is back. Returns how many changed.
create function public.pause_connections(p_user_id uuid, p_providers text[], p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_changed integer;
begin
  with locked as (
    select c.id, c.status = 'paused' as is_back
    from public.brokerage_connections c
    where (p_user_id is null or c.user_id = p_user_id)
      and c.status <> 'removed' and (c.status = 'paused') = (c.provider = any (p_providers))
    -- In one order, as everybody who marks connections locks them.
    order by c.id
    for update
  )
  update public.brokerage_connections c
  set status = case when locked.is_back then 'active' else 'paused' end,
    disabled_since = case when locked.is_back then null else coalesce(c.disabled_since, p_now) end,
    due_at = case when locked.is_back then p_now end,
    totals_due = c.totals_due or locked.is_back,
    retry_at = null, attempts = 0, last_error_code = null
  from locked
  where c.id = locked.id;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function public.pause_connections is 'Leaves connections of sources alone that are switched off here, and goes on with the others; returns how many changed.';

-- Makes connections due whose accounts were captured for a trading day before p_since, once for each connection and day.
-- Returns how many.
create function public.mark_pre_open_rechecks(p_user_id uuid, p_trading_day date, p_since timestamptz, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_marked integer;
begin
  with locked as (
    select c.id
    from public.brokerage_connections c
    where c.status = 'active' and c.due_at is null and c.pre_open_recheck_for is distinct from p_trading_day
      and (p_user_id is null or c.user_id = p_user_id)
      and (c.retry_at is null or c.retry_at <= p_now)
      and public.totals_reads(c, p_now) < public.totals_reads_max()
      and exists (
        select
        from public.accounts a
        join public.current_values v on v.account_id = a.id and v.value_date = p_trading_day
        where a.connection_id = c.id and a.is_counted and a.closed_on is null
          and v.kind = 'daily_eod' and v.observed_at < p_since
      )
    -- In one order, as everybody who marks connections locks them.
    order by c.id
    for update
  )
  update public.brokerage_connections c
  set due_at = p_now, totals_due = true, recheck = true, pre_open_recheck_for = p_trading_day
  from locked
  where c.id = locked.id;
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

comment on function public.mark_pre_open_rechecks is 'Makes captured connections due once more; returns how many.';

-- Marked before the provider is asked, so that a worker that dies in between never makes a day cost twice.
create function public.claim_refresh(p_connection_id uuid, p_trading_day date)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update public.brokerage_connections
  set refresh_requested_for = p_trading_day
  where id = p_connection_id and refresh_requested_for is distinct from p_trading_day;
  return found;
end
$$;

comment on function public.claim_refresh is 'Whether a connection''s refresh for a trading day is still to be asked for; from now on it is not.';

create function public.return_refresh(p_connection_id uuid, p_trading_day date)
returns void
language sql
set search_path = ''
as $$
  update public.brokerage_connections
  set refresh_requested_for = null
  where id = p_connection_id and refresh_requested_for = p_trading_day
$$;

comment on function public.return_refresh is 'Releases a claimed refresh, because the provider did not take the request.';

-- p_providers limits it to connections of these; null does not.
create function public.claim_connections(
  p_worker uuid, p_user_id uuid, p_from date, p_to date, p_asked boolean, p_limit integer, p_lease_seconds integer, p_now timestamptz,
  p_phase text default 'all', p_providers text[] default null
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_claimed uuid[];
begin
  with free as (
    select id
    from public.brokerage_connections
    where due_at <= p_now and (lease_expires_at is null or lease_expires_at <= p_now)
      and (p_user_id is null or user_id = p_user_id)
      and (p_providers is null or provider = any (p_providers))
      and (p_phase = 'all' or (totals_due or status = 'disabled') = (p_phase = 'totals'))
    -- Who has waited longest comes first, and of those who wait since the same instant, who was answered longest ago.
    order by
      case when p_phase = 'rest' then coalesce(rest_asked_at, '-infinity') end,
      due_at,
      case when p_phase <> 'rest' then coalesce(totals_asked_at, '-infinity') end,
      id
    limit p_limit
    for update skip locked
  ),
  claimed as (
    update public.brokerage_connections c
    set lease_owner = p_worker, lease_expires_at = p_now + make_interval(secs => p_lease_seconds)
    from free
    where c.id = free.id
    returning c.id
  )
  select array_agg(id) into v_claimed from claimed;

  if v_claimed is null then
    return '[]';
  end if;

  return coalesce((
    with wanted as materialized (
      select * from public.due_questions(v_claimed, p_from, p_to, p_asked, p_now)
    ),
    missing as (
      select account_id, jsonb_agg(value_date order by value_date) as days
      from wanted
      where value_date is not null
      group by account_id
    )
    select jsonb_agg(jsonb_build_object(
      'id', c.id, 'userId', c.user_id, 'homeCurrency', p.currency, 'provider', c.provider, 'externalId', c.external_id, 'institution', c.institution,
      'status', c.status, 'attempts', c.attempts,
      'totalsDue', c.totals_due or exists (select from wanted w where w.connection_id = c.id and w.question = 'totals'),
      'recheck', c.recheck, 'freshness', public.known_freshness(c, p_now), 'totalsReads', public.totals_reads(c, p_now), 'totalsReadsSince', c.totals_reads_since,
      'ciphertext', k.ciphertext, 'accounts', coalesce(known.accounts, '[]'),
      'lines', public.continuable_lines(c.id, p_from, p_to)
    ) order by c.due_at, c.id)
    from public.brokerage_connections c
    join public.portfolios p on p.user_id = c.user_id
    left join public.connection_credentials k on k.connection_id = c.id
    cross join (
      select min(date) as from_day
      from (
        select date from public.trading_days where date <= p_to order by date desc limit public.reconciled_sessions()
      ) recent
    ) reconciled
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'id', a.id, 'externalId', a.external_id, 'currency', a.currency, 'isCounted', a.is_counted, 'isClosed', a.closed_on is not null,
        'historyAsked', a.history_asked_at is not null, 'historyRefusedAt', a.history_refused_at,
        'flowsSyncedAt', a.flows_synced_at,
        'importDue', a.is_counted and a.closed_on is null and public.import_is_due(a, p_asked, p_now),
        'movementsDue', a.is_counted and a.closed_on is null and public.movements_are_due(a, p_now),
        'movementsCollected', a.movements_collected,
        'holdingsDue', a.is_counted and a.closed_on is null and public.holdings_are_due(a, p.estimates_since, p_now),
        'backoffs', coalesce(backoffs.documents, '{}'), 'firstKnownOn', line.first_known_on, 'knownSince', line.known_since,
        'last', last.document, 'missing', coalesce(missing.days, '[]'),
        'evidence', public.account_evidence(
          a.line_id,
          -- A history that is asked for is judged as a whole, and a first statement speaks of all days.
          case
            when not a.is_counted or a.closed_on is not null then reconciled.from_day
            when a.flows_synced_at is null or public.import_is_due(a, p_asked, p_now) then '1900-01-01'
            -- Movements are read from some weeks before their last reading on.
            else least(reconciled.from_day, (missing.days ->> 0)::date, a.flows_synced_at::date - 30)
          end
        )
      ) order by a.id) as accounts
      from public.accounts a
      cross join lateral (
        select min(m.first_known_on) as first_known_on, min(least(m.first_known_on, m.stated_since)) as known_since
        from public.accounts m
        where m.line_id = a.line_id
      ) line
      left join lateral (
        select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
        from public.last_line_value(a.line_id, a.is_counted, 'infinity') v
      ) last on true
      left join lateral (
        select jsonb_object_agg(b.question, jsonb_build_object('attempts', b.attempts, 'reason', b.reason)) as documents
        from public.question_backoffs b
        where b.account_id = a.id
      ) backoffs on true
      left join missing on missing.account_id = a.id
      where a.connection_id = c.id
    ) known on true
    where c.id = any (v_claimed)
  ), '[]');
end
$$;

comment on function public.claim_connections is 'Leases due connections to a worker and returns what they need as one document.';

-- Releases what a worker holds and did not ask: it keeps its place in the line. Returns how many were released.
create function public.release_claims(p_worker uuid)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_released integer;
begin
  update public.brokerage_connections set lease_owner = null, lease_expires_at = null where lease_owner = p_worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

comment on function public.release_claims is 'Releases the connections that a worker holds; returns how many.';

create function public.renew_claims(p_worker uuid, p_lease_seconds integer, p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  update public.brokerage_connections
  set lease_expires_at = greatest(lease_expires_at, p_now + make_interval(secs => p_lease_seconds))
  where lease_owner = p_worker
$$;

comment on function public.renew_claims is 'Prolongs the leases of a worker that is at work.';

-- Connections whose turn has come and that nobody has asked: what a run that ended early leaves to the next.
create function public.count_waiting(p_user_id uuid, p_now timestamptz)
returns integer
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select count(*)::integer
  from public.brokerage_connections c
  where c.due_at <= p_now and c.status <> 'removed' and (p_user_id is null or c.user_id = p_user_id)
$$;

comment on function public.count_waiting is 'How many connections wait for their turn.';

grant execute on function
  public.pause_connections,
  public.mark_due_connections,
  public.mark_pre_open_rechecks,
  public.claim_refresh,
  public.return_refresh,
  public.claim_connections,
  public.release_claims,
  public.renew_claims,
  public.count_waiting
to service_role;

-- schemas/10_recording.sql

-- Recording: what one fill of a connection learned, a part for each kind of evidence, and what follows from it. The parts take
-- the connection as it was before, and are called by record_fill alone, within its transaction.

create function public.opened_session(p_now timestamptz)
returns date
language sql
stable
set search_path = ''
as $$ select date from public.trading_days where opens_at <= p_now order by date desc limit 1 $$;

comment on function public.opened_session is 'The newest session that has opened.';

-- Whether the evidence of a line has grown since it was read.
create function public.has_newer_evidence(p_reconciled jsonb)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from jsonb_to_recordset(p_reconciled) as r ("lineId" uuid, version text)
    where r."lineId" is not null and public.evidence_version(r."lineId") <> r.version
  )
$$;

comment on function public.has_newer_evidence is 'Whether conclusions were drawn from less than is recorded of their accounts.';

create function public.record_accounts(p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_is_removed boolean := p_connection.status = 'removed';
  v_next_close date;
  v_known_from date;
  v_expected_from date;
begin
  -- A newly met account is expected from the next close on; what is learned of days before moves that back.
  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;
  -- Accounts that are met together are there together: one without a total is expected from the first day that another of
  -- them is captured for, so that a part of a connection never passes for the whole.
  select least(v_next_close, min(o.date)) into v_known_from
  from jsonb_to_recordset(p_fill -> 'observations') as o ("externalId" text, date date, kind text, verdict text)
  left join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
  where o.kind = 'daily_eod' and o.verdict = 'accepted'
    and (a.id is null or o.date = (select max(d.date) from public.trading_days d where d.closes_at <= p_now));

  -- What an answer says of a known account is a claim: whether it counts and until when is concluded from all of them. Who is
  -- expected decides what a day's total is: from the first day on which that changes, days are concluded again.
  with before as (
    select external_id from public.accounts where connection_id = p_connection.id
  ),
  after as (
    insert into public.accounts as known (
      user_id, connection_id, external_id, institution_account_id, name, currency, category, is_paper, first_known_on,
      closed_on, history_asked_at, flows_synced_at, movements_collected, created_at
    )
    select p_connection.user_id, p_connection.id, a."externalId", a."institutionAccountId", a.name, a.currency, a.category, a."isPaper",
      case when a."isOpen" and not v_is_removed then v_known_from else v_next_close end,
      case when not a."isOpen" or v_is_removed then v_next_close end,
      case when a."historyAsked" then p_now end, case when a."flowsSynced" then p_now end, a."movementsCollected", p_now
    from jsonb_to_recordset(p_fill -> 'accounts') as a (
      "externalId" text, "institutionAccountId" text, name text, currency text, category text, "isPaper" boolean,
      "isOpen" boolean, "historyAsked" boolean, "flowsSynced" boolean, "movementsCollected" boolean
    )
    on conflict (connection_id, external_id) do update set
      institution_account_id = coalesce(excluded.institution_account_id, known.institution_account_id),
      name = excluded.name,
      -- The currency first reported stays the account's: another one is a doubt, not news.
      currency = coalesce(known.currency, excluded.currency),
      evidence_version = known.evidence_version + 1,
      history_asked_at = coalesce(excluded.history_asked_at, known.history_asked_at),
      flows_synced_at = coalesce(excluded.flows_synced_at, known.flows_synced_at),
      movements_collected = coalesce(excluded.movements_collected, known.movements_collected)
    returning external_id, first_known_on
  )
  select min(after.first_known_on) into v_expected_from
  from after
  where not exists (select from before where before.external_id = after.external_id);

  -- What waited for the provider to collect movements waits no longer than that.
  update public.question_backoffs b
  set retry_at = least(b.retry_at, p_now)
  from public.accounts a
  where a.connection_id = p_connection.id and a.movements_collected
    and b.account_id = a.id and b.question = 'movements' and b.reason = 'not_ready';
  return v_expected_from;
end
$$;

comment on function public.record_accounts is 'Records the accounts of a fill; returns the first day on which new ones are expected.';

create function public.record_observations(
  p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz,
  out new_observations integer, out from_day date, out to_day date, out ids jsonb
)
returns record
language plpgsql
set search_path = ''
as $$
begin
  -- Of all that is accepted for one account and day, the best counts: kind, then as-of, then the newest report.
  with reported as (
    select nextval(pg_get_serial_sequence('public.account_values', 'id')) as id, a.id as account_id, o.*
    from (
      -- A document may hold the same value twice.
      select distinct on ("externalId", date, kind, source, "asOf", total, currency) *
      from jsonb_to_recordset(p_fill -> 'observations') as document (
        "externalId" text, ref text, date date, total numeric, cash numeric, "costBasis" numeric, currency text, kind text,
        source text, "asOf" timestamptz, verdict text, reason text
      )
      order by "externalId", date, kind, source, "asOf", total, currency, verdict
    ) o
    join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
    where not exists (
      select
      from public.account_values v
      left join public.account_values better on better.id = v.superseded_by
      where v.user_id = p_connection.user_id and v.account_id = a.id and v.value_date = o.date and v.kind = o.kind and v.source = o.source and v.as_of = o."asOf"
        and v.total_value is not distinct from o.total and v.currency is not distinct from o.currency
        -- A provider that returns to its first value after a second one reports something new.
        and better.kind is distinct from v.kind
        -- So does a judge who now believes what was held.
        and (v.verdict <> 'held' or o.verdict <> 'accepted')
    )
  ),
  candidates as (
    select id, account_id, date, kind, "asOf" as as_of, p_now as observed_at from reported where verdict = 'accepted'
    union all
    select v.id, v.account_id, v.value_date, v.kind, v.as_of, v.observed_at
    from public.current_values v
    where exists (select from reported where reported.account_id = v.account_id and reported.date = v.value_date)
  ),
  ranked as (
    select id, first_value(id) over (
      partition by account_id, date
      order by public.kind_rank(kind), as_of desc, observed_at desc, id desc
    ) as current_id
    from candidates
  ),
  superseded as (
    update public.account_values v
    set superseded_by = ranked.current_id
    from ranked
    where v.id = ranked.id and ranked.current_id <> ranked.id
    returning v.id
  ),
  -- The count makes the update run first: two observations may not stand at once, not even for a moment.
  released as (select count(*) from superseded),
  recorded as (
    insert into public.account_values (
      id, user_id, account_id, value_date, total_value, cash, cost_basis, currency, kind, source, as_of, observed_at, run_id,
      verdict, reason, superseded_by
    )
    select reported.id, p_connection.user_id, reported.account_id, reported.date, reported.total, reported.cash, reported."costBasis", reported.currency, reported.kind,
      reported.source, reported."asOf", p_now, (p_fill ->> 'runId')::uuid, reported.verdict, reported.reason, nullif(ranked.current_id, reported.id)
    from released, reported
    left join ranked on ranked.id = reported.id
    returning value_date, account_id, verdict
  ),
  -- What an account was worth before we knew it moves back the day from which it is expected.
  known_since as (
    update public.accounts a
    set first_known_on = earliest.date
    from (select account_id, min(value_date) as date from recorded where verdict = 'accepted' group by account_id) earliest
    join public.accounts before on before.id = earliest.account_id
    where a.id = earliest.account_id and earliest.date < a.first_known_on and a.asset_since is null
    returning before.first_known_on
  )
  select count(*), min(value_date), greatest(max(value_date), (select max(first_known_on) from known_since)),
    (select jsonb_object_agg(ref, id) from reported where ref is not null)
  into new_observations, from_day, to_day, ids
  from recorded;
end
$$;

comment on function public.record_observations is
  'Records the observations of a fill and lets the best of each account day stand; returns how many are new, the days that they change, and the id of each ref.';

-- What the answers of a fill say of a connection's history: available where any account has one, else why not; null where none was asked.
create function public.heard_of_history(p_fill jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select coalesce(min('available') filter (where q.lacks is null), min(q.lacks))
  from jsonb_to_recordset(p_fill -> 'questions') as q (question text, "retryAt" timestamptz, lacks text)
  where q.question = 'history' and q."retryAt" is null
$$;

comment on function public.heard_of_history is 'What the answers of a fill say of a connection''s history.';

create function public.record_outcomes(
  p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz, out from_day date, out to_day date
)
returns record
language plpgsql
set search_path = ''
as $$
begin
  with noted as (
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, final, attempts, last_attempt_at, next_attempt_at)
    select p_connection.user_id, a.id, o.date, o.reason, o.detail, o.final or ended.now, attempts.number, p_now,
      case when not ended.now then o."nextAttemptAt" end
    from jsonb_to_recordset(p_fill -> 'outcomes') as o (
      "externalId" text, date date, reason text, detail text, final boolean, "nextAttemptAt" timestamptz, "attemptsMax" integer
    )
    join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
    -- The day may have been called off while the fill was under way.
    join public.trading_days d on d.date = o.date
    left join public.fill_outcomes before on before.account_id = a.id and before.value_date = o.date
    -- Attempts count per reason: hours of an unreachable provider have no bearing on what it has.
    cross join lateral (select case when before.reason = o.reason then before.attempts else 0 end + 1 as number) attempts
    cross join lateral (select coalesce(attempts.number >= o."attemptsMax", false) as now) ended
    on conflict (account_id, value_date) do update set
      reason = excluded.reason, final = excluded.final, attempts = excluded.attempts,
      last_attempt_at = excluded.last_attempt_at, next_attempt_at = excluded.next_attempt_at,
      -- While the reason lasts, so does the last objection to an answer.
      detail = coalesce(excluded.detail, case when fill_outcomes.reason = excluded.reason then fill_outcomes.detail end)
    returning value_date
  )
  select min(value_date), max(value_date) into from_day, to_day from noted;

  -- Days that slid out of what the provider can be asked for are asked for no more. A held value still waits for its
  -- verdict, and a provider that answered without the day keeps that as the reason.
  update public.fill_outcomes o
  set reason = case when o.reason in ('held', 'provider_had_nothing') then o.reason else 'gave_up' end, final = true, next_attempt_at = null
  from public.accounts a
  where a.connection_id = p_connection.id and o.account_id = a.id and o.value_date < (p_fill ->> 'reach')::date and not o.final
    and not exists (
      select
      from public.accounts m
      join public.current_values v on v.account_id = m.id and v.value_date = o.value_date
      where m.line_id = a.line_id
    );

  -- A provider that has a history by now is asked at once for what it could not give before.
  if p_connection.history_capability <> 'available' and public.heard_of_history(p_fill) = 'available' then
    update public.fill_outcomes o
    set final = false, next_attempt_at = null
    from public.accounts a
    where a.connection_id = p_connection.id and o.account_id = a.id and o.reason = 'provider_cannot' and o.final
      and o.value_date >= coalesce((p_fill ->> 'reach')::date, '-infinity');
    update public.accounts set history_refused_at = null where connection_id = p_connection.id;
  end if;
end
$$;

comment on function public.record_outcomes is 'Records why days are missing still; returns the days of which something was noted.';

create function public.record_missed_days(p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- A connection that works again keeps the reason of the days that it missed, until they are asked for.
  if p_connection.status = 'disabled' and p_fill #>> '{connection,status}' = 'active' then
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, last_attempt_at)
    select m.user_id, m.account_id, m.value_date, 'connection_broken', p_now
    from public.missing_account_days(
      array[p_connection.id], (p_connection.disabled_since at time zone 'America/New_York')::date, public.opened_session(p_now)
    ) m
    on conflict do nothing;
  end if;
end
$$;

comment on function public.record_missed_days is 'Keeps the reason of the days that a connection missed while it was broken.';

create function public.record_connection(
  p_connection public.brokerage_connections, p_worker uuid, p_fill jsonb, p_now timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_unanswered boolean := coalesce(p_fill #>> '{connection,errorCode}' in ('out_of_time', 'keys_refused'), false);
  v_follows boolean;
begin
  -- Movements and a new account's past follow the totals, in their own turn.
  v_follows := p_fill ->> 'phase' = 'totals' and (p_fill #>> '{connection,succeeded}')::boolean and exists (
    select
    from public.accounts a
    where a.connection_id = p_connection.id and a.is_counted and a.closed_on is null
      and (public.movements_are_due(a, p_now) or public.import_is_due(a, false, p_now))
  );

  update public.brokerage_connections c
  set status = s.status,
    disabled_since = case when s.status = 'disabled' then coalesce(s."disabledSince", c.disabled_since, p_now) end,
    retry_at = s."retryAt", attempts = s.attempts,
    last_error_code = case when s."errorCode" = 'out_of_time' then c.last_error_code else s."errorCode" end,
    last_success_at = case when s.succeeded then p_now else c.last_success_at end,
    -- Of some accounts a provider has a history, and of others not: one of them is enough.
    history_capability = case
      when exists (
        select
        from public.accounts a
        where a.connection_id = c.id and a.history_asked_at is not null and a.history_refused_at is null
      )
      then 'available'
      else coalesce(public.heard_of_history(p_fill), c.history_capability)
    end,
    data_freshness = coalesce(s.freshness, c.data_freshness),
    freshness_checked_at = case when s.freshness is null then c.freshness_checked_at else p_now end,
    totals_asked_at = case when s."totalsAsked" then p_now else c.totals_asked_at end,
    totals_reads = case
      when not coalesce(s."isBackgroundRead", false) then c.totals_reads
      when public.totals_reads(c, p_now) = 0 then 1
      else c.totals_reads + 1
    end,
    totals_reads_since = case
      when coalesce(s."isBackgroundRead", false) and public.totals_reads(c, p_now) = 0 then p_now else c.totals_reads_since
    end,
    rest_asked_at = case when p_fill ->> 'phase' <> 'totals' and not v_unanswered then p_now else c.rest_asked_at end,
    recheck = c.recheck and not coalesce(s."totalsAsked", false),
    -- A turn that was cut short begins again unless it captured all there is.
    totals_due = case
      when c.lease_owner is distinct from p_worker then c.totals_due
      else c.totals_due and v_unanswered and (
        not coalesce(s."totalsAsked", false)
        or p_fill #>> '{connection,errorCode}' = 'keys_refused'
        or p_fill ->> 'phase' = 'totals' and jsonb_array_length(p_fill -> 'outcomes') > 0
      )
    end,
    -- Who could not be asked for want of time, budget or keys keeps the place in the line.
    due_at = case
      when c.lease_owner is distinct from p_worker or v_follows or v_unanswered then c.due_at
    end,
    lease_owner = case when c.lease_owner = p_worker then null else c.lease_owner end,
    lease_expires_at = case when c.lease_owner = p_worker then null else c.lease_expires_at end
  from jsonb_to_record(p_fill -> 'connection') as s (
    status text, "disabledSince" timestamptz, "retryAt" timestamptz, attempts integer, "errorCode" text, succeeded boolean,
    freshness text, "totalsAsked" boolean, "isBackgroundRead" boolean
  )
  where c.id = p_connection.id and c.status not in ('paused', 'removed');
end
$$;

comment on function public.record_connection is 'Records how a connection answered, and releases it or keeps its place in the line.';

-- The day on which an account began, where its movements tell: after a month in which nothing moved money came in, and all that came
-- and went explains the first value that is known. Null where it may as well have been there before.
create function public.beginning_of(p_account_id uuid)
returns date
language sql
stable
set search_path = ''
as $$
  select moved.date
  from (select min(r.booked_on) as date from public.movement_rows r where r.account_id = p_account_id) moved
  left join lateral (
    select v.value_date as date, v.total_value, v.currency
    from public.current_values v
    where v.account_id = p_account_id
    order by v.value_date, v.kind_rank, v.as_of desc, v.id desc
    limit 1
  ) first on true
  where exists (
      select
      from public.movement_statements s
      where s.account_id = p_account_id and s.is_complete and s.range_from <= moved.date - 30
    )
    and exists (
      select
      from public.movement_rows r
      where r.account_id = p_account_id and r.booked_on = moved.date and r.kind in ('deposit', 'transfer') and r.amount > 0
    )
    and (
      first.date is null
      or (
        select sum(f.amount) between least(first.total_value / 2, first.total_value * 2) and greatest(first.total_value / 2, first.total_value * 2)
          and bool_and(coalesce(f.currency, first.currency) = first.currency)
        from public.cash_flows f
        where f.account_id = p_account_id and f.is_external and not f.is_withdrawn and f.flow_date <= first.date
      )
    )
$$;

comment on function public.beginning_of is 'The day on which an account began, where its movements tell.';

-- What moved on an account, or was believed by nobody, proves that it existed.
create function public.note_existence(p_connection_id uuid)
returns date
language sql
set search_path = ''
as $$
  with found as (
    select a.id, a.exists_since as before, least(moved.date, doubted.date, presumed.date) as date, begun.date as begun_on
    from public.accounts a
    cross join lateral (select min(r.booked_on) as date from public.movement_rows r where r.account_id = a.id) moved
    cross join lateral (select public.beginning_of(a.id) as date) begun
    cross join lateral (
      select min(v.value_date) as date
      from public.account_values v
      where v.account_id = a.id and v.verdict = 'held' and v.total_value <> 0 and v.reason not in ('not_funded_yet', 'rejected')
    ) doubted
    -- Of whose past nobody has told anything, it may have existed as long as any history reaches: while its history is still to be
    -- had, and where there is none unless its movements tell of its beginning.
    left join lateral (
      select (a.created_at at time zone 'America/New_York')::date - 366 as date
      where a.history_asked_at is null and a.closed_on is null
        and not exists (select from public.account_values v where v.account_id = a.id and v.kind = 'reconstructed')
        and not (
          exists (
            select
            from public.question_backoffs b
            where b.account_id = a.id and b.question = 'import' and b.reason = 'not_offered'
          )
          and exists (select from public.movement_statements s where s.account_id = a.id and s.is_complete)
          and (
            begun.date is not null
            or not exists (select from public.current_values v where v.account_id = a.id and v.total_value <> 0)
          )
        )
    ) presumed on true
    where a.connection_id = p_connection_id and a.asset_since is null
  ),
  noted as (
    update public.accounts a
    set exists_since = found.date, begun_on = found.begun_on
    from found
    where a.id = found.id and (a.exists_since, a.begun_on) is distinct from (found.date, found.begun_on)
    returning least(found.before, found.date) as date, found.before is distinct from found.date as is_news
  )
  select min(date) from noted where is_news
$$;

comment on function public.note_existence is 'Notes since when the accounts of a connection existed or may have; returns the earliest day that this is news of.';

-- A day that changes may be carried into the days after it.
create function public.publish_with_carried(p_user_id uuid, p_from date, p_to date, p_reason text, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.publish_snapshots(
    p_user_id, p_from,
    (
      select coalesce(max(date), p_to)
      from (
        select date from public.trading_days where date > p_to and closes_at <= p_now order by date limit public.carry_sessions_max()
      ) after
    ),
    p_reason, p_now
  )
$$;

comment on function public.publish_with_carried is 'Draws a user''s conclusions again between two days and for the days that these may be carried into.';

-- Records everything that one fill of a connection learned, publishes what follows from it, and releases the lease,
-- in one transaction. Evidence is recorded even when the lease was lost meanwhile: it is true whoever brings it.
-- p_fill: { runId, reach, phase, connection: { status, disabledSince, retryAt, attempts, errorCode, succeeded,
--     freshness, totalsAsked, isBackgroundRead },
--   accounts: [{ externalId, institutionAccountId, name, currency, category, isPaper, isOpen, historyAsked, flowsSynced, movementsCollected }],
--   questions: [{ externalId, question, retryAt, reason, lacks }] (answered where retryAt is null; lacks: why the provider has none),
--   observations: [{ externalId, ref, date, total, cash, costBasis, currency, kind, source, asOf, verdict, reason, contradicts, settledBy }],
--   live: [{ externalId, total, currency, source, asOf }],
--   outcomes: [{ externalId, date, reason, detail, final, nextAttemptAt, attemptsMax }] (final too after attemptsMax attempts with this reason),
--   statements: [{ externalId, sameAs, from, to, isComplete, rows: [{ reference, vendorType, kind, amount, currency, date, description, symbol, units, cash, nth }] }],
--   verdicts: [{ id, verdict, reason, contradicts, settledBy }] (of observations that are stored already),
--   sightings: [{ externalId, isListed, isOpen, category, isPaper, currency }],
--   holdings: [{ externalId, date, asOf, currency, cash, source, positions: [{ symbol, units, close }] }], holdingsAsked: [externalId],
--   reconciled: [{ externalId, lineId, version, from, currency, status }], flows and spans as apply_conclusions takes them, by
--   externalId or accountId }
-- An observation is named by its id as text or, within the document, by its ref. Where the evidence of a line has grown since
-- version, nothing is recorded and the answer is null: conclusions are to be drawn once more.
-- reach is the earliest day that the provider can still be asked for; errorCode out_of_time and keys_refused mean that the rest was
-- not asked, which is no failure of the connection.
-- Returns { observations, published } as counts of what was new.
create function public.record_fill(p_connection_id uuid, p_worker uuid, p_fill jsonb, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_connection public.brokerage_connections;
  v_expected_from date;
  v_joined_from date;
  v_judged record;
  v_recorded record;
  v_noted record;
  v_from date;
  v_to date;
  v_published integer := 0;
begin
  -- Serialises everything that is recorded for one user, so that conclusions never miss each other's evidence.
  perform
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;
  -- Read after the lock was won: the user may have removed the connection meanwhile.
  select * into strict v_connection from public.brokerage_connections where id = p_connection_id;

  if public.has_newer_evidence(coalesce(p_fill -> 'reconciled', '[]')) then
    return null;
  end if;

  v_expected_from := public.record_accounts(v_connection, p_fill, p_now);

  select min(changed.value_date) as from_day, max(changed.value_date) as to_day into v_judged
  from public.apply_verdicts(
    (
      select jsonb_agg(document - 'settledBy') from jsonb_array_elements(coalesce(p_fill -> 'verdicts', '[]')) as document
    ),
    (p_fill ->> 'runId')::uuid, p_now
  ) changed;
  select * into v_recorded from public.record_observations(v_connection, p_fill, p_now);
  perform public.settle_doubts((p_fill -> 'observations') || coalesce(p_fill -> 'verdicts', '[]'), v_recorded.ids);
  perform public.keep_live_document(p_connection_id, p_fill -> 'live', p_now);

  select * into v_noted from public.record_outcomes(v_connection, p_fill, p_now);

  perform public.record_statements(v_connection.user_id, p_connection_id, coalesce(p_fill -> 'statements', '[]'), p_now);
  perform public.record_sightings(v_connection.user_id, p_connection_id, coalesce(p_fill -> 'sightings', '[]'), p_now);
  perform public.record_holdings(p_connection_id, p_fill, p_now);
  v_expected_from := least(
    v_expected_from,
    public.apply_conclusions(v_connection.user_id, public.with_account_ids(p_connection_id, p_fill), p_now)
  );

  perform public.record_missed_days(v_connection, p_fill, p_now);
  perform public.record_questions(v_connection, coalesce(p_fill -> 'questions', '[]'), p_now);
  perform public.record_connection(v_connection, p_worker, p_fill, p_now);

  -- Last, when all that was learned of the new accounts is there. A line that grew is concluded again as a whole.
  v_joined_from := least(
    public.continue_lines(p_connection_id, p_now), public.join_likely_twins(v_connection.user_id, p_now)
  );
  if v_joined_from is not null or v_expected_from is not null
    or v_connection.status = 'active' and p_fill #>> '{connection,status}' = 'disabled'
  then
    perform public.propose_matches(v_connection.user_id, p_now);
  end if;
  v_expected_from := least(v_expected_from, v_joined_from, public.note_existence(p_connection_id));

  v_from := least(v_judged.from_day, v_recorded.from_day, v_noted.from_day, v_expected_from);
  v_to := greatest(
    v_judged.to_day, v_recorded.to_day, v_noted.to_day, case when v_expected_from is not null then public.opened_session(p_now) end
  );
  if v_from is not null then
    v_published := public.publish_with_carried(v_connection.user_id, v_from, v_to, coalesce(p_fill ->> 'reason', 'observed'), p_now);
  end if;

  update public.runs set alive_at = p_now where id = (p_fill ->> 'runId')::uuid and status = 'running';
  return jsonb_build_object('observations', v_recorded.new_observations, 'published', v_published);
end
$$;

comment on function public.record_fill is 'Records one fill of a connection and publishes what follows, in one transaction.';

grant execute on function
  public.opened_session,
  public.has_newer_evidence,
  public.record_accounts,
  public.record_observations,
  public.heard_of_history,
  public.record_outcomes,
  public.record_missed_days,
  public.record_connection,
  public.beginning_of, public.note_existence,
  public.publish_with_carried,
  public.record_fill
to service_role;

-- schemas/11_identity.sql

-- Which accounts are the same real account: one that comes back under other ids after a new link, or that is seen through
-- two connections. Observations stay with the row that they are of; rows of one real account share a line, and
-- conclusions count lines.

create table public.account_match_proposals (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  candidate_id uuid not null references public.accounts (id) on delete cascade,
  status text not null default 'open' check (status in ('open', 'confirmed', 'declined', 'undone')),
  created_at timestamptz not null,
  decided_at timestamptz,
  unique (account_id, candidate_id),
  check (account_id <> candidate_id),
  check ((decided_at is null) = (status = 'open'))
);

create index account_match_proposals_user on public.account_match_proposals (user_id);

comment on table public.account_match_proposals is 'Whether two rows are the same real account, as asked of their user, and what the user answered.';
comment on column public.account_match_proposals.candidate_id is 'The earlier row, which the account may continue.';
comment on column public.account_match_proposals.status is 'declined and undone: the user answered that they are different, so nothing joins them again by itself.';

alter table public.account_match_proposals enable row level security;
create policy "own proposals" on public.account_match_proposals for select to authenticated using (user_id = (select auth.uid()));
grant select on public.account_match_proposals to authenticated;
grant select, insert, update on public.account_match_proposals to service_role;

create table public.account_line_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  from_line uuid not null,
  to_line uuid not null,
  reason text not null check (reason in ('same_institution_account_id', 'likely_the_same', 'confirmed_by_user', 'undone_by_user')),
  changed_at timestamptz not null
);

create index account_line_changes_user on public.account_line_changes (user_id, changed_at desc);

comment on table public.account_line_changes is 'Each time that an account joined another line or left it, and why.';

alter table public.account_line_changes enable row level security;
create policy "own line changes" on public.account_line_changes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.account_line_changes to authenticated;
grant select, insert on public.account_line_changes to service_role;

-- Whether the user stated of two accounts that they are different.
create function public.are_different(p_account_id uuid, p_other_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.account_match_proposals p
    where p.status in ('declined', 'undone')
      and (p.account_id, p.candidate_id) in ((p_account_id, p_other_id), (p_other_id, p_account_id))
  )
$$;

comment on function public.are_different is 'Whether the user stated that two accounts are not the same real account.';

-- What is known of the lines that a new account of a connection would continue by the institution's own account id, so
-- that its first fill asks only for days that the line lacks and judges by the value that the line had last.
create function public.continuable_lines(p_connection_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with newest as (
    select distinct on (k.institution_account_id) k.institution_account_id, k.line_id, k.currency
    from public.brokerage_connections c
    join public.brokerage_connections other on other.user_id = c.user_id and other.id <> c.id
      and other.institution = c.institution
    join public.accounts k on k.connection_id = other.id and k.is_counted and k.institution_account_id is not null
    where c.id = p_connection_id
      and not exists (
        select
        from public.accounts known
        where known.connection_id = c.id
          and (known.institution_account_id = k.institution_account_id or known.line_id = k.line_id)
      )
    order by k.institution_account_id, k.created_at desc, k.id desc
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'institutionAccountId', n.institution_account_id, 'currency', n.currency, 'historyAsked', line.history_asked,
    'flowsSyncedAt', line.flows_synced_at, 'firstKnownOn', line.first_known_on, 'knownSince', line.known_since,
    'last', last.document, 'missing', missing.days,
    'evidence', public.account_evidence(n.line_id, '1900-01-01')
  ) order by n.institution_account_id), '[]')
  from newest n
  cross join lateral (
    select array_agg(m.id) as member_ids, min(m.first_known_on) as first_known_on,
      min(least(m.first_known_on, m.stated_since)) as known_since,
      bool_or(m.history_asked_at is not null) as history_asked, max(m.flows_synced_at) as flows_synced_at
    from public.accounts m
    where m.line_id = n.line_id and m.is_counted
  ) line
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
    from public.last_line_value(n.line_id, true, 'infinity') v
  ) last on true
  cross join lateral (
    select coalesce(jsonb_agg(d.date order by d.date), '[]') as days
    from public.trading_days d
    where d.date between greatest(p_from, line.first_known_on) and p_to
      and not exists (
        select
        from public.current_values v
        where v.account_id = any (line.member_ids) and v.value_date = d.date
      )
  ) missing
$$;

comment on function public.continuable_lines is 'The lines that accounts of a connection would continue when they are met.';

-- Moves a whole line into another and remembers why. What was asked of one of the rows need not be asked of the others.
create function public.join_lines(p_from_line uuid, p_to_line uuid, p_reason text, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.account_line_changes (user_id, account_id, from_line, to_line, reason, changed_at)
  select user_id, id, p_from_line, p_to_line, p_reason, p_now from public.accounts where line_id = p_from_line;

  update public.accounts a
  set line_id = p_to_line,
    history_asked_at = coalesce(a.history_asked_at, line.history_asked_at),
    flows_synced_at = coalesce(a.flows_synced_at, line.flows_synced_at)
  from (
    select max(history_asked_at) as history_asked_at, max(flows_synced_at) as flows_synced_at
    from public.accounts
    where line_id = p_to_line
  ) line
  where a.line_id = p_from_line;
$$;

comment on function public.join_lines is 'Lets all accounts of one line continue another.';

-- Lets accounts of a connection continue the line of the account with the same institution's own account id. Two accounts
-- of one connection are never the same. Returns the first day of the lines that grew, or null.
create function public.continue_lines(p_connection_id uuid, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_match record;
  v_from date;
begin
  for v_match in
    select distinct on (a.id) a.line_id as from_line, k.line_id as to_line
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    join public.brokerage_connections other on other.user_id = c.user_id and other.id <> c.id
      and other.institution = c.institution
    join public.accounts k on k.connection_id = other.id and k.institution_account_id = a.institution_account_id
    where a.connection_id = p_connection_id
      and not exists (select from public.accounts m where m.line_id = a.line_id and m.id <> a.id)
      and not exists (
        select
        from public.accounts twin
        where twin.connection_id = a.connection_id and twin.id <> a.id
          and (twin.institution_account_id = a.institution_account_id or twin.line_id = k.line_id)
      )
      and not exists (select from public.accounts m where m.line_id = k.line_id and public.are_different(a.id, m.id))
    order by a.id, k.created_at desc, k.id desc
  loop
    perform public.join_lines(v_match.from_line, v_match.to_line, 'same_institution_account_id', p_now);
    select least(v_from, min(first_known_on)) into v_from from public.accounts where line_id = v_match.to_line;
  end loop;
  return v_from;
end
$$;

comment on function public.continue_lines is 'Joins a connection''s accounts to the lines that they continue; returns from which day conclusions change.';

-- Asks the user about accounts that look like one whose connection broke or was removed, where no account id decides it.
create function public.propose_matches(p_user_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.account_match_proposals (user_id, account_id, candidate_id, created_at)
  select distinct on (a.id, k.line_id) p_user_id, a.id, k.id, p_now
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status = 'active'
  join public.brokerage_connections gone on gone.user_id = p_user_id and gone.institution = c.institution
    and gone.status in ('removed', 'disabled')
  join public.accounts k on k.connection_id = gone.id and k.is_counted and k.created_at < a.created_at
    and k.name = a.name and k.category = a.category and k.currency = a.currency
  where a.user_id = p_user_id and a.is_counted and a.closed_on is null
    and (a.institution_account_id is null or k.institution_account_id is null)
    and not exists (select from public.accounts m where m.line_id = a.line_id and m.id <> a.id)
    -- The candidate's line has ended, and neither of the two was asked about before.
    and not exists (
      select
      from public.accounts m
      join public.brokerage_connections mc on mc.id = m.connection_id
      where m.line_id = k.line_id and mc.status = 'active'
    )
    and not exists (
      select
      from public.account_match_proposals p
      join public.accounts m on m.line_id = k.line_id
      where (p.account_id, p.candidate_id) in ((a.id, m.id), (m.id, a.id))
    )
  order by a.id, k.line_id, k.created_at desc, k.id desc
  on conflict do nothing
$$;

comment on function public.propose_matches is 'Records which accounts of a user may be the same real account, for the user to decide.';

-- Accounts that are likely the same real account, where no id decides it.
-- Of one institution, at least one of them without an id of its own there: seen through two links, or under a new one. Equal totals on
-- three common sessions, and on most of them, say so; so does a total that goes on within days where the other ended. Two accounts of
-- one link, or with different totals at the same instant, are two.
-- Of two sources, each of which names accounts and institutions in its own way: totals that agree to the cent on sessions on which they
-- moved, three of them at least, and disagree on no more.
create function public.likely_twins(p_user_id uuid)
returns table (account_id uuid, candidate_id uuid)
language sql
stable
set search_path = ''
as $$
  select distinct on (a.id) a.id, k.id
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status = 'active'
  join public.brokerage_connections other on other.user_id = p_user_id and other.id <> c.id
  cross join lateral (select other.provider <> c.provider as is_apart) source
  join public.accounts k on k.connection_id = other.id and k.is_counted and (k.created_at, k.id) < (a.created_at, a.id)
    and k.line_id <> a.line_id and k.currency = a.currency
    and case
      when source.is_apart then k.category = a.category and k.closed_on is null and other.status = 'active'
      else other.institution = c.institution and (k.institution_account_id is null or a.institution_account_id is null)
    end
  cross join lateral (
    select count(*) filter (where v.total_value = w.total_value and v.total_value <> 0) as equal, count(*) as common,
      count(distinct v.total_value) filter (where v.total_value = w.total_value and v.total_value <> 0) as levels,
      bool_or(v.as_of = w.as_of and v.total_value <> w.total_value) as contradicts
    from public.current_values v
    join public.current_values w on w.account_id = k.id and w.value_date = v.value_date
    where v.account_id = a.id
  ) seen
  cross join lateral (
    select first.value_date - last.value_date as days, first.total_value / nullif(last.total_value, 0) as factor
    from (
      select v.value_date, v.total_value from public.current_values v where v.account_id = a.id order by v.value_date limit 1
    ) first
    cross join (
      select v.value_date, v.total_value from public.current_values v where v.account_id = k.id order by v.value_date desc limit 1
    ) last
  ) after
  where a.user_id = p_user_id and a.is_counted and a.closed_on is null
    and case
      when source.is_apart then seen.levels >= 3 and seen.equal * 2 >= seen.common
      else not coalesce(seen.contradicts, false)
        and (
          seen.equal >= 3 and seen.equal * 2 > seen.common
          or other.status <> 'active' and after.days between 1 and 10 and after.factor between 1 / 1.02 and 1.02
        )
    end
    and not exists (
      select
      from public.accounts one
      join public.accounts two on two.connection_id = one.connection_id or public.are_different(one.id, two.id)
      where one.line_id = a.line_id and two.line_id = k.line_id
    )
  order by a.id, seen.equal desc, k.created_at, k.id
$$;

comment on function public.likely_twins is 'Which accounts of a user are likely the same real account, where no id decides it.';

-- Counts likely twins once, and asks their user. Returns the first day of the lines that grew, or null.
create function public.join_likely_twins(p_user_id uuid, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_twin record;
  v_from date;
begin
  for v_twin in
    select t.account_id, t.candidate_id, a.line_id as from_line, k.line_id as to_line
    from public.likely_twins(p_user_id) t
    join public.accounts a on a.id = t.account_id
    join public.accounts k on k.id = t.candidate_id
  loop
    insert into public.account_match_proposals (user_id, account_id, candidate_id, created_at)
    values (p_user_id, v_twin.account_id, v_twin.candidate_id, p_now)
    on conflict do nothing;
    perform public.join_lines(v_twin.from_line, v_twin.to_line, 'likely_the_same', p_now);
    select least(v_from, min(first_known_on)) into v_from from public.accounts where line_id = v_twin.to_line;
  end loop;
  return v_from;
end
$$;

comment on function public.join_likely_twins is 'Counts accounts that are likely the same once, while their user is asked.';

-- The user's decision on a proposal. Once made it stays; a confirmed one is undone by splitting the account. Returns
-- { proposalId, status, published }, or null when this user has no such proposal. Likely twins that it parts count apart again.
create function public.decide_match(p_user_id uuid, p_proposal_id uuid, p_confirm boolean, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_status text;
  v_account_id uuid;
  v_from_line uuid;
  v_to_line uuid;
  v_published integer := 0;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select p.status, a.id, a.line_id, k.line_id into v_status, v_account_id, v_from_line, v_to_line
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.accounts k on k.id = p.candidate_id
  where p.id = p_proposal_id and p.user_id = p_user_id;
  if not found then
    return null;
  end if;

  if v_status = 'open' then
    v_status := case when p_confirm then 'confirmed' else 'declined' end;
    if not p_confirm and v_from_line = v_to_line then
      v_published := public.split_account(p_user_id, v_account_id, p_now) ->> 'published';
    end if;
    update public.account_match_proposals set status = v_status, decided_at = p_now where id = p_proposal_id;
    if p_confirm and v_from_line <> v_to_line then
      perform public.join_lines(v_from_line, v_to_line, 'confirmed_by_user', p_now);
      -- Two accounts of one connection are never the same, which answers the questions that would make them so.
      update public.account_match_proposals p
      set status = 'declined', decided_at = p_now
      where p.user_id = p_user_id and p.status = 'open' and exists (
        select
        from public.accounts a
        join public.accounts k on k.id = p.candidate_id
        join public.accounts one on one.line_id = a.line_id
        join public.accounts two on two.line_id = k.line_id
        where a.id = p.account_id and a.line_id <> k.line_id and one.connection_id = two.connection_id
      );
      v_published := public.publish_since(
        p_user_id, (select min(first_known_on) from public.accounts where line_id = v_to_line), 'confirmed as one account', p_now
      );
    end if;
  end if;
  return jsonb_build_object('proposalId', p_proposal_id, 'status', v_status, 'published', v_published);
end
$$;

comment on function public.decide_match is 'The user''s decision on whether two accounts are the same real account.';

-- Undoes a join, whether made by itself or confirmed: the account gets a line of its own again, and nothing joins it to
-- the others by itself any more. An account of a history, which is all rows of a real account, loses the row that joined it
-- last. Returns { accountId, split, published }, or null when this user has no such account.
create function public.split_account(p_user_id uuid, p_account_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_line uuid;
  v_own_line uuid := gen_random_uuid();
  v_from date;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select a.id, a.line_id into p_account_id, v_line
  from public.accounts a
  where a.user_id = p_user_id and p_account_id in (a.id, a.line_id)
  order by a.id = p_account_id desc, a.created_at desc, a.id desc
  limit 1;
  if not found then
    return null;
  end if;
  if not exists (select from public.accounts where line_id = v_line and id <> p_account_id) then
    return jsonb_build_object('accountId', p_account_id, 'split', false, 'published', 0);
  end if;

  update public.account_match_proposals p
  set status = 'undone', decided_at = p_now
  from public.accounts m
  where m.line_id = v_line and m.id <> p_account_id
    and (p.account_id, p.candidate_id) in ((p_account_id, m.id), (m.id, p_account_id));
  insert into public.account_match_proposals (user_id, account_id, candidate_id, status, created_at, decided_at)
  select p_user_id, p_account_id, m.id, 'undone', p_now, p_now
  from public.accounts m
  where m.line_id = v_line and m.id <> p_account_id and not public.are_different(p_account_id, m.id);

  select min(first_known_on) into v_from from public.accounts where line_id = v_line;
  insert into public.account_line_changes (user_id, account_id, from_line, to_line, reason, changed_at)
  values (p_user_id, p_account_id, v_line, v_own_line, 'undone_by_user', p_now);
  update public.accounts set line_id = v_own_line where id = p_account_id;
  -- What was asked of one of them was not asked of the other.
  update public.accounts
  set history_asked_at = null, flows_synced_at = null
  where line_id in (v_line, v_own_line) and closed_on is null;

  return jsonb_build_object(
    'accountId', p_account_id, 'split', true,
    'published', public.publish_since(p_user_id, v_from, 'separated as different accounts', p_now)
  );
end
$$;

comment on function public.split_account is 'Gives an account a line of its own again, because its user states that it is another account.';

-- Questions that wait for the user: [{ id, account: { id, name, institution }, candidate: { id, name, institution, lastValueOn },
-- createdAt }], oldest first.
create function public.open_matches(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', p.id,
    'account', jsonb_build_object('id', a.id, 'name', a.name, 'institution', c.institution),
    'candidate', jsonb_build_object(
      'id', k.id, 'name', k.name, 'institution', gone.institution,
      'lastValueOn', (
        select max(v.value_date)
        from public.current_values v
        where v.account_id = k.id
      )
    ),
    'createdAt', p.created_at
  ) order by p.created_at, p.id), '[]')
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  join public.accounts k on k.id = p.candidate_id
  join public.brokerage_connections gone on gone.id = k.connection_id
  where p.user_id = p_user_id and p.status = 'open'
$$;

comment on function public.open_matches is 'Which accounts may be the same real account, within the caller''s own rights.';

grant execute on function
  public.are_different,
  public.continuable_lines,
  public.join_lines,
  public.continue_lines,
  public.propose_matches,
  public.likely_twins,
  public.join_likely_twins,
  public.decide_match,
  public.split_account
to service_role;

grant execute on function public.open_matches to authenticated, service_role;

-- schemas/12_linking.sql

-- Linking and unlinking: what a user is known by at a provider, and the connections that this gives.

-- A provider hands out a user's credentials once, when it comes to know the user, and that is before any connection is there.
create table public.provider_users (
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  ciphertext text not null,
  portal_opened_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (user_id, provider)
);

comment on table public.provider_users is 'Users as a provider knows them: their credentials there, encrypted by the application; readable by the service role alone.';
comment on column public.provider_users.portal_opened_at is
  'When the user last left for the provider''s pages, as long as something may have been linked there that nobody reported to us.';

alter table public.provider_users enable row level security;
grant select, insert, update on public.provider_users to service_role;

-- Whoever is linked already is known to the provider by the credentials of their connections.
insert into public.provider_users (user_id, provider, ciphertext)
select distinct on (c.user_id, c.provider) c.user_id, c.provider, k.ciphertext
from public.brokerage_connections c
join public.connection_credentials k on k.connection_id = c.id
order by c.user_id, c.provider, c.created_at desc;

-- Every registration of a user at a provider, noted before the provider is asked, since its answer can be lost and its secret with
-- it. "open": somebody is asking until leased_until; what is open after that, or "lost", may or may not have happened. "kept": its
-- credentials are ours. "taken": somebody had the id before, so it is not ours to delete. "orphaned": known to the provider,
-- its secret is lost; to be deleted there. When an account is deleted here, its registrations lose their user and are orphans too.
create table public.provider_registrations (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  external_id text not null,
  user_id uuid references auth.users (id) on delete set null,
  state text not null check (state in ('open', 'lost', 'kept', 'taken', 'orphaned')),
  attempts integer not null default 1,
  leased_until timestamptz not null,
  created_at timestamptz not null,
  primary key (provider, external_id)
);

create index provider_registrations_user on public.provider_registrations (user_id, provider);

comment on table public.provider_registrations is 'Registrations of users at a provider, begun before it is asked; readable by the service role alone.';

alter table public.provider_registrations enable row level security;
grant select, insert, update, delete on public.provider_registrations to service_role;

-- Sessions on the pages of a provider that gives each login credentials of its own, as long as it is not known what came of them.
create table public.link_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  connection_id uuid references public.brokerage_connections (id) on delete cascade,
  ciphertext text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  leased_until timestamptz
);

create index link_sessions_user on public.link_sessions (user_id, provider);
create index link_sessions_connection on public.link_sessions (connection_id);

comment on table public.link_sessions is 'Sessions on a provider''s pages whose outcome is not known yet; readable by the service role alone.';
comment on column public.link_sessions.connection_id is 'The connection that is to work again; null where another login is linked.';
comment on column public.link_sessions.ciphertext is 'By what the outcome is asked for, encrypted by the application.';
comment on column public.link_sessions.leased_until is 'Until when somebody is asking; null while nobody is.';

alter table public.link_sessions enable row level security;
grant select, insert, update, delete on public.link_sessions to service_role;

-- Takes a user's sessions to ask what came of them, oldest first: [{ id, ciphertext, connectionId }]. A login is handed out once, so
-- nobody else asks meanwhile. What the provider has forgotten by now is forgotten here.
create function public.claim_link_sessions(p_user_id uuid, p_provider text, p_now timestamptz, p_lease_ms integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_claimed jsonb;
begin
  delete from public.link_sessions where user_id = p_user_id and provider = p_provider and expires_at <= p_now;
  with claimed as (
    update public.link_sessions
    set leased_until = p_now + make_interval(secs => p_lease_ms / 1000.0)
    where user_id = p_user_id and provider = p_provider and (leased_until is null or leased_until <= p_now)
    returning id, ciphertext, connection_id, created_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'ciphertext', ciphertext, 'connectionId', connection_id
  ) order by created_at, id), '[]')
  into v_claimed
  from claimed;
  return v_claimed;
end
$$;

comment on function public.claim_link_sessions is 'Takes a user''s open sessions at a provider, for whoever asks what came of them.';

-- Logins that are unlinked here and that their provider has still to forget, with the credentials that it takes to tell it so. Nothing else
-- leads from here to a user, who may be deleted.
create table public.connection_removals (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  external_id text not null,
  ciphertext text not null,
  requested_at timestamptz not null,
  retry_at timestamptz not null,
  primary key (provider, external_id)
);

comment on table public.connection_removals is 'Logins that a provider has still to forget; readable by the service role alone.';

alter table public.connection_removals enable row level security;
grant select, insert, update, delete on public.connection_removals to service_role;

-- Notes, before its credentials are deleted, that a login is to be forgotten by its provider: by one whose logins have credentials of their own.
create function public.note_removals(p_user_id uuid, p_connection_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.connection_removals (provider, external_id, ciphertext, requested_at, retry_at)
  select c.provider, c.external_id, k.ciphertext, p_now, p_now
  from public.brokerage_connections c
  join public.connection_credentials k on k.connection_id = c.id
  where c.user_id = p_user_id and c.provider = 'plaid' and (p_connection_id is null or c.id = p_connection_id)
  on conflict do nothing
$$;

comment on function public.note_removals is 'Notes which logins of a user a provider has to forget: one, or all of them.';

-- Who may register a user at a provider now: { ciphertext } when there are credentials already, other than p_replaces; { waitMs }
-- while somebody else is registering; else { externalId, attempts }, the id to register under, held until p_now + p_lease_ms. An
-- id whose registration may have failed is tried again first. p_fresh_id is taken where the user's own id cannot be.
create function public.begin_registration(
  p_user_id uuid, p_provider text, p_replaces text, p_fresh_id text, p_now timestamptz, p_lease_ms integer
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_ciphertext text;
  v_leased_until timestamptz;
  v_external_id text;
  v_attempts integer;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_provider || p_user_id, 0));

  select ciphertext into v_ciphertext
  from public.provider_users
  where user_id = p_user_id and provider = p_provider and ciphertext is distinct from p_replaces;
  if found then
    return jsonb_build_object('ciphertext', v_ciphertext);
  end if;

  select max(leased_until) into v_leased_until
  from public.provider_registrations
  where user_id = p_user_id and provider = p_provider and state = 'open' and leased_until > p_now;
  if v_leased_until is not null then
    return jsonb_build_object('waitMs', ceil(extract(epoch from v_leased_until - p_now) * 1000));
  end if;

  update public.provider_registrations
  set state = 'open', attempts = attempts + 1, leased_until = p_now + make_interval(secs => p_lease_ms / 1000.0)
  where (provider, external_id) in (
    select provider, external_id from public.provider_registrations
    where user_id = p_user_id and provider = p_provider and state in ('open', 'lost')
    order by created_at limit 1
  )
  returning external_id, attempts into v_external_id, v_attempts;

  if v_external_id is null then
    v_external_id := p_user_id;
    if p_replaces is not null or exists (
      select from public.provider_registrations where provider = p_provider and external_id = v_external_id
    ) then
      v_external_id := p_fresh_id;
    end if;
    insert into public.provider_registrations (provider, external_id, user_id, state, leased_until, created_at)
    values (
      p_provider, v_external_id, p_user_id, 'open', p_now + make_interval(secs => p_lease_ms / 1000.0), p_now
    )
    returning attempts into v_attempts;
  end if;
  return jsonb_build_object('externalId', v_external_id, 'attempts', v_attempts);
end
$$;

comment on function public.begin_registration is 'Lets one caller at a time register a user at a provider; the id to do it under, the credentials that stand, or how long to wait.';

create function public.keep_provider_user(
  p_user_id uuid, p_provider text, p_ciphertext text, p_replaces text, p_external_id text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_kept text;
begin
  -- Whoever begins a registration at this moment sees either that this one is open or what came of it, never neither.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_provider || p_user_id, 0));

  insert into public.provider_users as known (user_id, provider, ciphertext)
  values (p_user_id, p_provider, p_ciphertext)
  on conflict (user_id, provider) do update set ciphertext = excluded.ciphertext
  where known.ciphertext = p_replaces;
  select ciphertext into strict v_kept from public.provider_users where user_id = p_user_id and provider = p_provider;
  update public.provider_registrations
  set state = case when v_kept = p_ciphertext then 'kept' else 'orphaned' end
  where provider = p_provider and external_id = p_external_id;
  return v_kept;
end
$$;

comment on function public.keep_provider_user is 'Keeps a user''s credentials at a provider; returns the ones that stand.';

-- Ids that a provider may know and that lead nowhere here, oldest first: those whose secret is lost, those whose registration
-- nobody took up again for a day, and those of accounts that were deleted. What was kept for a user who is still here is never one.
create function public.orphaned_registrations(p_provider text, p_now timestamptz, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(external_id order by created_at), '[]')
  from (
    select external_id, created_at
    from public.provider_registrations
    where provider = p_provider
      and (
        state = 'orphaned'
        or (state in ('open', 'lost') and leased_until < p_now - interval '1 day')
        or (user_id is null and state <> 'taken' and leased_until < p_now)
      )
    order by created_at
    limit p_limit
  ) orphans
$$;

comment on function public.orphaned_registrations is 'Registrations at a provider that are to be deleted there.';

-- Credentials that are not encrypted with the current key, whose texts begin with p_prefix, in the order of their keys:
-- [{ key, ciphertext }]. The key names the row that they stand in.
create function public.outdated_credentials(p_prefix text, p_after text, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object('key', key, 'ciphertext', ciphertext) order by key), '[]')
  from (
    select key, ciphertext
    from (
      select 'connection ' || connection_id as key, ciphertext from public.connection_credentials
      union all
      select 'user ' || user_id || ' ' || provider, ciphertext from public.provider_users
      union all
      select 'session ' || id, ciphertext from public.link_sessions
      union all
      select 'removal ' || provider || ' ' || external_id, ciphertext from public.connection_removals
    ) kept
    where not starts_with(ciphertext, p_prefix) and key > p_after
    order by key
    limit p_limit
  ) outdated
$$;

comment on function public.outdated_credentials is 'Credentials that another key than the current one encrypts.';

-- Writes credentials that were encrypted anew: [{ key, ciphertext, replaces }]. What somebody else replaced meanwhile stays as
-- they wrote it. Returns how many were written.
create function public.replace_credentials(p_rows jsonb)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  with given as (
    select * from jsonb_to_recordset(p_rows) as document (key text, ciphertext text, replaces text)
  ),
  connections as (
    update public.connection_credentials k
    set ciphertext = given.ciphertext
    from given
    where given.key = 'connection ' || k.connection_id and k.ciphertext = given.replaces
    returning 1
  ),
  users as (
    update public.provider_users u
    set ciphertext = given.ciphertext
    from given
    where given.key = 'user ' || u.user_id || ' ' || u.provider and u.ciphertext = given.replaces
    returning 1
  ),
  sessions as (
    update public.link_sessions s
    set ciphertext = given.ciphertext
    from given
    where given.key = 'session ' || s.id and s.ciphertext = given.replaces
    returning 1
  ),
  removals as (
    update public.connection_removals r
    set ciphertext = given.ciphertext
    from given
    where given.key = 'removal ' || r.provider || ' ' || r.external_id and r.ciphertext = given.replaces
    returning 1
  )
  select (select count(*) from connections)::integer + (select count(*) from users)::integer
    + (select count(*) from sessions)::integer + (select count(*) from removals)::integer
$$;

comment on function public.replace_credentials is 'Writes credentials that were encrypted anew, unless they were replaced meanwhile.';

-- What is needed to speak about one connection of a user: { provider, externalId, status, ciphertext }, or null when this
-- user has no such connection. The ciphertext is null when the connection was removed.
create function public.connection_access(p_user_id uuid, p_connection_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'provider', c.provider, 'externalId', c.external_id, 'status', c.status, 'ciphertext', k.ciphertext
  )
  from public.brokerage_connections c
  left join public.connection_credentials k on k.connection_id = c.id
  where c.id = p_connection_id and c.user_id = p_user_id and c.provider <> 'manual'
$$;

comment on function public.connection_access is 'The provider''s id and the credentials of one connection of a user.';

-- What waited for a broken connection to work again waits no more, and neither does its latest trading day.
create function public.end_waits(p_connection_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.fill_outcomes o
  set next_attempt_at = null
  from public.accounts a
  where a.connection_id = p_connection_id and a.id = o.account_id and not o.final
    and (
      o.reason = 'connection_broken'
      or o.value_date = (select max(date) from public.trading_days where closes_at <= p_now)
    )
$$;

comment on function public.end_waits is 'Lets the days of a connection that works again be asked for at once.';

-- Takes in what the provider lists for a user: [{ externalId, institution, broken, brokenSince }]. What is new is stored with
-- the credentials and due at once, and so is what was broken and works again, whose waits end. What its user has unlinked
-- stays unlinked. Returns [{ connectionId, externalId, institution, outcome }] with the outcome linked, reconnected, known or
-- unlinked; a connection that is stored as somebody else's is left out.
create function public.confirm_connections(
  p_user_id uuid, p_provider text, p_ciphertext text, p_listed jsonb, p_data_notice text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_confirmed jsonb;
begin
  -- Nobody spends longer than this on the provider's pages.
  update public.provider_users
  set portal_opened_at = null
  where user_id = p_user_id and provider = p_provider and portal_opened_at < p_now - interval '30 minutes';
  if jsonb_array_length(p_listed) = 0 then
    return '[]';
  end if;

  insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  -- The same lock, in the same order, as whoever records a fill for this user; two confirmations go one after the other.
  perform from public.portfolios where user_id = p_user_id for update;

  with listed as (
    select distinct on ("externalId") *
    from jsonb_to_recordset(p_listed) as document (
      "externalId" text, institution text, broken boolean, "brokenSince" timestamptz
    )
    order by "externalId"
  ),
  linked as (
    insert into public.brokerage_connections (
      user_id, provider, external_id, institution, status, disabled_since, due_at, created_at
    )
    select p_user_id, p_provider, l."externalId", l.institution, case when l.broken then 'disabled' else 'active' end,
      case when l.broken then coalesce(l."brokenSince", p_now) end, p_now, p_now
    from listed l
    on conflict (provider, external_id) do nothing
    returning id, external_id, institution
  ),
  sealed as (
    insert into public.connection_credentials (connection_id, ciphertext) select id, p_ciphertext from linked
  ),
  reconnected as (
    update public.brokerage_connections c
    set due_at = least(c.due_at, p_now), retry_at = null, attempts = 0,
      event_at = case when c.lease_owner is not null then p_now end
    from listed l
    where c.provider = p_provider and c.external_id = l."externalId" and c.user_id = p_user_id
      and c.status = 'disabled' and not l.broken
    returning c.id
  ),
  confirmed as (
    select id, external_id, institution, 'linked' as outcome from linked
    union all
    select c.id, c.external_id, c.institution,
      case when c.id in (select id from reconnected) then 'reconnected' when c.status = 'removed' then 'unlinked' else 'known' end
    from public.brokerage_connections c
    join listed l on l."externalId" = c.external_id
    where c.provider = p_provider and c.user_id = p_user_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'connectionId', id, 'externalId', external_id, 'institution', institution, 'outcome', outcome
  ) order by institution, id), '[]')
  into v_confirmed
  from confirmed;

  perform public.end_waits("connectionId", p_now)
  from jsonb_to_recordset(v_confirmed) as c ("connectionId" uuid, outcome text)
  where c.outcome = 'reconnected';

  return v_confirmed;
end
$$;

comment on function public.confirm_connections is 'Takes in the connections that a provider lists for a user, once each; returns what became of every one.';

-- Links one account by credentials of its own, which were just seen to open it. An account outlives its links, so a link has an id of
-- its own, p_fresh_id, which begins with the account's and a dot. An account that is linked already gets the new credentials, and
-- so does the connection p_connection_id where one is named, if it is to the same account. Due at once either way. Returns
-- { connectionId, outcome: 'linked' | 'reconnected' | 'other_account' }, or null when this user has no connection of that id.
create function public.link_account(
  p_user_id uuid, p_provider text, p_account_id text, p_fresh_id text, p_institution text, p_ciphertext text,
  p_connection_id uuid, p_data_notice text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_linked uuid;
begin
  if p_connection_id is null then
    insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  end if;
  -- The same lock, in the same order, as whoever records a fill for this user; two links go one after the other.
  perform from public.portfolios where user_id = p_user_id for update;

  select id into v_linked
  from public.brokerage_connections
  where user_id = p_user_id and provider = p_provider and status <> 'removed'
    and starts_with(external_id, p_account_id || '.');
  if p_connection_id is not null and v_linked is distinct from p_connection_id then
    return (
      select jsonb_build_object('connectionId', id, 'outcome', 'other_account')
      from public.brokerage_connections
      where id = p_connection_id and user_id = p_user_id and provider = p_provider and status <> 'removed'
    );
  end if;

  if v_linked is null then
    insert into public.brokerage_connections (user_id, provider, external_id, institution, due_at, created_at)
    values (p_user_id, p_provider, p_fresh_id, p_institution, p_now, p_now)
    returning id into v_linked;
    insert into public.connection_credentials (connection_id, ciphertext) values (v_linked, p_ciphertext);
    return jsonb_build_object('connectionId', v_linked, 'outcome', 'linked');
  end if;

  insert into public.connection_credentials (connection_id, ciphertext) values (v_linked, p_ciphertext)
  on conflict (connection_id) do update set ciphertext = excluded.ciphertext, updated_at = p_now;
  update public.brokerage_connections
  set due_at = least(due_at, p_now), totals_due = true, retry_at = null, attempts = 0,
    event_at = case when lease_owner is not null then p_now end
  where id = v_linked;
  perform public.end_waits(v_linked, p_now);
  return jsonb_build_object('connectionId', v_linked, 'outcome', 'reconnected');
end
$$;

comment on function public.link_account is 'Links an account by credentials of its own, or gives its connection new ones; returns what it did.';

-- Ends a connection because its user wants so. Its accounts are no longer expected from the first session that has not
-- closed yet; their past stays, and what is missing of it stays missing, since nobody can be asked any more. Returns
-- { connectionId, accounts, published }, or null when this user has no such connection.
create function public.unlink_connection(p_user_id uuid, p_connection_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_status text;
  v_next_close date;
  v_latest date;
  v_from date;
  v_accounts integer;
  v_published integer := 0;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select status into v_status
  from public.brokerage_connections
  where id = p_connection_id and user_id = p_user_id and provider <> 'manual'
  for update;
  if not found then
    return null;
  end if;
  if v_status = 'removed' then
    return jsonb_build_object('connectionId', p_connection_id, 'accounts', 0, 'published', 0);
  end if;

  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;
  select max(date) into v_latest from public.trading_days where closes_at <= p_now;
  update public.accounts
  set closed_on = greatest(v_next_close, first_known_on)
  where connection_id = p_connection_id and closed_on is null;
  get diagnostics v_accounts = row_count;

  with noted as (
    insert into public.fill_outcomes as o (user_id, account_id, value_date, reason, final, last_attempt_at)
    select m.user_id, m.account_id, m.value_date, 'provider_cannot', true, p_now
    from public.missing_account_days(array[p_connection_id], '-infinity', v_latest) m
    on conflict (account_id, value_date) do update set
      reason = excluded.reason, final = true, last_attempt_at = excluded.last_attempt_at, next_attempt_at = null
    returning o.value_date
  )
  select min(value_date) into v_from from noted;

  update public.brokerage_connections
  set status = 'removed', disabled_since = null, due_at = null, retry_at = null, event_at = null,
    lease_owner = null, lease_expires_at = null
  where id = p_connection_id;
  perform public.note_removals(p_user_id, p_connection_id, p_now);
  delete from public.connection_credentials where connection_id = p_connection_id;
  perform public.propose_matches(p_user_id, p_now);

  if v_from is not null then
    v_published := public.publish_since(p_user_id, v_from, 'connection unlinked', p_now);
  end if;
  return jsonb_build_object('connectionId', p_connection_id, 'accounts', v_accounts, 'published', v_published);
end
$$;

comment on function public.unlink_connection is 'Removes a connection at its user''s wish; the past of its accounts stays.';

-- A user's connections as their owner sees them, within the caller's own rights: [{ id, provider, institution, status,
-- disabledSince, linkedAt, lastSuccessAt, isDue, accounts: [{ id, name, category, currency, isPaper, firstKnownOn, closedOn, endReason, isCounted,
-- continues: [{ name, institution }] }] }].
-- Continued are the earlier accounts that are the same real account.
create function public.user_connections(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'provider', c.provider, 'institution', c.institution, 'status', c.status, 'disabledSince', c.disabled_since,
    'linkedAt', c.created_at, 'lastSuccessAt', c.last_success_at, 'isDue', c.due_at is not null,
    'accounts', coalesce(known.accounts, '[]')
  ) order by c.status = 'removed', c.institution, c.created_at, c.id), '[]')
  from public.brokerage_connections c
  left join lateral (
    select jsonb_agg(jsonb_build_object(
      'id', a.id, 'name', a.name, 'category', a.category, 'currency', a.currency, 'isPaper', a.is_paper,
      'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on, 'endReason', a.end_reason, 'isCounted', a.is_counted,
      'continues', coalesce(earlier.accounts, '[]')
    ) order by a.closed_on is not null, a.name, a.id) as accounts
    from public.accounts a
    left join lateral (
      select jsonb_agg(jsonb_build_object('name', m.name, 'institution', mc.institution) order by m.created_at, m.id) as accounts
      from public.accounts m
      join public.brokerage_connections mc on mc.id = m.connection_id
      where m.line_id = a.line_id and (m.created_at, m.id) < (a.created_at, a.id)
    ) earlier on true
    where a.connection_id = c.id
  ) known on true
  where c.user_id = p_user_id and c.provider <> 'manual'
$$;

comment on function public.user_connections is 'A user''s connections with their accounts, linked ones first, within the caller''s own rights.';

grant execute on function
  public.begin_registration,
  public.claim_link_sessions,
  public.note_removals,
  public.keep_provider_user,
  public.orphaned_registrations,
  public.outdated_credentials,
  public.replace_credentials,
  public.connection_access,
  public.end_waits,
  public.confirm_connections,
  public.link_account,
  public.unlink_connection
to service_role;

grant execute on function public.user_connections to authenticated, service_role;

-- schemas/13_webhooks.sql

-- What providers send unasked. An event makes a connection due and is never a value.

create table public.webhook_events (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  id text not null,
  event_type text not null,
  connection_external_id text not null,
  event_timestamp timestamptz,
  received_at timestamptz not null,
  primary key (provider, id)
);

create index webhook_events_received on public.webhook_events (received_at);

comment on table public.webhook_events is 'Events acted upon in the last 30 days, by which one that is delivered again is recognised.';
comment on column public.webhook_events.id is 'The provider''s id of the event.';
comment on column public.webhook_events.event_timestamp is 'When it happened, as the provider reports; null when not reported.';

alter table public.webhook_events enable row level security;
grant select, insert, delete on public.webhook_events to service_role;

-- What comes during a fill makes the connection due again as soon as the lease is released.
create function public.keep_event()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.lease_owner is null then
    new.due_at := coalesce(new.due_at, new.event_at);
    new.totals_due := true;
  end if;
  new.event_at := null;
  return new;
end
$$;

create trigger keep_event before update on public.brokerage_connections
  for each row when (old.event_at is not null and old.lease_owner is distinct from new.lease_owner)
  execute function public.keep_event();

-- Makes the connection of an event due at once, the first time that the event is delivered. What its latest trading day
-- waited for no longer counts, and neither does what waited for a broken connection to work again. A history that was
-- updated is asked for again, as a whole, and movements that were still being collected are asked for when that is over. That an account was removed is evidence once it is left out too.
-- Returns { outcome: 'due' | 'duplicate' | 'unknown_connection', userId }, with the user only when it is due.
create function public.record_connection_event(
  p_provider text, p_external_id text, p_event_id text, p_event_type text, p_event_timestamp timestamptz, p_now timestamptz,
  p_removed_account text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_connection_id uuid;
  v_user_id uuid;
  v_latest date;
  v_is_first_movements boolean := p_event_type in (
    'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', 'INVESTMENTS_TRANSACTIONS.HISTORICAL_UPDATE'
  );
  v_is_history boolean := lower(replace(p_event_type, '_', '')) = 'accountbalancehistoryupdated';
begin
  delete from public.webhook_events where received_at < p_now - interval '30 days';

  insert into public.webhook_events (provider, id, event_type, connection_external_id, event_timestamp, received_at)
  values (p_provider, p_event_id, p_event_type, p_external_id, p_event_timestamp, p_now)
  on conflict do nothing;
  if not found then
    return jsonb_build_object('outcome', 'duplicate', 'userId', null);
  end if;

  -- The same lock, in the same order, as whoever records a fill for this user.
  select c.id, c.user_id into v_connection_id, v_user_id
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.provider = p_provider and c.external_id = p_external_id and c.status not in ('paused', 'removed')
  for update of p;
  if not found then
    return jsonb_build_object('outcome', 'unknown_connection', 'userId', null);
  end if;

  if v_is_history then
    update public.accounts set history_asked_at = null, history_refused_at = null where connection_id = v_connection_id;
    delete from public.question_backoffs b
    using public.accounts a
    where a.id = b.account_id and a.connection_id = v_connection_id and b.question in ('import', 'history');
    update public.brokerage_connections
    set due_at = least(due_at, p_now), totals_due = due_at is not null and totals_due, retry_at = null
    where id = v_connection_id;
    return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
  end if;

  if v_is_first_movements then
    -- What the provider said before is no longer its word; the account is asked about that, where it can be: of Plaid the event itself is
    -- the word.
    update public.accounts
    set movements_collected = case when p_provider = 'plaid' then true end
    where connection_id = v_connection_id and movements_collected is not true
      and (p_provider = 'plaid' or not movements_collected);
    update public.question_backoffs b
    set retry_at = least(b.retry_at, p_now)
    from public.accounts a
    where a.id = b.account_id and a.connection_id = v_connection_id and b.question = 'movements' and b.reason = 'not_ready';
    update public.brokerage_connections
    set due_at = least(due_at, p_now), totals_due = due_at is not null and totals_due, retry_at = null
    where id = v_connection_id;
    return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
  end if;

  update public.accounts
  set removal_announced_at = coalesce(p_event_timestamp, p_now), evidence_version = evidence_version + 1
  where connection_id = v_connection_id and external_id = p_removed_account;

  update public.brokerage_connections
  set due_at = least(due_at, p_now), totals_due = true, retry_at = null,
    event_at = case when lease_owner is not null then p_now end
  where id = v_connection_id;

  select max(date) into v_latest from public.trading_days where closes_at <= p_now;
  update public.fill_outcomes o
  set next_attempt_at = null
  from public.accounts a
  where a.id = o.account_id and a.connection_id = v_connection_id and not o.final
    and (o.value_date = v_latest or o.reason = 'connection_broken');

  return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
end
$$;

comment on function public.record_connection_event is 'Makes the connection of a provider''s event due at once, unless the event was known; returns what it did.';

grant execute on function public.record_connection_event to service_role;

-- schemas/14_live.sql

-- Live values while people look: who may be read anew, what was read, and the line of the session that runs.

create table public.live_values (
  account_id uuid primary key references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  source text not null,
  as_of timestamptz not null,
  observed_at timestamptz not null
);

create index live_values_user on public.live_values (user_id);

comment on table public.live_values is 'The latest known value of each account, which is not any day''s history.';

alter table public.live_values enable row level security;
create policy "own live values" on public.live_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.live_values to authenticated;
grant select, insert, update, delete on public.live_values to service_role;

create table public.intraday_values (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  quarter_at timestamptz not null,
  at timestamptz not null,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  primary key (user_id, quarter_at),
  check (at >= quarter_at and at < quarter_at + interval '15 minutes')
);

-- For forgetting the old ones.
create index intraday_values_quarter on public.intraday_values (quarter_at);

comment on table public.intraday_values is 'A user''s total in session, one for each quarter of an hour that has one, for a week. Never any day''s history.';
comment on column public.intraday_values.quarter_at is 'When the quarter of an hour began.';
comment on column public.intraday_values.at is 'When the oldest part of the total was true; the newest is less than a quarter of an hour younger.';

alter table public.intraday_values enable row level security;
create policy "own intraday values" on public.intraday_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.intraday_values to authenticated;
grant select, insert, update, delete on public.intraday_values to service_role;

-- Keeps live values, a value an account: a newer one, or other news of the same instant, for whoever learns later knows better.
-- Returns how many were kept.
create function public.keep_live_values(p_values public.live_values[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_kept integer;
begin
  insert into public.live_values as known (account_id, user_id, total_value, currency, source, as_of, observed_at)
  select l.account_id, l.user_id, l.total_value, l.currency, l.source, l.as_of, l.observed_at
  from unnest(p_values) l
  on conflict (account_id) do update set
    total_value = excluded.total_value, currency = excluded.currency, source = excluded.source,
    as_of = excluded.as_of, observed_at = excluded.observed_at
  where excluded.as_of > known.as_of
    or excluded.as_of = known.as_of and (excluded.total_value, excluded.currency, excluded.source)
      is distinct from (known.total_value, known.currency, known.source);
  get diagnostics v_kept = row_count;
  return v_kept;
end
$$;

comment on function public.keep_live_values is 'Keeps live values that are news; returns how many are.';

-- The same for what a provider lists of a connection: [{ externalId, total, currency, source, asOf }].
create function public.keep_live_document(p_connection_id uuid, p_live jsonb, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.keep_live_values(array(
    select row(a.id, a.user_id, l.total, l.currency, l.source, l."asOf", p_now)::public.live_values
    from jsonb_to_recordset(p_live) as l ("externalId" text, total numeric, currency text, source text, "asOf" timestamptz)
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = l."externalId"
  ))
$$;

comment on function public.keep_live_document is 'Keeps the live values that a provider lists of a connection.';

-- What a user's open accounts, or some of them, are worth by the latest word on each: no row while one has no value or a
-- rate is missing. Those that are kept by hand have the value that was given last, which decides no time of the total. A value in
-- session is converted at the newest rate that a day shortly before it has.
create function public.live_total(p_user_id uuid, p_line_ids uuid[] default null)
returns table (total_value numeric, currency text, source text, as_of timestamptz, newest_as_of timestamptz)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
  select sum(l.total_value * case when l.currency = p.currency then 1 else rate.rate end), p.currency,
    string_agg(distinct l.source, ',' order by l.source), min(l.as_of) filter (where not l.is_manual),
    max(l.as_of) filter (where not l.is_manual)
  from public.portfolios p
  cross join lateral (
    select newest.*, max(newest.as_of) filter (where not newest.is_manual) over () as newest_as_of
    from (
      -- Of the rows of one real account, the newest word.
      select distinct on (a.line_id) a.is_manual, v.account_id, v.total_value, v.currency, v.source, v.as_of
      from public.accounts a
      left join lateral (
        select known.account_id, known.total_value, known.currency, known.source, known.as_of
        from public.live_values known
        where known.account_id = a.id and not a.is_manual
        union all
        (
          select given.account_id, given.total_value, given.currency, given.source, given.as_of
          from public.stated_values given
          where given.account_id = a.id and a.is_manual
          order by given.value_date desc
          limit 1
        )
      ) v on true
      where a.user_id = p.user_id and a.is_counted and (not a.is_manual or a.stated_since is not null)
        and (p_line_ids is null or a.line_id = any (p_line_ids))
        and exists (select from public.accounts m where m.line_id = a.line_id and m.is_counted and m.closed_on is null)
      order by a.line_id, v.as_of desc nulls last
    ) newest
  ) l
  left join lateral public.rate_on(
    l.currency, p.currency, (case when l.is_manual then l.newest_as_of else l.as_of end at time zone 'America/New_York')::date
  ) rate
    on l.currency <> p.currency
  where p.user_id = p_user_id
  group by p.currency
  having not bool_and(l.is_manual) and bool_and(l.account_id is not null and (l.currency = p.currency or rate.rate is not null));
end
$$;

comment on function public.live_total is 'What a user''s open accounts, or some of them, are worth by the latest word on each.';

-- Whoever learns a live value in session, a look or a tick, adds to the line of the session. A total whose parts are more
-- than a quarter of an hour apart was never true at any instant, so it is no point of that line.
create function public.note_intraday_values()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into public.intraday_values as known (user_id, quarter_at, at, total_value, currency)
  select told.user_id, date_bin('15 minutes', live.as_of, '2000-01-01T00:00:00Z'), live.as_of, live.total_value, live.currency
  from (
    select distinct c.user_id
    from changed c
    join public.trading_days d on d.date = (c.as_of at time zone 'America/New_York')::date
    where c.as_of >= d.opens_at and c.as_of < d.closes_at
  ) told
  cross join lateral public.live_total(told.user_id) live
  join public.trading_days d on d.date = (live.as_of at time zone 'America/New_York')::date
  where live.as_of >= d.opens_at and live.as_of < d.closes_at and live.newest_as_of < live.as_of + interval '15 minutes'
  on conflict (user_id, quarter_at) do update set
    at = excluded.at, total_value = excluded.total_value, currency = excluded.currency
  where excluded.at > known.at;

  if found then
    -- A few at a time, and none that another session is removing, so that nobody waits for anybody.
    delete from public.intraday_values
    where (user_id, quarter_at) in (
      select aged.user_id, aged.quarter_at
      from public.intraday_values aged
      where aged.quarter_at < (select max(observed_at) from changed) - interval '7 days'
      order by aged.quarter_at
      limit 500
      for update skip locked
    );
  end if;
  return null;
end
$$;

comment on function public.note_intraday_values is 'Adds what live values add up to, in session, to the line of the session.';

-- A trigger that sees its rows is for one event only.
create trigger note_intraday_values_first after insert on public.live_values
  referencing new table as changed for each statement execute function public.note_intraday_values();

create trigger note_intraday_values_again after update on public.live_values
  referencing new table as changed for each statement execute function public.note_intraday_values();

-- [{ at, value }] of a user since an instant, oldest first.
create function public.intraday_points(p_user_id uuid, p_since timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', v.at, 'value', trim_scale(v.total_value)::text) order by v.at), '[]')
  from public.intraday_values v
  join public.portfolios p on p.user_id = v.user_id and p.currency = v.currency
  where v.user_id = p_user_id and v.quarter_at >= p_since
$$;

comment on function public.intraday_points is 'A user''s totals in session since an instant, within the caller''s own rights.';

-- A user's working connections with a value that is older than p_stale_before, each given to one caller for that long:
-- [{ id, provider, externalId, ciphertext, accounts: [{ externalId, currency, last: { date, total } | null }] }].
-- Connections that are known to be read once a day are left out, and so are those that a worker is filling or that have just failed.
create function public.claim_live_reads(p_user_id uuid, p_stale_before timestamptz, p_now timestamptz)
returns jsonb
language sql
set search_path = ''
as $$
  with stale as (
    select c.id
    from public.brokerage_connections c
    where c.user_id = p_user_id and c.status = 'active'
      and (c.live_asked_at is null or c.live_asked_at <= p_stale_before)
      and (c.retry_at is null or c.retry_at <= p_now)
      and (c.lease_expires_at is null or c.lease_expires_at <= p_now)
      and public.known_freshness(c, p_now) is distinct from 'daily'
      and exists (
        select
        from public.accounts a
        left join public.live_values l on l.account_id = a.id
        where a.connection_id = c.id and a.is_counted and a.closed_on is null and (l.as_of is null or l.as_of <= p_stale_before)
      )
    order by c.id
    -- Whoever waited for this lock finds that the connection has just been asked.
    for update
  ),
  claimed as (
    update public.brokerage_connections c
    set live_asked_at = p_now
    from stale
    where c.id = stale.id
    returning c.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'provider', c.provider, 'externalId', c.external_id, 'ciphertext', k.ciphertext,
    'accounts', coalesce(known.accounts, '[]')
  ) order by c.id), '[]')
  from claimed c
  left join public.connection_credentials k on k.connection_id = c.id
  left join lateral (
    select jsonb_agg(jsonb_build_object('externalId', a.external_id, 'currency', a.currency, 'last', last.document) order by a.id) as accounts
    from public.accounts a
    left join lateral (
      select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
      from public.line_values v
      where v.line_id = a.line_id
      order by v.value_date desc, v.as_of desc
      limit 1
    ) last on true
    where a.connection_id = c.id and a.is_counted and a.closed_on is null
  ) known on true
$$;

comment on function public.claim_live_reads is 'Gives a user''s connections with old live values to one caller, who reads them.';

-- Records what a look learned of a connection: p_read: { freshness, live: [{ externalId, total, currency, source, asOf }] }.
-- Live values alone: no observation, and no snapshot follows. Returns how many values are newer than before.
create function public.record_live_read(p_connection_id uuid, p_read jsonb, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  -- In the order in which fills lock, so that neither waits for the other in a circle.
  perform
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;

  update public.brokerage_connections
  set data_freshness = p_read ->> 'freshness', freshness_checked_at = p_now
  where id = p_connection_id
    and (data_freshness is distinct from p_read ->> 'freshness' or freshness_checked_at <= p_now - interval '7 days');

  return public.keep_live_document(p_connection_id, p_read -> 'live', p_now);
end
$$;

comment on function public.record_live_read is 'Records the live values that a look had read; returns how many are newer.';

grant execute on function public.live_total, public.intraday_points to authenticated, service_role;

grant execute on function public.keep_live_values, public.keep_live_document, public.claim_live_reads, public.record_live_read to service_role;

-- schemas/15_benchmark.sql

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

-- schemas/16_history.sql

-- The reader's side: a user's history as one document and what its owner needs to judge it, within the caller's own
-- rights, so that row-level security decides what they see.

-- The points of a user between two days, and of which days and kinds they are.
create function public.history_points(
  p_user_id uuid, p_from date, p_to date, p_line_ids uuid[],
  out points jsonb, out days date[], out first_day date, out last_day date, out by_kind jsonb, out has_left_out boolean
)
returns record
language plpgsql
stable
set search_path = ''
as $$
begin
  -- All points become one jsonb together, which takes two thirds of the time of making each of them one. What was published
  -- comes out of its index in the order of days, which it would not beside another source.
  if p_line_ids is null then
    select coalesce(json_agg(point order by point.date)::jsonb, '[]'), array_agg(point.date), min(point.date), max(point.date),
      jsonb_build_object(
        'daily_eod', count(*) filter (where point.kind = 'daily_eod'),
        'reconstructed', count(*) filter (where point.kind = 'reconstructed'),
        'estimated', count(*) filter (where point.kind = 'estimated')
      ),
      bool_or(point."leftOut" <> '[]')
    into points, days, first_day, last_day, by_kind, has_left_out
    from (
      select h.value_date as date, trim_scale(h.total_value)::text as value, h.snapshot_type as kind, h.data_source as source,
        h.as_of as "asOf", h.accounts_expected as "accountsExpected", h.accounts_present as "accountsPresent",
        -- The index holds all but this, so only days that carry something are looked up in the table.
        case
          when not h.has_carried then '[]'
          else (
            select partial.carried
            from public.user_portfolio_history partial
            where partial.user_id = p_user_id and partial.value_date = h.value_date and partial.is_current
          )
        end as carried,
        case
          when h.has_left_out then (
            select partial.left_out
            from public.user_portfolio_history partial
            where partial.user_id = p_user_id and partial.value_date = h.value_date and partial.is_current
          )
          else '[]'
        end as "leftOut"
      from public.user_portfolio_history h
      where h.user_id = p_user_id and h.is_current and h.value_date between p_from and p_to
    ) point;
  else
    select coalesce(json_agg(point order by point.date)::jsonb, '[]'), array_agg(point.date), min(point.date), max(point.date),
      jsonb_build_object(
        'daily_eod', count(*) filter (where point.kind = 'daily_eod'),
        'reconstructed', count(*) filter (where point.kind = 'reconstructed'),
        'estimated', count(*) filter (where point.kind = 'estimated')
      ),
      bool_or(point."leftOut" <> '[]')
    into points, days, first_day, last_day, by_kind, has_left_out
    from (
      select c.value_date as date, trim_scale(c.total_value)::text as value, c.snapshot_type as kind, c.data_source as source,
        c.as_of as "asOf", c.accounts_expected as "accountsExpected", c.accounts_present as "accountsPresent", c.carried, c.left_out as "leftOut"
      from public.conclude_snapshots(p_user_id, p_from, p_to, p_line_ids => p_line_ids) c
    ) point;
  end if;
end
$$;

comment on function public.history_points is 'What a user''s history shows of the days between two.';

-- The expected days between two that have no point (p_days), with the reason for each run of them.
create function public.history_gaps(
  p_user_id uuid, p_currency text, p_from date, p_to date, p_reach date, p_days date[], p_line_ids uuid[],
  out gaps jsonb, out missing_days bigint
)
returns record
language plpgsql
stable
set search_path = ''
as $$
begin
  -- The member of a line that is asked, if any is, gives the reason why a day is missing.
  with lines as materialized (
    select l.member_ids, l.currency, l.first_known_on, l.stated_since, least(l.first_known_on, l.stated_since) as known_since, l.closed_on,
      l.asked_id, l.is_manual
    from public.account_lines l
    where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
  ),
  sessions as (
    select date, row_number() over (order by date) as ordinal, bool_or(has_point) as has_point
    from (
      select t.date, false as has_point
      from public.trading_days t
      where t.date between p_from and p_to
      union all
      select unnest(p_days), true
    ) seen
    group by date
  ),
  gap_days as (
    select d.date, why.reason, why.final, why.next_attempt_at, why.attempts,
      d.ordinal - row_number() over (partition by why.reason, why.final order by d.date) as island
    from sessions d
    cross join lateral (
      -- What a reader most needs to know comes first: what only they can mend, then what nobody can, then what waits.
      select r.reason, r.final, r.next_attempt_at, r.attempts
      from (
        select public.gap_reason(o.reason, o.final, asked.in_vain, c.status) as reason,
          coalesce(o.final, false) or asked.in_vain as final,
          case when not coalesce(o.final, false) and not asked.in_vain then greatest(o.next_attempt_at, c.retry_at) end as next_attempt_at,
          coalesce(o.attempts, 0) as attempts
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = d.date
        -- Before its provider knows an account, only statements of its user give values.
        cross join lateral (select d.date < p_reach or d.date < l.first_known_on as in_vain) asked
        -- What is kept by hand is known on every day.
        where not l.is_manual and l.known_since <= d.date and (l.closed_on is null or d.date < l.closed_on)
          and not exists (
            select from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date = d.date
          )
          and (l.stated_since is null or not exists (
            select from public.stated_values s
            where s.account_id = any (l.member_ids) and s.value_date = d.date
          ))
        union all
        -- Every account has its value, and yet no total could be converted: an exchange rate is missing. Rates of the past can
        -- still be read, so it stays missing only when the source was asked for that day and had none.
        select 'rate_missing', d.date < p_reach or coalesce(bool_or(public.rate_was_read(l.currency, p_currency, d.date)), false), null, 0
        from lines l
        where l.known_since <= d.date and (l.closed_on is null or d.date < l.closed_on)
        having count(*) > 0
      ) r
      order by array_position(array['not_yet_due', 'rate_missing'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why
    where not d.has_point
  ),
  islands as (
    select min(date) as first_day, max(date) as last_day, count(*) as days, reason, final, min(next_attempt_at) as next_attempt_at,
      max(attempts) as attempts
    from gap_days
    group by reason, final, island
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'from', first_day, 'to', last_day, 'days', days, 'reason', reason, 'final', final, 'nextAttemptAt', next_attempt_at,
      'attempts', attempts
    ) order by first_day), '[]'), coalesce(sum(days), 0)
  into gaps, missing_days
  from islands;
end
$$;

comment on function public.history_gaps is 'Which expected days a user''s history lacks, and why.';

-- What crossed the portfolio's border after the first point: movements of accounts while we knew them, what accounts were
-- worth when they came into view, and what they took along when they left. Between accounts that are shown it adds up to
-- nothing. An account that began in the range, and whose value nobody knew at first, came in with its first movements, unless days since
-- then count as whole without it. An amount that cannot be converted to the user's currency leaves all of it unknown.
create function public.history_flows(
  p_user_id uuid, p_currency text, p_first_day date, p_last_day date, p_line_ids uuid[], p_left_out jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with lines as materialized (
      select l.line_id, l.member_ids, l.stated_since, l.closed_on, l.flows_synced_at,
        coalesce(l.begun_on > greatest(p_first_day, left_out.last_whole_day), false) as has_begun,
        left_out.first_day as left_out_from, left_out.last_day as left_out_through,
        shown.value_date as shown_from, shown.total_value as shown_first, shown.currency as shown_in
      from public.account_lines l
      cross join lateral (
        select (p_left_out -> l.line_id::text ->> 'from')::date as first_day,
          coalesce((p_left_out -> l.line_id::text ->> 'through')::date, '-infinity') as last_day,
          (p_left_out -> l.line_id::text ->> 'wholeThrough')::date as last_whole_day
      ) left_out
      -- The value with which it came into view.
      left join lateral (
        (
          select v.value_date, v.total_value, v.currency, false as is_stated
          from public.current_values v
          where v.account_id = any (l.member_ids) and v.value_date > left_out.last_day
          order by v.value_date, v.kind_rank, v.as_of desc, v.id desc
          limit 1
        )
        union all
        (
          select s.value_date, s.total_value, s.currency, true
          from public.stated_values s
          where l.stated_since is not null and s.account_id = any (l.member_ids) and s.value_date > left_out.last_day
          order by s.value_date, s.id desc
          limit 1
        )
        order by value_date, is_stated
        limit 1
      ) shown on true
      where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
    ),
    -- A movement that two rows of one real account report counts once; two equal ones that one row reports are two.
    movements as (
      select distinct on (line_id, effective_date, amount, currency, type, nth) line_id, effective_date, amount, currency
      from (
        select a.line_id, f.effective_date, f.amount, coalesce(f.currency, a.currency) as currency, f.type,
          row_number() over (partition by f.account_id, f.effective_date, f.amount, f.currency, f.type order by f.id) as nth
        from public.cash_flows f
        join public.accounts a on a.id = f.account_id and a.is_counted
        where f.user_id = p_user_id and f.is_external and not f.is_withdrawn and f.amount is not null
          and f.effective_date > p_first_day and f.effective_date <= p_last_day
      ) reported
    ),
    crossing as (
      select f.effective_date as date, f.amount, f.currency
      from movements f
      join lines l on l.line_id = f.line_id
      where (l.closed_on is null or f.effective_date < l.closed_on)
        and (
          l.has_begun or f.effective_date > l.shown_from
          or f.effective_date > l.stated_since and f.effective_date < l.left_out_from
        )
      union all
      select edge.date, edge.amount, edge.currency
      from lines a
      cross join lateral (
        select a.shown_from as date, a.shown_first as amount, a.shown_in as currency
        where not a.has_begun
        union all
        -- What only statements tell of it comes in with the first of them, and leaves when others are told without it.
        select s.value_date, s.total_value, s.currency
        from public.stated_values s
        where a.left_out_from is not null and s.account_id = any (a.member_ids) and s.value_date = a.stated_since
        union all
        select a.left_out_from, -(last_stated.total_value + coalesce((
            select sum(m.amount)
            from movements m
            where m.line_id = a.line_id and m.effective_date > last_stated.value_date and m.effective_date < a.left_out_from
              and coalesce(m.currency, last_stated.currency) = last_stated.currency
          ), 0)), last_stated.currency
        from (
          select s.value_date, s.total_value, s.currency
          from public.stated_values s
          where a.left_out_from is not null and s.account_id = any (a.member_ids) and s.value_date < a.left_out_from
          order by s.value_date desc, s.id desc
          limit 1
        ) last_stated
        union all
        -- What it was worth last and the movements after that, so that nothing leaves twice.
        select a.closed_on, -(last.total_value + coalesce((
            select sum(m.amount)
            from movements m
            where m.line_id = a.line_id and m.effective_date > last.value_date and m.effective_date < a.closed_on
              and coalesce(m.currency, last.currency) = last.currency
          ), 0)), last.currency
        from (
          (
            select v.value_date, v.total_value, v.currency, false as is_stated
            from public.current_values v
            where a.closed_on is not null and v.account_id = any (a.member_ids) and v.value_date < a.closed_on
            order by v.value_date desc, v.kind_rank, v.as_of desc, v.id desc
            limit 1
          )
          union all
          (
            select s.value_date, s.total_value, s.currency, true
            from public.stated_values s
            where a.closed_on is not null and a.stated_since is not null and s.account_id = any (a.member_ids)
              and s.value_date < a.closed_on
            order by s.value_date desc, s.id desc
            limit 1
          )
          order by value_date desc, is_stated
          limit 1
        ) last
      ) edge
      where edge.date > p_first_day and edge.date <= p_last_day
    ),
    converted as (
      select c.date, sum(c.amount * case when c.currency = p_currency then 1 else rate.rate end) as amount,
        bool_and(coalesce(c.currency = p_currency, false) or rate.rate is not null) as is_converted
      from crossing c
      left join lateral public.rate_on(c.currency, p_currency, c.date) rate on c.currency <> p_currency
      group by c.date
    )
    select jsonb_build_object(
      'external', case
        when coalesce(bool_and(is_converted), true) then coalesce(
          jsonb_agg(jsonb_build_object('date', date, 'amount', trim_scale(amount)::text) order by date) filter (where amount <> 0),
          '[]'
        )
      end,
      'provisional', exists (
        select
        from lines l
        where l.closed_on is null and (l.flows_synced_at is null or l.flows_synced_at < p_last_day + 1)
      ),
      'unknown', coalesce((
        select jsonb_agg(jsonb_build_object('from', s.from_date, 'to', s.to_date) order by s.from_date, s.to_date)
        from (
          select s.from_date, s.to_date
          from lines l
          join public.unknown_spans s on s.account_id = any (l.member_ids)
          union
          -- Of an account whose movements were never read, nobody knows whether any of its value was paid in.
          select greatest(first.date, p_first_day), p_last_day
          from lines l
          cross join lateral (
            select min(v.value_date) as date
            from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date > l.left_out_through
          ) first
          where l.flows_synced_at is null and l.closed_on is null and first.date < p_last_day
            and not exists (
              select from public.movement_statements s where s.account_id = any (l.member_ids) and s.is_complete
            )
        ) s
        where s.from_date < p_last_day and s.to_date > p_first_day
      ), '[]')
    )
    from converted
  );
end
$$;

comment on function public.history_flows is 'What came into a user''s portfolio and left it after the first of two days, to the last.';

-- { date, value } of what the rows of one real account were worth first or last between two days, in a currency; null when
-- nothing counts there, or when the rate is not known.
create function public.line_value_between(
  p_account_ids uuid[], p_currency text, p_from date, p_to date, p_first boolean
)
returns jsonb
language plpgsql
stable
set search_path = ''
-- Planned once for a connection, and not at every call.
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object('date', found.value_date, 'value', trim_scale(found.total_value * coalesce(rate.rate, 1))::text)
    from (
      -- One row each out of the index, from whichever end.
      select edge.value_date, edge.total_value, edge.currency
      from unnest(p_account_ids) account(id)
      cross join lateral (
        (
          select v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
          from public.current_values v
          where p_first and v.account_id = account.id and v.value_date between p_from and p_to
          order by v.value_date
          limit 1
        )
        union all
        (
          select v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
          from public.current_values v
          where not p_first and v.account_id = account.id and v.value_date between p_from and p_to
          order by v.value_date desc
          limit 1
        )
        union all
        -- Kept by hand, it has on the first day what was given last by then.
        (
          select s.value_date, s.total_value, s.currency, 0, s.as_of
          from public.stated_values s
          join public.accounts kept on kept.id = s.account_id and kept.is_manual
          where s.account_id = account.id and s.value_date <= p_to
          order by case when p_first then s.value_date <= p_from end desc,
            case when p_first and s.value_date > p_from then s.value_date end, s.value_date desc
          limit 1
        )
      ) edge
      order by case when p_first then edge.value_date end, case when not p_first then edge.value_date end desc,
        edge.kind_rank, edge.as_of desc
      limit 1
    ) found
    left join lateral public.rate_on(found.currency, p_currency, found.value_date) rate on found.currency <> p_currency
    where found.currency = p_currency or rate.rate is not null
  );
end
$$;

comment on function public.line_value_between is 'What one real account was worth first or last between two days.';

-- { currency, dataNotice, knownFrom, from, to, points, gaps, live, flows, coverage, corrections, accounts, connections } of one user
-- between two days; p_from null starts at the first known day. Days after the latest due one (p_due) are not expected yet.
-- Gaps before the provider's look-back (p_reach) cannot be filled any more. With p_line_ids, the history of those accounts
-- alone: nothing of it was ever published, so its points are concluded from the evidence here and it has no corrections.
-- Amounts are text, since JSON numbers are not exact.
create function public.portfolio_history(
  p_user_id uuid, p_from date, p_to date, p_due date, p_reach date, p_line_ids uuid[] default null
)
returns jsonb
language plpgsql
stable
set search_path = ''
-- A database connection plans each statement once: planning at every call took longer than reading a month.
set plan_cache_mode = force_generic_plan
as $$
declare
  v_currency text;
  v_data_notice text;
  v_known_from date;
  v_from date;
  v_history record;
  v_missing record;
  v_left_out jsonb;
begin
  select currency, data_notice into v_currency, v_data_notice from public.portfolios where user_id = p_user_id;
  select min(least(l.first_known_on, l.stated_since)) into v_known_from
  from public.account_lines l
  where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids));
  v_from := coalesce(p_from, v_known_from, p_to);

  select * into v_history from public.history_points(p_user_id, v_from, p_to, p_line_ids);
  select * into v_missing
  from public.history_gaps(
    p_user_id, v_currency, greatest(v_from, v_known_from), least(p_to, p_due), p_reach, v_history.days, p_line_ids
  );

  -- Hardly anybody has such days.
  if v_history.has_left_out then
    select jsonb_object_agg(
      days.line_id, jsonb_build_object('from', days.first_day, 'through', days.last_day, 'wholeThrough', days.last_whole_day)
    ) into v_left_out
    from (
      select l.line_id, max(point ->> 'date') as last_day,
        max(point ->> 'date') filter (where point ->> 'kind' <> 'estimated') as last_whole_day,
        -- After statements have given it a value that counted.
        case
          when not bool_or(coalesce((point ->> 'date')::date = l.stated_since, false))
          then min(point ->> 'date') filter (where (point ->> 'date')::date > l.stated_since)
        end as first_day
      from jsonb_array_elements(v_history.points) as point
      cross join lateral jsonb_array_elements(point -> 'leftOut') as account
      join public.account_lines l on l.line_id = (account ->> 'accountId')::uuid
      group by l.line_id
    ) days;
  end if;

  return jsonb_build_object(
    'currency', coalesce(v_currency, 'USD'), 'dataNotice', v_data_notice, 'knownFrom', v_known_from,
    'from', v_from, 'to', p_to, 'points', v_history.points, 'gaps', v_missing.gaps,
    'live', (
      select jsonb_build_object('value', trim_scale(l.total_value)::text, 'asOf', l.as_of, 'source', l.source)
      from public.live_total(p_user_id, p_line_ids) l
    ),
    'flows', public.history_flows(p_user_id, v_currency, v_history.first_day, v_history.last_day, p_line_ids, v_left_out),
    'coverage', jsonb_build_object(
      'presentDays', coalesce(cardinality(v_history.days), 0), 'missingDays', v_missing.missing_days, 'byKind', v_history.by_kind
    ),
    'corrections', case
      when p_line_ids is null then public.portfolio_corrections(p_user_id, v_from, p_to, null, 50)
      else '[]'
    end,
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', l.line_id, 'name', l.name, 'institution', l.institution, 'currency', l.currency, 'closedOn', l.closed_on,
        'brokenSince', l.down_since, 'isShown', p_line_ids is null or l.line_id = any (p_line_ids),
        'first', public.line_value_between(l.member_ids, v_currency, v_from, p_to, true),
        'last', public.line_value_between(l.member_ids, v_currency, v_from, p_to, false)
      ) order by l.institution, l.name, l.line_id)
      from public.account_lines l
      where l.user_id = p_user_id
    ), '[]'),
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'institution', c.institution, 'status', c.status, 'lastSuccessAt', c.last_success_at
      ) order by c.institution, c.id)
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status <> 'removed' and c.provider <> 'manual'
    ), '[]')
  );
end
$$;

comment on function public.portfolio_history is 'A user''s history between two days as one document, of all their accounts or of some, within the caller''s own rights.';

-- [{ name, institution, status, firstKnownOn, closedOn, lastValueOn, lastAsOf, heldValues }] of a user, within the caller's own
-- rights. lastValueOn and lastAsOf are of the newest value that counts, heldValues is how many could still
-- come to count: captured ones until a newer value stands, and those of the provider's history whose day is missing.
create function public.account_trust(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', a.name, 'institution', c.institution, 'status', c.status,
    'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on,
    'lastValueOn', newest.value_date, 'lastAsOf', newest.as_of,
    'heldValues', (
      select count(*)
      from public.account_values v
      where v.account_id = a.id and v.verdict = 'held'
        and (v.kind <> 'daily_eod' or v.value_date > coalesce(newest.value_date, '-infinity'))
        and not exists (
          select
          from public.current_values s
          where s.account_id = a.id and s.value_date = v.value_date
        )
    )
  ) order by c.institution, a.name), '[]')
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id
  left join lateral (
    select v.value_date, v.as_of
    from public.current_values v
    where v.account_id = a.id
    order by v.value_date desc
    limit 1
  ) newest on true
  where a.user_id = p_user_id and a.is_counted and not a.is_manual
$$;

comment on function public.account_trust is 'Since when and until when each account of a user is known, and what of it is held back.';

-- [{ accountId, values: [{ date, value }] }]: what each real account of a user was worth on the days between two, in the user's
-- currency and without days of which nobody knows it. Amounts are text, since JSON numbers are not exact.
create function public.account_series(p_user_id uuid, p_from date, p_to date, p_line_ids uuid[] default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with lines as materialized (
      select l.line_id, l.member_ids, l.closed_on, l.stated_since, l.institution, l.name, l.is_manual
      from public.account_lines l
      where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
    ),
    known as (
      select distinct on (said.line_id, said.value_date) said.line_id, said.value_date, said.total_value, said.currency
      from (
        select l.line_id, v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
        from lines l
        join public.current_values v on v.account_id = any (l.member_ids)
        where v.value_date between p_from and p_to and (l.closed_on is null or v.value_date < l.closed_on)
        union all
        -- Statements stand behind whatever a provider reported.
        select l.line_id, s.value_date, s.total_value, s.currency, 1000, s.as_of
        from lines l
        join public.stated_values s on s.account_id = any (l.member_ids)
        where l.stated_since is not null and not l.is_manual and s.value_date between p_from and p_to
          and (l.closed_on is null or s.value_date < l.closed_on)
        union all
        -- What is kept by hand has each value until the next.
        select l.line_id, d.date, newest.total_value, newest.currency, 1000, newest.as_of
        from lines l
        join public.trading_days d on d.date between greatest(p_from, l.stated_since) and least(p_to, l.closed_on - 1)
        cross join lateral (
          select s.total_value, s.currency, s.as_of
          from public.stated_values s
          where s.account_id = any (l.member_ids) and s.value_date <= d.date
          order by s.value_date desc
          limit 1
        ) newest
        where l.is_manual
      ) said
      order by said.line_id, said.value_date, said.kind_rank, said.as_of desc
    ),
    -- One jsonb of all values of an account together takes a part of the time of making each of them one.
    series as (
      select l.line_id, l.institution, l.name, (
        select coalesce(json_agg(point order by point.date)::jsonb, '[]')
        from (
          select k.value_date as date, trim_scale(k.total_value * coalesce(rate.rate, 1))::text as value
          from known k
          join public.portfolios p on p.user_id = p_user_id
          left join lateral public.rate_on(k.currency, p.currency, k.value_date) rate on k.currency <> p.currency
          where k.line_id = l.line_id and (k.currency = p.currency or rate.rate is not null)
        ) point
      ) as points
      from lines l
    )
    select coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'values', points) order by institution, name, line_id), '[]'
    )
    from series
  );
end
$$;

comment on function public.account_series is 'What each account of a user was worth day by day, within the caller''s own rights.';

grant execute on function
  public.account_series,
  public.history_points,
  public.history_gaps,
  public.history_flows,
  public.line_value_between,
  public.portfolio_history,
  public.account_trust
to authenticated, service_role;

-- schemas/16_notes.sql

-- What a user writes beside a day: private words of theirs, which no conclusion and no operator's page reads.
create table public.day_notes (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  body text not null check (char_length(body) between 1 and 1000),
  updated_at timestamptz not null,
  primary key (user_id, value_date)
);

comment on table public.day_notes is 'A user''s own note on a day, one a day.';

alter table public.day_notes enable row level security;
create policy "own notes" on public.day_notes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.day_notes to authenticated;
grant select, insert, update, delete on public.day_notes to service_role;

-- [{ date, text }] of a user, newest day first, within the caller's own rights.
create function public.user_notes(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('date', n.value_date, 'text', n.body) order by n.value_date desc), '[]')
  from (select * from public.day_notes where user_id = p_user_id order by value_date desc limit 500) n
$$;

comment on function public.user_notes is 'A user''s newest notes.';

-- Writes a user's note on a day, or removes it where there is no text. Returns whether the user has a portfolio to write beside.
create function public.save_note(p_user_id uuid, p_date date, p_body text, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if p_body is null then
    delete from public.day_notes where user_id = p_user_id and value_date = p_date;
    return true;
  end if;
  insert into public.day_notes as n (user_id, value_date, body, updated_at)
  select user_id, p_date, p_body, p_now from public.portfolios where user_id = p_user_id
  on conflict (user_id, value_date) do update set body = excluded.body, updated_at = excluded.updated_at;
  return found;
end
$$;

comment on function public.save_note is 'Writes or removes a user''s note on a day.';

grant execute on function public.user_notes to authenticated, service_role;
grant execute on function public.save_note to service_role;

-- schemas/17_ends.sql

-- A person's decision that an account is no more since a day, or with p_ended_on null that it is there after all: of its user, or
-- with p_user_id null of an administrator, whose decisions are in the audit log too. It is evidence like any other; what follows
-- from it is recorded by record_reconciliation. Returns { accountId, lineId, from }, with the first day that changes; { refused } for
-- a day on which it cannot have ended; null when there is no such account or nothing to decide.
create function public.decide_end(
  p_account_id uuid, p_user_id uuid, p_actor_id uuid, p_ended_on date, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_before date;
  -- The first trading day without it.
  v_ended_on date := (select min(date) from public.trading_days where date >= p_ended_on);
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.accounts where id = p_account_id)
  for update;
  select a.* into v_account
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.id = p_account_id and a.user_id = coalesce(p_user_id, a.user_id) and a.is_counted;
  select d.ended_on into v_before
  from public.decisions d
  where d.account_id = p_account_id and d.about = 'end'
  order by d.id desc
  limit 1;
  if v_account.id is null
    or p_ended_on is null and v_before is null
    or p_ended_on is not null and v_account.closed_on is not null
  then
    return null;
  end if;
  if v_ended_on <= v_account.first_known_on or v_ended_on > (select min(date) from public.trading_days where closes_at > p_now) then
    return jsonb_build_object('refused', 'date');
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, ended_on, reason, at)
  values (v_account.user_id, p_account_id, p_actor_id, 'end', v_ended_on, p_reason, p_now);
  if p_user_id is null then
    insert into public.audit_log (actor_id, action, target, reason, at)
    values (
      p_actor_id, case when p_ended_on is null then 'take_back_end' else 'end_account' end, 'accounts/' || p_account_id, p_reason, p_now
    );
  end if;
  update public.accounts set evidence_version = evidence_version + 1 where id = p_account_id;
  return jsonb_build_object(
    'accountId', p_account_id, 'lineId', v_account.line_id, 'from', coalesce(v_ended_on, v_before)
  );
end
$$;

comment on function public.decide_end is 'A person''s decision that an account is no more, or is there after all, with who, when and why.';

grant execute on function public.decide_end to service_role;

-- schemas/17_held_values.sql

-- Held observations for administrators, and their decision on one.
create table public.audit_log (
  id bigint generated always as identity primary key,
  actor_id uuid not null,
  action text not null check (
    action in (
      'accept_held', 'reject_held', 'take_back_verdict', 'classify_movement', 'take_back_movement', 'classify_account',
      'take_back_account', 'end_account', 'take_back_end',
      'allow_estimates', 'take_back_estimates', 'open_backfill', 'reopen_days', 'cancel_backfill', 'remind_owners', 'view_user'
    )
  ),
  target text not null,
  reason text check (length(reason) between 1 and 500),
  details jsonb,
  at timestamptz not null,
  -- A decision always has its reason; asking for days that are missing, and looking, explain themselves.
  constraint audit_log_verdict_reason check (
    reason is not null or action in ('open_backfill', 'reopen_days', 'cancel_backfill', 'view_user')
  )
);

create index audit_log_views on public.audit_log (actor_id, target, at) where action = 'view_user';

comment on table public.audit_log is
  'Each action of an administrator, and what an owner stated a movement or an account to be: who did what to what, when and why.';
comment on column public.audit_log.action is
  'reopen_days: a backfill that asks again for days which had been given up for a final reason; view_user: looking at a user''s money, once an hour.';
comment on column public.audit_log.details is 'What the target does not say: whom it was about and how many.';

alter table public.audit_log enable row level security;
grant select, insert on public.audit_log to service_role;

-- How many held observations wait for somebody, and since when the oldest does: { count, oldest }.
create function public.held_waiting()
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object('count', count(*), 'oldest', min(v.observed_at))
  from public.account_values v
  where v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet'
$$;

comment on function public.held_waiting is 'How many held observations nothing has settled, and since when the oldest waits.';

-- Held observations, one page by key, those that nothing has settled first and newest first: [{ id, userId, account,
-- institution, date, total, currency, kind, source, asOf, observedAt, reason, last: { date, total },
-- refutedBy: { date, total } | null }]. That an account was not funded yet is no question.
create function public.held_values(p_before_id bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with page as (
    select v.*, v.settled_by is not null as is_refuted
    from public.account_values v
    where v.verdict = 'held' and v.reason <> 'not_funded_yet'
      and (
        p_before_id is null
        or (v.settled_by is not null, -v.id) > (
          select before.settled_by is not null, -before.id from public.account_values before where before.id = p_before_id
        )
      )
    order by v.settled_by is not null, v.id desc
    limit p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'userId', page.user_id, 'account', a.name, 'institution', c.institution, 'date', page.value_date,
    'total', trim_scale(page.total_value)::text, 'currency', page.currency, 'kind', page.kind, 'source', page.source,
    'asOf', page.as_of, 'observedAt', page.observed_at, 'reason', page.reason, 'last', last.document,
    'refutedBy', case
      when page.is_refuted then jsonb_build_object('date', settling.value_date, 'total', trim_scale(settling.total_value)::text)
    end
  ) order by page.is_refuted, page.id desc), '[]')
  from page
  join public.accounts a on a.id = page.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join public.account_values settling on settling.id = page.settled_by
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', trim_scale(v.total_value)::text) as document
    from public.last_line_value(a.line_id, true, page.value_date) v
  ) last on true
$$;

comment on function public.held_values is 'Held observations for administrators, those that wait first, each group newest first.';

-- An administrator's decision on one observation: accept or reject what is held, or take_back an earlier decision. It is evidence like any
-- other; what follows from it is recorded by record_reconciliation. Returns { userId, accountId, lineId, date }; { refused } for one
-- that lacks its total or currency, since nobody's decision can make an amount of it; null when there is nothing to decide, for
-- instance because another administrator was quicker.
create function public.judge_held(p_id bigint, p_verdict text, p_actor_id uuid, p_reason text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_said public.account_values;
  v_line_id uuid;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.account_values where id = p_id)
  for update;
  select * into v_said from public.account_values v where v.id = p_id;
  if v_said.id is null or (case
    when p_verdict = 'take_back' then coalesce((
      select d.verdict = 'take_back' from public.decisions d where d.reading_id = p_id order by d.id desc limit 1
    ), true)
    else v_said.verdict <> 'held'
  end) then
    return null;
  end if;
  if p_verdict = 'accept' and (v_said.total_value is null or v_said.currency is null) then
    return jsonb_build_object('refused', 'incomplete');
  end if;

  insert into public.decisions (user_id, account_id, actor_id, reading_id, verdict, reason, at)
  values (v_said.user_id, v_said.account_id, p_actor_id, p_id, p_verdict, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case p_verdict when 'accept' then 'accept_held' when 'reject' then 'reject_held' else 'take_back_verdict' end,
    'account_values/' || p_id, p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = v_said.account_id returning line_id into v_line_id;
  return jsonb_build_object(
    'userId', v_said.user_id, 'accountId', v_said.account_id, 'lineId', v_line_id, 'date', v_said.value_date
  );
end
$$;

comment on function public.judge_held is 'An administrator''s decision on an observation, with who, when and why.';

grant execute on function
  public.held_waiting,
  public.held_values,
  public.judge_held
to service_role;

-- schemas/18_coverage.sql

-- Which days of a user stand, as one short text for each calendar year: counting a year of ten thousand users reads as many
-- rows, not two and a half million. The texts are no second truth: the database writes them in the transaction that
-- publishes a day, and recount_coverage draws them again from the snapshots.
create table public.coverage_years (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  year integer not null,
  days text not null check (length(days) = 366),
  primary key (user_id, year)
);

comment on table public.coverage_years is 'A user''s published days of one calendar year.';
comment on column public.coverage_years.days is
  'One character for each day of the year: c daily_eod, r reconstructed, e estimated, a space where no snapshot stands.';

alter table public.coverage_years enable row level security;
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
    where h.is_current and (p_user_ids is null or h.user_id = any (p_user_ids))
  ) day
  group by day.user_id, day.year;
$$;

comment on function public.recount_coverage is 'Draws the texts of published days again from the snapshots. Changes nothing where nothing was wrong.';

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
      where o.is_current
      group by o.user_id, extract(year from o.value_date)
    ) gone
    where y.user_id = gone.user_id and y.year = gone.year;
    return null;
  end if;

  insert into public.coverage_years as known (user_id, year, days)
  select concluded.user_id, concluded.year, public.replace_days(y.days, concluded.at, concluded.codes)
  from (
    select n.user_id, extract(year from n.value_date)::integer as year,
      array_agg(extract(doy from n.value_date)::integer) as at,
      array_agg(coalesce(
        case h.snapshot_type when 'daily_eod' then 'c' when 'reconstructed' then 'r' when 'estimated' then 'e' end, ' '
      )) as codes
    from (select distinct changed.user_id, changed.value_date from changed_rows changed) n
    left join public.user_portfolio_history h on h.user_id = n.user_id and h.value_date = n.value_date and h.is_current
    group by n.user_id, extract(year from n.value_date)
  ) concluded
  left join public.coverage_years y on y.user_id = concluded.user_id and y.year = concluded.year
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

-- The one function that reads e-mail addresses; null asks for everybody with a portfolio.
create function public.user_directory(p_user_ids uuid[])
returns table (user_id uuid, email text)
language sql
stable
security definer
set search_path = ''
as $$
  select p.user_id, coalesce(u.email, '')::text
  from public.portfolios p
  join auth.users u on u.id = p.user_id
  where p_user_ids is null or p.user_id in (select unnest(p_user_ids))
$$;

comment on function public.user_directory is 'The e-mail addresses of users who have a portfolio, for administrators'' pages.';

-- Since when and until when each user has accounts: the days on which a value is expected of them.
create function public.known_days(p_user_ids uuid[])
returns table (user_id uuid, days datemultirange)
language sql
stable
set search_path = ''
as $$
  select line.user_id, range_agg(daterange(line.first_known_on, line.closed_on))
  from (
    select a.user_id, min(a.first_known_on) as first_known_on,
      case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on
    from unnest(p_user_ids) as wanted (id)
    join public.accounts a on a.user_id = wanted.id and a.is_counted and not a.is_manual
    group by a.user_id, a.line_id
  ) line
  group by line.user_id
$$;

comment on function public.known_days is 'The days on which users have an account, and so a value is expected of them.';

-- How many days of a range are expected of each user, how many of them are missing, and how many are only estimated.
create function public.coverage_counts(p_user_ids uuid[], p_from date, p_to date)
returns table (user_id uuid, expected integer, missing integer, estimated integer)
language plpgsql
stable
set search_path = ''
-- How many users are asked for decides the plan.
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with known as (
    select k.user_id, k.days * datemultirange(daterange(p_from, p_to, '[]')) as days from public.known_days(p_user_ids) k
  ),
  -- Most users were known all the time, so few different ranges have to be counted.
  ranges as (
    select span.days, (
      select count(*)::integer from public.trading_days d where d.date between p_from and p_to and d.date <@ span.days
    ) as sessions
    from (select distinct k.days from known k) span
  ),
  -- Where the range lies in the text of each year that it touches.
  parts as (
    select year, greatest(p_from, make_date(year, 1, 1)) - make_date(year, 1, 1) + 1 as at,
      least(p_to, make_date(year, 12, 31)) - greatest(p_from, make_date(year, 1, 1)) + 1 as length
    from generate_series(extract(year from p_from)::integer, extract(year from p_to)::integer) as year
  ),
  published as (
    select y.user_id, replace(string_agg(substr(y.days, part.at, part.length), ''), ' ', '') as days
    from unnest(p_user_ids) as wanted (id)
    join public.coverage_years y on y.user_id = wanted.id
    join parts part on part.year = y.year
    group by y.user_id
  )
  -- The texts are ASCII, and counting bytes takes no walk over them.
  select wanted.id, coalesce(r.sessions, 0), greatest(0, coalesce(r.sessions, 0) - coalesce(octet_length(s.days), 0)),
    coalesce(octet_length(s.days) - octet_length(replace(s.days, 'e', '')), 0)
  from unnest(p_user_ids) as wanted (id)
  left join known k on k.user_id = wanted.id
  left join ranges r on r.days = k.days
  left join published s on s.user_id = wanted.id;
end
$$;

comment on function public.coverage_counts is 'Expected, missing and estimated days of users in a range.';

-- One character for each trading day of a range and user, as lib/domain/coverage.ts reads them. Why a day is missing
-- is decided by the same rule as in portfolio_history.
create function public.coverage_days(p_user_ids uuid[], p_from date, p_to date, p_due date, p_reach date)
returns table (user_id uuid, days text)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with lines as materialized (
    select l.user_id, l.member_ids, l.first_known_on, l.closed_on, l.asked_id
    from unnest(p_user_ids) as wanted (id)
    join public.account_lines l on l.user_id = wanted.id and not l.is_manual
  ),
  known as (
    select l.user_id, min(l.first_known_on) as since, range_agg(daterange(l.first_known_on, l.closed_on)) as days
    from lines l
    group by l.user_id
  ),
  squares as (
    select wanted.id as user_id, s.date, case substr(y.days, extract(doy from s.date)::integer, 1)
        when 'c' then 'daily_eod'
        when 'r' then 'reconstructed'
        when 'e' then 'estimated'
        else case
          when s.date > p_due then 'not_due'
          when k.since is null or s.date < k.since then 'before_link'
          when not s.date <@ k.days then 'no_account'
        end
      end as state
    from unnest(p_user_ids) as wanted (id)
    cross join (select t.date from public.trading_days t where t.date between p_from and p_to) s
    left join known k on k.user_id = wanted.id
    left join public.coverage_years y on y.user_id = wanted.id and y.year = extract(year from s.date)
  ),
  described as (
    select q.user_id, q.date, coalesce(q.state, why.reason) as state
    from squares q
    left join lateral (
      select r.reason
      from (
        select public.gap_reason(o.reason, o.final, q.date < p_reach, c.status) as reason,
          coalesce(o.final, false) or q.date < p_reach as final
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = q.date
        where l.user_id = q.user_id and l.first_known_on <= q.date and (l.closed_on is null or q.date < l.closed_on)
          and not exists (
            select from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date = q.date
          )
        union all
        select 'rate_missing', q.date < p_due
      ) r
      -- Asked of missing days alone, which are few.
      where q.state is null
      order by array_position(array['not_yet_due', 'rate_missing'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why on true
  )
  select t.user_id, string_agg(
    case t.state
      when 'daily_eod' then 'c'
      when 'reconstructed' then 'r'
      when 'estimated' then 'e'
      when 'held' then 'h'
      when 'not_yet_due' then 'w'
      when 'connection_broken' then 'b'
      when 'provider_cannot' then 'x'
      when 'provider_had_nothing' then 'n'
      when 'rate_limited' then 'l'
      when 'unavailable' then 'u'
      when 'gave_up' then 'g'
      when 'source_off' then 'o'
      when 'rate_missing' then 'm'
      when 'not_due' then '-'
      when 'before_link' then '.'
      when 'no_account' then '_'
      -- A state without a character would move all days after it.
      else '?'
    end, '' order by t.date
  )
  from described t
  group by t.user_id;
end
$$;

comment on function public.coverage_days is 'The trading days of users as one character each.';

-- The users that the grid is about. Filters that are null let everybody in: a connection of that provider or institution,
-- an open gap with that reason at it, a part of the e-mail address or a whole id.
create function public.coverage_users(
  p_from date, p_to date, p_reach date, p_provider text, p_institution text, p_reason text, p_search text
)
returns table (user_id uuid, email text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_with_reason uuid[];
begin
  if p_reason is not null then
    v_with_reason := array(
      select distinct g.user_id
      from public.account_gaps(null, p_from, p_to, p_reach) g
      where g.reason = p_reason
        and (p_provider is null or g.provider = p_provider) and (p_institution is null or g.institution = p_institution)
    );
  end if;
  return query
  select u.user_id, u.email
  from public.user_directory(v_with_reason) u
  where (p_search is null or u.user_id::text = lower(p_search) or position(lower(p_search) in lower(u.email)) > 0)
    and (
      p_provider is null and p_institution is null or exists (
        select
        from public.brokerage_connections c
        where c.user_id = u.user_id and c.status <> 'removed' and c.provider <> 'manual'
          and (p_provider is null or c.provider = p_provider) and (p_institution is null or c.institution = p_institution)
      )
    );
end
$$;

comment on function public.coverage_users is 'The users that the grid is about, by its filters.';

-- One page of users: { rows: [{ userId, email, expected, missing, estimated, days }], next }. Days run from p_from to p_to;
-- they are counted up to the latest due one (p_due). The filters are those of coverage_users. Ordered by what is missing and
-- then estimated, worst first, or by e-mail. p_after is the `next` of the page before: the place of its last user, so that
-- what changes meanwhile repeats and skips nobody who did not change.
create function public.coverage_grid(
  p_from date, p_to date, p_due date, p_reach date,
  p_provider text, p_institution text, p_reason text, p_search text,
  p_by_email boolean, p_after jsonb, p_limit integer
)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_counted_to date := least(p_to, p_due);
  v_chosen uuid[];
  v_page jsonb;
  v_page_ids uuid[];
begin
  -- By address, the page is known before anything is counted.
  select array_agg(u.user_id order by u.email, u.user_id) into v_chosen
  from (
    select u.user_id, u.email
    from public.coverage_users(p_from, v_counted_to, p_reach, p_provider, p_institution, p_reason, p_search) u
    where not p_by_email or p_after is null
      or (u.email, u.user_id) > (p_after ->> 'email', (p_after ->> 'userId')::uuid)
    order by u.email, u.user_id
    limit case when p_by_email then p_limit end
  ) u;

  select coalesce(jsonb_agg(to_jsonb(row) order by row.place), '[]'), array_agg(row."userId")
  into v_page, v_page_ids
  from (
    select counts.user_id as "userId", counts.expected, counts.missing, counts.estimated,
      row_number() over (
        order by
          case when p_by_email then array_position(v_chosen, counts.user_id) end,
          counts.missing desc, counts.estimated desc, counts.user_id desc
      ) as place
    from public.coverage_counts(coalesce(v_chosen, '{}'), p_from, v_counted_to) counts
    where p_by_email or p_after is null
      or (counts.missing, counts.estimated, counts.user_id)
        < ((p_after ->> 'missing')::integer, (p_after ->> 'estimated')::integer, (p_after ->> 'userId')::uuid)
    order by place
    limit p_limit
  ) row;

  return (
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(row - 'place' || jsonb_build_object('email', u.email, 'days', d.days) order by (row ->> 'place')::integer), '[]'),
      'next', case
        when jsonb_array_length(v_page) < p_limit then null
        when p_by_email then jsonb_build_object('email', (array_agg(u.email order by (row ->> 'place')::integer desc))[1], 'userId', v_page -> -1 -> 'userId')
        else jsonb_build_object('missing', v_page -> -1 -> 'missing', 'estimated', v_page -> -1 -> 'estimated', 'userId', v_page -> -1 -> 'userId')
      end
    )
    from jsonb_array_elements(v_page) as row
    join public.user_directory(coalesce(v_page_ids, '{}')) u on u.user_id = (row ->> 'userId')::uuid
    join public.coverage_days(coalesce(v_page_ids, '{}'), p_from, p_to, p_due, p_reach) d on d.user_id = u.user_id
  );
end
$$;

comment on function public.coverage_grid is 'One page of users by trading days, filtered and ordered, as one document.';

-- The grid's columns counted: of how many of all its users each due trading day is expected, and how many of those have it:
-- [{ date, expected, complete, estimated }], oldest first. Complete is what was recorded at the close or filled in later.
create function public.coverage_totals(
  p_from date, p_to date, p_due date, p_reach date, p_provider text, p_institution text, p_reason text, p_search text
)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
declare
  v_counted_to date := least(p_to, p_due);
  v_user_ids uuid[] := array(
    select u.user_id
    from public.coverage_users(p_from, v_counted_to, p_reach, p_provider, p_institution, p_reason, p_search) u
  );
begin
  return (
    with known as materialized (
      select k.user_id, k.days * datemultirange(daterange(p_from, v_counted_to, '[]')) as days
      from public.known_days(v_user_ids) k
    ),
    -- Most users were known all the time, so few different spans have to be compared with each day.
    spans as materialized (
      select row_number() over () as id, k.days, count(*) as users from known k group by k.days
    ),
    sessions as materialized (
      select d.date, extract(year from d.date)::integer as year, extract(doy from d.date)::integer as at
      from public.trading_days d
      where d.date between p_from and v_counted_to
    ),
    -- A byte is found at once in a row of bytes, and by walking in a text.
    texts as materialized (
      select s.id as span_id, y.year, convert_to(y.days, 'UTF8') as days
      from known k
      join spans s on s.days = k.days
      join public.coverage_years y on y.user_id = k.user_id
      where y.year between extract(year from p_from) and extract(year from v_counted_to)
    ),
    published as (
      select d.date, t.span_id,
        count(*) filter (where get_byte(t.days, d.at - 1) in (ascii('c'), ascii('r'))) as complete,
        count(*) filter (where get_byte(t.days, d.at - 1) = ascii('e')) as estimated
      from sessions d
      join texts t on t.year = d.year
      group by d.date, t.span_id
    ),
    counted as (
      select d.date, sum(s.users) as expected, sum(p.complete) as complete, sum(p.estimated) as estimated
      from sessions d
      join spans s on d.date <@ s.days
      left join published p on p.date = d.date and p.span_id = s.id
      group by d.date
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'date', d.date, 'expected', coalesce(c.expected, 0),
      'complete', coalesce(c.complete, 0), 'estimated', coalesce(c.estimated, 0)
    ) order by d.date), '[]')
    from sessions d
    left join counted c on c.date = d.date
  );
end
$$;

comment on function public.coverage_totals is 'How many of the grid''s users have each trading day, and of how many it is expected.';

-- How many users are expected on each trading day of a range, and how many stand by kind:
-- [{ date, expected, captured, reconstructed, estimated }], oldest first.
create function public.coverage_trend(p_from date, p_to date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with spans as (
      select k.days, count(*) as users from public.known_days(array(select p.user_id from public.portfolios p)) k group by k.days
    ),
    published as (
      select h.value_date,
        count(*) filter (where h.snapshot_type = 'daily_eod') as captured,
        count(*) filter (where h.snapshot_type = 'reconstructed') as reconstructed,
        count(*) filter (where h.snapshot_type = 'estimated') as estimated
      from public.user_portfolio_history h
      where h.is_current and h.value_date between p_from and p_to
      group by h.value_date
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'date', d.date,
      'expected', coalesce((select sum(s.users) from spans s where d.date <@ s.days), 0),
      'captured', coalesce(h.captured, 0), 'reconstructed', coalesce(h.reconstructed, 0), 'estimated', coalesce(h.estimated, 0)
    ) order by d.date), '[]')
    from public.trading_days d
    left join published h on h.value_date = d.date
    where d.date between p_from and p_to
  );
end
$$;

comment on function public.coverage_trend is 'For how many users each trading day of a range is there.';

-- The open gaps of a range, counted by what they have in common:
-- [{ by: reason | provider | institution, provider, institution, reason, days, finalDays, users, nextAttemptAt }], most days first.
create function public.coverage_gaps(p_from date, p_to date, p_reach date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'by', part.by, 'provider', part.provider, 'institution', part.institution, 'reason', part.reason,
    'days', part.days, 'finalDays', part.final_days, 'users', part.users, 'nextAttemptAt', part.next_attempt_at
  ) order by part.by, part.days desc, part.reason, part.provider, part.institution), '[]')
  from (
    select case when grouping(g.reason) = 0 then 'reason' when grouping(g.institution) = 0 then 'institution' else 'provider' end as by,
      g.provider, g.institution, g.reason, count(*) as days, count(*) filter (where g.final) as final_days,
      count(distinct g.user_id) as users, min(g.next_attempt_at) as next_attempt_at
    from public.account_gaps(null, p_from, p_to, p_reach) g
    where g.is_first
    group by grouping sets ((g.reason), (g.provider), (g.provider, g.institution))
  ) part
$$;

comment on function public.coverage_gaps is 'The open gaps of a range by reason, by provider and by institution.';

-- How many connections of each institution are expected on a trading day, and how many of them have a reason to lack it:
-- [{ provider, institution, users, connections, failures: [{ reason, users, connections, since }] }]. A connection fails
-- by what most of its missing accounts have. Since is the first day that most of them lack.
create function public.institution_failures(p_day date, p_reach date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with expected as materialized (
      select c.id, c.user_id, c.provider, c.institution
      from public.brokerage_connections c
      where c.status not in ('paused', 'removed') and exists (
        select from public.accounts a
        where a.connection_id = c.id and a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
      )
    ),
    failing as materialized (
      select g.connection_id, g.user_id, g.provider, g.institution, mode() within group (order by g.reason) as reason,
        (array_agg(g.account_id order by g.account_id))[1] as account_id
      from public.account_gaps(null, p_day, p_day, p_reach) g
      where g.connection_id in (select id from expected)
      group by g.connection_id, g.user_id, g.provider, g.institution
    ),
    described as (
      select f.*, coalesce(
          (
            select d.date
            from public.trading_days d
            where d.date > last.value_date
            order by d.date
            limit 1
          ),
          a.first_known_on
        ) as since
      from failing f
      join public.accounts a on a.id = f.account_id
      left join lateral (
        select v.value_date
        from public.current_values v
        where v.account_id = f.account_id and v.value_date < p_day
        order by v.value_date desc
        limit 1
      ) last on true
    ),
    failures as (
      select t.provider, t.institution, t.reason, count(distinct t.user_id) as users, count(*) as connections,
        mode() within group (order by t.since) as since
      from described t
      group by t.provider, t.institution, t.reason
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', i.provider, 'institution', i.institution, 'users', i.users, 'connections', i.connections,
      'failures', coalesce((
        select jsonb_agg(jsonb_build_object(
          'reason', f.reason, 'users', f.users, 'connections', f.connections, 'since', f.since
        ) order by f.connections desc, f.reason)
        from failures f
        where f.provider = i.provider and f.institution = i.institution
      ), '[]')
    ) order by i.provider, i.institution), '[]')
    from (
      select e.provider, e.institution, count(distinct e.user_id) as users, count(*) as connections
      from expected e
      group by e.provider, e.institution
    ) i
  );
end
$$;

comment on function public.institution_failures is 'Which institutions fail for how many connections on a trading day, and why.';

-- How complete a trading day is among accounts of working connections, or of all: { expected, present }, in accounts.
create function public.capture_of(p_day date, p_only_working boolean)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with expected as (
    select a.line_id
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.is_counted
    group by a.line_id
    having bool_or(case when p_only_working then c.status = 'active' else c.status <> 'removed' end)
      and min(a.first_known_on) <= p_day and (bool_or(a.closed_on is null) or p_day < max(a.closed_on))
  )
  select jsonb_build_object(
    'expected', (select count(*) from expected),
    'present', (
      select count(distinct e.line_id)
      from expected e
      join public.accounts a on a.line_id = e.line_id and a.is_counted
      join public.current_values v on v.account_id = a.id and v.value_date = p_day
    )
  )
$$;

comment on function public.capture_of is 'How complete a trading day is among accounts of working connections, or of all.';

create function public.capture_health(p_day date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select public.capture_of(p_day, true) || jsonb_build_object(
    'brokenConnections', (select count(*) from public.brokerage_connections where status = 'disabled'),
    'lastRun', (
      select jsonb_build_object('status', status, 'startedAt', started_at, 'finishedAt', finished_at, 'tradingDay', trading_day)
      from public.runs
      where trigger in ('cron', 'api_key')
      order by started_at desc
      limit 1
    )
  )
$$;

comment on function public.capture_health is 'How complete a trading day is among working connections, and the last run.';

-- How far the capture is: { startedAt, answered, waiting } of the run that works now, startedAt null when none does.
-- Answered are connections that were read since it started, waiting those whose turn has come.
create function public.capture_progress(p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with run as (
    select min(started_at) as started_at from public.runs where status = 'running' and trigger in ('cron', 'api_key')
  )
  select jsonb_build_object(
    'startedAt', run.started_at,
    'answered', (select count(*) from public.brokerage_connections c where c.last_success_at >= run.started_at),
    'waiting', (
      select count(*)
      from public.brokerage_connections c
      where c.due_at <= p_now and (c.retry_at is null or c.retry_at <= p_now) and c.status <> 'removed'
    )
  )
  from run
$$;

comment on function public.capture_progress is 'How far the running capture is.';

create function public.coverage_user(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object(
    'userId', u.user_id, 'email', u.email,
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'provider', c.provider, 'institution', c.institution, 'status', c.status,
        'disabledSince', c.disabled_since, 'lastSuccessAt', c.last_success_at, 'lastErrorCode', c.last_error_code,
        'attempts', c.attempts, 'dueAt', c.due_at, 'retryAt', c.retry_at, 'historyCapability', c.history_capability,
        'accounts', coalesce((
          select jsonb_agg(jsonb_build_object(
            'id', a.id, 'name', a.name, 'currency', a.currency, 'isCounted', a.is_counted,
            'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on, 'endReason', a.end_reason,
            'lastValueOn', last.value_date, 'lastAsOf', last.as_of
          ) order by a.name, a.id)
          from public.accounts a
          left join lateral (
            select v.value_date, v.as_of
            from public.current_values v
            where v.account_id = a.id
            order by v.value_date desc
            limit 1
          ) last on true
          where a.connection_id = c.id
        ), '[]')
      ) order by c.status = 'removed', c.institution, c.created_at, c.id)
      from public.brokerage_connections c
      where c.user_id = u.user_id and c.provider <> 'manual'
    ), '[]'),
    'held', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', v.id, 'account', a.name, 'institution', c.institution, 'date', v.value_date,
        'total', trim_scale(v.total_value)::text, 'currency', v.currency, 'kind', v.kind, 'asOf', v.as_of, 'reason', v.reason,
        'last', last.document,
        'refutedBy', case
          when v.settled_by is not null
          then jsonb_build_object('date', settling.value_date, 'total', trim_scale(settling.total_value)::text)
        end
      ) order by v.settled_by is not null, v.value_date desc, v.id desc)
      from public.account_values v
      left join public.account_values settling on settling.id = v.settled_by
      join public.accounts a on a.id = v.account_id
      join public.brokerage_connections c on c.id = a.connection_id
      left join lateral (
        select jsonb_build_object('date', before.value_date, 'total', trim_scale(before.total_value)::text) as document
        from public.last_line_value(a.line_id, true, v.value_date) before
      ) last on true
      where v.user_id = u.user_id and v.verdict = 'held' and v.reason <> 'not_funded_yet'
    ), '[]')
  )
  from public.user_directory(array[p_user_id]) u
$$;

comment on function public.coverage_user is 'One user''s connections, accounts and held values, for administrators.';

create function public.coverage_day(p_user_id uuid, p_date date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object(
    'userId', u.user_id, 'email', u.email,
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', a.id, 'name', a.name, 'institution', c.institution, 'provider', c.provider, 'status', c.status,
        'isExpected', a.is_counted and a.first_known_on <= p_date and (a.closed_on is null or p_date < a.closed_on),
        'outcome', (
          select jsonb_build_object(
            'reason', o.reason, 'detail', o.detail, 'final', o.final, 'attempts', o.attempts,
            'lastAttemptAt', o.last_attempt_at, 'nextAttemptAt', o.next_attempt_at
          )
          from public.fill_outcomes o
          where o.account_id = a.id and o.value_date = p_date
        ),
        'observations', coalesce((
          select jsonb_agg(jsonb_build_object(
            'id', v.id, 'total', trim_scale(v.total_value)::text, 'cash', trim_scale(v.cash)::text,
            'costBasis', trim_scale(v.cost_basis)::text, 'currency', v.currency, 'kind', v.kind, 'source', v.source,
            'asOf', v.as_of, 'observedAt', v.observed_at, 'runId', v.run_id, 'verdict', v.verdict, 'reason', v.reason,
            'supersededBy', v.superseded_by
          ) order by v.observed_at desc, v.id desc)
          from public.account_values v
          where v.account_id = a.id and v.value_date = p_date
        ), '[]')
      ) order by c.institution, a.name, a.id)
      from public.accounts a
      join public.brokerage_connections c on c.id = a.connection_id
      where a.user_id = u.user_id
    ), '[]'),
    'snapshots', coalesce((
      select jsonb_agg(jsonb_build_object(
        'value', trim_scale(h.total_value)::text, 'currency', h.currency, 'kind', h.snapshot_type, 'source', h.data_source,
        'asOf', h.as_of, 'accountsExpected', h.accounts_expected, 'accountsPresent', h.accounts_present,
        'carried', h.carried, 'leftOut', h.left_out, 'isCurrent', h.is_current, 'createdAt', h.created_at, 'updatedAt', h.updated_at
      ) order by h.is_current desc, h.updated_at desc)
      from public.user_portfolio_history h
      where h.user_id = u.user_id and h.value_date = p_date
    ), '[]'),
    'corrections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', s.id, 'date', s.value_date, 'oldValue', trim_scale(s.old_value)::text, 'oldKind', s.old_kind,
        'newValue', trim_scale(s.new_value)::text, 'newKind', s.new_kind, 'reason', s.reason, 'changedAt', s.changed_at
      ) order by s.id desc)
      from public.snapshot_corrections s
      where s.user_id = u.user_id and s.value_date = p_date
    ), '[]')
  )
  from public.user_directory(array[p_user_id]) u
$$;

comment on function public.coverage_day is 'Everything that is known of one user''s trading day, for administrators.';

grant execute on function
  public.recount_coverage,
  public.replace_days,
  public.user_directory,
  public.known_days,
  public.coverage_counts,
  public.coverage_days,
  public.coverage_users,
  public.coverage_grid,
  public.coverage_totals,
  public.coverage_trend,
  public.coverage_gaps,
  public.institution_failures,
  public.capture_health,
  public.capture_of,
  public.capture_progress,
  public.coverage_user,
  public.coverage_day
to service_role;

-- schemas/19_backfill.sql

-- Backfill: an administrator asks for days that are missing. What is missing stays derived from coverage; a request keeps
-- only which days it was about, so that its progress and its outcome can be derived from the evidence that came since.

create table public.backfill_requests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references public.portfolios (user_id) on delete cascade,
  provider text check (provider in ('snaptrade', 'plaid', 'alpaca')),
  institution text,
  reason text check (reason in (
    'not_yet_due', 'connection_broken', 'provider_cannot', 'provider_had_nothing', 'held', 'rate_limited', 'unavailable', 'gave_up'
  )),
  from_date date not null,
  to_date date not null,
  reach_date date not null,
  status text not null default 'open' check (status in ('open', 'running', 'done', 'cancelled', 'failed')),
  requested_by uuid not null,
  opened_at timestamptz not null,
  finished_at timestamptz,
  present_days integer check (present_days >= 0),
  reopened_days integer not null default 0 check (reopened_days >= 0),
  beyond_reach_days integer not null default 0 check (beyond_reach_days >= 0),
  counts jsonb,
  check (from_date <= to_date),
  check ((finished_at is null) = (status in ('open', 'running'))),
  check ((finished_at is null) = (counts is null))
);

-- Two administrators who ask for the same thing get one job.
create unique index backfill_requests_active
  on public.backfill_requests (user_id, provider, institution, reason, from_date, to_date) nulls not distinct
  where status in ('open', 'running');
create index backfill_requests_opened on public.backfill_requests (opened_at desc, id desc);
create index backfill_requests_user on public.backfill_requests (user_id);

comment on table public.backfill_requests is 'What an administrator asked to have filled: a scope, in which null means all, and a range.';
comment on column public.backfill_requests.reach_date is 'The first day that providers could be asked for when the request was opened.';
comment on column public.backfill_requests.status is 'open: no worker has begun; failed: after a day, some connections had still not answered.';
comment on column public.backfill_requests.present_days is 'Account days of the scope that were there already; null when the scope is a reason, which only missing days have.';
comment on column public.backfill_requests.reopened_days is 'Account days that had been given up for a final reason and are asked for again.';
comment on column public.backfill_requests.beyond_reach_days is 'Missing account days that no provider can be asked for any more.';
comment on column public.backfill_requests.counts is 'What had come of it when it ended, as backfill_counts returns it.';

alter table public.backfill_requests enable row level security;
grant select, insert, update on public.backfill_requests to service_role;

create table public.backfill_accounts (
  request_id uuid not null references public.backfill_requests (id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  connection_id uuid not null references public.brokerage_connections (id) on delete cascade,
  user_id uuid not null,
  days date[] not null check (cardinality(days) > 0),
  tried_by uuid,
  asked_at timestamptz,
  primary key (request_id, account_id)
);

create index backfill_accounts_to_ask on public.backfill_accounts (request_id, connection_id) where asked_at is null;
create index backfill_accounts_page on public.backfill_accounts (request_id, user_id, account_id);
create index backfill_accounts_account on public.backfill_accounts (account_id);
create index backfill_accounts_connection on public.backfill_accounts (connection_id);

comment on table public.backfill_accounts is 'The days of each account that were missing when a backfill was opened.';
comment on column public.backfill_accounts.tried_by is 'The worker that asked last: each run asks a connection once.';
comment on column public.backfill_accounts.asked_at is 'When the provider had answered, or there was nothing left to ask; null while it has not.';

alter table public.backfill_accounts enable row level security;
grant select, insert, update on public.backfill_accounts to service_role;

alter table public.runs
  add foreign key (backfill_id) references public.backfill_requests (id) on delete set null;

-- The missing days of a scope, with the reason that a reader sees for each; only of connections of p_providers, the sources
-- that are switched on, unless that is null.
create function public.backfill_days(
  p_user_id uuid, p_provider text, p_institution text, p_reason text, p_from date, p_to date, p_reach date,
  p_providers text[]
)
returns table (connection_id uuid, account_id uuid, user_id uuid, value_date date, reason text, final boolean)
language sql
stable
set search_path = ''
as $$
  select described.*
  from (
    select m.connection_id, m.account_id, m.user_id, m.value_date,
      public.gap_reason(o.reason, o.final, m.value_date < p_reach, c.status) as reason,
      coalesce(o.final, false) as final
    from public.missing_account_days(
      array(
        select id
        from public.brokerage_connections
        where status not in ('paused', 'removed') and (p_user_id is null or user_id = p_user_id)
          and (p_provider is null or provider = p_provider) and (p_institution is null or institution = p_institution)
          and (p_providers is null or provider = any (p_providers))
      ),
      p_from, p_to
    ) m
    join public.brokerage_connections c on c.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date
    where m.is_first
  ) described
  where p_reason is null or described.reason = p_reason
$$;

comment on function public.backfill_days is 'The account days that a backfill of a scope would be about.';

-- How many days of a scope are missing at sources that are switched off, by provider: { provider: days }.
create function public.backfill_days_off(
  p_user_id uuid, p_provider text, p_institution text, p_from date, p_to date, p_providers text[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(off.provider, off.days), '{}')
  from (
    select c.provider, count(*) as days
    from public.missing_account_days(
      array(
        select id
        from public.brokerage_connections
        where provider <> 'manual' and (status = 'paused' or status <> 'removed' and not provider = any (p_providers))
          and (p_user_id is null or user_id = p_user_id)
          and (p_provider is null or provider = p_provider) and (p_institution is null or institution = p_institution)
      ),
      p_from, p_to
    ) m
    join public.brokerage_connections c on c.id = m.connection_id
    where m.is_first
    group by c.provider
  ) off
$$;

comment on function public.backfill_days_off is 'The account days of a scope that nobody can be asked for, since their source is switched off.';

-- How many account days of a scope have a value.
create function public.backfill_present_days(p_user_id uuid, p_provider text, p_institution text, p_from date, p_to date)
returns integer
language sql
stable
set search_path = ''
as $$
  select coalesce(sum(present.days), 0)::integer
  from (
    select array_agg(a.id) as member_ids, min(a.first_known_on) as first_known_on,
      case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.is_counted and (p_user_id is null or a.user_id = p_user_id)
      and (p_provider is null or c.provider = p_provider) and (p_institution is null or c.institution = p_institution)
    group by a.line_id
  ) line
  cross join lateral (
    select count(distinct v.value_date) as days
    from public.current_values v
    where v.account_id = any (line.member_ids)
      and v.value_date between greatest(p_from, line.first_known_on) and least(p_to, line.closed_on - 1)
  ) present
$$;

comment on function public.backfill_present_days is 'The account days of a scope that a backfill would find there already.';

-- What a backfill of a scope would be about and cost, changing nothing: { accountDays, reopenedDays, beyondReachDays,
-- presentDays, users, accounts, connections, requests, requestsByProvider: { provider: count }, reasons: { reason: days },
-- offDays: { provider: days } }. A provider is asked once for what a
-- connection's accounts are worth now where p_capture_day is missing, which that brings while its window is open, or where
-- the connection is broken, and once for the history of each account that lacks another day.
create function public.preview_backfill(
  p_user_id uuid, p_provider text, p_institution text, p_reason text, p_from date, p_to date, p_reach date, p_capture_day date,
  p_providers text[]
)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  with days as materialized (
    select * from public.backfill_days(p_user_id, p_provider, p_institution, p_reason, p_from, p_to, p_reach, p_providers)
  ),
  asked as (
    select days.*, c.provider, c.status = 'disabled' as is_broken
    from days
    join public.brokerage_connections c on c.id = days.connection_id
    where days.value_date >= p_reach
  ),
  reasons as (select reason, count(*) as days from asked group by reason),
  requests as (
    select provider,
      count(distinct connection_id) filter (where value_date = p_capture_day or is_broken)
        + count(distinct account_id) filter (where value_date is distinct from p_capture_day) as count
    from asked
    group by provider
  )
  select jsonb_build_object(
    'accountDays', count(*), 'reopenedDays', count(*) filter (where final),
    'beyondReachDays', (select count(*) from days where value_date < p_reach),
    'presentDays', case
      when p_reason is null then public.backfill_present_days(p_user_id, p_provider, p_institution, p_from, p_to)
    end,
    'users', count(distinct user_id), 'accounts', count(distinct account_id), 'connections', count(distinct connection_id),
    'requests', coalesce((select sum(count) from requests), 0),
    'requestsByProvider', coalesce((select jsonb_object_agg(provider, count) from requests), '{}'),
    'reasons', coalesce((select jsonb_object_agg(reason, days) from reasons), '{}'),
    -- Days of a reason are only those that have it.
    'offDays', case
      when p_reason is null then public.backfill_days_off(p_user_id, p_provider, p_institution, p_from, p_to, p_providers)
      else '{}'
    end
  )
  from asked
$$;

comment on function public.preview_backfill is 'What a backfill of a scope would be about and cost; changes nothing.';

-- What has come of a backfill: { accountDays, filledDays, waitingDays, notAskedDays, cannot: { reason: days }, users, accounts,
-- connections, askedConnections }. Filled is what has a value now; what has none and was asked for cannot be had.
create function public.backfill_counts(p_request_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  with asked as materialized (
    select b.user_id, b.connection_id, b.account_id, b.asked_at, q.status in ('open', 'running') as is_active, days.missing,
      cardinality(b.days) - cardinality(days.missing) as filled
    from public.backfill_requests q
    join public.backfill_accounts b on b.request_id = q.id
    join public.accounts a on a.id = b.account_id
    cross join lateral (
      select array(
        select unnest(b.days)
        except
        select v.value_date
        from public.accounts m
        join public.current_values v on v.account_id = m.id
        where m.line_id = a.line_id and m.is_counted
          and v.value_date between b.days[1] and b.days[cardinality(b.days)]
      ) as missing
    ) days
    where q.id = p_request_id
  ),
  cannot as (
    select coalesce(o.reason, 'provider_cannot') as reason, count(*) as days
    from asked
    cross join lateral unnest(asked.missing) lacking (date)
    left join public.fill_outcomes o on o.account_id = asked.account_id and o.value_date = lacking.date
    where asked.asked_at is not null
    group by 1
  )
  select jsonb_build_object(
    'accountDays', coalesce(sum(filled + cardinality(missing)), 0), 'filledDays', coalesce(sum(filled), 0),
    'waitingDays', coalesce(sum(cardinality(missing)) filter (where asked_at is null and is_active), 0),
    'notAskedDays', coalesce(sum(cardinality(missing)) filter (where asked_at is null and not is_active), 0),
    'cannot', coalesce((select jsonb_object_agg(reason, days) from cannot), '{}'),
    'users', count(distinct user_id), 'accounts', count(*), 'connections', count(distinct connection_id),
    'askedConnections', count(distinct connection_id) filter (where asked_at is not null)
  )
  from asked
$$;

comment on function public.backfill_counts is 'What has come of a backfill until now, derived from the evidence.';

-- Opens a backfill, unless the same one is under way; { id, created }. Nothing is asked before a worker claims it. One that
-- finds nothing to ask for is done at once.
create function public.open_backfill(
  p_user_id uuid, p_provider text, p_institution text, p_reason text, p_from date, p_to date, p_reach date,
  p_requested_by uuid, p_note text, p_now timestamptz, p_providers text[]
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_id uuid;
  v_reopened integer;
  v_beyond_reach integer;
begin
  loop
    insert into public.backfill_requests (
      user_id, provider, institution, reason, from_date, to_date, reach_date, requested_by, opened_at, present_days
    )
    values (
      p_user_id, p_provider, p_institution, p_reason, p_from, p_to, p_reach, p_requested_by, p_now,
      case when p_reason is null then public.backfill_present_days(p_user_id, p_provider, p_institution, p_from, p_to) end
    )
    on conflict do nothing
    returning id into v_id;
    exit when v_id is not null;

    select id into v_id
    from public.backfill_requests
    where (user_id, provider, institution, reason, from_date, to_date)
        is not distinct from (p_user_id, p_provider, p_institution, p_reason, p_from, p_to)
      and status in ('open', 'running');
    if found then
      return jsonb_build_object('id', v_id, 'created', false);
    end if;
    -- The other one has ended meanwhile.
  end loop;

  with days as materialized (
    select * from public.backfill_days(p_user_id, p_provider, p_institution, p_reason, p_from, p_to, p_reach, p_providers)
  ),
  kept as (
    insert into public.backfill_accounts (request_id, account_id, connection_id, user_id, days)
    select v_id, account_id, connection_id, user_id, array_agg(value_date order by value_date)
    from days
    where value_date >= p_reach
    group by account_id, connection_id, user_id
  )
  select count(*) filter (where final and value_date >= p_reach), count(*) filter (where value_date < p_reach)
  into v_reopened, v_beyond_reach
  from days;

  update public.backfill_requests set reopened_days = v_reopened, beyond_reach_days = v_beyond_reach where id = v_id;
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_requested_by, case when v_reopened > 0 then 'reopen_days' else 'open_backfill' end,
    'backfill_requests/' || v_id, p_note, p_now
  );
  perform public.finish_backfill(v_id, p_now);
  return jsonb_build_object('id', v_id, 'created', true);
end
$$;

comment on function public.open_backfill is 'Opens a backfill, or returns which one is under way for the same thing.';

-- The days of a backfill that are missing and were not answered for since it was opened.
create function public.backfill_remaining(p_request_id uuid, p_connection_ids uuid[])
returns table (connection_id uuid, account_id uuid, value_date date)
language sql
stable
set search_path = ''
as $$
  select m.connection_id, m.account_id, m.value_date
  from public.backfill_requests q
  cross join lateral public.missing_account_days(p_connection_ids, greatest(q.from_date, q.reach_date), q.to_date) m
  join public.backfill_accounts b on b.request_id = q.id and b.account_id = m.account_id and m.value_date = any (b.days)
  left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date
  where q.id = p_request_id
    and (o.account_id is null or o.last_attempt_at <= q.opened_at or o.reason in ('unavailable', 'rate_limited'))
$$;

comment on function public.backfill_remaining is 'What a backfill still has to ask these connections for.';

-- A worker begins or goes on with a backfill; false when it has ended.
create function public.start_backfill(p_request_id uuid, p_run_id uuid)
returns boolean
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  update public.runs r
  set backfill_id = q.id, requested_by = q.requested_by
  from public.backfill_requests q
  where r.id = p_run_id and q.id = p_request_id;
  update public.backfill_requests set status = 'running' where id = p_request_id and status in ('open', 'running');
  return found;
end
$$;

comment on function public.start_backfill is 'Notes that a run works for a backfill; returns whether there is still something to do.';

-- p_providers limits it to connections of these; null does not.
create function public.claim_backfill(
  p_request_id uuid, p_worker uuid, p_limit integer, p_lease_seconds integer, p_now timestamptz, p_providers text[] default null
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  -- More than any one user has, so that a user's other due work does not take the place of what is meant.
  v_per_user constant integer := 100;
  v_request public.backfill_requests;
  v_batch uuid[];
  v_asking uuid[];
  v_user_id uuid;
  v_claimed jsonb := '[]';
begin
  -- Held against cancelling: once that has happened, nothing is claimed any more.
  select * into v_request from public.backfill_requests where id = p_request_id and status = 'running' for share;
  if not found then
    return v_claimed;
  end if;

  while v_claimed = '[]' loop
    with free as (
      select c.id
      from public.brokerage_connections c
      where (c.lease_expires_at is null or c.lease_expires_at <= p_now)
        and (p_providers is null or c.provider = any (p_providers))
        and exists (
          select
          from public.backfill_accounts b
          where b.request_id = p_request_id and b.connection_id = c.id and b.asked_at is null
            and (b.tried_by is null or b.tried_by <> p_worker and (c.retry_at is null or c.retry_at <= p_now))
        )
      order by c.id
      limit p_limit
      for update of c skip locked
    )
    select array_agg(id) into v_batch from free;
    exit when v_batch is null;

    with remaining as materialized (
      select * from public.backfill_remaining(p_request_id, v_batch)
    ),
    reopened as (
      update public.fill_outcomes o
      set final = false, next_attempt_at = null
      from remaining r
      where o.account_id = r.account_id and o.value_date = r.value_date and (o.final or o.next_attempt_at > p_now)
    )
    select coalesce(array_agg(distinct connection_id), '{}') into v_asking from remaining;

    update public.backfill_accounts
    set tried_by = p_worker, asked_at = case when connection_id <> all (v_asking) then p_now end
    where request_id = p_request_id and connection_id = any (v_batch) and asked_at is null;

    -- What a provider could not do when it was asked last is asked again, rather than remembered.
    delete from public.question_backoffs b
    using public.accounts a
    where a.id = b.account_id and a.connection_id = any (v_asking) and b.question in ('history', 'import');

    update public.accounts set history_refused_at = null where connection_id = any (v_asking) and history_refused_at is not null;
    update public.brokerage_connections set due_at = least(due_at, p_now) where id = any (v_asking);

    for v_user_id in
      select distinct user_id from public.brokerage_connections where id = any (v_asking) order by user_id
    loop
      v_claimed := v_claimed || public.claim_connections(
        p_worker, v_user_id, greatest(v_request.from_date, v_request.reach_date), v_request.to_date, false,
        v_per_user, p_lease_seconds, p_now, 'all', p_providers
      );
    end loop;
  end loop;
  return v_claimed;
end
$$;

comment on function public.claim_backfill is 'Leases the next connections of a backfill to a worker, as claim_connections does.';

-- The provider has answered for a connection of a backfill, with values or with a reason.
create function public.settle_backfill(p_request_id uuid, p_connection_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  update public.backfill_accounts
  set asked_at = p_now
  where request_id = p_request_id and connection_id = p_connection_id and asked_at is null
$$;

comment on function public.settle_backfill is 'Notes that a connection of a backfill was answered for.';

-- Counted after the end is noted, so that what was not asked is no longer counted as waiting.
create function public.end_backfill(p_request_id uuid, p_status text, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  update public.backfill_requests set status = p_status, finished_at = p_now, counts = '{}' where id = p_request_id;
  update public.backfill_requests set counts = public.backfill_counts(p_request_id) where id = p_request_id;
end
$$;

comment on function public.end_backfill is 'Ends a backfill and keeps what had come of it.';

-- Ends a backfill when all of its connections were answered for, or as failed when a day was not enough for that;
-- { status, canGoOn }: whether some connection can be asked right now.
create function public.finish_backfill(p_request_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_request public.backfill_requests;
  v_status text;
begin
  select * into strict v_request from public.backfill_requests where id = p_request_id for update;
  v_status := case
    when v_request.finished_at is not null then v_request.status
    when not exists (select from public.backfill_accounts where request_id = p_request_id and asked_at is null) then 'done'
    when v_request.opened_at <= p_now - interval '24 hours' then 'failed'
    else v_request.status
  end;
  if v_request.finished_at is null and v_status in ('done', 'failed') then
    perform public.end_backfill(p_request_id, v_status, p_now);
  end if;
  return jsonb_build_object('status', v_status, 'canGoOn', v_status in ('open', 'running') and exists (
    select
    from public.backfill_accounts b
    join public.brokerage_connections c on c.id = b.connection_id
    where b.request_id = p_request_id and b.asked_at is null
      and (b.tried_by is null or c.retry_at is null or c.retry_at <= p_now)
      and (c.lease_expires_at is null or c.lease_expires_at <= p_now)
  ));
end
$$;

comment on function public.finish_backfill is 'Ends a backfill that is over; returns whether it can go on now.';

-- Stops a backfill: nothing more is claimed. What was filled stays. False when there is none under way with this id.
create function public.cancel_backfill(p_request_id uuid, p_actor_id uuid, p_note text, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  perform from public.backfill_requests where id = p_request_id and status in ('open', 'running') for update;
  if not found then
    return false;
  end if;
  perform public.end_backfill(p_request_id, 'cancelled', p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (p_actor_id, 'cancel_backfill', 'backfill_requests/' || p_request_id, p_note, p_now);
  return true;
end
$$;

comment on function public.cancel_backfill is 'Stops a backfill for good; returns whether there was one to stop.';

grant execute on function
  public.backfill_days,
  public.backfill_days_off,
  public.backfill_present_days,
  public.preview_backfill,
  public.backfill_counts,
  public.open_backfill,
  public.backfill_remaining,
  public.start_backfill,
  public.claim_backfill,
  public.settle_backfill,
  public.end_backfill,
  public.finish_backfill,
  public.cancel_backfill
to service_role;

-- schemas/20_alerts.sql

-- Telling somebody: an alert for each thing that is wrong, and one delivery for each message that is pending about it.
create table public.alerts (
  id bigint generated always as identity primary key,
  incident_key text not null,
  kind text not null check (kind in (
    'run_failed', 'no_run', 'coverage_below_target', 'brokerage_incident', 'held_values_waiting', 'reconnect_needed',
    'provider_keys_refused', 'calendar_differs'
  )),
  facts jsonb not null,
  state text not null default 'open' check (state in ('open', 'resolved')),
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  resolved_at timestamptz,
  -- How long it must not be seen until it is over depends on what it is: a brokerage that failed yesterday is asked for the
  -- new day only after its back-off, and does not recover in between.
  quiet_seconds integer not null default 600 check (quiet_seconds > 0),
  check ((resolved_at is null) = (state = 'open'))
);

-- While an incident lasts it is one row, whoever looks and however often.
create unique index alerts_open on public.alerts (incident_key) where state = 'open';

comment on table public.alerts is 'Something that operators have to know, from when it was first seen until it was over.';
comment on column public.alerts.incident_key is 'What is wrong, as the product names it; the same thing after it was over is a new row.';
comment on column public.alerts.facts is 'Counts, days and names of brokerages as last seen; never a value, an email or a secret.';
comment on column public.alerts.quiet_seconds is 'Not seen for this long, it is over.';

alter table public.alerts enable row level security;
grant select, insert, update on public.alerts to service_role;

-- The key is what keeps it at one message for an incident and state.
create table public.alert_deliveries (
  alert_id bigint not null references public.alerts (id) on delete cascade,
  state text not null check (state in ('open', 'resolved')),
  pending_since timestamptz not null,
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  lease_expires_at timestamptz,
  delivered_at timestamptz,
  primary key (alert_id, state)
);

create index alert_deliveries_pending on public.alert_deliveries (next_attempt_at) where delivered_at is null;

comment on table public.alert_deliveries is 'A message that is pending for the receiver of alerts, or was delivered.';
comment on column public.alert_deliveries.attempts is 'How often the receiver did not take it.';
comment on column public.alert_deliveries.lease_expires_at is 'Until then one worker is sending it; free again afterwards, whatever became of the worker.';

alter table public.alert_deliveries enable row level security;
grant select, insert, update on public.alert_deliveries to service_role;

create function public.alert_facts(p_now timestamptz, p_silent_seconds integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object(
    'openKeys', (select coalesce(jsonb_agg(incident_key order by incident_key), '[]') from public.alerts where state = 'open'),
    -- Scheduled runs that failed or died since the last one that did not.
    'failedRuns', (
      select jsonb_build_object('runs', count(*), 'since', min(r.started_at))
      from public.runs r
      where r.trigger in ('cron', 'api_key')
        and (
          r.status in ('failed', 'abandoned')
          or r.status = 'running' and r.alive_at < p_now - make_interval(secs => p_silent_seconds)
        )
        and r.started_at > coalesce((
          select max(good.started_at)
          from public.runs good
          where good.trigger in ('cron', 'api_key') and good.status in ('complete', 'continues')
        ), '-infinity')
      having count(*) > 0
    ),
    'reconnect', (
      select coalesce(jsonb_agg(day.document order by day.date), '[]')
      from (
        select broken.date, jsonb_build_object(
            'date', broken.date, 'connections', sum(broken.connections),
            'institutions', jsonb_object_agg(broken.institution, broken.connections)
          ) as document
        from (
          select (c.disabled_since at time zone 'America/New_York')::date as date, c.institution, count(*) as connections
          from public.brokerage_connections c
          where c.status = 'disabled' and c.disabled_since is not null
          group by 1, 2
        ) broken
        group by broken.date
      ) day
    ),
    'keysRefused', (
      select coalesce(jsonb_agg(jsonb_build_object('provider', provider, 'connections', connections) order by provider), '[]')
      from (
        select c.provider, count(*) as connections
        from public.brokerage_connections c
        where c.last_error_code = 'keys_refused' and c.status not in ('paused', 'removed')
        group by c.provider
      ) refused
    ),
    'calendarDifferences', (
      select coalesce(jsonb_agg(
        jsonb_build_object('source', c.source) || difference order by difference ->> 'date', c.source
      ), '[]')
      from public.calendar_checks c, jsonb_array_elements(c.differences) as difference
      -- A source that is asked no more says nothing of what is long past.
      where (difference ->> 'date')::date >= (p_now at time zone 'America/New_York')::date - 7
    )
  )
$$;

comment on function public.alert_facts is 'What alerts are drawn from: open alerts, failed runs, broken connections, refused keys, calendars that differ.';

-- Brings the alerts in line with what is wrong now (p_incidents: [{ key, kind, facts, quietSeconds }]): opens what is new,
-- resolves what was not seen for its while, and, where there is a receiver (p_tell), owes it one message for each. Many may
-- call it at once.
create function public.settle_alerts(p_incidents jsonb, p_tell boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  insert into public.alerts (incident_key, kind, facts, quiet_seconds, opened_at, last_seen_at)
  select i.key, i.kind, i.facts, i."quietSeconds", p_now, p_now
  from jsonb_to_recordset(p_incidents) as i (key text, kind text, facts jsonb, "quietSeconds" integer)
  -- Always in one order, so that two of us wait for each other instead of locking each other out.
  order by i.key
  on conflict (incident_key) where state = 'open' do update
  set facts = excluded.facts, quiet_seconds = excluded.quiet_seconds,
    last_seen_at = greatest(alerts.last_seen_at, excluded.last_seen_at);

  with over as (
    update public.alerts a
    set state = 'resolved', resolved_at = p_now
    where a.state = 'open' and a.last_seen_at < p_now - make_interval(secs => a.quiet_seconds)
    returning a.id
  )
  insert into public.alert_deliveries (alert_id, state, pending_since, next_attempt_at)
  select o.id, 'resolved', p_now, p_now
  from over o
  join public.alert_deliveries d on d.alert_id = o.id and d.state = 'open'
  on conflict do nothing;

  if p_tell then
    insert into public.alert_deliveries (alert_id, state, pending_since, next_attempt_at)
    select a.id, 'open', p_now, p_now from public.alerts a where a.state = 'open'
    on conflict do nothing;
  end if;
end
$$;

comment on function public.settle_alerts is 'Opens and resolves alerts, and owes a message for each change.';

-- The next message that is pending, leased to the caller; null when there is none. The end of an incident is delivered after its beginning.
create function public.claim_alert_delivery(p_lease_seconds integer, p_now timestamptz)
returns jsonb
language sql
set search_path = ''
as $$
  with next as (
    select d.alert_id, d.state
    from public.alert_deliveries d
    where d.delivered_at is null and d.next_attempt_at <= p_now and (d.lease_expires_at is null or d.lease_expires_at <= p_now)
      and (d.state = 'open' or exists (
        select from public.alert_deliveries opening
        where opening.alert_id = d.alert_id and opening.state = 'open' and opening.delivered_at is not null
      ))
    order by d.next_attempt_at, d.alert_id, d.state
    limit 1
    for update skip locked
  )
  update public.alert_deliveries d
  set lease_expires_at = p_now + make_interval(secs => p_lease_seconds)
  from next n, public.alerts a
  where d.alert_id = n.alert_id and d.state = n.state and a.id = n.alert_id
  returning jsonb_build_object(
    'alertId', a.id, 'state', d.state, 'attempts', d.attempts, 'openedAt', a.opened_at, 'resolvedAt', a.resolved_at,
    'incident', jsonb_build_object('key', a.incident_key, 'kind', a.kind, 'facts', a.facts)
  )
$$;

comment on function public.claim_alert_delivery is 'Leases the next pending message; one caller at a time gets it.';

-- What became of a message: delivered, or with p_next_attempt_at to be tried again.
create function public.finish_alert_delivery(p_alert_id bigint, p_state text, p_next_attempt_at timestamptz, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.alert_deliveries
  set delivered_at = case when p_next_attempt_at is null then p_now end,
    attempts = attempts + case when p_next_attempt_at is null then 0 else 1 end,
    next_attempt_at = coalesce(p_next_attempt_at, next_attempt_at),
    lease_expires_at = null
  where alert_id = p_alert_id and state = p_state and delivered_at is null
$$;

comment on function public.finish_alert_delivery is 'Records that a message was delivered, or when it is tried again.';

create function public.undelivered_alerts(p_pending_before timestamptz)
returns integer
language sql
stable
set search_path = ''
as $$
  select count(*)::integer from public.alert_deliveries where delivered_at is null and pending_since < p_pending_before
$$;

comment on function public.undelivered_alerts is 'How many messages the receiver has waited for since before an instant.';

grant execute on function
  public.alert_facts,
  public.settle_alerts,
  public.claim_alert_delivery,
  public.finish_alert_delivery,
  public.undelivered_alerts
to service_role;

-- schemas/21_operations.sql

-- What operators read: backfills with what came of them, runs, and the audit log. One document each, paged by key.

-- Auth's own table is closed to every role of the API, so these two look up the one thing that operators need of it.
create function public.user_email(p_user_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as 'select email from auth.users where id = p_user_id';

comment on function public.user_email is 'A user''s e-mail address, for operators; null when there is no such user any more.';

create function public.user_with_email(p_email text)
returns uuid
language sql
stable
security definer
set search_path = ''
as 'select id from auth.users where lower(email) = lower(p_email)';

comment on function public.user_with_email is 'The user who signs in with an e-mail address, for operators; null when nobody does.';

-- The brokerages that users are linked to: [{ provider, institution }].
create function public.linked_brokerages()
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('provider', provider, 'institution', institution) order by institution, provider), '[]')
  from (select distinct provider, institution from public.brokerage_connections where status <> 'removed' and provider <> 'manual') linked
$$;

comment on function public.linked_brokerages is 'The brokerages that users are linked to, by name.';

create function public.backfill_document(p_request_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', q.id, 'status', q.status,
    'scope', jsonb_build_object(
      'userId', q.user_id, 'email', public.user_email(q.user_id), 'provider', q.provider,
      'institution', q.institution, 'reason', q.reason, 'from', q.from_date, 'to', q.to_date
    ),
    'requestedBy', coalesce(public.user_email(q.requested_by), q.requested_by::text),
    'openedAt', q.opened_at, 'finishedAt', q.finished_at,
    'presentDays', q.present_days, 'reopenedDays', q.reopened_days,
    'beyondReachDays', q.beyond_reach_days,
    'counts', coalesce(q.counts, public.backfill_counts(q.id)),
    'requests', (
      select coalesce(sum((r.counts ->> 'requests')::integer), 0) from public.runs r where r.backfill_id = q.id
    )
  )
  from public.backfill_requests q
  where q.id = p_request_id
$$;

comment on function public.backfill_document is 'A backfill as operators read it.';

-- One backfill with its runs, newest first: the document above with runs: [{ id, status, startedAt, finishedAt, requests }].
create function public.read_backfill(p_request_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select public.backfill_document(q.id) || jsonb_build_object('runs', coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', r.id, 'status', r.status, 'startedAt', r.started_at, 'finishedAt', r.finished_at,
      'requests', coalesce((r.counts ->> 'requests')::integer, 0)
    ) order by r.started_at desc, r.id desc)
    from (
      select * from public.runs where backfill_id = p_request_id order by started_at desc, id desc limit 20
    ) r
  ), '[]'))
  from public.backfill_requests q
  where q.id = p_request_id
$$;

comment on function public.read_backfill is 'One backfill with its latest runs; null when there is none with this id.';

-- Backfills, newest first; p_before is the last id of the page before.
create function public.list_backfills(p_before uuid, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(public.backfill_document(page.id) order by page.opened_at desc, page.id desc), '[]')
  from (
    select *
    from public.backfill_requests
    where p_before is null
      or (opened_at, id) < (select earlier.opened_at, earlier.id from public.backfill_requests earlier where earlier.id = p_before)
    order by opened_at desc, id desc
    limit p_limit
  ) page
$$;

comment on function public.list_backfills is 'Backfills, newest first, one page by key.';

-- The ids of backfills under way, oldest first.
create function public.active_backfills()
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(id order by opened_at, id), '[]') from public.backfill_requests where status in ('open', 'running')
$$;

comment on function public.active_backfills is 'The backfills that are under way, oldest first.';

-- What came of each day, as ranges for each account, in the order of users: [{ accountId, account, institution, userId, email,
-- ranges: [{ from, to, days, outcome, reason, final, nextAttemptAt }] }], where the outcome is filled, cannot, waiting or
-- not_asked. p_after is the last account of the page before.
create function public.backfill_results(p_request_id uuid, p_after uuid, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  with page as materialized (
    select b.*, q.status in ('open', 'running') as is_active, a.line_id, a.name, c.institution
    from public.backfill_requests q
    join public.backfill_accounts b on b.request_id = q.id
    join public.accounts a on a.id = b.account_id
    join public.brokerage_connections c on c.id = b.connection_id
    where q.id = p_request_id
      and (p_after is null or (b.user_id, b.account_id) > (
        select earlier.user_id, earlier.account_id
        from public.backfill_accounts earlier
        where earlier.request_id = p_request_id and earlier.account_id = p_after
      ))
    order by b.user_id, b.account_id
    limit p_limit
  ),
  sessions as materialized (
    select t.date, row_number() over (order by t.date) as ordinal
    from public.trading_days t
    where t.date between (select min(days[1]) from page) and (select max(days[cardinality(days)]) from page)
  ),
  described as (
    select page.account_id, s.date, s.ordinal, met.outcome,
      case when met.outcome = 'cannot' then coalesce(o.reason, 'provider_cannot') end as reason,
      met.outcome = 'cannot' and coalesce(o.final, true) as final,
      case when met.outcome = 'cannot' then o.next_attempt_at end as next_attempt_at
    from page
    cross join lateral unnest(page.days) asked (date)
    join sessions s on s.date = asked.date
    left join public.fill_outcomes o on o.account_id = page.account_id and o.value_date = s.date
    cross join lateral (
      select case
          when exists (
            select
            from public.accounts m
            join public.current_values v on v.account_id = m.id
            where m.line_id = page.line_id and m.is_counted and v.value_date = s.date
          ) then 'filled'
          when page.asked_at is not null then 'cannot'
          when page.is_active then 'waiting'
          else 'not_asked'
        end as outcome
    ) met
  ),
  islands as (
    select *, ordinal - row_number() over (partition by account_id, outcome, reason, final order by date) as island from described
  ),
  ranges as (
    select account_id, min(date) as first_day, max(date) as last_day, count(*) as days, outcome, reason, final,
      min(next_attempt_at) as next_attempt_at
    from islands
    group by account_id, outcome, reason, final, island
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'accountId', page.account_id, 'account', page.name, 'institution', page.institution,
    'userId', page.user_id, 'email', public.user_email(page.user_id),
    'ranges', (
      select jsonb_agg(jsonb_build_object(
        'from', r.first_day, 'to', r.last_day, 'days', r.days, 'outcome', r.outcome, 'reason', r.reason, 'final', r.final,
        'nextAttemptAt', r.next_attempt_at
      ) order by r.first_day)
      from ranges r
      where r.account_id = page.account_id
    )
  ) order by page.user_id, page.account_id), '[]')
  from page
$$;

comment on function public.backfill_results is 'What a backfill brought for each day, as ranges for each account, one page by key.';

create function public.run_document(p_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', r.id, 'trigger', r.trigger, 'status', r.status, 'tradingDay', r.trading_day,
    'requestedBy', coalesce(public.user_email(r.requested_by), r.requested_by::text),
    'startedAt', r.started_at, 'finishedAt', r.finished_at, 'aliveAt', r.alive_at, 'calls', r.calls,
    'counts', r.counts, 'reasons', r.reasons, 'backfillId', r.backfill_id, 'requestId', r.request_id
  )
  from public.runs r
  where r.id = p_id
$$;

comment on function public.run_document is 'A run as operators read it; null when there is none with this id.';

-- Runs, newest first, or those that failed before all others, and before the rest those in which connections failed; p_before is the last id of the page before.
create function public.list_runs(p_failures_first boolean, p_before uuid, p_limit integer)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_before public.runs;
  v_page jsonb;
begin
  if p_before is not null then
    select * into v_before from public.runs where id = p_before;
  end if;
  if p_failures_first then
    select jsonb_agg(public.run_document(page.id) order by page.severity desc, page.started_at desc, page.id desc)
    into v_page
    from (
      select *
      from public.runs r
      where v_before.id is null
        or (r.severity, r.started_at, r.id) < (v_before.severity, v_before.started_at, v_before.id)
      order by r.severity desc, r.started_at desc, r.id desc
      limit p_limit
    ) page;
  else
    select jsonb_agg(public.run_document(page.id) order by page.started_at desc, page.id desc)
    into v_page
    from (
      select *
      from public.runs r
      where v_before.id is null or (r.started_at, r.id) < (v_before.started_at, v_before.id)
      order by r.started_at desc, r.id desc
      limit p_limit
    ) page;
  end if;
  return coalesce(v_page, '[]');
end
$$;

comment on function public.list_runs is 'Runs, newest first or failures before all others, one page by key.';

-- Notes that an administrator looked at the money of users: once for each of them and hour.
create function public.record_views(p_actor_id uuid, p_user_ids uuid[], p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '10s'
as $$
  insert into public.audit_log (actor_id, action, target, at)
  select p_actor_id, 'view_user', 'portfolios/' || p.user_id, p_now
  from public.portfolios p
  where p.user_id = any (p_user_ids) and p.user_id <> p_actor_id
    and not exists (
      select
      from public.audit_log seen
      where seen.action = 'view_user' and seen.actor_id = p_actor_id and seen.target = 'portfolios/' || p.user_id
        and seen.at > p_now - interval '1 hour'
    )
$$;

comment on function public.record_views is 'Notes that an administrator looked at the money of users, once for each and hour.';

-- What administrators did, newest first, with what has come of it until now: [{ id, actorId, actor, action, reason, at, backfill:
-- { id, status, accountDays, filledDays, scope: { userId, email, provider, institution, reason, from, to } } | null, held: { userId, email,
-- account, date, verdict, total, currency } | null, movement: { userId, email, account, date, kind, amount, currency } | null, account:
-- { userId, email, account, institution, category, endedOn } | null, user: { userId, email } | null, reminder: { provider, institution,
-- users } | null }].
-- Counting what backfills under way have brought until now takes seconds for one of everybody and a year.
create function public.list_audit(p_actor_id uuid, p_action text, p_before bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'actorId', page.actor_id, 'actor', public.user_email(page.actor_id), 'action', page.action,
    'reason', page.reason, 'at', page.at, 'backfill', backfill.document, 'held', held.document,
    'movement', movement.document, 'account', account.document, 'user', viewed.document,
    'reminder', case when page.target_kind = 'reminders' then page.details end
  ) order by page.id desc), '[]')
  from (
    select *, split_part(target, '/', 1) as target_kind, split_part(target, '/', 2) as target_id
    from public.audit_log
    where (p_actor_id is null or actor_id = p_actor_id) and (p_action is null or action = p_action)
      and (p_before is null or id < p_before)
    order by id desc
    limit p_limit
  ) page
  left join lateral (
    select jsonb_build_object(
      'id', q.id, 'status', q.status, 'accountDays', counted.counts -> 'accountDays', 'filledDays', counted.counts -> 'filledDays',
      'scope', jsonb_build_object(
        'userId', q.user_id, 'email', public.user_email(q.user_id), 'provider', q.provider,
        'institution', q.institution, 'reason', q.reason, 'from', q.from_date, 'to', q.to_date
      )
    ) as document
    from public.backfill_requests q
    cross join lateral (select coalesce(q.counts, public.backfill_counts(q.id)) as counts) counted
    where q.id = case when page.target_kind = 'backfill_requests' then page.target_id::uuid end
  ) backfill on true
  left join lateral (
    select jsonb_build_object(
      'userId', v.user_id, 'email', public.user_email(v.user_id), 'account', a.name, 'date', v.value_date, 'verdict', v.verdict,
      'total', trim_scale(v.total_value)::text, 'currency', v.currency
    ) as document
    from public.account_values v
    join public.accounts a on a.id = v.account_id
    where v.id = case when page.target_kind = 'account_values' then page.target_id::bigint end
  ) held on true
  left join lateral (
    select jsonb_build_object(
      'userId', r.user_id, 'email', public.user_email(r.user_id), 'account', a.name, 'date', r.booked_on,
      'kind', decided.kind, 'amount', trim_scale(coalesce(decided.amount, nullif(r.amount, 0)))::text,
      'currency', coalesce(r.currency, a.currency)
    ) as document
    from public.movement_rows r
    join public.accounts a on a.id = r.account_id
    left join lateral (
      select d.kind, d.amount from public.decisions d where d.row_id = r.id order by d.id desc limit 1
    ) decided on true
    where r.id = case when page.target_kind = 'movement_rows' then page.target_id::bigint end
  ) movement on true
  left join lateral (
    select jsonb_build_object(
      'userId', a.user_id, 'email', public.user_email(a.user_id), 'account', a.name, 'institution', c.institution,
      'category', a.category, 'endedOn', a.closed_on
    ) as document
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.id = case when page.target_kind = 'accounts' then page.target_id::uuid end
  ) account on true
  left join lateral (
    select jsonb_build_object('userId', p.user_id, 'email', public.user_email(p.user_id)) as document
    from public.portfolios p
    where p.user_id = case when page.target_kind = 'portfolios' then page.target_id::uuid end
  ) viewed on true
$$;

comment on function public.list_audit is 'What administrators did and what came of it, newest first, one page by key.';

grant execute on function
  public.user_email,
  public.user_with_email,
  public.linked_brokerages,
  public.backfill_document,
  public.read_backfill,
  public.list_backfills,
  public.active_backfills,
  public.backfill_results,
  public.run_document,
  public.record_views,
  public.list_runs,
  public.list_audit
to service_role;

-- schemas/22_rate_limits.sql

-- Limits on what one caller may ask of an operation.

-- How much of a limit a caller has used: a bucket that drains steadily. A row whose time has passed means the same as no row.
create table public.rate_limits (
  operation text not null check (char_length(operation) between 1 and 40),
  subject text not null check (char_length(subject) between 1 and 80),
  drained_at timestamptz not null,
  primary key (operation, subject)
);

create index rate_limits_drained on public.rate_limits (drained_at);

comment on table public.rate_limits is 'What each caller has used of the limit of an operation; readable by the service role alone.';
comment on column public.rate_limits.subject is 'A user''s id, or a keyed digest of an address or an e-mail address; never either of them.';
comment on column public.rate_limits.drained_at is 'When all that was used is free again.';

alter table public.rate_limits enable row level security;
grant select, insert, update, delete on public.rate_limits to service_role;

-- Counts one request of a caller against a limit of p_max requests in p_seconds, which come back one by one: p_max at once, and
-- then one each p_seconds / p_max. Returns 0, or the milliseconds to wait when the limit is used up; a refused request counts
-- for nothing. One statement decides, so any number of requests at once get no more than the limit.
create function public.count_request(p_operation text, p_subject text, p_max integer, p_seconds integer, p_now timestamptz)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_window constant interval := make_interval(secs => p_seconds);
  v_step constant interval := make_interval(secs => p_seconds::double precision / p_max);
  v_drained timestamptz;
begin
  insert into public.rate_limits as used (operation, subject, drained_at)
  values (p_operation, p_subject, p_now + v_step)
  on conflict (operation, subject) do update
  set drained_at = greatest(used.drained_at, p_now) + v_step
  where greatest(used.drained_at, p_now) + v_step <= p_now + v_window
  returning drained_at into v_drained;

  if v_drained is null then
    select drained_at into v_drained from public.rate_limits where operation = p_operation and subject = p_subject;
    return greatest(1, ceil(extract(epoch from v_drained + v_step - v_window - p_now) * 1000));
  end if;

  -- Whoever begins a bucket sweeps some that have drained, so the table holds the callers of one window and few more.
  if v_drained = p_now + v_step then
    delete from public.rate_limits
    where (operation, subject) in (
      select operation, subject from public.rate_limits
      where drained_at < p_now - interval '1 hour'
      order by drained_at limit 20
      for update skip locked
    );
  end if;
  return 0;
end
$$;

comment on function public.count_request is 'Counts a request against a caller''s limit; the milliseconds to wait, 0 when it is within.';

-- Releases a request that turned out to be harmless, such as a sign-in that succeeded.
create function public.release_request(p_operation text, p_subject text, p_max integer, p_seconds integer)
returns void
language sql
set search_path = ''
as $$
  update public.rate_limits
  set drained_at = drained_at - make_interval(secs => p_seconds::double precision / p_max)
  where operation = p_operation and subject = p_subject
$$;

comment on function public.release_request is 'Releases a counted request from a caller''s limit.';

grant execute on function public.count_request, public.release_request to service_role;

-- schemas/23_decisions.sql

-- What people can decide about a user's evidence, and what they decided.

-- States what a movement was that nobody knew, or takes that back (null). It is evidence like any other; what follows
-- from it is recorded by record_reconciliation. p_as: { kind, amount } or null. p_owner_id limits it to the rows of one user; null does not. Returns { userId, accountId,
-- lineId, date }; null when there is nothing to decide: no such row, one that says for itself what it was, one that somebody has
-- classified already, or nothing to take back.
create function public.classify_movement(
  p_row_id bigint, p_owner_id uuid, p_as jsonb, p_actor_id uuid, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_row public.movement_rows;
  v_current text;
  v_line_id uuid;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.movement_rows where id = p_row_id)
  for update;
  select * into v_row
  from public.movement_rows r
  where r.id = p_row_id and (p_owner_id is null or r.user_id = p_owner_id)
    and (r.kind = 'unclassified' or (r.kind <> 'other' and coalesce(r.amount, 0) = 0));
  select d.kind into v_current from public.decisions d where d.row_id = p_row_id order by d.id desc limit 1;
  if v_row.id is null or (p_as is null) = (v_current is null) then
    return null;
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, row_id, kind, amount, reason, at)
  values (v_row.user_id, v_row.account_id, p_actor_id, 'movement', p_row_id, p_as ->> 'kind', (p_as ->> 'amount')::numeric, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case when p_as is null then 'take_back_movement' else 'classify_movement' end, 'movement_rows/' || p_row_id,
    p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = v_row.account_id returning line_id into v_line_id;
  return jsonb_build_object(
    'userId', v_row.user_id, 'accountId', v_row.account_id, 'lineId', v_line_id, 'date', v_row.booked_on
  );
end
$$;

comment on function public.classify_movement is 'States what a movement was that nobody knew, or takes that back, with who, when and why.';

-- States what an account is that its provider calls by a word nobody knows, or takes that back (null). It is evidence like any other;
-- what follows from it is recorded by record_reconciliation. p_owner_id limits it to the accounts of one user; null does not. Returns
-- { userId, accountId, lineId, date }, with the day on which it is said; null when there is nothing to decide: no such account, one whose
-- provider names it, one that somebody has named already, or nothing to take back.
create function public.classify_account(
  p_account_id uuid, p_owner_id uuid, p_category text, p_actor_id uuid, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_current text;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.accounts where id = p_account_id)
  for update;
  select a.* into v_account
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.id = p_account_id and (p_owner_id is null or a.user_id = p_owner_id);
  select d.category into v_current
  from public.decisions d
  where d.account_id = p_account_id and d.about = 'category'
  order by d.id desc
  limit 1;
  if v_account.id is null or (p_category is null) = (v_current is null)
    or p_category is not null and (v_account.category is not null or v_account.is_paper)
  then
    return null;
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, category, reason, at)
  values (v_account.user_id, p_account_id, p_actor_id, 'category', p_category, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case when p_category is null then 'take_back_account' else 'classify_account' end, 'accounts/' || p_account_id,
    p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = p_account_id;
  return jsonb_build_object(
    'userId', v_account.user_id, 'accountId', p_account_id, 'lineId', v_account.line_id,
    'date', (p_now at time zone 'America/New_York')::date
  );
end
$$;

comment on function public.classify_account is 'States what an account is that nobody knows, or takes that back, with who, when and why.';

-- The accounts of a user that their provider calls by a word nobody knows, so that they do not count: [{ accountId, account,
-- institution, currency, since }].
create function public.unnamed_accounts(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'accountId', a.id, 'account', a.name, 'institution', c.institution, 'currency', a.currency, 'since', a.first_known_on
  ) order by c.institution, a.name, a.id), '[]')
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.user_id = p_user_id and a.category is null and not a.is_paper and a.closed_on is null
$$;

comment on function public.unnamed_accounts is 'The accounts of a user of which nobody knows whether they count.';

-- The decisions of people about a user's evidence that count, newest first: [{ id, about, subject, accountId, account, institution, date,
-- total, currency, word, verdict, kind, amount, category, actor, isOwner, reason, at }]. subject is the id of the observation or of the
-- movement's row, null where it is the account itself; total is what was reported of it, and word what the broker calls it.
create function public.current_decisions(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', newest.id, 'about', newest.about, 'subject', coalesce(newest.reading_id, newest.row_id),
    'accountId', newest.account_id, 'account', a.name,
    'institution', c.institution, 'date', coalesce(v.value_date, r.booked_on, (newest.at at time zone 'America/New_York')::date),
    'total', trim_scale(coalesce(v.total_value, nullif(r.amount, 0)))::text, 'currency', coalesce(v.currency, r.currency, a.currency),
    'word', r.vendor_type, 'verdict', newest.verdict, 'kind', newest.kind, 'amount', trim_scale(newest.amount)::text,
    'category', newest.category, 'actor', public.user_email(newest.actor_id), 'isOwner', newest.actor_id = newest.user_id, 'reason', newest.reason, 'at', newest.at
  ) order by newest.id desc), '[]')
  from (
    select distinct on (d.reading_id, d.row_id, named.id) d.*
    from public.decisions d
    cross join lateral (select case when d.about = 'category' then d.account_id end as id) named
    where d.user_id = p_user_id and d.about in ('reading', 'movement', 'category')
    order by d.reading_id, d.row_id, named.id, d.id desc
  ) newest
  join public.accounts a on a.id = newest.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join public.account_values v on v.id = newest.reading_id
  left join public.movement_rows r on r.id = newest.row_id
  where newest.verdict in ('accept', 'reject') or newest.kind is not null or newest.category is not null
$$;

comment on function public.current_decisions is 'The decisions of people about a user''s evidence that count, newest first.';

-- The account lines of a user about which something is open that a person could settle, and since when: [{ lineId, account,
-- institution, from, words: { rowId: what the broker calls that movement } }].
create function public.lines_in_question(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with open as (
    select v.account_id, v.value_date as date
    from public.account_values v
    where v.user_id = p_user_id and v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet'
    union all
    select f.account_id, f.flow_date
    from public.cash_flows f
    where f.user_id = p_user_id and f.is_unknown and not f.is_withdrawn
  ),
  lines as (
    select a.line_id, min(open.date) as since
    from open
    join public.accounts a on a.id = open.account_id
    group by a.line_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'lineId', lines.line_id, 'account', newest.name, 'institution', newest.institution, 'from', lines.since,
    'words', coalesce((
      select jsonb_object_agg(r.id, r.vendor_type)
      from public.movement_rows r
      join public.accounts m on m.id = r.account_id
      where m.line_id = lines.line_id and (r.kind = 'unclassified' or coalesce(r.amount, 0) = 0)
    ), '{}')
  ) order by newest.institution, newest.name, lines.line_id), '[]')
  from lines
  cross join lateral (
    select a.name, c.institution
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.line_id = lines.line_id
    order by a.created_at desc, a.id
    limit 1
  ) newest
$$;

comment on function public.lines_in_question is 'The account lines of a user about which something is open that a person could settle.';

-- The totals that stand of a user's days between two: [{ date, value }].
create function public.published_values(p_user_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('date', h.value_date, 'value', trim_scale(h.total_value)::text) order by h.value_date), '[]')
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.is_current and h.value_date between p_from and p_to
$$;

comment on function public.published_values is 'The totals that stand of a user''s days between two.';

-- What would be published of some days if conclusions about an account line were recorded, and what is now: { now: [{ date, value }],
-- next: likewise }. The very recording says so, and then everything is as it was; null when the evidence has grown since.
create function public.preview_reconciliation(p_line_id uuid, p_version text, p_conclusions jsonb, p_from date, p_to date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_user_id uuid := (select a.user_id from public.accounts a where a.line_id = p_line_id limit 1);
  v_now jsonb := (select public.published_values(v_user_id, p_from, p_to));
  v_next jsonb;
  v_published integer;
begin
  begin
    v_published := public.record_reconciliation(p_line_id, p_version, p_conclusions, 'observed', p_now);
    v_next := public.published_values(v_user_id, p_from, p_to);
    raise exception using errcode = 'PVIEW';
  exception
    -- What was recorded since the block began goes with the exception, and what was read stays.
    when sqlstate 'PVIEW' then null;
  end;
  return case when v_published is not null then jsonb_build_object('now', v_now, 'next', v_next) end;
end
$$;

comment on function public.preview_reconciliation is 'What would be published if conclusions were recorded; records nothing.';

-- What is asked about accounts that nobody has answered, by account: movements that nobody knows (how many, of which day the first) and a
-- category that nobody knows. Since when, by our clock.
create function public.unanswered_questions()
returns table (user_id uuid, kind text, account_id uuid, account text, institution text, since timestamptz, date date, count bigint)
language sql
stable
set search_path = ''
as $$
  select f.user_id, 'movement', a.id, min(a.name), min(c.institution), min(f.observed_at), min(f.flow_date), count(*)
  from public.cash_flows f
  join public.accounts a on a.id = f.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  where f.is_unknown and not f.is_withdrawn
  group by f.user_id, a.id
  union all
  select a.user_id, 'account', a.id, a.name, c.institution, a.created_at, a.first_known_on, 1
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.category is null and not a.is_paper and a.closed_on is null
$$;

comment on function public.unanswered_questions is 'What is asked about accounts that nobody has answered.';

grant execute on function
  public.unanswered_questions,
  public.published_values,
  public.preview_reconciliation,
  public.classify_movement,
  public.classify_account,
  public.unnamed_accounts,
  public.current_decisions,
  public.lines_in_question
to service_role;

-- schemas/23_estimates.sql

-- Estimates: what an account was worth on days that no source can give, where its user or an operator allows it. The database gives what they are
-- worked out from and keeps what came of it; lib/domain/estimate.ts works them out.

-- The real accounts of users whose estimates are allowed that are to be worked out: once after each close, and whenever more is known. Those
-- that were never worked out and those of longest ago come first. p_user_id limits it to one user; null does not.
create function public.due_estimates(p_user_id uuid, p_limit integer, p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(due.line_id order by due.drawn_at nulls first, due.line_id), '[]')
  from (
    select l.line_id, d.drawn_at
    from public.portfolios p
    join public.account_lines l on l.user_id = p.user_id and not l.is_manual
    left join public.estimate_drawings d on d.line_id = l.line_id
    where p.estimates_since is not null and (p_user_id is null or p.user_id = p_user_id)
      and exists (select from public.holdings_readings h where h.account_id = any (l.member_ids))
      and (
        d.line_id is null or d.evidence_version <> public.evidence_version(l.line_id)
        or d.drawn_at < (select max(t.closes_at) from public.trading_days t where t.closes_at <= p_now)
      )
    order by d.drawn_at nulls first, l.line_id
    limit p_limit
  ) due
$$;

comment on function public.due_estimates is 'The real accounts whose estimates are to be worked out.';

-- Movements come a day late, so what an account held at a close is explained by those that were read a day after it.
create function public.movements_settle_after()
returns interval
language sql
immutable
set search_path = ''
as $$ select interval '18 hours' $$;

comment on function public.movements_settle_after is 'How long after a close its movements have to be read so that none of them is missing.';

-- What the estimates of a real account are worked out from: { version, userId, currency, anchors: [{ accountId, date, value, cash,
-- positions: [{ symbol, units }], since, wanted: [date], changes: [[date, symbol, units, cash, currency]] | null }] }. Each day that is
-- wanted stands with the nearest close after it of which both the value and the holdings are known. since is the first day on which the
-- account is known to have been active and from which on its changes are known; changes is null where its provider reports none. Null
-- for an account that nobody has.
create function public.estimate_case(p_line_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_line public.account_lines;
  v_latest date := (select max(d.date) from public.trading_days d where d.closes_at <= p_now);
  v_reach date := (p_now at time zone 'America/New_York')::date - 365;
begin
  select * into v_line from public.account_lines l where l.line_id = p_line_id and not l.is_manual;
  if v_line.line_id is null then
    return null;
  end if;

  return (
    with anchors as materialized (
      select distinct on (h.value_date) h.value_date, h.account_id, h.cash, h.positions, v.total_value, known.since, known.is_replayed
      from public.holdings_readings h
      join public.accounts a on a.id = h.account_id
      join public.trading_days d on d.date = h.value_date
      join public.current_values v on v.account_id = h.account_id and v.value_date = h.value_date and v.currency = h.currency
      cross join lateral (
        select count(s.id) > 0 as is_replayed,
          coalesce(bool_or(s.range_to >= h.value_date and s.read_at >= d.closes_at + public.movements_settle_after()), false) as is_settled,
          case
            -- Nothing that its provider reports of changes: only days between those of which it gave a value.
            when count(s.id) = 0 then v_line.first_known_on
            else greatest(
              min(s.range_from),
              least((select min(r.booked_on) from public.movement_rows r where r.account_id = h.account_id), v_line.first_known_on)
            )
          end as since
        from public.movement_statements s
        where s.account_id = h.account_id and s.is_complete
      ) known
      where h.account_id = any (v_line.member_ids) and h.currency = v_line.currency and a.flows_synced_at is not null
        and (
          known.is_settled
          or not known.is_replayed and not exists (select from public.movement_statements s where s.account_id = h.account_id)
        )
      order by h.value_date, h.as_of desc
    ),
    -- Days that nobody can give any more: asked for in vain, out of reach, or from before its provider knows it.
    lacking as (
      select d.date
      from public.trading_days d
      where d.date >= (select min(a.since) from anchors a) and d.date < v_latest and (v_line.closed_on is null or d.date < v_line.closed_on)
        and not exists (
          select from public.current_values v where v.account_id = any (v_line.member_ids) and v.value_date = d.date
        )
        and not exists (
          select
          from public.statement_values s
          where s.account_id = any (v_line.member_ids) and s.value_date = d.date and s.voided_at is null
        )
        and case
          when d.date >= v_line.first_known_on then d.date < v_reach or exists (
            select
            from public.fill_outcomes o
            where o.account_id = v_line.asked_id and o.value_date = d.date and o.final
          )
          else not exists (
            select
            from public.accounts a
            where a.id = v_line.asked_id and a.closed_on is null and a.history_asked_at is null
              and not exists (
                select
                from public.question_backoffs b
                where b.account_id = a.id and b.question = 'import' and b.reason = 'not_offered'
              )
          )
        end
    ),
    wanted as (
      select (select min(a.value_date) from anchors a where a.value_date > l.date) as anchored_on, array_agg(l.date order by l.date) as days
      from lacking l
      group by 1
    )
    select jsonb_build_object(
      'version', public.evidence_version(p_line_id), 'userId', v_line.user_id, 'currency', v_line.currency,
      'anchors', coalesce(jsonb_agg(jsonb_build_object(
        'accountId', a.account_id, 'date', a.value_date, 'value', a.total_value::text, 'cash', a.cash::text, 'positions', a.positions,
        'since', a.since, 'wanted', w.days, 'changes', case when a.is_replayed then changes.documents end
      ) order by a.value_date), '[]')
    )
    from wanted w
    join anchors a on a.value_date = w.anchored_on
    left join lateral (
      -- Of each day, what the newest complete statement gives: these movements, and no others.
      select coalesce(jsonb_agg(jsonb_build_array(r.booked_on, r.symbol, r.units::text, r.cash::text, r.currency) order by r.booked_on, r.id), '[]') as documents
      from public.movement_rows r
      cross join lateral (
        select s.row_ids
        from public.movement_statements s
        where s.account_id = r.account_id and s.is_complete and r.booked_on between s.range_from and s.range_to
        order by s.id desc
        limit 1
      ) newest
      where a.is_replayed and r.account_id = a.account_id and r.booked_on > w.days[1] and r.booked_on <= a.value_date and r.id = any (newest.row_ids)
    ) changes on true
  );
end
$$;

comment on function public.estimate_case is 'What the estimates of a real account are worked out from.';

-- Prices of symbols between two days, in a currency: { closes: [[symbol, date, close]], splits: [[symbol, date, ratio]], unread: [symbol] }.
-- Those of a market-data source, which are in US dollars, come before what the user's own brokers delivered; unread are symbols of which
-- that source was not asked for all of the days.
create function public.estimate_prices(p_user_id uuid, p_symbols text[], p_currency text, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with closes as (
    select c.symbol, c.price_date, c.close, 1 as rank
    from public.market_closes c
    where p_currency = 'USD' and c.symbol = any (p_symbols) and c.price_date between p_from and p_to
    union all
    select b.symbol, b.price_date, b.close, 2
    from public.broker_closes b
    where b.user_id = p_user_id and b.currency = p_currency and b.symbol = any (p_symbols) and b.price_date between p_from and p_to
  )
  select jsonb_build_object(
    'closes', coalesce((
      select jsonb_agg(jsonb_build_array(best.symbol, best.price_date, best.close::text))
      from (select distinct on (symbol, price_date) * from closes order by symbol, price_date, rank, close) best
    ), '[]'),
    'splits', coalesce((
      select jsonb_agg(jsonb_build_array(s.symbol, s.split_date, s.ratio::text))
      from public.market_splits s
      where s.symbol = any (p_symbols) and s.split_date between p_from and p_to
    ), '[]'),
    'unread', coalesce((
      select jsonb_agg(wanted.symbol order by wanted.symbol)
      from unnest(p_symbols) as wanted (symbol)
      where not exists (
        select from public.market_price_readings r where r.symbol = wanted.symbol and r.read_from <= p_from and r.read_through >= p_to
      )
    ), '[]')
  )
$$;

comment on function public.estimate_prices is 'Prices that estimates are worked out with, and of which symbols some were never asked for.';

-- Keeps what a market-data source gave of symbols between two days: closes [{ symbol, date, close }] and splits [{ symbol, date, ratio }]
-- as text. Days that were read before and lie apart are read again when they are next wanted.
create function public.record_market_prices(
  p_symbols text[], p_from date, p_to date, p_closes jsonb, p_splits jsonb, p_source text, p_now timestamptz
)
returns void
language sql
set search_path = ''
set statement_timeout = '30s'
as $$
  insert into public.market_closes as known (symbol, price_date, close, source)
  select c.symbol, c.date, c.close, p_source
  from jsonb_to_recordset(p_closes) as c (symbol text, date date, close numeric)
  order by c.symbol, c.date
  on conflict (symbol, price_date) do update set close = excluded.close, source = excluded.source
  where known.close <> excluded.close;

  insert into public.market_splits as known (symbol, split_date, ratio, source)
  select s.symbol, s.date, s.ratio, p_source
  from jsonb_to_recordset(p_splits) as s (symbol text, date date, ratio numeric)
  order by s.symbol, s.date
  on conflict (symbol, split_date) do update set ratio = excluded.ratio, source = excluded.source
  where known.ratio <> excluded.ratio;

  insert into public.market_price_readings as known (symbol, read_from, read_through, read_at)
  select symbol, p_from, p_to, p_now from unnest(p_symbols) as symbol order by symbol
  on conflict (symbol) do update set
    read_from = case
      when known.read_through >= excluded.read_from - 1 and known.read_from <= excluded.read_through + 1 then least(known.read_from, excluded.read_from)
      else excluded.read_from
    end,
    read_through = case
      when known.read_through >= excluded.read_from - 1 and known.read_from <= excluded.read_through + 1 then greatest(known.read_through, excluded.read_through)
      else excluded.read_through
    end,
    read_at = excluded.read_at
$$;

comment on function public.record_market_prices is 'Keeps closes and splits of a market-data source.';

-- Makes the estimates of a real account these and no others, and publishes what follows; p_days: [{ accountId, date, value, basis, carried }]
-- with value as text. Twice is once. Returns how many days of their user are new or changed; null, and nothing is kept, where more is known
-- than they were worked out from, or they are not allowed any more.
create function public.record_estimates(p_line_id uuid, p_version text, p_days jsonb, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_line public.account_lines;
  v_from date;
begin
  -- Evidence of a user is recorded under this lock, so what is better than an estimate is seen.
  perform
  from public.portfolios p
  where p.user_id = (select l.user_id from public.account_lines l where l.line_id = p_line_id) and p.estimates_since is not null
  for update;
  if not found or public.evidence_version(p_line_id) <> p_version then
    return null;
  end if;
  select * into strict v_line from public.account_lines where line_id = p_line_id;

  with given as (
    select g."accountId" as account_id, g.date, g.value, g.basis, g.carried
    from jsonb_to_recordset(p_days) as g ("accountId" uuid, date date, value numeric, basis text, carried text[])
  ),
  voided as (
    update public.estimated_values e
    set voided_at = p_now
    where e.account_id = any (v_line.member_ids) and e.voided_at is null
      and not exists (
        select
        from given
        where given.account_id = e.account_id and given.date = e.value_date and given.value = e.total_value and given.basis = e.basis
          and given.carried = e.carried and e.currency = v_line.currency
      )
    returning e.value_date
  )
  select min(value_date) into v_from from voided;

  with made as (
    insert into public.estimated_values (user_id, account_id, value_date, total_value, currency, basis, carried, as_of, made_at)
    select v_line.user_id, g."accountId", g.date, g.value, v_line.currency, g.basis, g.carried, d.closes_at, p_now
    from jsonb_to_recordset(p_days) as g ("accountId" uuid, date date, value numeric, basis text, carried text[])
    join public.trading_days d on d.date = g.date
    where g."accountId" = any (v_line.member_ids)
    on conflict do nothing
    returning value_date
  )
  select least(v_from, min(value_date)) into v_from from made;

  insert into public.estimate_drawings as known (line_id, user_id, evidence_version, drawn_at)
  values (p_line_id, v_line.user_id, p_version, p_now)
  on conflict (line_id) do update set user_id = excluded.user_id, evidence_version = excluded.evidence_version, drawn_at = excluded.drawn_at;

  if v_from is null then
    return 0;
  end if;
  perform public.note_stated_since(v_line.user_id);
  return public.publish_since(v_line.user_id, v_from, 'observed', p_now);
end
$$;

comment on function public.record_estimates is 'Makes the estimates of a real account these and no others, and publishes what follows.';

-- Allows estimates of a user's days, or allows them no more, which takes all of them away again: a decision of the user, or with p_actor_id
-- of an administrator, whose decisions are in the audit log with their reason. Users decide whatever was decided before; administrators
-- take back what one of them allowed, and never what the user did. Returns how many days changed; null for somebody without a
-- portfolio, and where there is nothing for an administrator to decide.
create function public.allow_estimates(p_user_id uuid, p_is_allowed boolean, p_actor_id uuid, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_portfolio public.portfolios;
  v_from date;
begin
  select * into v_portfolio from public.portfolios where user_id = p_user_id for update;
  if not found
    or p_actor_id is not null and p_is_allowed and v_portfolio.estimates_since is not null
    or p_actor_id is not null and not p_is_allowed and not v_portfolio.estimates_by_operator
  then
    return null;
  end if;
  if p_actor_id is not null then
    insert into public.audit_log (actor_id, action, target, reason, at)
    values (
      p_actor_id, case when p_is_allowed then 'allow_estimates' else 'take_back_estimates' end, 'portfolios/' || p_user_id, p_reason, p_now
    );
  end if;
  update public.portfolios
  set estimates_since = case when p_is_allowed then coalesce(estimates_since, p_now) end,
    estimates_by_operator = p_is_allowed and p_actor_id is not null
  where user_id = p_user_id;
  if p_is_allowed then
    -- What was worked out before was taken away, so nothing is up to date.
    update public.estimate_drawings set evidence_version = '' where user_id = p_user_id;
    return 0;
  end if;
  with voided as (
    update public.estimated_values set voided_at = p_now where user_id = p_user_id and voided_at is null returning value_date
  )
  select min(value_date) into v_from from voided;
  if v_from is null then
    return 0;
  end if;
  perform public.note_stated_since(p_user_id);
  return public.publish_since(p_user_id, v_from, 'estimates switched off', p_now);
end
$$;

comment on function public.allow_estimates is 'Allows estimates of a user''s days, or takes all of them away.';

grant execute on function
  public.due_estimates,
  public.movements_settle_after,
  public.estimate_case,
  public.estimate_prices,
  public.record_market_prices,
  public.record_estimates,
  public.allow_estimates
to service_role;

-- schemas/23_imports.sql

-- Taking in past values from statements, and taking that back.

-- What taking in rows of a file would mean for each, oldest first. p_rows: [{ line, accountId, date, total, currency }], with trading
-- days and accounts of the user. verdict: new; replaces (an earlier file says otherwise); confirms (a known value becomes an
-- official one); same (nothing to take in); differs (a better value is known, which goes on to stand); future, closed,
-- other_currency (not taken in). known is the value that stands now; is_news, whether there is anything to take in.
create function public.judge_statement(p_user_id uuid, p_rows jsonb, p_is_official boolean, p_now timestamptz)
returns table (
  line integer, account_id uuid, account_name text, value_date date, as_of timestamptz, total_value numeric, currency text,
  verdict text, is_news boolean, known jsonb
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_latest date := (select max(d.date) from public.trading_days d where d.closes_at <= p_now);
begin
  return query
  select given.line, l.member_ids[1], l.name, given.date, d.closes_at, given.total, given.currency, judged.verdict,
    judged.verdict in ('new', 'replaces', 'confirms') or judged.verdict = 'differs' and not own.is_same,
    case
      when better.total_value is not null then jsonb_build_object(
        'value', trim_scale(better.total_value)::text, 'currency', better.currency, 'kind', better.kind, 'source', better.source
      )
      when stated.total_value is not null then jsonb_build_object(
        'value', trim_scale(stated.total_value)::text, 'currency', stated.currency, 'kind', 'estimated', 'source', stated.source
      )
    end
  from jsonb_to_recordset(p_rows) as given (line integer, "accountId" uuid, date date, total numeric, currency text)
  join public.account_lines l on l.user_id = p_user_id and l.line_id = given."accountId"
  join public.trading_days d on d.date = given.date
  left join lateral (
    select v.total_value, v.currency, v.kind, v.source
    from public.current_values v
    where v.account_id = any (l.member_ids) and v.value_date = given.date
    order by v.kind_rank, v.as_of desc, v.id desc
    limit 1
  ) better on true
  left join lateral (
    select s.total_value, s.currency, s.source, s.is_official
    from public.stated_values s
    -- An estimate is nothing that a file could contradict.
    where s.account_id = any (l.member_ids) and s.value_date = given.date and s.source <> 'estimate'
    order by s.id desc
    limit 1
  ) stated on true
  cross join lateral (
    select coalesce(
      stated.total_value = given.total and stated.currency = given.currency and (stated.is_official or not p_is_official), false
    ) as is_same
  ) own
  cross join lateral (
    select case
      when given.date > v_latest then 'future'
      when l.closed_on <= given.date then 'closed'
      when l.currency <> given.currency then 'other_currency'
      when better.total_value = given.total and better.currency = given.currency then 'same'
      when better.total_value is not null then 'differs'
      when own.is_same then 'same'
      when stated.total_value = given.total and stated.currency = given.currency then 'confirms'
      when stated.total_value is not null then 'replaces'
      else 'new'
    end as verdict
  ) judged
  order by given.date, given.line;
end
$$;

comment on function public.judge_statement is 'What taking in rows of a file would mean for each; writes nothing.';

-- Since when statements and estimates give values of a user's accounts, drawn again from those that count.
create function public.note_stated_since(p_user_id uuid)
returns void
language sql
set search_path = ''
as $$
  update public.accounts a
  set stated_since = stated.since
  from public.accounts known
  cross join lateral (
    select least(
      (select min(s.value_date) from public.statement_values s where s.account_id = known.id and s.voided_at is null),
      (select min(e.value_date) from public.estimated_values e where e.account_id = known.id and e.voided_at is null)
    ) as since
  ) stated
  where known.user_id = p_user_id and a.id = known.id and a.stated_since is distinct from stated.since
$$;

comment on function public.note_stated_since is 'Notes since when statements and estimates give values of a user''s accounts.';

-- Takes in a file of past values: [{ line, accountId, date, total, currency }] as judge_statement takes them. The same file twice
-- changes nothing. Movements are read again from as far back as the values reach, since without them deposits would pass for
-- gains. Returns { importId, values, published }; importId is null where there was nothing to take in.
create function public.import_statement(
  p_import_id uuid, p_user_id uuid, p_name text, p_is_official boolean, p_rows jsonb, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_recorded record;
begin
  perform from public.portfolios where user_id = p_user_id for update;

  insert into public.statement_imports (id, user_id, name, is_official, imported_at)
  select p_import_id, p_user_id, p_name, p_is_official, p_now
  where exists (select from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged where judged.is_news);
  if not found then
    return jsonb_build_object('importId', null, 'values', 0, 'published', 0);
  end if;

  with recorded as (
    insert into public.statement_values (import_id, user_id, account_id, value_date, total_value, currency, is_official, as_of)
    select p_import_id, p_user_id, judged.account_id, judged.value_date, judged.total_value, judged.currency, p_is_official, judged.as_of
    from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged
    where judged.is_news
    returning account_id, value_date
  ),
  unread as (
    update public.accounts a
    set flows_synced_at = null
    from (select account_id, min(value_date) as since from recorded group by account_id) r
    where a.id = r.account_id and a.closed_on is null and r.since < (
      select min(m.range_from) from public.movement_statements m where m.account_id = a.id
    )
  )
  select count(*) as values, min(value_date) as since into v_recorded from recorded;

  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'importId', p_import_id, 'values', v_recorded.values,
    'published', public.publish_since(p_user_id, v_recorded.since, 'observed', p_now)
  );
end
$$;

comment on function public.import_statement is 'Takes in a file of past values and publishes what follows, in one transaction.';

-- Undoes an import: its values are voided and count no more. Returns { importId, values, published }; null when this user has no such
-- import, or it is undone already.
create function public.undo_import(p_user_id uuid, p_import_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_voided record;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  update public.statement_imports
  set undone_at = p_now
  where id = p_import_id and user_id = p_user_id and undone_at is null;
  if not found then
    return null;
  end if;
  with voided as (
    update public.statement_values set voided_at = p_now where import_id = p_import_id returning value_date
  )
  select count(*) as values, min(value_date) as since into v_voided from voided;

  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'importId', p_import_id, 'values', v_voided.values,
    'published', public.publish_since(p_user_id, v_voided.since, 'import undone', p_now)
  );
end
$$;

comment on function public.undo_import is 'Undoes an import of past values and publishes what follows, in one transaction.';

-- The days of a user that stand: { date: { value, kind } }.
create function public.published_days(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(
    h.value_date, jsonb_build_object('value', trim_scale(h.total_value)::text, 'kind', h.snapshot_type)
  ), '{}')
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.is_current
$$;

comment on function public.published_days is 'The days of a user that stand, by date.';

-- What taking in a file would mean, row by row, and which published days would change: { rows: [{ line, account, date, value, currency,
-- verdict, isNews, known: { value, currency, kind, source } | null }], currency, changes: [{ date, now, next }] } with the totals,
-- { value, kind } in the portfolio's currency, null where nothing is published. The very import says so, and then everything is as it was.
create function public.preview_statement(p_user_id uuid, p_is_official boolean, p_rows jsonb, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_rows jsonb := (
    select coalesce(jsonb_agg(jsonb_build_object(
      'line', judged.line, 'account', judged.account_name, 'date', judged.value_date, 'value', trim_scale(judged.total_value)::text,
      'currency', judged.currency, 'verdict', judged.verdict, 'isNews', judged.is_news, 'known', judged.known
    ) order by judged.value_date, judged.line), '[]')
    from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged
  );
  v_now jsonb := public.published_days(p_user_id);
  v_next jsonb;
begin
  begin
    perform public.import_statement(gen_random_uuid(), p_user_id, 'preview', p_is_official, p_rows, p_now);
    v_next := public.published_days(p_user_id);
    raise exception using errcode = 'PVIEW';
  exception
    -- What was recorded since the block began goes with the exception, and what was read stays.
    when sqlstate 'PVIEW' then null;
  end;
  return jsonb_build_object('rows', v_rows, 'currency', (select p.currency from public.portfolios p where p.user_id = p_user_id), 'changes', (
    select coalesce(jsonb_agg(jsonb_build_object('date', day, 'now', v_now -> day, 'next', v_next -> day) order by day), '[]')
    from (select jsonb_object_keys(v_now || v_next) as day) days
    where v_now -> day is distinct from v_next -> day
  ));
end
$$;

comment on function public.preview_statement is 'What taking in a file of past values would mean; records nothing.';

-- A user's imports within the caller's own rights, newest first: [{ id, name, isOfficial, importedAt, undoneAt, values, accounts: [name],
-- from, to }].
create function public.user_imports(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', i.id, 'name', i.name, 'isOfficial', i.is_official, 'importedAt', i.imported_at, 'undoneAt', i.undone_at,
    'values', taken.values, 'accounts', taken.accounts, 'from', taken.first_day, 'to', taken.last_day
  ) order by i.imported_at desc, i.id), '[]')
  from (
    select * from public.statement_imports where user_id = p_user_id order by imported_at desc, id limit 100
  ) i
  cross join lateral (
    select count(*) as values, min(s.value_date) as first_day, max(s.value_date) as last_day,
      jsonb_agg(distinct a.name order by a.name) as accounts
    from public.statement_values s
    join public.accounts a on a.id = s.account_id
    where s.import_id = i.id
  ) taken
$$;

comment on function public.user_imports is 'A user''s imports of past values, newest first, within the caller''s own rights.';

grant execute on function
  public.judge_statement,
  public.note_stated_since,
  public.import_statement,
  public.undo_import,
  public.preview_statement,
  public.published_days
to service_role;

grant execute on function public.user_imports to authenticated, service_role;

-- schemas/23_manual_accounts.sql

-- Accounts that no broker knows: their user gives a total now and then, which counts until the next one or until the account is ended.

-- One such account of a user, under the lock of everything that is recorded for them; no row for any other.
create function public.lock_manual_account(p_user_id uuid, p_account_id uuid)
returns setof public.accounts
language plpgsql
set search_path = ''
as $$
begin
  perform from public.portfolios where user_id = p_user_id for update;
  return query
  select a.*
  from public.accounts a
  where a.id = p_account_id and a.user_id = p_user_id and a.is_manual
    and exists (select from public.statement_values s where s.account_id = a.id and s.voided_at is null);
end
$$;

comment on function public.lock_manual_account is 'An account that its user keeps by hand, locked with everything that is recorded for them.';

-- Gives an account the value of a trading day, in place of the one that its user had given for that day. Twice is once. Returns the
-- first day that changes; null where nothing does.
create function public.give_manual_value(p_account public.accounts, p_date date, p_total numeric, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select
    from public.stated_values s
    where s.account_id = p_account.id and s.value_date = p_date and s.total_value = p_total
  ) then
    return null;
  end if;
  update public.statement_values
  set voided_at = p_now
  where account_id = p_account.id and value_date = p_date and voided_at is null and import_id is null;
  insert into public.statement_values (user_id, account_id, value_date, total_value, currency, is_official, as_of)
  select p_account.user_id, p_account.id, p_date, p_total, p_account.currency, false, d.closes_at
  from public.trading_days d
  where d.date = p_date;
  perform public.note_stated_since(p_account.user_id);
  return p_date;
end
$$;

comment on function public.give_manual_value is 'Gives an account that is kept by hand its value of a day.';

-- Adds an account by hand with its first value, of a trading day that has closed, as text, since numbers of JSON are not exact: { accountId, published }; { refused: too_many }
-- where the user keeps p_accounts_max already. The same id again changes nothing.
create function public.add_manual_account(
  p_user_id uuid, p_account_id uuid, p_name text, p_currency text, p_date date, p_total text, p_data_notice text,
  p_accounts_max integer, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_connection_id uuid;
  v_account public.accounts;
  v_from date;
begin
  insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  perform from public.portfolios where user_id = p_user_id for update;
  if (
    select count(*)
    from public.account_lines l
    where l.user_id = p_user_id and l.is_manual and not p_account_id = any (l.member_ids)
  ) >= p_accounts_max then
    return jsonb_build_object('refused', 'too_many');
  end if;

  insert into public.brokerage_connections (user_id, provider, external_id, institution, status, created_at, totals_due)
  values (p_user_id, 'manual', p_user_id, 'Kept by hand', 'paused', p_now, false)
  on conflict (provider, external_id) do nothing;
  select id into strict v_connection_id
  from public.brokerage_connections
  where provider = 'manual' and user_id = p_user_id;

  -- All that is known of it is what its user gives, so nothing of it is ever waited for.
  insert into public.accounts (
    id, line_id, user_id, connection_id, external_id, name, currency, category, first_known_on, flows_synced_at, history_asked_at, created_at
  )
  values (
    p_account_id, p_account_id, p_user_id, v_connection_id, p_account_id, p_name, p_currency, 'investment', 'infinity', 'infinity', p_now, p_now
  )
  on conflict (id) do nothing;
  select * into v_account from public.accounts where id = p_account_id and user_id = p_user_id and is_manual;
  v_from := public.give_manual_value(v_account, p_date, p_total::numeric, p_now);
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_from is null then 0
    else public.publish_since(p_user_id, v_from, 'observed', p_now)
  end);
end
$$;

comment on function public.add_manual_account is 'Adds an account that its user keeps by hand, with its first value.';

-- A value that a user gives of an account of theirs: { accountId, published }; { refused: closed } for a day on which it is ended; null when
-- they keep no such account.
create function public.keep_manual_value(p_user_id uuid, p_account_id uuid, p_date date, p_total text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_from date;
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  if v_account.id is null then
    return null;
  end if;
  if p_date >= v_account.closed_on then
    return jsonb_build_object('refused', 'closed');
  end if;
  v_from := public.give_manual_value(v_account, p_date, p_total::numeric, p_now);
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_from is null then 0
    else public.publish_since(p_user_id, v_from, 'observed', p_now)
  end);
end
$$;

comment on function public.keep_manual_value is 'Gives an account that is kept by hand its value of a day, and publishes what follows.';

-- Takes back the value of a day or, without one, all of them, and with the last one the account: { accountId, published }; null when there
-- is nothing to take back. What was given stays on record and counts no more.
create function public.remove_manual_values(p_user_id uuid, p_account_id uuid, p_date date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_from date;
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  with voided as (
    update public.statement_values
    set voided_at = p_now
    where account_id = v_account.id and voided_at is null and (p_date is null or value_date = p_date)
    returning value_date
  )
  select min(value_date) into v_from from voided;
  if v_from is null then
    return null;
  end if;
  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'accountId', p_account_id, 'published', public.publish_since(p_user_id, v_from, 'observed', p_now)
  );
end
$$;

comment on function public.remove_manual_values is 'Takes back values of an account that is kept by hand, and publishes what follows.';

-- Ends an account from a day on; without one it is there again: { accountId, published }; { refused: date } for a day with or before its
-- first value or beyond the next session; null when they keep no such account.
create function public.end_manual_account(p_user_id uuid, p_account_id uuid, p_ended_on date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_ended_on date := (select min(d.date) from public.trading_days d where d.date >= p_ended_on);
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  if v_account.id is null then
    return null;
  end if;
  if p_ended_on is not null and (
    v_ended_on is null or v_ended_on <= v_account.stated_since
    or v_ended_on > (select min(d.date) from public.trading_days d where d.closes_at > p_now)
  ) then
    return jsonb_build_object('refused', 'date');
  end if;
  update public.accounts
  set closed_on = v_ended_on, end_reason = case when v_ended_on is not null then 'decided' end
  where id = p_account_id;
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_ended_on is not distinct from v_account.closed_on then 0
    else public.publish_since(p_user_id, least(v_ended_on, v_account.closed_on), 'observed', p_now)
  end);
end
$$;

comment on function public.end_manual_account is 'Ends an account that is kept by hand, or takes that back, and publishes what follows.';

-- The accounts that a user keeps by hand, within the caller's own rights: [{ id, name, currency, endedOn, values: [{ date, total }] }] with the
-- newest values first.
create function public.manual_accounts(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', a.id, 'name', a.name, 'currency', a.currency, 'endedOn', a.closed_on, 'values', given.documents
  ) order by a.closed_on is not null, a.name, a.id), '[]')
  from public.accounts a
  cross join lateral (
    select jsonb_agg(jsonb_build_object('date', s.value_date, 'total', trim_scale(s.total_value)::text) order by s.value_date desc) as documents
    from public.stated_values s
    where s.account_id = a.id
  ) given
  where a.user_id = p_user_id and a.is_manual and given.documents is not null
$$;

comment on function public.manual_accounts is 'The accounts that a user keeps by hand with the values that they gave.';

grant execute on function
  public.lock_manual_account,
  public.give_manual_value,
  public.add_manual_account,
  public.keep_manual_value,
  public.remove_manual_values,
  public.end_manual_account
to service_role;

grant execute on function public.manual_accounts to authenticated, service_role;

-- schemas/24_messages.sql

-- Messages to users by e-mail: what about their portfolio they have to know, and one message for each such state.

create table public.user_notices (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  kind text not null check (kind in ('connection_broken', 'match', 'movement', 'account')),
  subject uuid not null,
  facts jsonb not null,
  began_at timestamptz not null,
  ended_at timestamptz
);

-- While a state lasts it is one row, whoever looks and however often.
create unique index user_notices_open on public.user_notices (kind, subject) where ended_at is null;
create index user_notices_user on public.user_notices (user_id);
create index user_notices_subject on public.user_notices (kind, subject);

comment on table public.user_notices is 'A state that a user has to know of, from when it was first seen until it was over.';
comment on column public.user_notices.subject is 'The connection that is broken, the proposed match, or the account that is asked about.';
comment on column public.user_notices.facts is 'Names of brokerages and accounts, and since when; never a value or a secret.';

alter table public.user_notices enable row level security;
grant select, insert, update on public.user_notices to service_role;

-- The key is what keeps it at one message for a state.
create table public.user_messages (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  notice_id bigint not null references public.user_notices (id) on delete cascade,
  kind text not null check (kind in ('connection_broken', 'connection_healed', 'question', 'reconnect_reminder')),
  pending_since timestamptz not null,
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  lease_expires_at timestamptz,
  sent_at timestamptz,
  withdrawn_at timestamptz,
  unique (notice_id, kind),
  check (sent_at is null or withdrawn_at is null)
);

create index user_messages_pending on public.user_messages (next_attempt_at, id) where sent_at is null and withdrawn_at is null;
create index user_messages_user on public.user_messages (user_id);

comment on table public.user_messages is 'The outbox of e-mail to users: a message that is pending, was sent, or was withdrawn.';
comment on column public.user_messages.attempts is 'How often the mail server did not take it.';
comment on column public.user_messages.lease_expires_at is 'Until then one worker is sending it; free again afterwards, whatever became of the worker.';
comment on column public.user_messages.withdrawn_at is
  'When it became pointless unsent: what it is about was over, its user wants no such messages, or their address does not exist.';

alter table public.user_messages enable row level security;
grant select, insert, update on public.user_messages to service_role;

create table public.unsubscriptions (
  user_id uuid not null references auth.users (id) on delete cascade,
  topic text not null check (topic in ('connection_broken', 'connection_healed', 'question')),
  since timestamptz not null,
  primary key (user_id, topic)
);

comment on table public.unsubscriptions is 'The kinds of messages that a user does not want.';

alter table public.unsubscriptions enable row level security;
grant select, insert, delete on public.unsubscriptions to service_role;

create function public.topic_of_message(p_kind text)
returns text
language sql
immutable
set search_path = ''
as $$ select case p_kind when 'reconnect_reminder' then 'connection_broken' else p_kind end $$;

comment on function public.topic_of_message is 'The kind of messages that a user may not want to which a message belongs.';

-- What users have to know now.
create function public.current_notices()
returns table (user_id uuid, kind text, subject uuid, facts jsonb)
language sql
stable
set search_path = ''
as $$
  select c.user_id, 'connection_broken', c.id,
    jsonb_build_object('institution', c.institution, 'provider', c.provider, 'since', c.disabled_since)
  from public.brokerage_connections c
  where c.status = 'disabled'
  union all
  select p.user_id, 'match', p.id, jsonb_build_object(
    'institution', c.institution, 'account', a.name, 'otherInstitution', gone.institution, 'otherAccount', k.name
  )
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  join public.accounts k on k.id = p.candidate_id
  join public.brokerage_connections gone on gone.id = k.connection_id
  where p.status = 'open'
  union all
  select q.user_id, q.kind, q.account_id, jsonb_build_object('institution', q.institution, 'account', q.account)
    || case when q.kind = 'movement' then jsonb_build_object('since', q.date) else '{}' end
  from public.unanswered_questions() q
$$;

comment on function public.current_notices is 'What users have to know now: broken connections, and what they are asked.';

-- Brings the notices in line with what is so now, and with p_send puts one message for each change into the outbox. What breaks again
-- within a day of its last message waits for the rest of that day. Many may call it at once.
create function public.settle_user_notices(p_send boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  with current as materialized (
    select * from public.current_notices()
  )
  insert into public.user_notices as known (user_id, kind, subject, facts, began_at)
  select n.user_id, n.kind, n.subject, n.facts, p_now
  from current n
  -- Always in one order, so that two of us wait for each other instead of locking each other out.
  order by n.kind, n.subject
  on conflict (kind, subject) where ended_at is null do update
  set facts = excluded.facts
  where known.facts is distinct from excluded.facts;

  with current as materialized (
    select * from public.current_notices()
  ),
  over as (
    update public.user_notices n
    set ended_at = p_now
    where n.ended_at is null
      and not exists (select from current c where c.kind = n.kind and c.subject = n.subject)
    returning n.id, n.user_id, n.kind, n.subject
  )
  insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
  select over.user_id, over.id, 'connection_healed', p_now, p_now
  from over
  join public.brokerage_connections c on c.id = over.subject and c.status = 'active'
  join public.user_messages m on m.notice_id = over.id and m.kind = 'connection_broken' and m.withdrawn_at is null
  where over.kind = 'connection_broken'
  on conflict do nothing;

  if p_send then
    insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
    select n.user_id, n.id, message.kind, p_now, greatest(p_now, (
      select max(m.sent_at) + interval '1 day'
      from public.user_notices earlier
      join public.user_messages m on m.notice_id = earlier.id and m.kind = message.kind
      where earlier.kind = n.kind and earlier.subject = n.subject
    ))
    from public.user_notices n
    cross join lateral (select case when n.kind = 'connection_broken' then n.kind else 'question' end as kind) message
    where n.ended_at is null
      and not exists (select from public.user_messages m where m.notice_id = n.id and m.kind = message.kind)
    on conflict do nothing;
  end if;
end
$$;

comment on function public.settle_user_notices is 'Begins and ends notices to users, and puts a message for each change into the outbox.';

-- Takes unsent messages out of the outbox that have become pointless.
create function public.withdraw_user_messages(p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  update public.user_messages m
  set withdrawn_at = p_now
  from public.user_notices n
  where n.id = m.notice_id and m.sent_at is null and m.withdrawn_at is null
    and (m.lease_expires_at is null or m.lease_expires_at <= p_now)
    and (
      case when m.kind = 'connection_healed'
        then exists (
          select from public.user_notices again where again.kind = n.kind and again.subject = n.subject and again.ended_at is null
        ) or exists (
          select from public.user_messages told
          where told.notice_id = n.id and told.kind = 'connection_broken' and told.withdrawn_at is not null
        )
        else n.ended_at is not null
      end
      or exists (
        select from public.unsubscriptions u where u.user_id = m.user_id and u.topic = public.topic_of_message(m.kind)
      )
      or public.user_email(m.user_id) is null
    )
$$;

comment on function public.withdraw_user_messages is 'Withdraws messages that have become pointless before they were sent.';

-- The next pending messages, those of one user and kind together, leased to the caller: { ids, userId, email, kind, topic, attempts,
-- items: [{ kind, facts }] }; null when there are none. That a connection works again is sent after that it broke.
create function public.claim_user_messages(p_lease_seconds integer, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  -- What may be sent, of one user and kind or, with nulls, of anybody.
  v_ready cursor (p_user_id uuid, p_kind text) for
    select m.*
    from public.user_messages m
    where (p_user_id is null or m.user_id = p_user_id and m.kind = p_kind)
      and m.sent_at is null and m.withdrawn_at is null and m.next_attempt_at <= p_now
      and (m.lease_expires_at is null or m.lease_expires_at <= p_now)
      and (m.kind <> 'connection_healed' or exists (
        select from public.user_messages told
        where told.notice_id = m.notice_id and told.kind = 'connection_broken' and told.sent_at is not null
      ))
    order by m.next_attempt_at, m.id
    for update skip locked;
  v_first public.user_messages;
  v_ids bigint[];
  v_batch jsonb;
begin
  perform public.withdraw_user_messages(p_now);
  open v_ready(null, null);
  fetch v_ready into v_first;
  close v_ready;
  if v_first.id is null then
    return null;
  end if;
  for v_message in v_ready(v_first.user_id, v_first.kind) loop
    v_ids := v_ids || v_message.id;
    exit when cardinality(v_ids) = 50;
  end loop;

  with leased as (
    update public.user_messages m
    set lease_expires_at = p_now + make_interval(secs => p_lease_seconds)
    where m.id = any (v_ids)
    returning m.id, m.notice_id, m.attempts
  )
  select jsonb_build_object(
    'ids', jsonb_agg(leased.id order by leased.id), 'userId', v_first.user_id, 'email', public.user_email(v_first.user_id),
    'kind', v_first.kind, 'topic', public.topic_of_message(v_first.kind), 'attempts', max(leased.attempts),
    'items', jsonb_agg(jsonb_build_object('kind', n.kind, 'facts', n.facts) order by leased.id)
  ) into v_batch
  from leased
  join public.user_notices n on n.id = leased.notice_id;
  return v_batch;
end
$$;

comment on function public.claim_user_messages is 'Leases the next pending messages of one user and kind; one caller at a time gets them.';

-- What became of messages: sent, with p_next_attempt_at to be tried again, or with p_is_refused given up.
create function public.finish_user_messages(p_ids bigint[], p_next_attempt_at timestamptz, p_is_refused boolean, p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '30s'
as $$
  update public.user_messages
  set sent_at = case when p_next_attempt_at is null and not p_is_refused then p_now end,
    withdrawn_at = case when p_is_refused then p_now end,
    attempts = attempts + case when p_next_attempt_at is null and not p_is_refused then 0 else 1 end,
    next_attempt_at = coalesce(p_next_attempt_at, next_attempt_at),
    lease_expires_at = null
  where id = any (p_ids) and sent_at is null and withdrawn_at is null
$$;

comment on function public.finish_user_messages is 'Records that messages were sent, when they are tried again, or that they are given up.';

-- Users with a broken connection to a brokerage, or with a null institution to any of a provider.
create function public.owners_to_remind(p_provider text, p_institution text)
returns table (user_id uuid, connection_id uuid, is_unsubscribed boolean, is_reminded boolean)
language sql
stable
set search_path = ''
as $$
  select c.user_id, c.id,
    exists (select from public.unsubscriptions u where u.user_id = c.user_id and u.topic = 'connection_broken'),
    exists (
      select
      from public.user_notices n
      join public.user_messages m on m.notice_id = n.id and m.kind = 'reconnect_reminder'
      where n.kind = 'connection_broken' and n.subject = c.id and n.ended_at is null
    )
  from public.brokerage_connections c
  where c.status = 'disabled' and c.provider = p_provider and (p_institution is null or c.institution = p_institution)
$$;

comment on function public.owners_to_remind is 'Whose connections are broken, and whether a reminder may be sent to them.';

-- Whom a reminder would reach: { owners, unsubscribed, reminded, recipients }, in users.
create function public.reminder_preview(p_provider text, p_institution text)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with owners as (
    select o.user_id, bool_or(o.is_unsubscribed) as is_unsubscribed, bool_and(o.is_reminded) as is_reminded
    from public.owners_to_remind(p_provider, p_institution) o
    group by o.user_id
  )
  select jsonb_build_object(
    'owners', count(*), 'unsubscribed', count(*) filter (where is_unsubscribed),
    'reminded', count(*) filter (where is_reminded and not is_unsubscribed),
    'recipients', count(*) filter (where not is_reminded and not is_unsubscribed)
  )
  from owners
$$;

comment on function public.reminder_preview is 'Whom a reminder to reconnect would reach.';

-- Puts one reminder to reconnect into the outbox for each broken connection whose user was not reminded of it and wants such messages,
-- and the act into the audit log. Returns the number of users: 0, and no trace, when there is nobody left to remind.
create function public.remind_owners(p_provider text, p_institution text, p_actor_id uuid, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_users integer;
begin
  perform public.settle_user_notices(false, p_now);
  with reminded as (
    insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
    select n.user_id, n.id, 'reconnect_reminder', p_now, p_now
    from public.owners_to_remind(p_provider, p_institution) o
    join public.user_notices n on n.kind = 'connection_broken' and n.subject = o.connection_id and n.ended_at is null
    where not o.is_unsubscribed and not o.is_reminded
    order by n.id
    on conflict do nothing
    returning user_id
  )
  select count(distinct user_id) into v_users from reminded;
  if v_users > 0 then
    insert into public.audit_log (actor_id, action, target, reason, details, at)
    values (
      p_actor_id, 'remind_owners', 'reminders/' || p_provider, p_reason,
      jsonb_build_object('provider', p_provider, 'institution', p_institution, 'users', v_users), p_now
    );
  end if;
  return v_users;
end
$$;

comment on function public.remind_owners is 'Sends the owners of broken connections one reminder each, and records who had it sent and why.';

-- The kinds of messages that a user does not want: [topic].
create function public.user_unsubscriptions(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(u.topic order by u.topic), '[]') from public.unsubscriptions u where u.user_id = p_user_id
$$;

comment on function public.user_unsubscriptions is 'The kinds of messages that a user does not want.';

-- Ends or begins the subscription of a user to a kind of messages; nothing when there is no such user.
create function public.set_subscription(p_user_id uuid, p_topic text, p_is_wanted boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_is_wanted then
    delete from public.unsubscriptions u where u.user_id = p_user_id and u.topic = p_topic;
  else
    insert into public.unsubscriptions (user_id, topic, since)
    select p_user_id, p_topic, p_now
    where public.user_email(p_user_id) is not null
    on conflict do nothing;
  end if;
end
$$;

comment on function public.set_subscription is 'Ends or begins the subscription of a user to a kind of messages.';

grant execute on function
  public.topic_of_message,
  public.current_notices,
  public.settle_user_notices,
  public.withdraw_user_messages,
  public.claim_user_messages,
  public.finish_user_messages,
  public.owners_to_remind,
  public.reminder_preview,
  public.remind_owners,
  public.user_unsubscriptions,
  public.set_subscription
to service_role;

-- schemas/24_user_data.sql

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

-- schemas/25_inbox.sql

-- The operators' inbox: what waits for a decision of theirs, and who takes it on.

create table public.inbox_events (
  id bigint generated always as identity primary key,
  item text not null check (length(item) between 1 and 200),
  actor_id uuid not null,
  action text not null check (action in ('assign', 'release', 'snooze', 'wake', 'done')),
  until timestamptz,
  at timestamptz not null,
  check ((action = 'snooze') = (until is not null))
);

create index inbox_events_item on public.inbox_events (item, id);

comment on table public.inbox_events is 'What operators did with items of their inbox; the newest of a kind counts. Append-only.';
comment on column public.inbox_events.item is 'What the inbox calls the item; the same thing after it was over is another item.';

alter table public.inbox_events enable row level security;
grant select, insert on public.inbox_events to service_role;

-- What waits for operators: each with a key, a kind, since when, and what it is about.
create function public.inbox_sources(p_now timestamptz)
returns table (item text, kind text, since timestamptz, user_id uuid, facts jsonb)
language sql
stable
set search_path = ''
as $$
  select 'alert:' || a.id, 'alert', a.opened_at, null::uuid, jsonb_build_object('key', a.incident_key, 'kind', a.kind, 'facts', a.facts)
  from public.alerts a
  -- Held values are items of their own.
  where a.state = 'open' and a.kind <> 'held_values_waiting'
  union all
  select 'runs:' || r.trading_day || ':' || max(r.started_at)::date, 'run', min(r.started_at), null,
    jsonb_build_object('tradingDay', r.trading_day, 'runs', count(*), 'runId', (array_agg(r.id order by r.started_at desc))[1])
  from public.runs r
  where r.severity = 2 and r.trigger in ('cron', 'api_key', 'backfill') and r.started_at > p_now - interval '7 days'
  group by r.trading_day
  union all
  select 'held:' || a.line_id || ':' || min(v.id), 'held', min(v.observed_at), v.user_id,
    jsonb_build_object('account', min(a.name), 'institution', min(c.institution), 'count', count(*), 'date', min(v.value_date))
  from public.account_values v
  join public.accounts a on a.id = v.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  where v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet'
  group by v.user_id, a.line_id
  union all
  -- Another movement on the same account is another item.
  select q.kind || ':' || q.account_id || case when q.kind = 'movement' then ':' || q.date else '' end, q.kind, q.since, q.user_id,
    jsonb_build_object('account', q.account, 'institution', q.institution, 'count', q.count, 'date', q.date)
  from public.unanswered_questions() q
$$;

comment on function public.inbox_sources is 'What waits for operators, whatever they have done with it.';

-- What waits for operators and is neither done nor, unless p_snoozed, put off, oldest first: { total, mine, snoozed, items: [{ item, kind,
-- since, userId, email, facts, assigneeId, assignee, snoozedUntil, events: [{ actor, action, until, at }] }] }, counts of all and at most p_limit items.
create function public.inbox(p_actor_id uuid, p_snoozed boolean, p_limit integer, p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with sources as materialized (
    select * from public.inbox_sources(p_now)
  ),
  marked as materialized (
    select s.*,
      case when held.action = 'assign' then held.actor_id end as assignee_id,
      case when put_off.action = 'snooze' and put_off.until > p_now then put_off.until end as snoozed_until
    from sources s
    left join lateral (
      select e.action, e.actor_id from public.inbox_events e
      where e.item = s.item and e.action in ('assign', 'release') order by e.id desc limit 1
    ) held on true
    left join lateral (
      select e.action, e.until from public.inbox_events e
      where e.item = s.item and e.action in ('snooze', 'wake') order by e.id desc limit 1
    ) put_off on true
    where not exists (select from public.inbox_events e where e.item = s.item and e.action = 'done')
  ),
  page as (
    select * from marked where p_snoozed = (snoozed_until is not null) order by since, item limit p_limit
  )
  select jsonb_build_object(
    'total', (select count(*) from marked where snoozed_until is null),
    'mine', (select count(*) from marked where snoozed_until is null and assignee_id = p_actor_id),
    'snoozed', (select count(*) from marked where snoozed_until is not null),
    'items', coalesce((
      select jsonb_agg(jsonb_build_object(
        'item', page.item, 'kind', page.kind, 'since', page.since, 'userId', page.user_id, 'email', public.user_email(page.user_id),
        'facts', page.facts, 'assigneeId', page.assignee_id, 'assignee', public.user_email(page.assignee_id),
        'snoozedUntil', page.snoozed_until,
        'events', coalesce((
          select jsonb_agg(jsonb_build_object(
            'actor', public.user_email(e.actor_id), 'action', e.action, 'until', e.until, 'at', e.at
          ) order by e.id desc)
          from (select * from public.inbox_events e where e.item = page.item order by e.id desc limit 20) e
        ), '[]')
      ) order by page.since, page.item)
      from page
    ), '[]')
  )
$$;

comment on function public.inbox is 'What waits for operators, with who takes it on and what was done with it.';

-- Notes what an operator did with an item; false when nothing of that name waits.
create function public.mark_inbox_item(p_item text, p_actor_id uuid, p_action text, p_until timestamptz, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
set statement_timeout = '30s'
as $$
begin
  if not exists (select from public.inbox_sources(p_now) s where s.item = p_item)
    or p_action = 'done' and p_item not like 'runs:%'
  then
    return false;
  end if;
  insert into public.inbox_events (item, actor_id, action, until, at) values (p_item, p_actor_id, p_action, p_until, p_now);
  return true;
end
$$;

comment on function public.mark_inbox_item is 'Notes that an operator takes an item on or back, puts it off or is done with it.';

-- Alerts, those that are open first and then newest first, one page by key: [{ id, state, kind, key, facts, openedAt, lastSeenAt, resolvedAt,
-- deliveries: [{ state, attempts, deliveredAt, nextAttemptAt }] }].
create function public.list_alerts(p_before bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with page as (
    select *
    from public.alerts a
    where p_before is null
      or (a.state = 'open', a.id) < (select before.state = 'open', before.id from public.alerts before where before.id = p_before)
    order by a.state = 'open' desc, a.id desc
    limit p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'state', page.state, 'incident', jsonb_build_object('key', page.incident_key, 'kind', page.kind, 'facts', page.facts),
    'openedAt', page.opened_at, 'lastSeenAt', page.last_seen_at, 'resolvedAt', page.resolved_at,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'state', d.state, 'attempts', d.attempts, 'deliveredAt', d.delivered_at,
        'nextAttemptAt', case when d.delivered_at is null then d.next_attempt_at end
      ) order by d.state)
      from public.alert_deliveries d
      where d.alert_id = page.id
    ), '[]')
  ) order by page.state = 'open' desc, page.id desc), '[]')
  from page
$$;

comment on function public.list_alerts is 'Alerts, open ones first, one page by key.';

grant execute on function
  public.inbox_sources,
  public.inbox,
  public.mark_inbox_item,
  public.list_alerts
to service_role;
