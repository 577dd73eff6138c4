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
