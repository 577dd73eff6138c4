-- Limits on what one caller may ask of a door, and the record of registrations at a provider.

-- How much of a limit a caller has used: a bucket that drains steadily. A row whose time has passed says what no row says.
create table public.rate_limits (
  door text not null check (char_length(door) between 1 and 40),
  subject text not null check (char_length(subject) between 1 and 80),
  drained_at timestamptz not null,
  primary key (door, subject)
);

create index rate_limits_drained on public.rate_limits (drained_at);

comment on table public.rate_limits is 'What each caller has used of the limit of a door; readable by the service role alone.';
comment on column public.rate_limits.subject is 'A user''s id, or a keyed digest of an address or an e-mail address; never either of them.';
comment on column public.rate_limits.drained_at is 'When all that was used is free again.';

alter table public.rate_limits enable row level security;
grant select, insert, update, delete on public.rate_limits to service_role;

-- Counts one request of a caller against a limit of p_max requests in p_seconds, which come back one by one: p_max at once, and
-- then one each p_seconds / p_max. Returns 0, or the milliseconds to wait when the limit is used up; a refused request counts
-- for nothing. One statement decides, so any number of requests at once get no more than the limit.
create function public.count_request(p_door text, p_subject text, p_max integer, p_seconds integer, p_now timestamptz)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_window constant interval := make_interval(secs => p_seconds);
  v_step constant interval := make_interval(secs => p_seconds::double precision / p_max);
  v_drained timestamptz;
begin
  insert into public.rate_limits as used (door, subject, drained_at)
  values (p_door, p_subject, p_now + v_step)
  on conflict (door, subject) do update
  set drained_at = greatest(used.drained_at, p_now) + v_step
  where greatest(used.drained_at, p_now) + v_step <= p_now + v_window
  returning drained_at into v_drained;

  if v_drained is null then
    select drained_at into v_drained from public.rate_limits where door = p_door and subject = p_subject;
    return greatest(1, ceil(extract(epoch from v_drained + v_step - v_window - p_now) * 1000));
  end if;

  -- Whoever begins a bucket sweeps some that have drained, so the table holds the callers of one window and few more.
  if v_drained = p_now + v_step then
    delete from public.rate_limits
    where (door, subject) in (
      select door, subject from public.rate_limits
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
create function public.release_request(p_door text, p_subject text, p_max integer, p_seconds integer)
returns void
language sql
set search_path = ''
as $$
  update public.rate_limits
  set drained_at = drained_at - make_interval(secs => p_seconds::double precision / p_max)
  where door = p_door and subject = p_subject
$$;

comment on function public.release_request is 'Releases a counted request from a caller''s limit.';

-- Every registration of a user at a provider, noted before the provider is asked, since its answer can be lost and its secret with
-- it. "open": somebody is asking until leased_until; what is open after that, or "lost", may or may not have happened. "kept": its
-- credentials are ours. "taken": somebody had the id before, so it is not ours to delete. "orphaned": known to the provider,
-- its secret is lost; to be deleted there. When an account is deleted here, its registrations lose their user and are orphans too.
create table public.provider_registrations (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  external_id text not null,
  user_id uuid references auth.users (id) on delete set null,
  state text not null check (state in ('open', 'lost', 'kept', 'taken', 'orphaned')),
  attempts integer not null default 1,
  leased_until timestamptz not null,
  created_at timestamptz not null,
  primary key (provider, external_id)
);

create index provider_registrations_user on public.provider_registrations (user_id, provider);

comment on table public.provider_registrations is 'Registrations of users at a provider, begun before it is asked; readable by the service role alone.';

alter table public.provider_registrations enable row level security;
grant select, insert, update, delete on public.provider_registrations to service_role;

-- Who may register a user at a provider now: { ciphertext } when there are credentials already, other than p_replaces; { waitMs }
-- while somebody else is registering; else { externalId, attempts }, the id to register under, held until p_now + p_lease_ms. An
-- id whose registration may have failed is tried again first. p_fresh_id is taken where the user's own id cannot be.
create function public.begin_registration(
  p_user_id uuid, p_provider text, p_replaces text, p_fresh_id text, p_now timestamptz, p_lease_ms integer
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_ciphertext text;
  v_leased_until timestamptz;
  v_external_id text;
  v_attempts integer;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_provider || p_user_id, 0));

  select ciphertext into v_ciphertext
  from public.provider_users
  where user_id = p_user_id and provider = p_provider and ciphertext is distinct from p_replaces;
  if found then
    return jsonb_build_object('ciphertext', v_ciphertext);
  end if;

  select max(leased_until) into v_leased_until
  from public.provider_registrations
  where user_id = p_user_id and provider = p_provider and state = 'open' and leased_until > p_now;
  if v_leased_until is not null then
    return jsonb_build_object('waitMs', ceil(extract(epoch from v_leased_until - p_now) * 1000));
  end if;

  update public.provider_registrations
  set state = 'open', attempts = attempts + 1, leased_until = p_now + make_interval(secs => p_lease_ms / 1000.0)
  where (provider, external_id) in (
    select provider, external_id from public.provider_registrations
    where user_id = p_user_id and provider = p_provider and state in ('open', 'lost')
    order by created_at limit 1
  )
  returning external_id, attempts into v_external_id, v_attempts;

  if v_external_id is null then
    v_external_id := p_user_id;
    if p_replaces is not null or exists (
      select from public.provider_registrations where provider = p_provider and external_id = v_external_id
    ) then
      v_external_id := p_fresh_id;
    end if;
    insert into public.provider_registrations (provider, external_id, user_id, state, leased_until, created_at)
    values (
      p_provider, v_external_id, p_user_id, 'open', p_now + make_interval(secs => p_lease_ms / 1000.0), p_now
    )
    returning attempts into v_attempts;
  end if;
  return jsonb_build_object('externalId', v_external_id, 'attempts', v_attempts);
end
$$;

comment on function public.begin_registration is 'Lets one caller at a time register a user at a provider; the id to do it under, the credentials that stand, or how long to wait.';

-- As before, and settles the registration that the credentials came from, if they came from one: kept if they stand, else an
-- orphan, because somebody else's stand.
drop function public.keep_provider_user(uuid, text, text, text);
create function public.keep_provider_user(
  p_user_id uuid, p_provider text, p_ciphertext text, p_replaces text, p_external_id text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_standing text;
begin
  insert into public.provider_users as known (user_id, provider, ciphertext)
  values (p_user_id, p_provider, p_ciphertext)
  on conflict (user_id, provider) do update set ciphertext = excluded.ciphertext
  where known.ciphertext = p_replaces;
  select ciphertext into strict v_standing from public.provider_users where user_id = p_user_id and provider = p_provider;
  update public.provider_registrations
  set state = case when v_standing = p_ciphertext then 'kept' else 'orphaned' end
  where provider = p_provider and external_id = p_external_id;
  return v_standing;
end
$$;

comment on function public.keep_provider_user is 'Keeps a user''s credentials at a provider; returns the ones that stand.';

-- Ids that a provider may know and that lead nowhere here, oldest first: those whose secret is lost, those whose registration
-- nobody took up again for a day, and those of accounts that were deleted. What was kept for a user who is still here is never one.
create function public.orphaned_registrations(p_provider text, p_now timestamptz, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(external_id order by created_at), '[]')
  from (
    select external_id, created_at
    from public.provider_registrations
    where provider = p_provider
      and (
        state = 'orphaned'
        or (state in ('open', 'lost') and leased_until < p_now - interval '1 day')
        or (user_id is null and state <> 'taken' and leased_until < p_now)
      )
    order by created_at
    limit p_limit
  ) orphans
$$;

comment on function public.orphaned_registrations is 'Registrations at a provider that are to be deleted there.';

revoke execute on function
  public.count_request, public.release_request, public.begin_registration, public.keep_provider_user,
  public.orphaned_registrations
  from public, anon, authenticated;
grant execute on function
  public.count_request, public.release_request, public.begin_registration, public.keep_provider_user,
  public.orphaned_registrations
  to service_role;
