-- A run carries the id of the request that caused it: the one that the answer's header and every log line of the run show.

alter table public.runs add column request_id uuid;

comment on column public.runs.request_id is 'The request that caused the run, as in its x-request-id header and in the logs; null for work that follows a page.';

-- Re-created for its new argument.
drop function public.open_run(uuid, text, date, uuid, timestamptz, integer);

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

  insert into public.runs (id, trigger, trading_day, requested_by, started_at, alive_at, request_id)
  values (p_id, p_trigger, p_trading_day, p_requested_by, p_now, p_now, p_request_id);
  return v_abandoned;
end
$$;

comment on function public.open_run is 'Opens a run; returns how many dead ones it closed.';

revoke execute on function public.open_run from public, anon, authenticated;
grant execute on function public.open_run to service_role;
