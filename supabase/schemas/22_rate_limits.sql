-- Limits on what one caller may ask of an operation.

-- How much of a limit a caller has used: a bucket that drains steadily. A row whose time has passed means the same as no row.
create table public.rate_limits (
  operation text not null check (char_length(operation) between 1 and 40),
  subject text not null check (char_length(subject) between 1 and 80),
  drained_at timestamptz not null,
  primary key (operation, subject)
);

create index rate_limits_drained on public.rate_limits (drained_at);

comment on table public.rate_limits is 'What each caller has used of the limit of an operation; readable by the service role alone.';
comment on column public.rate_limits.subject is 'A user''s id, or a keyed digest of an address or an e-mail address; never either of them.';
comment on column public.rate_limits.drained_at is 'When all that was used is free again.';

alter table public.rate_limits enable row level security;
grant select, insert, update, delete on public.rate_limits to service_role;

-- Counts one request of a caller against a limit of p_max requests in p_seconds, which come back one by one: p_max at once, and
-- then one each p_seconds / p_max. Returns 0, or the milliseconds to wait when the limit is used up; a refused request counts
-- for nothing. One statement decides, so any number of requests at once get no more than the limit.
create function public.count_request(p_operation text, p_subject text, p_max integer, p_seconds integer, p_now timestamptz)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_window constant interval := make_interval(secs => p_seconds);
  v_step constant interval := make_interval(secs => p_seconds::double precision / p_max);
  v_drained timestamptz;
begin
  insert into public.rate_limits as used (operation, subject, drained_at)
  values (p_operation, p_subject, p_now + v_step)
  on conflict (operation, subject) do update
  set drained_at = greatest(used.drained_at, p_now) + v_step
  where greatest(used.drained_at, p_now) + v_step <= p_now + v_window
  returning drained_at into v_drained;

  if v_drained is null then
    select drained_at into v_drained from public.rate_limits where operation = p_operation and subject = p_subject;
    return greatest(1, ceil(extract(epoch from v_drained + v_step - v_window - p_now) * 1000));
  end if;

  -- Whoever begins a bucket sweeps some that have drained, so the table holds the callers of one window and few more.
  if v_drained = p_now + v_step then
    delete from public.rate_limits
    where (operation, subject) in (
      select operation, subject from public.rate_limits
      where drained_at < p_now - interval '1 hour'
      order by drained_at limit 20
      for update skip locked
    );
  end if;
  return 0;
end
$$;

comment on function public.count_request is 'Counts a request against a caller''s limit; the milliseconds to wait, 0 when it is within.';

-- Releases a request that turned out to be harmless, such as a sign-in that succeeded.
create function public.release_request(p_operation text, p_subject text, p_max integer, p_seconds integer)
returns void
language sql
set search_path = ''
as $$
  update public.rate_limits
  set drained_at = drained_at - make_interval(secs => p_seconds::double precision / p_max)
  where operation = p_operation and subject = p_subject
$$;

comment on function public.release_request is 'Releases a counted request from a caller''s limit.';

grant execute on function public.count_request, public.release_request to service_role;
