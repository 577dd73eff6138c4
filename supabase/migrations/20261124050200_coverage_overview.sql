-- Coverage at a glance: the trend, the open gaps by what they have in common, what fails for many at once, and how far
-- the running capture is.

-- Who has which kind of day lies together here for each trading day, so that a quarter of everybody is one stretch.
create index user_portfolio_history_by_day on public.user_portfolio_history (value_date, snapshot_type) where standing;

-- How many users are expected on each trading day of a range, and how many stand by kind:
-- [{ date, expected, captured, reconstructed, estimated }], oldest first.
create function public.coverage_trend(p_from date, p_to date)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with spans as (
      select k.days, count(*) as users from public.known_days(array(select p.user_id from public.portfolios p)) k group by k.days
    ),
    standing as (
      select h.value_date,
        count(*) filter (where h.snapshot_type = 'daily_eod') as captured,
        count(*) filter (where h.snapshot_type = 'reconstructed') as reconstructed,
        count(*) filter (where h.snapshot_type = 'estimated') as estimated
      from public.user_portfolio_history h
      where h.standing and h.value_date between p_from and p_to
      group by h.value_date
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'date', d.date,
      'expected', coalesce((select sum(s.users) from spans s where d.date <@ s.days), 0),
      'captured', coalesce(h.captured, 0), 'reconstructed', coalesce(h.reconstructed, 0), 'estimated', coalesce(h.estimated, 0)
    ) order by d.date), '[]')
    from public.trading_days d
    left join standing h on h.value_date = d.date
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
    group by grouping sets ((g.reason), (g.provider), (g.provider, g.institution))
  ) part
$$;

comment on function public.coverage_gaps is 'The open gaps of a range by reason, by provider and by institution.';

-- How many connections of each institution are expected on a trading day, and how many of them have a reason to lack it:
-- [{ provider, institution, users, connections, failures: [{ reason, users, connections, since }] }]. A connection fails
-- by what most of its missing accounts say. Since is the first day that most of them lack.
create function public.institution_failures(p_day date, p_reach date)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with expected as materialized (
      select c.id, c.user_id, c.provider, c.institution
      from public.brokerage_connections c
      where c.status <> 'removed' and exists (
        select from public.accounts a
        where a.connection_id = c.id and a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
      )
    ),
    failing as materialized (
      select g.connection_id, g.user_id, g.provider, g.institution, mode() within group (order by g.reason) as reason,
        (array_agg(g.account_id order by g.account_id))[1] as account_id
      from public.account_gaps(null, p_day, p_day, p_reach) g
      group by g.connection_id, g.user_id, g.provider, g.institution
    ),
    told as (
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
        from public.account_values v
        where v.account_id = f.account_id and v.value_date < p_day and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date desc
        limit 1
      ) last on true
    ),
    failures as (
      select t.provider, t.institution, t.reason, count(distinct t.user_id) as users, count(*) as connections,
        mode() within group (order by t.since) as since
      from told t
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

-- How far the capture is: { startedAt, answered, waiting } of the run that works now, startedAt null when none does.
-- Answered are connections that were read since it started, waiting those whose turn has come.
create function public.capture_progress(p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
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

revoke execute on function
  public.coverage_trend, public.coverage_gaps, public.institution_failures, public.capture_progress
  from public, anon, authenticated;
grant execute on function
  public.coverage_trend, public.coverage_gaps, public.institution_failures, public.capture_progress
  to service_role;
