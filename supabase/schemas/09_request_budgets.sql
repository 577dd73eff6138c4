-- The request budget of each provider, shared by all processes: requests granted per second of the database's clock,
-- which all of them share.
create table public.request_budgets (
  provider text primary key check (provider in ('snaptrade', 'plaid', 'alpaca')),
  paused_until timestamptz
);

comment on table public.request_budgets is 'Until when a provider asked everybody to wait.';

alter table public.request_budgets enable row level security;
grant select on public.request_budgets to service_role;

insert into public.request_budgets (provider) values ('snaptrade'), ('plaid'), ('alpaca');

create table public.granted_requests (
  provider text not null references public.request_budgets (provider),
  granted_in timestamptz not null,
  requests integer not null check (requests > 0),
  share text not null default 'people' check (share in ('people', 'evening', 'backfill')),
  primary key (provider, granted_in, share)
);

comment on table public.granted_requests is 'Requests granted in each second of the last minute or so.';

alter table public.granted_requests enable row level security;
grant select on public.granted_requests to service_role;

-- The budget in three shares: people who wait, the evening's capture, and the past. Each has a part that the others cannot
-- take while it is wanted; what nobody wants is anybody's.
create table public.request_demands (
  provider text not null references public.request_budgets (provider),
  share text not null check (share in ('people', 'evening', 'backfill')),
  asked_at timestamptz not null,
  primary key (provider, share)
);

comment on table public.request_demands is 'When each share of a request budget was last asked for.';

alter table public.request_demands enable row level security;
grant select on public.request_demands to service_role;

-- Grants up to p_count requests to a share of the budget, within p_per_minute for all shares in any sixty seconds; returns
-- { granted, waitMs }, where waitMs is when to ask again. A request may leave up to a second after it was granted, so the
-- window is kept a second longer. People's part is always kept, since they come unannounced; a backfill leaves so much free
-- that an evening can begin at once.
create function public.take_requests(p_provider text, p_count integer, p_per_minute integer, p_share text default 'people')
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_paused_until timestamptz;
  v_used integer;
  v_own integer;
  v_kept integer;
  v_granted integer;
  v_oldest timestamptz;
begin
  select paused_until into strict v_paused_until from public.request_budgets where provider = p_provider for update;
  -- Read after the lock was won: the wait for it may have been long.
  v_now := clock_timestamp();
  insert into public.request_demands (provider, share, asked_at)
  values (p_provider, p_share, v_now)
  on conflict (provider, share) do update set asked_at = excluded.asked_at;
  if v_paused_until > v_now then
    return jsonb_build_object('granted', 0, 'waitMs', ceil(extract(epoch from v_paused_until - v_now) * 1000));
  end if;

  delete from public.granted_requests where provider = p_provider and granted_in < v_now - interval '62 seconds';
  select coalesce(sum(requests), 0), coalesce(sum(requests) filter (where share = p_share), 0), min(granted_in)
  into v_used, v_own, v_oldest
  from public.granted_requests
  where provider = p_provider;

  select coalesce(sum(greatest(0, floor(p_per_minute * parts.kept) - used.requests)), 0) into v_kept
  from (values ('people', 0.2), ('evening', 0.6), ('backfill', 0.2)) as parts (share, kept)
  cross join lateral (
    select coalesce(sum(g.requests), 0) as requests
    from public.granted_requests g
    where g.provider = p_provider and g.share = parts.share
  ) used
  where parts.share <> p_share and (
    parts.share = 'people'
    or exists (
      select
      from public.request_demands d
      where d.provider = p_provider and d.share = parts.share and d.asked_at > v_now - interval '62 seconds'
    )
  );
  v_granted := greatest(0, least(
    p_count, p_per_minute - v_used - v_kept,
    case when p_share = 'backfill' then ceil(p_per_minute * 0.6)::integer - v_own end
  ));
  if v_granted > 0 then
    insert into public.granted_requests as g (provider, granted_in, share, requests)
    values (p_provider, date_trunc('second', v_now), p_share, v_granted)
    on conflict (provider, granted_in, share) do update set requests = g.requests + excluded.requests;
    return jsonb_build_object('granted', v_granted, 'waitMs', 0);
  end if;
  return jsonb_build_object(
    'granted', 0, 'waitMs', greatest(50, ceil(extract(epoch from v_oldest + interval '62 seconds' - v_now) * 1000))
  );
end
$$;

comment on function public.take_requests is 'Grants provider requests out of the budget that all processes share.';

-- The provider asked for a pause: nobody asks it before the wait is over.
create function public.pause_requests(p_provider text, p_wait_ms integer)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.request_budgets
  set paused_until = greatest(paused_until, clock_timestamp() + make_interval(secs => p_wait_ms / 1000.0))
  where provider = p_provider
$$;

comment on function public.pause_requests is 'Stops all requests to a provider for the time it asked for.';

grant execute on function public.take_requests, public.pause_requests to service_role;
