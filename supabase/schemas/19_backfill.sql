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
