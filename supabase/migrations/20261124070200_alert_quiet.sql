-- How long something must not be seen until it is over depends on what it is: a brokerage that failed yesterday is asked for
-- the new day only after its back-off, and is not mended in between.

alter table public.alerts add column quiet_seconds integer not null default 600 check (quiet_seconds > 0);
comment on column public.alerts.quiet_seconds is 'Not seen for this long, it is over.';

-- Re-created without held values, which held_waiting tells more exactly: those that no later value has settled.
create or replace function public.alert_facts(p_now timestamptz, p_silent_seconds integer)
returns jsonb
language sql
stable
set search_path = ''
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
        where c.last_error_code = 'keys_refused' and c.status <> 'removed'
        group by c.provider
      ) refused
    )
  )
$$;

comment on function public.alert_facts is 'What alerts are drawn from: open alerts, failed runs, broken connections, refused keys.';

drop function public.settle_alerts(jsonb, boolean, integer, timestamptz);

-- Brings the alerts in line with what is wrong now (p_incidents: [{ key, kind, facts, quietSeconds }]): opens what is new,
-- resolves what was not seen for its while, and, where there is a receiver (p_tell), owes it one message for each. Many may
-- call it at once.
create function public.settle_alerts(p_incidents jsonb, p_tell boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
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
  insert into public.alert_deliveries (alert_id, state, owed_since, next_attempt_at)
  select o.id, 'resolved', p_now, p_now
  from over o
  join public.alert_deliveries d on d.alert_id = o.id and d.state = 'open'
  on conflict do nothing;

  if p_tell then
    insert into public.alert_deliveries (alert_id, state, owed_since, next_attempt_at)
    select a.id, 'open', p_now, p_now from public.alerts a where a.state = 'open'
    on conflict do nothing;
  end if;
end
$$;

comment on function public.settle_alerts is 'Opens and resolves alerts, and owes a message for each change.';

revoke execute on function public.settle_alerts from public, anon, authenticated;
grant execute on function public.settle_alerts to service_role;
