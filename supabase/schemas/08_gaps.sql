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
