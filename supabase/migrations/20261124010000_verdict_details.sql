-- What is said against an answer is kept for administrators, days that can no longer be asked for are given up, and a
-- provider's history that appears reopens what waited for it.

alter table public.fill_outcomes add column detail text check (detail in (
  'left_out', 'not_an_asset', 'total_missing', 'not_fresh', 'mid_session', 'too_late', 'broken_repeat',
  'unexplained_zero', 'unexplained_swing', 'mostly_zeros', 'disagrees_with_total', 'wrong_currency', 'unknown_currency'
));

comment on column public.fill_outcomes.detail is 'The verdict on the answer behind the reason, for administrators; null when there was no answer.';
comment on column public.fill_outcomes.reason is
  'What the user is told. gave_up: asked for in vain, as often as attempts says, until the provider''s history no longer reached the day.';

-- Records everything that one fill of a connection learned, publishes what follows from it, and gives the lease back,
-- in one transaction. Evidence is recorded even when the lease was lost meanwhile: it is true whoever brings it.
-- p_fill: { runId, reach, connection: { status, disabledSince, retryAt, attempts, errorCode, succeeded, historyCapability },
--   accounts: [{ externalId, institutionAccountId, name, currency, category, isPaper, isOpen, historyAsked, flowsSynced }],
--   observations: [{ externalId, date, total, cash, costBasis, currency, kind, source, asOf, verdict, reason }],
--   live: [{ externalId, total, currency, source, asOf }],
--   outcomes: [{ externalId, date, reason, detail, final, nextAttemptAt, attemptsMax }] (final too after attemptsMax attempts with this reason),
--   flows: [{ externalId, key, date, amount, currency, type, description }],
--   released: [id] (held observations that something has confirmed) }
-- reach is the earliest day that the provider can still be asked for.
-- Returns { observations, published } as counts of what was new.
create or replace function public.record_fill(p_connection_id uuid, p_worker uuid, p_fill jsonb, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_user_id uuid;
  v_run_id uuid := (p_fill ->> 'runId')::uuid;
  v_today date;
  v_next_close date;
  v_observations integer;
  v_published integer := 0;
  v_expected_from date;
  v_is_removed boolean;
  v_was_active boolean;
  v_joined_from date;
  v_from date;
  v_to date;
begin
  -- Serialises everything that is recorded for one user, so that conclusions never miss each other's evidence.
  select c.user_id into strict v_user_id
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;
  -- Read after the lock was won: the user may have removed the connection meanwhile.
  select status = 'removed', status = 'active' into v_is_removed, v_was_active
  from public.brokerage_connections
  where id = p_connection_id;

  -- The newest session that has opened: from this day on, an account that is closed now is no longer expected.
  select date into v_today from public.trading_days where opens_at <= p_now order by date desc limit 1;
  -- A newly met account is expected from the next close on; what is learned of days before moves that back.
  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;

  -- Who is expected decides what a day's total is: from the first day on which that changes, days are concluded again.
  with before as (
    select external_id, first_known_on, closed_on, is_counted from public.accounts where connection_id = p_connection_id
  ),
  after as (
    insert into public.accounts as known (
      user_id, connection_id, external_id, institution_account_id, name, currency, category, is_paper, first_known_on,
      closed_on, history_asked_at, flows_synced_at
    )
    select v_user_id, p_connection_id, a."externalId", a."institutionAccountId", a.name, a.currency, a.category, a."isPaper", v_next_close,
      case when not a."isOpen" or v_is_removed then v_next_close end,
      case when a."historyAsked" then p_now end, case when a."flowsSynced" then p_now end
    from jsonb_to_recordset(p_fill -> 'accounts') as a (
      "externalId" text, "institutionAccountId" text, name text, currency text, category text, "isPaper" boolean,
      "isOpen" boolean, "historyAsked" boolean, "flowsSynced" boolean
    )
    on conflict (connection_id, external_id) do update set
      institution_account_id = coalesce(excluded.institution_account_id, known.institution_account_id),
      name = excluded.name,
      -- What an account is told in once is what it is told in: another word is a doubt, not news.
      currency = coalesce(known.currency, excluded.currency),
      category = excluded.category,
      is_paper = excluded.is_paper,
      closed_on = case
        when v_is_removed then known.closed_on
        when excluded.closed_on is not null then coalesce(known.closed_on, greatest(v_today, known.first_known_on))
      end,
      history_asked_at = coalesce(excluded.history_asked_at, known.history_asked_at),
      flows_synced_at = coalesce(excluded.flows_synced_at, known.flows_synced_at)
    returning external_id, first_known_on, closed_on, is_counted
  )
  select min(case
      when before.external_id is null or before.is_counted <> after.is_counted then after.first_known_on
      when before.closed_on is distinct from after.closed_on then least(before.closed_on, after.closed_on)
    end)
  into v_expected_from
  from after
  left join before using (external_id);

  -- Of all that is accepted for one account and day, the best stands: kind, then as-of, then the latest word.
  with said as (
    select nextval(pg_get_serial_sequence('public.account_values', 'id')) as id, a.id as account_id, o.*
    from (
      -- A document may hold the same word twice.
      select distinct on ("externalId", date, kind, source, "asOf", total, currency) *
      from jsonb_to_recordset(p_fill -> 'observations') as document (
        "externalId" text, date date, total numeric, cash numeric, "costBasis" numeric, currency text, kind text,
        source text, "asOf" timestamptz, verdict text, reason text
      )
      order by "externalId", date, kind, source, "asOf", total, currency, verdict
    ) o
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = o."externalId"
    where not exists (
      select
      from public.account_values v
      left join public.account_values better on better.id = v.superseded_by
      where v.user_id = v_user_id and v.account_id = a.id and v.value_date = o.date and v.kind = o.kind and v.source = o.source and v.as_of = o."asOf"
        and v.total_value is not distinct from o.total and v.currency is not distinct from o.currency
        -- A provider that returns to its first word after a second one says something new.
        and better.kind is distinct from v.kind
        -- So does a judge who now believes what was held.
        and (v.verdict <> 'held' or o.verdict <> 'accepted')
    )
  ),
  candidates as (
    select id, account_id, date, kind, "asOf" as as_of, p_now as observed_at from said where verdict = 'accepted'
    union all
    select v.id, v.account_id, v.value_date, v.kind, v.as_of, v.observed_at
    from public.account_values v
    where v.verdict = 'accepted' and v.superseded_by is null
      and exists (select from said where said.account_id = v.account_id and said.date = v.value_date)
  ),
  ranked as (
    select id, first_value(id) over (
      partition by account_id, date
      order by array_position(array['daily_eod', 'reconstructed', 'estimated'], kind), as_of desc, observed_at desc, id desc
    ) as standing_id
    from candidates
  ),
  superseded as (
    update public.account_values v
    set superseded_by = ranked.standing_id
    from ranked
    where v.id = ranked.id and ranked.standing_id <> ranked.id
    returning v.id
  ),
  -- The count makes the update run first: two observations may not stand at once, not even for a moment.
  released as (select count(*) from superseded),
  recorded as (
    insert into public.account_values (
      id, user_id, account_id, value_date, total_value, cash, cost_basis, currency, kind, source, as_of, observed_at, run_id,
      verdict, reason, superseded_by
    )
    select said.id, v_user_id, said.account_id, said.date, said.total, said.cash, said."costBasis", said.currency, said.kind,
      said.source, said."asOf", p_now, v_run_id, said.verdict, said.reason, nullif(ranked.standing_id, said.id)
    from released, said
    left join ranked on ranked.id = said.id
    returning value_date, account_id, verdict
  ),
  -- What an account was worth before we knew it moves back the day from which it is expected.
  known_since as (
    update public.accounts a
    set first_known_on = earliest.date
    from (select account_id, min(value_date) as date from recorded where verdict = 'accepted' group by account_id) earliest
    join public.accounts before on before.id = earliest.account_id
    where a.id = earliest.account_id and earliest.date < a.first_known_on
    returning before.first_known_on
  )
  select count(*), min(value_date), greatest(max(value_date), (select max(first_known_on) from known_since))
  into v_observations, v_from, v_to
  from recorded;

  if jsonb_array_length(p_fill -> 'released') > 0 then
    select least(v_from, min(released.value_date)), greatest(v_to, max(released.value_date)) into v_from, v_to
    from public.release_held(array(select id::bigint from jsonb_array_elements_text(p_fill -> 'released') as said (id))) released;
  end if;

  insert into public.live_values as known (account_id, user_id, total_value, currency, source, as_of, observed_at)
  select a.id, v_user_id, l.total, l.currency, l.source, l."asOf", p_now
  from jsonb_to_recordset(p_fill -> 'live') as l ("externalId" text, total numeric, currency text, source text, "asOf" timestamptz)
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = l."externalId"
  on conflict (account_id) do update set
    total_value = excluded.total_value, currency = excluded.currency, source = excluded.source,
    as_of = excluded.as_of, observed_at = excluded.observed_at
  where excluded.as_of >= known.as_of;

  with noted as (
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, final, attempts, last_attempt_at, next_attempt_at)
    select v_user_id, a.id, o.date, o.reason, o.detail, o.final or ended.now, attempts.number, p_now,
      case when not ended.now then o."nextAttemptAt" end
    from jsonb_to_recordset(p_fill -> 'outcomes') as o (
      "externalId" text, date date, reason text, detail text, final boolean, "nextAttemptAt" timestamptz, "attemptsMax" integer
    )
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = o."externalId"
    left join public.fill_outcomes before on before.account_id = a.id and before.value_date = o.date
    -- Attempts count per reason: hours of an unreachable provider say nothing about what it has.
    cross join lateral (select case when before.reason = o.reason then before.attempts else 0 end + 1 as number) attempts
    cross join lateral (select coalesce(attempts.number >= o."attemptsMax", false) as now) ended
    on conflict (account_id, value_date) do update set
      reason = excluded.reason, final = excluded.final, attempts = excluded.attempts,
      last_attempt_at = excluded.last_attempt_at, next_attempt_at = excluded.next_attempt_at,
      -- While the reason lasts, so does the last thing that was said against an answer.
      detail = coalesce(excluded.detail, case when fill_outcomes.reason = excluded.reason then fill_outcomes.detail end)
    returning value_date
  )
  select least(v_from, min(value_date)), greatest(v_to, max(value_date)) into v_from, v_to from noted;

  -- Days that slid out of what the provider can be asked for are asked for no more. A held value still waits for its
  -- verdict, and a provider that answered without the day has said so.
  update public.fill_outcomes o
  set reason = case when o.reason in ('held', 'provider_had_nothing') then o.reason else 'gave_up' end, final = true, next_attempt_at = null
  from public.accounts a
  where a.connection_id = p_connection_id and o.account_id = a.id and o.value_date < (p_fill ->> 'reach')::date and not o.final
    and not exists (
      select
      from public.accounts m
      join public.account_values v on v.account_id = m.id and v.value_date = o.value_date
      where m.line_id = a.line_id and v.verdict = 'accepted' and v.superseded_by is null
    );

  -- A provider that has a history by now is asked at once for what it could not give before.
  update public.fill_outcomes o
  set final = false, next_attempt_at = null
  from public.brokerage_connections c
  join public.accounts a on a.connection_id = c.id
  where c.id = p_connection_id and p_fill #>> '{connection,historyCapability}' = 'available'
    and c.history_capability <> 'available' and o.account_id = a.id and o.reason = 'provider_cannot' and o.final
    and o.value_date >= coalesce((p_fill ->> 'reach')::date, '-infinity');

  insert into public.cash_flows as known (user_id, account_id, flow_key, flow_date, amount, currency, type, description, observed_at)
  select v_user_id, a.id, f.key, f.date, f.amount, f.currency, f.type, f.description, p_now
  from jsonb_to_recordset(p_fill -> 'flows') as f (
    "externalId" text, key text, date date, amount numeric, currency text, type text, description text
  )
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = f."externalId"
  on conflict (account_id, flow_key) do update set
    flow_date = excluded.flow_date, amount = excluded.amount, currency = excluded.currency, type = excluded.type,
    description = excluded.description, observed_at = excluded.observed_at
  where (known.flow_date, known.amount, known.currency, known.type, known.description)
    is distinct from (excluded.flow_date, excluded.amount, excluded.currency, excluded.type, excluded.description);

  -- A connection that works again keeps the reason of the days that it missed, until they are asked for.
  insert into public.fill_outcomes (user_id, account_id, value_date, reason, last_attempt_at)
  select m.user_id, m.account_id, m.value_date, 'connection_broken', p_now
  from public.brokerage_connections c
  cross join lateral public.missing_account_days(
    array[c.id], (c.disabled_since at time zone 'America/New_York')::date, v_today
  ) m
  where c.id = p_connection_id and c.status = 'disabled' and p_fill #>> '{connection,status}' = 'active'
  on conflict do nothing;

  update public.brokerage_connections c
  set status = s.status,
    disabled_since = case when s.status = 'disabled' then coalesce(s."disabledSince", c.disabled_since, p_now) end,
    retry_at = s."retryAt", attempts = s.attempts, last_error_code = s."errorCode",
    last_success_at = case when s.succeeded then p_now else c.last_success_at end,
    history_capability = coalesce(s."historyCapability", c.history_capability),
    history_checked_at = case when s."historyCapability" is not null then p_now else c.history_checked_at end,
    due_at = case when c.lease_owner = p_worker then null else c.due_at end,
    lease_owner = case when c.lease_owner = p_worker then null else c.lease_owner end,
    lease_expires_at = case when c.lease_owner = p_worker then null else c.lease_expires_at end
  from jsonb_to_record(p_fill -> 'connection') as s (
    status text, "disabledSince" timestamptz, "retryAt" timestamptz, attempts integer, "errorCode" text, succeeded boolean,
    "historyCapability" text
  )
  where c.id = p_connection_id and c.status <> 'removed';

  -- Last, when all that was learned of the new accounts is there. A line that grew is concluded again as a whole.
  v_joined_from := public.continue_lines(p_connection_id, p_now);
  if v_joined_from is not null or v_expected_from is not null or v_was_active and p_fill #>> '{connection,status}' = 'disabled' then
    perform public.propose_matches(v_user_id, p_now);
  end if;
  v_expected_from := least(v_expected_from, v_joined_from);

  v_from := least(v_from, v_expected_from);
  v_to := greatest(v_to, case when v_expected_from is not null then v_today end);
  if v_from is not null then
    -- A day that changes may be carried into the days after it.
    select coalesce(max(date), v_to) into v_to
    from (
      select date from public.trading_days where date > v_to and closes_at <= p_now order by date limit public.carry_sessions_max()
    ) after;
    v_published := public.publish_snapshots(v_user_id, v_from, v_to, coalesce(p_fill ->> 'reason', 'observed'), p_now);
  end if;

  update public.runs set alive_at = p_now where id = v_run_id and status = 'running';
  return jsonb_build_object('observations', v_observations, 'published', v_published);
end
$$;
