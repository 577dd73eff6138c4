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
