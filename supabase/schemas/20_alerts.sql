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
