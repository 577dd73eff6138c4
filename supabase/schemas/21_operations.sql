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
