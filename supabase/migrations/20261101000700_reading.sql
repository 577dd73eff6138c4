-- The reader's side: a user's history as one document, and the health of the capture. Both run with the caller's own
-- rights, so row-level security decides what they see.

-- { currency, dataNotice, from, to, points, gaps, live, flows, coverage, connections } of one user between two days;
-- p_from null starts at the first known day. Days after the latest due one (p_due) are not expected yet. Gaps before the
-- provider's look-back (p_reach) cannot be filled any more. Amounts are text, since JSON numbers are not exact.
create function public.portfolio_history(p_user_id uuid, p_from date, p_to date, p_due date, p_reach date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with portfolio as (
    select user_id, currency, data_notice from public.portfolios where user_id = p_user_id
  ),
  counted as (
    select a.id, a.name, a.first_known_on, a.closed_on, a.flows_synced_at, c.status, c.retry_at
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.user_id = p_user_id and a.is_counted
  ),
  span as (
    select coalesce(p_from, (select min(first_known_on) from counted), p_to) as first_day, least(p_to, p_due) as last_day
  ),
  points as materialized (
    select h.*
    from public.user_portfolio_history h, span
    where h.user_id = p_user_id and h.standing and h.value_date between span.first_day and p_to
  ),
  gap_days as (
    select d.date, why.reason, why.final, why.next_attempt_at,
      d.ordinal - row_number() over (partition by why.reason, why.final order by d.date) as island
    from (
      select t.date, row_number() over (order by t.date) as ordinal
      from public.trading_days t, span
      where t.date between span.first_day and span.last_day
    ) d
    cross join lateral (
      -- What a reader most needs to know comes first: what only they can mend, then what nobody can, then what waits.
      select r.reason, r.final, r.next_attempt_at
      from (
        select case
            when o.final then o.reason
            when d.date < p_reach then 'provider_cannot'
            when a.status = 'disabled' then 'connection_broken'
            else coalesce(o.reason, 'not_yet_due')
          end as reason,
          coalesce(o.final, false) or d.date < p_reach as final,
          case when not coalesce(o.final, false) and d.date >= p_reach then greatest(o.next_attempt_at, a.retry_at) end as next_attempt_at
        from counted a
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = d.date
        where a.first_known_on <= d.date and (a.closed_on is null or d.date < a.closed_on)
          and not exists (
            select from public.account_values v
            where v.account_id = a.id and v.value_date = d.date and v.verdict = 'accepted' and v.superseded_by is null
          )
        union all
        -- Every account has its value, and yet no total could be told: an exchange rate is missing.
        select 'not_yet_due', false, null
        where exists (
          select from counted a where a.first_known_on <= d.date and (a.closed_on is null or d.date < a.closed_on)
        )
      ) r
      order by array_position(array['not_yet_due'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why
    where not exists (select from points where points.value_date = d.date)
  ),
  gaps as (
    select min(date) as first_day, max(date) as last_day, count(*) as days, reason, final, min(next_attempt_at) as next_attempt_at
    from gap_days
    group by reason, final, island
  ),
  live as (
    select sum(l.total_value) as value, min(l.as_of) as as_of, string_agg(distinct l.source, ',' order by l.source) as source
    from counted a
    left join public.live_values l on l.account_id = a.id
    where a.closed_on is null
    having bool_and(l.currency = (select currency from portfolio)) and bool_and(l.account_id is not null)
  ),
  flows as (
    select sum(f.amount) as net, bool_and(f.currency is not distinct from (select currency from portfolio)) as comparable
    from public.cash_flows f
    join counted a on a.id = f.account_id
    where f.user_id = p_user_id and f.is_external
      and f.flow_date > (select min(value_date) from points) and f.flow_date <= (select max(value_date) from points)
  )
  select jsonb_build_object(
    'currency', coalesce((select currency from portfolio), 'USD'),
    'dataNotice', (select data_notice from portfolio),
    'from', (select first_day from span),
    'to', p_to,
    'points', coalesce((
      select jsonb_agg(jsonb_build_object(
        'date', value_date, 'value', trim_scale(total_value)::text, 'kind', snapshot_type, 'source', data_source, 'asOf', as_of,
        'accountsExpected', accounts_expected, 'accountsPresent', accounts_present, 'carried', carried
      ) order by value_date)
      from points
    ), '[]'),
    'gaps', coalesce((
      select jsonb_agg(jsonb_build_object(
        'from', first_day, 'to', last_day, 'days', days, 'reason', reason, 'final', final, 'nextAttemptAt', next_attempt_at
      ) order by first_day)
      from gaps
    ), '[]'),
    'live', (
      select jsonb_build_object('value', trim_scale(value)::text, 'asOf', as_of, 'source', source) from live where value is not null
    ),
    'flows', (
      select jsonb_build_object(
        'net', case when coalesce(comparable, true) then trim_scale(coalesce(net, 0))::text end,
        'provisional', exists (
          select from counted a
          where a.closed_on is null
            and (a.flows_synced_at is null or a.flows_synced_at < (select max(value_date) from points) + 1)
        )
      )
      from flows
    ),
    'coverage', jsonb_build_object(
      'presentDays', (select count(*) from points),
      'missingDays', (select coalesce(sum(days), 0) from gaps),
      'byKind', (
        select jsonb_build_object(
          'daily_eod', count(*) filter (where snapshot_type = 'daily_eod'),
          'reconstructed', count(*) filter (where snapshot_type = 'reconstructed'),
          'estimated', count(*) filter (where snapshot_type = 'estimated')
        )
        from points
      )
    ),
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'institution', c.institution, 'status', c.status, 'lastSuccessAt', c.last_success_at
      ) order by c.institution, c.id)
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status <> 'removed'
    ), '[]')
  )
$$;

comment on function public.portfolio_history is 'A user''s history between two days as one document, within the caller''s own rights.';

revoke execute on function public.portfolio_history from public, anon;
grant execute on function public.portfolio_history to authenticated, service_role;

-- Whether the capture keeps its promise for one trading day: accounts of working connections that are expected and
-- present, and the last run.
create function public.capture_health(p_day date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with expected as (
    select a.id
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id and c.status = 'active'
    where a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
  )
  select jsonb_build_object(
    'expected', (select count(*) from expected),
    'present', (
      select count(*)
      from expected e
      join public.account_values v on v.account_id = e.id and v.value_date = p_day
        and v.verdict = 'accepted' and v.superseded_by is null
    ),
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

revoke execute on function public.capture_health from public, anon, authenticated;
grant execute on function public.capture_health to service_role;
