-- Live values while people look: who may be read anew, what was read, and the line of the session that runs.

create table public.live_values (
  account_id uuid primary key references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  source text not null,
  as_of timestamptz not null,
  observed_at timestamptz not null
);

create index live_values_user on public.live_values (user_id);

comment on table public.live_values is 'The latest known value of each account, which is not any day''s history.';

alter table public.live_values enable row level security;
create policy "own live values" on public.live_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.live_values to authenticated;
grant select, insert, update, delete on public.live_values to service_role;

create table public.intraday_values (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  quarter_at timestamptz not null,
  at timestamptz not null,
  total_value numeric not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  primary key (user_id, quarter_at),
  check (at >= quarter_at and at < quarter_at + interval '15 minutes')
);

-- For forgetting the old ones.
create index intraday_values_quarter on public.intraday_values (quarter_at);

comment on table public.intraday_values is 'A user''s total in session, one for each quarter of an hour that has one, for a week. Never any day''s history.';
comment on column public.intraday_values.quarter_at is 'When the quarter of an hour began.';
comment on column public.intraday_values.at is 'When the oldest part of the total was true; the newest is less than a quarter of an hour younger.';

alter table public.intraday_values enable row level security;
create policy "own intraday values" on public.intraday_values for select to authenticated using (user_id = (select auth.uid()));
grant select on public.intraday_values to authenticated;
grant select, insert, update, delete on public.intraday_values to service_role;

-- Keeps live values, a value an account: a newer one, or other news of the same instant, for whoever learns later knows better.
-- Returns how many were kept.
create function public.keep_live_values(p_values public.live_values[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_kept integer;
begin
  insert into public.live_values as known (account_id, user_id, total_value, currency, source, as_of, observed_at)
  select l.account_id, l.user_id, l.total_value, l.currency, l.source, l.as_of, l.observed_at
  from unnest(p_values) l
  on conflict (account_id) do update set
    total_value = excluded.total_value, currency = excluded.currency, source = excluded.source,
    as_of = excluded.as_of, observed_at = excluded.observed_at
  where excluded.as_of > known.as_of
    or excluded.as_of = known.as_of and (excluded.total_value, excluded.currency, excluded.source)
      is distinct from (known.total_value, known.currency, known.source);
  get diagnostics v_kept = row_count;
  return v_kept;
end
$$;

comment on function public.keep_live_values is 'Keeps live values that are news; returns how many are.';

-- The same for what a provider lists of a connection: [{ externalId, total, currency, source, asOf }].
create function public.keep_live_document(p_connection_id uuid, p_live jsonb, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.keep_live_values(array(
    select row(a.id, a.user_id, l.total, l.currency, l.source, l."asOf", p_now)::public.live_values
    from jsonb_to_recordset(p_live) as l ("externalId" text, total numeric, currency text, source text, "asOf" timestamptz)
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = l."externalId"
  ))
$$;

comment on function public.keep_live_document is 'Keeps the live values that a provider lists of a connection.';

-- What a user's open accounts, or some of them, are worth by the latest word on each: no row while one has no value or a
-- rate is missing. Those that are kept by hand have the value that was given last, which decides no time of the total. A value in
-- session is converted at the newest rate that a day shortly before it has.
create function public.live_total(p_user_id uuid, p_line_ids uuid[] default null)
returns table (total_value numeric, currency text, source text, as_of timestamptz, newest_as_of timestamptz)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
  select sum(l.total_value * case when l.currency = p.currency then 1 else rate.rate end), p.currency,
    string_agg(distinct l.source, ',' order by l.source), min(l.as_of) filter (where not l.is_manual),
    max(l.as_of) filter (where not l.is_manual)
  from public.portfolios p
  cross join lateral (
    select newest.*, max(newest.as_of) filter (where not newest.is_manual) over () as newest_as_of
    from (
      -- Of the rows of one real account, the newest word.
      select distinct on (a.line_id) a.is_manual, v.account_id, v.total_value, v.currency, v.source, v.as_of
      from public.accounts a
      left join lateral (
        select known.account_id, known.total_value, known.currency, known.source, known.as_of
        from public.live_values known
        where known.account_id = a.id and not a.is_manual
        union all
        (
          select given.account_id, given.total_value, given.currency, given.source, given.as_of
          from public.stated_values given
          where given.account_id = a.id and a.is_manual
          order by given.value_date desc
          limit 1
        )
      ) v on true
      where a.user_id = p.user_id and a.is_counted and (not a.is_manual or a.stated_since is not null)
        and (p_line_ids is null or a.line_id = any (p_line_ids))
        and exists (select from public.accounts m where m.line_id = a.line_id and m.is_counted and m.closed_on is null)
      order by a.line_id, v.as_of desc nulls last
    ) newest
  ) l
  left join lateral public.rate_on(
    l.currency, p.currency, (case when l.is_manual then l.newest_as_of else l.as_of end at time zone 'America/New_York')::date
  ) rate
    on l.currency <> p.currency
  where p.user_id = p_user_id
  group by p.currency
  having not bool_and(l.is_manual) and bool_and(l.account_id is not null and (l.currency = p.currency or rate.rate is not null));
end
$$;

comment on function public.live_total is 'What a user''s open accounts, or some of them, are worth by the latest word on each.';

-- Whoever learns a live value in session, a look or a tick, adds to the line of the session. A total whose parts are more
-- than a quarter of an hour apart was never true at any instant, so it is no point of that line.
create function public.note_intraday_values()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into public.intraday_values as known (user_id, quarter_at, at, total_value, currency)
  select told.user_id, date_bin('15 minutes', live.as_of, '2000-01-01T00:00:00Z'), live.as_of, live.total_value, live.currency
  from (
    select distinct c.user_id
    from changed c
    join public.trading_days d on d.date = (c.as_of at time zone 'America/New_York')::date
    where c.as_of >= d.opens_at and c.as_of < d.closes_at
  ) told
  cross join lateral public.live_total(told.user_id) live
  join public.trading_days d on d.date = (live.as_of at time zone 'America/New_York')::date
  where live.as_of >= d.opens_at and live.as_of < d.closes_at and live.newest_as_of < live.as_of + interval '15 minutes'
  on conflict (user_id, quarter_at) do update set
    at = excluded.at, total_value = excluded.total_value, currency = excluded.currency
  where excluded.at > known.at;

  if found then
    -- A few at a time, and none that another session is removing, so that nobody waits for anybody.
    delete from public.intraday_values
    where (user_id, quarter_at) in (
      select aged.user_id, aged.quarter_at
      from public.intraday_values aged
      where aged.quarter_at < (select max(observed_at) from changed) - interval '7 days'
      order by aged.quarter_at
      limit 500
      for update skip locked
    );
  end if;
  return null;
end
$$;

comment on function public.note_intraday_values is 'Adds what live values add up to, in session, to the line of the session.';

-- A trigger that sees its rows is for one event only.
create trigger note_intraday_values_first after insert on public.live_values
  referencing new table as changed for each statement execute function public.note_intraday_values();

create trigger note_intraday_values_again after update on public.live_values
  referencing new table as changed for each statement execute function public.note_intraday_values();

-- [{ at, value }] of a user since an instant, oldest first.
create function public.intraday_points(p_user_id uuid, p_since timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', v.at, 'value', trim_scale(v.total_value)::text) order by v.at), '[]')
  from public.intraday_values v
  join public.portfolios p on p.user_id = v.user_id and p.currency = v.currency
  where v.user_id = p_user_id and v.quarter_at >= p_since
$$;

comment on function public.intraday_points is 'A user''s totals in session since an instant, within the caller''s own rights.';

-- A user's working connections with a value that is older than p_stale_before, each given to one caller for that long:
-- [{ id, provider, externalId, ciphertext, accounts: [{ externalId, currency, last: { date, total } | null }] }].
-- Connections that are known to be read once a day are left out, and so are those that a worker is filling or that have just failed.
create function public.claim_live_reads(p_user_id uuid, p_stale_before timestamptz, p_now timestamptz)
returns jsonb
language sql
set search_path = ''
as $$
  with stale as (
    select c.id
    from public.brokerage_connections c
    where c.user_id = p_user_id and c.status = 'active'
      and (c.live_asked_at is null or c.live_asked_at <= p_stale_before)
      and (c.retry_at is null or c.retry_at <= p_now)
      and (c.lease_expires_at is null or c.lease_expires_at <= p_now)
      and public.known_freshness(c, p_now) is distinct from 'daily'
      and exists (
        select
        from public.accounts a
        left join public.live_values l on l.account_id = a.id
        where a.connection_id = c.id and a.is_counted and a.closed_on is null and (l.as_of is null or l.as_of <= p_stale_before)
      )
    order by c.id
    -- Whoever waited for this lock finds that the connection has just been asked.
    for update
  ),
  claimed as (
    update public.brokerage_connections c
    set live_asked_at = p_now
    from stale
    where c.id = stale.id
    returning c.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'provider', c.provider, 'externalId', c.external_id, 'ciphertext', k.ciphertext,
    'accounts', coalesce(known.accounts, '[]')
  ) order by c.id), '[]')
  from claimed c
  left join public.connection_credentials k on k.connection_id = c.id
  left join lateral (
    select jsonb_agg(jsonb_build_object('externalId', a.external_id, 'currency', a.currency, 'last', last.document) order by a.id) as accounts
    from public.accounts a
    left join lateral (
      select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
      from public.line_values v
      where v.line_id = a.line_id
      order by v.value_date desc, v.as_of desc
      limit 1
    ) last on true
    where a.connection_id = c.id and a.is_counted and a.closed_on is null
  ) known on true
$$;

comment on function public.claim_live_reads is 'Gives a user''s connections with old live values to one caller, who reads them.';

-- Records what a look learned of a connection: p_read: { freshness, live: [{ externalId, total, currency, source, asOf }] }.
-- Live values alone: no observation, and no snapshot follows. Returns how many values are newer than before.
create function public.record_live_read(p_connection_id uuid, p_read jsonb, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  -- In the order in which fills lock, so that neither waits for the other in a circle.
  perform
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;

  update public.brokerage_connections
  set data_freshness = p_read ->> 'freshness', freshness_checked_at = p_now
  where id = p_connection_id
    and (data_freshness is distinct from p_read ->> 'freshness' or freshness_checked_at <= p_now - interval '7 days');

  return public.keep_live_document(p_connection_id, p_read -> 'live', p_now);
end
$$;

comment on function public.record_live_read is 'Records the live values that a look had read; returns how many are newer.';

grant execute on function public.live_total, public.intraday_points to authenticated, service_role;

grant execute on function public.keep_live_values, public.keep_live_document, public.claim_live_reads, public.record_live_read to service_role;
