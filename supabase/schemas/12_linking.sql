-- Linking and unlinking: what a user is known by at a provider, and the connections that this gives.

-- A provider hands out a user's credentials once, when it comes to know the user, and that is before any connection is there.
create table public.provider_users (
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  ciphertext text not null,
  portal_opened_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (user_id, provider)
);

comment on table public.provider_users is 'Users as a provider knows them: their credentials there, encrypted by the application; readable by the service role alone.';
comment on column public.provider_users.portal_opened_at is
  'When the user last left for the provider''s pages, as long as something may have been linked there that nobody reported to us.';

alter table public.provider_users enable row level security;
grant select, insert, update on public.provider_users to service_role;

-- Whoever is linked already is known to the provider by the credentials of their connections.
insert into public.provider_users (user_id, provider, ciphertext)
select distinct on (c.user_id, c.provider) c.user_id, c.provider, k.ciphertext
from public.brokerage_connections c
join public.connection_credentials k on k.connection_id = c.id
order by c.user_id, c.provider, c.created_at desc;

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

-- Sessions on the pages of a provider that gives each login credentials of its own, as long as it is not known what came of them.
create table public.link_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  connection_id uuid references public.brokerage_connections (id) on delete cascade,
  ciphertext text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  leased_until timestamptz
);

create index link_sessions_user on public.link_sessions (user_id, provider);
create index link_sessions_connection on public.link_sessions (connection_id);

comment on table public.link_sessions is 'Sessions on a provider''s pages whose outcome is not known yet; readable by the service role alone.';
comment on column public.link_sessions.connection_id is 'The connection that is to work again; null where another login is linked.';
comment on column public.link_sessions.ciphertext is 'By what the outcome is asked for, encrypted by the application.';
comment on column public.link_sessions.leased_until is 'Until when somebody is asking; null while nobody is.';

alter table public.link_sessions enable row level security;
grant select, insert, update, delete on public.link_sessions to service_role;

-- Takes a user's sessions to ask what came of them, oldest first: [{ id, ciphertext, connectionId }]. A login is handed out once, so
-- nobody else asks meanwhile. What the provider has forgotten by now is forgotten here.
create function public.claim_link_sessions(p_user_id uuid, p_provider text, p_now timestamptz, p_lease_ms integer)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_claimed jsonb;
begin
  delete from public.link_sessions where user_id = p_user_id and provider = p_provider and expires_at <= p_now;
  with claimed as (
    update public.link_sessions
    set leased_until = p_now + make_interval(secs => p_lease_ms / 1000.0)
    where user_id = p_user_id and provider = p_provider and (leased_until is null or leased_until <= p_now)
    returning id, ciphertext, connection_id, created_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'ciphertext', ciphertext, 'connectionId', connection_id
  ) order by created_at, id), '[]')
  into v_claimed
  from claimed;
  return v_claimed;
end
$$;

comment on function public.claim_link_sessions is 'Takes a user''s open sessions at a provider, for whoever asks what came of them.';

-- Logins that are unlinked here and that their provider has still to forget, with the credentials that it takes to tell it so. Nothing else
-- leads from here to a user, who may be deleted.
create table public.connection_removals (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  external_id text not null,
  ciphertext text not null,
  requested_at timestamptz not null,
  retry_at timestamptz not null,
  primary key (provider, external_id)
);

comment on table public.connection_removals is 'Logins that a provider has still to forget; readable by the service role alone.';

alter table public.connection_removals enable row level security;
grant select, insert, update, delete on public.connection_removals to service_role;

-- Notes, before its credentials are deleted, that a login is to be forgotten by its provider: by one whose logins have credentials of their own.
create function public.note_removals(p_user_id uuid, p_connection_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.connection_removals (provider, external_id, ciphertext, requested_at, retry_at)
  select c.provider, c.external_id, k.ciphertext, p_now, p_now
  from public.brokerage_connections c
  join public.connection_credentials k on k.connection_id = c.id
  where c.user_id = p_user_id and c.provider = 'plaid' and (p_connection_id is null or c.id = p_connection_id)
  on conflict do nothing
$$;

comment on function public.note_removals is 'Notes which logins of a user a provider has to forget: one, or all of them.';

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

create function public.keep_provider_user(
  p_user_id uuid, p_provider text, p_ciphertext text, p_replaces text, p_external_id text default null
)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_kept text;
begin
  -- Whoever begins a registration at this moment sees either that this one is open or what came of it, never neither.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_provider || p_user_id, 0));

  insert into public.provider_users as known (user_id, provider, ciphertext)
  values (p_user_id, p_provider, p_ciphertext)
  on conflict (user_id, provider) do update set ciphertext = excluded.ciphertext
  where known.ciphertext = p_replaces;
  select ciphertext into strict v_kept from public.provider_users where user_id = p_user_id and provider = p_provider;
  update public.provider_registrations
  set state = case when v_kept = p_ciphertext then 'kept' else 'orphaned' end
  where provider = p_provider and external_id = p_external_id;
  return v_kept;
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
set statement_timeout = '60s'
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

-- Credentials that are not encrypted with the current key, whose texts begin with p_prefix, in the order of their keys:
-- [{ key, ciphertext }]. The key names the row that they stand in.
create function public.outdated_credentials(p_prefix text, p_after text, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object('key', key, 'ciphertext', ciphertext) order by key), '[]')
  from (
    select key, ciphertext
    from (
      select 'connection ' || connection_id as key, ciphertext from public.connection_credentials
      union all
      select 'user ' || user_id || ' ' || provider, ciphertext from public.provider_users
      union all
      select 'session ' || id, ciphertext from public.link_sessions
      union all
      select 'removal ' || provider || ' ' || external_id, ciphertext from public.connection_removals
    ) kept
    where not starts_with(ciphertext, p_prefix) and key > p_after
    order by key
    limit p_limit
  ) outdated
$$;

comment on function public.outdated_credentials is 'Credentials that another key than the current one encrypts.';

-- Writes credentials that were encrypted anew: [{ key, ciphertext, replaces }]. What somebody else replaced meanwhile stays as
-- they wrote it. Returns how many were written.
create function public.replace_credentials(p_rows jsonb)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  with given as (
    select * from jsonb_to_recordset(p_rows) as document (key text, ciphertext text, replaces text)
  ),
  connections as (
    update public.connection_credentials k
    set ciphertext = given.ciphertext
    from given
    where given.key = 'connection ' || k.connection_id and k.ciphertext = given.replaces
    returning 1
  ),
  users as (
    update public.provider_users u
    set ciphertext = given.ciphertext
    from given
    where given.key = 'user ' || u.user_id || ' ' || u.provider and u.ciphertext = given.replaces
    returning 1
  ),
  sessions as (
    update public.link_sessions s
    set ciphertext = given.ciphertext
    from given
    where given.key = 'session ' || s.id and s.ciphertext = given.replaces
    returning 1
  ),
  removals as (
    update public.connection_removals r
    set ciphertext = given.ciphertext
    from given
    where given.key = 'removal ' || r.provider || ' ' || r.external_id and r.ciphertext = given.replaces
    returning 1
  )
  select (select count(*) from connections)::integer + (select count(*) from users)::integer
    + (select count(*) from sessions)::integer + (select count(*) from removals)::integer
$$;

comment on function public.replace_credentials is 'Writes credentials that were encrypted anew, unless they were replaced meanwhile.';

-- What is needed to speak about one connection of a user: { provider, externalId, status, ciphertext }, or null when this
-- user has no such connection. The ciphertext is null when the connection was removed.
create function public.connection_access(p_user_id uuid, p_connection_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'provider', c.provider, 'externalId', c.external_id, 'status', c.status, 'ciphertext', k.ciphertext
  )
  from public.brokerage_connections c
  left join public.connection_credentials k on k.connection_id = c.id
  where c.id = p_connection_id and c.user_id = p_user_id
$$;

comment on function public.connection_access is 'The provider''s id and the credentials of one connection of a user.';

-- What waited for a broken connection to work again waits no more, and neither does its latest trading day.
create function public.end_waits(p_connection_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  update public.fill_outcomes o
  set next_attempt_at = null
  from public.accounts a
  where a.connection_id = p_connection_id and a.id = o.account_id and not o.final
    and (
      o.reason = 'connection_broken'
      or o.value_date = (select max(date) from public.trading_days where closes_at <= p_now)
    )
$$;

comment on function public.end_waits is 'Lets the days of a connection that works again be asked for at once.';

-- Takes in what the provider lists for a user: [{ externalId, institution, broken, brokenSince }]. What is new is stored with
-- the credentials and due at once, and so is what was broken and works again, whose waits end. What its user has unlinked
-- stays unlinked. Returns [{ connectionId, externalId, institution, outcome }] with the outcome linked, reconnected, known or
-- unlinked; a connection that is stored as somebody else's is left out.
create function public.confirm_connections(
  p_user_id uuid, p_provider text, p_ciphertext text, p_listed jsonb, p_data_notice text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_confirmed jsonb;
begin
  -- Nobody spends longer than this on the provider's pages.
  update public.provider_users
  set portal_opened_at = null
  where user_id = p_user_id and provider = p_provider and portal_opened_at < p_now - interval '30 minutes';
  if jsonb_array_length(p_listed) = 0 then
    return '[]';
  end if;

  insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  -- The same lock, in the same order, as whoever records a fill for this user; two confirmations go one after the other.
  perform from public.portfolios where user_id = p_user_id for update;

  with listed as (
    select distinct on ("externalId") *
    from jsonb_to_recordset(p_listed) as document (
      "externalId" text, institution text, broken boolean, "brokenSince" timestamptz
    )
    order by "externalId"
  ),
  linked as (
    insert into public.brokerage_connections (
      user_id, provider, external_id, institution, status, disabled_since, due_at, created_at
    )
    select p_user_id, p_provider, l."externalId", l.institution, case when l.broken then 'disabled' else 'active' end,
      case when l.broken then coalesce(l."brokenSince", p_now) end, p_now, p_now
    from listed l
    on conflict (provider, external_id) do nothing
    returning id, external_id, institution
  ),
  sealed as (
    insert into public.connection_credentials (connection_id, ciphertext) select id, p_ciphertext from linked
  ),
  reconnected as (
    update public.brokerage_connections c
    set due_at = least(c.due_at, p_now), retry_at = null, attempts = 0,
      event_at = case when c.lease_owner is not null then p_now end
    from listed l
    where c.provider = p_provider and c.external_id = l."externalId" and c.user_id = p_user_id
      and c.status = 'disabled' and not l.broken
    returning c.id
  ),
  confirmed as (
    select id, external_id, institution, 'linked' as outcome from linked
    union all
    select c.id, c.external_id, c.institution,
      case when c.id in (select id from reconnected) then 'reconnected' when c.status = 'removed' then 'unlinked' else 'known' end
    from public.brokerage_connections c
    join listed l on l."externalId" = c.external_id
    where c.provider = p_provider and c.user_id = p_user_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'connectionId', id, 'externalId', external_id, 'institution', institution, 'outcome', outcome
  ) order by institution, id), '[]')
  into v_confirmed
  from confirmed;

  perform public.end_waits("connectionId", p_now)
  from jsonb_to_recordset(v_confirmed) as c ("connectionId" uuid, outcome text)
  where c.outcome = 'reconnected';

  return v_confirmed;
end
$$;

comment on function public.confirm_connections is 'Takes in the connections that a provider lists for a user, once each; returns what became of every one.';

-- Links one account by credentials of its own, which were just seen to open it. An account outlives its links, so a link has an id of
-- its own, p_fresh_id, which begins with the account's and a dot. An account that is linked already gets the new credentials, and
-- so does the connection p_connection_id where one is named, if it is to the same account. Due at once either way. Returns
-- { connectionId, outcome: 'linked' | 'reconnected' | 'other_account' }, or null when this user has no connection of that id.
create function public.link_account(
  p_user_id uuid, p_provider text, p_account_id text, p_fresh_id text, p_institution text, p_ciphertext text,
  p_connection_id uuid, p_data_notice text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_linked uuid;
begin
  if p_connection_id is null then
    insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  end if;
  -- The same lock, in the same order, as whoever records a fill for this user; two links go one after the other.
  perform from public.portfolios where user_id = p_user_id for update;

  select id into v_linked
  from public.brokerage_connections
  where user_id = p_user_id and provider = p_provider and status <> 'removed'
    and starts_with(external_id, p_account_id || '.');
  if p_connection_id is not null and v_linked is distinct from p_connection_id then
    return (
      select jsonb_build_object('connectionId', id, 'outcome', 'other_account')
      from public.brokerage_connections
      where id = p_connection_id and user_id = p_user_id and provider = p_provider and status <> 'removed'
    );
  end if;

  if v_linked is null then
    insert into public.brokerage_connections (user_id, provider, external_id, institution, due_at, created_at)
    values (p_user_id, p_provider, p_fresh_id, p_institution, p_now, p_now)
    returning id into v_linked;
    insert into public.connection_credentials (connection_id, ciphertext) values (v_linked, p_ciphertext);
    return jsonb_build_object('connectionId', v_linked, 'outcome', 'linked');
  end if;

  insert into public.connection_credentials (connection_id, ciphertext) values (v_linked, p_ciphertext)
  on conflict (connection_id) do update set ciphertext = excluded.ciphertext, updated_at = p_now;
  update public.brokerage_connections
  set due_at = least(due_at, p_now), totals_due = true, retry_at = null, attempts = 0,
    event_at = case when lease_owner is not null then p_now end
  where id = v_linked;
  perform public.end_waits(v_linked, p_now);
  return jsonb_build_object('connectionId', v_linked, 'outcome', 'reconnected');
end
$$;

comment on function public.link_account is 'Links an account by credentials of its own, or gives its connection new ones; returns what it did.';

-- Ends a connection because its user wants so. Its accounts are no longer expected from the first session that has not
-- closed yet; their past stays, and what is missing of it stays missing, since nobody can be asked any more. Returns
-- { connectionId, accounts, published }, or null when this user has no such connection.
create function public.unlink_connection(p_user_id uuid, p_connection_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_status text;
  v_next_close date;
  v_latest date;
  v_from date;
  v_accounts integer;
  v_published integer := 0;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select status into v_status
  from public.brokerage_connections
  where id = p_connection_id and user_id = p_user_id
  for update;
  if not found then
    return null;
  end if;
  if v_status = 'removed' then
    return jsonb_build_object('connectionId', p_connection_id, 'accounts', 0, 'published', 0);
  end if;

  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;
  select max(date) into v_latest from public.trading_days where closes_at <= p_now;
  update public.accounts
  set closed_on = greatest(v_next_close, first_known_on)
  where connection_id = p_connection_id and closed_on is null;
  get diagnostics v_accounts = row_count;

  with noted as (
    insert into public.fill_outcomes as o (user_id, account_id, value_date, reason, final, last_attempt_at)
    select m.user_id, m.account_id, m.value_date, 'provider_cannot', true, p_now
    from public.missing_account_days(array[p_connection_id], '-infinity', v_latest) m
    on conflict (account_id, value_date) do update set
      reason = excluded.reason, final = true, last_attempt_at = excluded.last_attempt_at, next_attempt_at = null
    returning o.value_date
  )
  select min(value_date) into v_from from noted;

  update public.brokerage_connections
  set status = 'removed', disabled_since = null, due_at = null, retry_at = null, event_at = null,
    lease_owner = null, lease_expires_at = null
  where id = p_connection_id;
  perform public.note_removals(p_user_id, p_connection_id, p_now);
  delete from public.connection_credentials where connection_id = p_connection_id;
  perform public.propose_matches(p_user_id, p_now);

  if v_from is not null then
    v_published := public.publish_since(p_user_id, v_from, 'connection unlinked', p_now);
  end if;
  return jsonb_build_object('connectionId', p_connection_id, 'accounts', v_accounts, 'published', v_published);
end
$$;

comment on function public.unlink_connection is 'Removes a connection at its user''s wish; the past of its accounts stays.';

-- A user's connections as their owner sees them, within the caller's own rights: [{ id, provider, institution, status,
-- disabledSince, linkedAt, lastSuccessAt, isDue, accounts: [{ id, name, category, currency, isPaper, firstKnownOn, closedOn, endReason, isCounted,
-- continues: [{ name, institution }] }] }].
-- Continued are the earlier accounts that are the same real account.
create function public.user_connections(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'provider', c.provider, 'institution', c.institution, 'status', c.status, 'disabledSince', c.disabled_since,
    'linkedAt', c.created_at, 'lastSuccessAt', c.last_success_at, 'isDue', c.due_at is not null,
    'accounts', coalesce(known.accounts, '[]')
  ) order by c.status = 'removed', c.institution, c.created_at, c.id), '[]')
  from public.brokerage_connections c
  left join lateral (
    select jsonb_agg(jsonb_build_object(
      'id', a.id, 'name', a.name, 'category', a.category, 'currency', a.currency, 'isPaper', a.is_paper,
      'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on, 'endReason', a.end_reason, 'isCounted', a.is_counted,
      'continues', coalesce(earlier.accounts, '[]')
    ) order by a.closed_on is not null, a.name, a.id) as accounts
    from public.accounts a
    left join lateral (
      select jsonb_agg(jsonb_build_object('name', m.name, 'institution', mc.institution) order by m.created_at, m.id) as accounts
      from public.accounts m
      join public.brokerage_connections mc on mc.id = m.connection_id
      where m.line_id = a.line_id and (m.created_at, m.id) < (a.created_at, a.id)
    ) earlier on true
    where a.connection_id = c.id
  ) known on true
  where c.user_id = p_user_id
$$;

comment on function public.user_connections is 'A user''s connections with their accounts, linked ones first, within the caller''s own rights.';

grant execute on function
  public.begin_registration,
  public.claim_link_sessions,
  public.note_removals,
  public.keep_provider_user,
  public.orphaned_registrations,
  public.outdated_credentials,
  public.replace_credentials,
  public.connection_access,
  public.end_waits,
  public.confirm_connections,
  public.link_account,
  public.unlink_connection
to service_role;

grant execute on function public.user_connections to authenticated, service_role;
