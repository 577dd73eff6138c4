-- Live values while people look: who may be read anew, what was read, and the line of the session that runs.

alter table public.brokerage_connections
  add column data_freshness text check (data_freshness in ('realtime', 'daily')),
  add column freshness_checked_at timestamptz,
  add column live_asked_at timestamptz;

comment on column public.brokerage_connections.data_freshness is 'Whether the provider reads the broker at every call, or answers with what it read once a day; null until asked.';
comment on column public.brokerage_connections.freshness_checked_at is 'When the provider said so; it is asked again after a week, since an operator may change plans.';
comment on column public.brokerage_connections.live_asked_at is 'When somebody who looked last had it read; a provider allows so much only now and then.';

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

-- What a user's open accounts, or some of them, are worth by the latest word on each: no row while one has no value or a
-- rate is missing. A value in session is told at the newest rate that a day shortly before it has.
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
    string_agg(distinct l.source, ',' order by l.source), min(l.as_of), max(l.as_of)
  from public.portfolios p
  cross join lateral (
    -- Of the rows of one real account, the newest word.
    select distinct on (a.line_id) v.account_id, v.total_value, v.currency, v.source, v.as_of
    from public.accounts a
    left join public.live_values v on v.account_id = a.id
    where a.user_id = p.user_id and a.is_counted and (p_line_ids is null or a.line_id = any (p_line_ids))
      and exists (select from public.accounts m where m.line_id = a.line_id and m.is_counted and m.closed_on is null)
    order by a.line_id, v.as_of desc nulls last
  ) l
  left join lateral (
    select r.rate
    from public.exchange_rates r
    where l.currency <> p.currency and r.base_currency = l.currency and r.quote_currency = p.currency
      and r.rate_date between (l.as_of at time zone 'America/New_York')::date - 4 and (l.as_of at time zone 'America/New_York')::date
    order by r.rate_date desc
    limit 1
  ) rate on true
  where p.user_id = p_user_id
  group by p.currency
  having bool_and(l.account_id is not null and (l.currency = p.currency or rate.rate is not null));
end
$$;

comment on function public.live_total is 'What a user''s open accounts, or some of them, are worth by the latest word on each.';

revoke execute on function public.live_total from public, anon, authenticated;
grant execute on function public.live_total to authenticated, service_role;

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
revoke execute on function public.note_intraday_values from public, anon, authenticated;

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
-- [{ id, provider, externalId, ciphertext, freshness, accounts: [{ externalId, currency, last: { date, total } | null }] }].
-- Connections that are known to be read once a day are left out, and so are those that a worker is filling or that have just failed.
-- freshness is null where it has to be asked for first.
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
      and (c.data_freshness = 'realtime' or c.freshness_checked_at is null or c.freshness_checked_at <= p_now - interval '7 days')
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
    'freshness', case when c.freshness_checked_at > p_now - interval '7 days' then c.data_freshness end,
    'accounts', coalesce(known.accounts, '[]')
  ) order by c.id), '[]')
  from claimed c
  left join public.connection_credentials k on k.connection_id = c.id
  left join lateral (
    select jsonb_agg(jsonb_build_object('externalId', a.external_id, 'currency', a.currency, 'last', last.document) order by a.id) as accounts
    from public.accounts a
    left join lateral (
      select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
      from public.accounts m
      join public.account_values v on v.account_id = m.id
      where m.line_id = a.line_id and v.verdict = 'accepted' and v.superseded_by is null
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
as $$
declare
  v_user_id uuid;
  v_newer integer;
begin
  -- In the order in which fills lock, so that neither waits for the other in a circle.
  select c.user_id into strict v_user_id
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;

  update public.brokerage_connections
  set data_freshness = p_read ->> 'freshness', freshness_checked_at = p_now
  where id = p_connection_id
    and (data_freshness is distinct from p_read ->> 'freshness' or freshness_checked_at <= p_now - interval '7 days');

  insert into public.live_values as known (account_id, user_id, total_value, currency, source, as_of, observed_at)
  select a.id, v_user_id, l.total, l.currency, l.source, l."asOf", p_now
  from jsonb_to_recordset(p_read -> 'live') as l ("externalId" text, total numeric, currency text, source text, "asOf" timestamptz)
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = l."externalId"
  on conflict (account_id) do update set
    total_value = excluded.total_value, currency = excluded.currency, source = excluded.source,
    as_of = excluded.as_of, observed_at = excluded.observed_at
  where excluded.as_of > known.as_of;
  get diagnostics v_newer = row_count;
  return v_newer;
end
$$;

comment on function public.record_live_read is 'Records the live values that a look had read; returns how many are newer.';

revoke execute on function public.intraday_points, public.claim_live_reads, public.record_live_read from public, anon, authenticated;
grant execute on function public.intraday_points, public.claim_live_reads, public.record_live_read to service_role;
grant execute on function public.intraday_points to authenticated;

-- Re-created to tell the live value by the one rule above.
-- { currency, dataNotice, from, to, points, gaps, live, flows, coverage, corrections, accounts, connections } of one user
-- between two days; p_from null starts at the first known day. Days after the latest due one (p_due) are not expected yet.
-- Gaps before the provider's look-back (p_reach) cannot be filled any more. With p_line_ids, the history of those accounts
-- alone: nothing of it was ever published, so its points are concluded from the evidence here and it has no corrections.
-- Amounts are text, since JSON numbers are not exact.
create or replace function public.portfolio_history(
  p_user_id uuid, p_from date, p_to date, p_due date, p_reach date, p_line_ids uuid[] default null
)
returns jsonb
language plpgsql
stable
set search_path = ''
-- A database connection plans each statement once: planning at every call took longer than reading a month.
set plan_cache_mode = force_generic_plan
as $$
declare
  v_currency text;
  v_data_notice text;
  v_known_from date;
  v_from date;
  v_points jsonb;
  v_days date[];
  v_first_point date;
  v_last_point date;
  v_by_kind jsonb;
  v_gaps jsonb;
  v_missing_days bigint;
  v_live jsonb;
  v_flows jsonb;
begin
  select currency, data_notice into v_currency, v_data_notice from public.portfolios where user_id = p_user_id;
  select min(a.first_known_on) into v_known_from
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id
  where a.user_id = p_user_id and a.is_counted and (p_line_ids is null or a.line_id = any (p_line_ids));
  v_from := coalesce(p_from, v_known_from, p_to);

  -- All points become one jsonb together, which takes two thirds of the time of making each of them one.
  select coalesce(json_agg(point order by point.date)::jsonb, '[]'), array_agg(point.date), min(point.date), max(point.date),
    jsonb_build_object(
      'daily_eod', count(*) filter (where point.kind = 'daily_eod'),
      'reconstructed', count(*) filter (where point.kind = 'reconstructed'),
      'estimated', count(*) filter (where point.kind = 'estimated')
    )
  into v_points, v_days, v_first_point, v_last_point, v_by_kind
  from (
    select h.value_date as date, trim_scale(h.total_value)::text as value, h.snapshot_type as kind, h.data_source as source,
      h.as_of as "asOf", h.accounts_expected as "accountsExpected", h.accounts_present as "accountsPresent",
      -- The index holds all but this, so only days that carry something are looked up in the table.
      case
        when h.accounts_present = h.accounts_expected then '[]'
        else (
          select partial.carried
          from public.user_portfolio_history partial
          where partial.user_id = p_user_id and partial.value_date = h.value_date and partial.standing
        )
      end as carried
    from public.user_portfolio_history h
    where p_line_ids is null and h.user_id = p_user_id and h.standing and h.value_date between v_from and p_to
    union all
    select c.value_date, trim_scale(c.total_value)::text, c.snapshot_type, c.data_source, c.as_of, c.accounts_expected,
      c.accounts_present, c.carried
    from public.conclude_snapshots(p_user_id, v_from, p_to, p_line_ids => p_line_ids) c
    where p_line_ids is not null
  ) point;

  -- Rows that are the same real account make one line. The member that is asked, if any is, says why a day is missing.
  with lines as materialized (
    select array_agg(a.id) as member_ids, min(a.first_known_on) as first_known_on,
      case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on,
      (array_agg(a.id order by c.status = 'removed', a.closed_on is not null, c.status <> 'active', c.created_at, a.id))[1] as asked_id
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.user_id = p_user_id and a.is_counted and (p_line_ids is null or a.line_id = any (p_line_ids))
    group by a.line_id
  ),
  sessions as (
    select date, row_number() over (order by date) as ordinal, bool_or(has_point) as has_point
    from (
      select t.date, false as has_point
      from public.trading_days t
      where t.date between greatest(v_from, v_known_from) and least(p_to, p_due)
      union all
      select unnest(v_days), true
    ) seen
    group by date
  ),
  gap_days as (
    select d.date, why.reason, why.final, why.next_attempt_at, why.attempts,
      d.ordinal - row_number() over (partition by why.reason, why.final order by d.date) as island
    from sessions d
    cross join lateral (
      -- What a reader most needs to know comes first: what only they can mend, then what nobody can, then what waits.
      select r.reason, r.final, r.next_attempt_at, r.attempts
      from (
        select case
            when o.final then o.reason
            when d.date < p_reach then 'provider_cannot'
            when c.status = 'disabled' then 'connection_broken'
            else coalesce(o.reason, 'not_yet_due')
          end as reason,
          coalesce(o.final, false) or d.date < p_reach as final,
          case when not coalesce(o.final, false) and d.date >= p_reach then greatest(o.next_attempt_at, c.retry_at) end as next_attempt_at,
          coalesce(o.attempts, 0) as attempts
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = d.date
        where l.first_known_on <= d.date and (l.closed_on is null or d.date < l.closed_on)
          and not exists (
            select from public.account_values v
            where v.account_id = any (l.member_ids) and v.value_date = d.date and v.verdict = 'accepted' and v.superseded_by is null
          )
        union all
        -- Every account has its value, and yet no total could be told: an exchange rate is missing. A rate is asked for on
        -- the evening of its own day only, so an earlier day stays without.
        select 'rate_missing', d.date < p_due, null, 0
        where exists (
          select from lines l where l.first_known_on <= d.date and (l.closed_on is null or d.date < l.closed_on)
        )
      ) r
      order by array_position(array['not_yet_due', 'rate_missing'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why
    where not d.has_point
  ),
  gaps as (
    select min(date) as first_day, max(date) as last_day, count(*) as days, reason, final, min(next_attempt_at) as next_attempt_at,
      max(attempts) as attempts
    from gap_days
    group by reason, final, island
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'from', first_day, 'to', last_day, 'days', days, 'reason', reason, 'final', final, 'nextAttemptAt', next_attempt_at,
      'attempts', attempts
    ) order by first_day), '[]'), coalesce(sum(days), 0)
  into v_gaps, v_missing_days
  from gaps;

  select jsonb_build_object('value', trim_scale(l.total_value)::text, 'asOf', l.as_of, 'source', l.source)
  into v_live
  from public.live_total(p_user_id, p_line_ids) l;

  -- What crossed the portfolio's border after the first point: movements of accounts while we knew them, what accounts were
  -- worth when they came into view, and what they took along when they left. Between accounts that are shown it adds up to
  -- nothing. An amount that cannot be told in the user's currency leaves all of it unknown.
  with lines as materialized (
    select a.line_id, array_agg(a.id) as member_ids,
      case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on,
      max(a.flows_synced_at) as flows_synced_at
    from public.accounts a
    where a.user_id = p_user_id and a.is_counted and (p_line_ids is null or a.line_id = any (p_line_ids))
    group by a.line_id
  ),
  -- A movement that two rows of one real account tell counts once; two equal ones that one row tells are two.
  movements as (
    select distinct on (line_id, flow_date, amount, currency, type, nth) line_id, flow_date, amount, currency
    from (
      select a.line_id, f.flow_date, f.amount, f.currency, f.type,
        row_number() over (partition by f.account_id, f.flow_date, f.amount, f.currency, f.type order by f.id) as nth
      from public.cash_flows f
      join public.accounts a on a.id = f.account_id and a.is_counted
      where f.user_id = p_user_id and f.is_external and f.flow_date > v_first_point and f.flow_date <= v_last_point
    ) told
  ),
  crossing as (
    select f.flow_date as date, f.amount, f.currency
    from movements f
    join lines l on l.line_id = f.line_id
    where (l.closed_on is null or f.flow_date < l.closed_on)
      and f.flow_date > (
        select min(v.value_date)
        from public.account_values v
        where v.account_id = any (l.member_ids) and v.verdict = 'accepted' and v.superseded_by is null
      )
    union all
    select edge.date, edge.amount, edge.currency
    from lines a
    cross join lateral (
      select first.value_date as date, first.total_value as amount, first.currency
      from (
        select v.value_date, v.total_value, v.currency
        from public.account_values v
        where v.account_id = any (a.member_ids) and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date, array_position(array['daily_eod', 'reconstructed', 'estimated'], v.kind), v.as_of desc, v.id desc
        limit 1
      ) first
      union all
      select a.closed_on, -last.total_value, last.currency
      from (
        select v.total_value, v.currency
        from public.account_values v
        where a.closed_on is not null and v.account_id = any (a.member_ids) and v.value_date < a.closed_on
          and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date desc,
          array_position(array['daily_eod', 'reconstructed', 'estimated'], v.kind), v.as_of desc, v.id desc
        limit 1
      ) last
    ) edge
    where edge.date > v_first_point and edge.date <= v_last_point
  ),
  told as (
    select c.date, sum(c.amount * case when c.currency = v_currency then 1 else rate.rate end) as amount,
      bool_and(coalesce(c.currency = v_currency, false) or rate.rate is not null) as is_told
    from crossing c
    left join lateral (
      select r.rate
      from public.exchange_rates r
      where c.currency <> v_currency and r.base_currency = c.currency and r.quote_currency = v_currency
        and r.rate_date between c.date - 4 and c.date
      order by r.rate_date desc
      limit 1
    ) rate on true
    group by c.date
  )
  select jsonb_build_object(
    'external', case
      when coalesce(bool_and(is_told), true) then coalesce(
        jsonb_agg(jsonb_build_object('date', date, 'amount', trim_scale(amount)::text) order by date) filter (where amount <> 0),
        '[]'
      )
    end,
    'provisional', exists (
      select
      from lines l
      where l.closed_on is null and (l.flows_synced_at is null or l.flows_synced_at < v_last_point + 1)
    )
  )
  into v_flows
  from told;

  return jsonb_build_object(
    'currency', coalesce(v_currency, 'USD'), 'dataNotice', v_data_notice, 'from', v_from, 'to', p_to,
    'points', v_points, 'gaps', v_gaps, 'live', v_live, 'flows', v_flows,
    'coverage', jsonb_build_object(
      'presentDays', coalesce(cardinality(v_days), 0), 'missingDays', v_missing_days, 'byKind', v_by_kind
    ),
    'corrections', case
      when p_line_ids is null then public.portfolio_corrections(p_user_id, v_from, p_to, null, 50)
      else '[]'
    end,
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', l.line_id, 'name', l.names[1], 'institution', l.institutions[1], 'currency', l.currencies[1], 'closedOn', l.closed_on,
        'isShown', p_line_ids is null or l.line_id = any (p_line_ids)
      ) order by l.institutions[1], l.names[1], l.line_id)
      from (
        -- Of the rows of one real account, the newest says what it is called.
        select a.line_id,
          array_agg(a.name order by a.created_at desc, a.id desc) as names,
          array_agg(c.institution order by a.created_at desc, a.id desc) as institutions,
          array_agg(a.currency order by a.currency is null, a.created_at desc, a.id desc) as currencies,
          case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on
        from public.accounts a
        join public.brokerage_connections c on c.id = a.connection_id
        where a.user_id = p_user_id and a.is_counted
        group by a.line_id
      ) l
    ), '[]'),
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'institution', c.institution, 'status', c.status, 'lastSuccessAt', c.last_success_at
      ) order by c.institution, c.id)
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status <> 'removed'
    ), '[]')
  );
end
$$;

