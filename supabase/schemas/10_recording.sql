-- Recording: what one fill of a connection learned, a part for each kind of evidence, and what follows from it. The parts take
-- the connection as it was before, and are called by record_fill alone, within its transaction.

create function public.opened_session(p_now timestamptz)
returns date
language sql
stable
set search_path = ''
as $$ select date from public.trading_days where opens_at <= p_now order by date desc limit 1 $$;

comment on function public.opened_session is 'The newest session that has opened.';

-- Whether the evidence of a line has grown since it was read.
create function public.has_newer_evidence(p_reconciled jsonb)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from jsonb_to_recordset(p_reconciled) as r ("lineId" uuid, version text)
    where r."lineId" is not null and public.evidence_version(r."lineId") <> r.version
  )
$$;

comment on function public.has_newer_evidence is 'Whether conclusions were drawn from less than is recorded of their accounts.';

create function public.record_accounts(p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_is_removed boolean := p_connection.status = 'removed';
  v_next_close date;
  v_known_from date;
  v_expected_from date;
begin
  -- A newly met account is expected from the next close on; what is learned of days before moves that back.
  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;
  -- Accounts that are met together are there together: one without a total is expected from the first day that another of
  -- them is captured for, so that a part of a connection never passes for the whole.
  select least(v_next_close, min(o.date)) into v_known_from
  from jsonb_to_recordset(p_fill -> 'observations') as o ("externalId" text, date date, kind text, verdict text)
  left join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
  where o.kind = 'daily_eod' and o.verdict = 'accepted'
    and (a.id is null or o.date = (select max(d.date) from public.trading_days d where d.closes_at <= p_now));

  -- What an answer says of a known account is a claim: whether it counts and until when is concluded from all of them. Who is
  -- expected decides what a day's total is: from the first day on which that changes, days are concluded again.
  with before as (
    select external_id from public.accounts where connection_id = p_connection.id
  ),
  after as (
    insert into public.accounts as known (
      user_id, connection_id, external_id, institution_account_id, name, currency, category, is_paper, first_known_on,
      closed_on, history_asked_at, flows_synced_at, movements_collected, created_at
    )
    select p_connection.user_id, p_connection.id, a."externalId", a."institutionAccountId", a.name, a.currency, a.category, a."isPaper",
      case when a."isOpen" and not v_is_removed then v_known_from else v_next_close end,
      case when not a."isOpen" or v_is_removed then v_next_close end,
      case when a."historyAsked" then p_now end, case when a."flowsSynced" then p_now end, a."movementsCollected", p_now
    from jsonb_to_recordset(p_fill -> 'accounts') as a (
      "externalId" text, "institutionAccountId" text, name text, currency text, category text, "isPaper" boolean,
      "isOpen" boolean, "historyAsked" boolean, "flowsSynced" boolean, "movementsCollected" boolean
    )
    on conflict (connection_id, external_id) do update set
      institution_account_id = coalesce(excluded.institution_account_id, known.institution_account_id),
      name = excluded.name,
      -- The currency first reported stays the account's: another one is a doubt, not news.
      currency = coalesce(known.currency, excluded.currency),
      evidence_version = known.evidence_version + 1,
      history_asked_at = coalesce(excluded.history_asked_at, known.history_asked_at),
      flows_synced_at = coalesce(excluded.flows_synced_at, known.flows_synced_at),
      movements_collected = coalesce(excluded.movements_collected, known.movements_collected)
    returning external_id, first_known_on
  )
  select min(after.first_known_on) into v_expected_from
  from after
  where not exists (select from before where before.external_id = after.external_id);

  -- What waited for the provider to collect movements waits no longer than that.
  update public.question_backoffs b
  set retry_at = least(b.retry_at, p_now)
  from public.accounts a
  where a.connection_id = p_connection.id and a.movements_collected
    and b.account_id = a.id and b.question = 'movements' and b.reason = 'not_ready';
  return v_expected_from;
end
$$;

comment on function public.record_accounts is 'Records the accounts of a fill; returns the first day on which new ones are expected.';

create function public.record_observations(
  p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz,
  out new_observations integer, out from_day date, out to_day date, out ids jsonb
)
returns record
language plpgsql
set search_path = ''
as $$
begin
  -- Of all that is accepted for one account and day, the best counts: kind, then as-of, then the newest report.
  with reported as (
    select nextval(pg_get_serial_sequence('public.account_values', 'id')) as id, a.id as account_id, o.*
    from (
      -- A document may hold the same value twice.
      select distinct on ("externalId", date, kind, source, "asOf", total, currency) *
      from jsonb_to_recordset(p_fill -> 'observations') as document (
        "externalId" text, ref text, date date, total numeric, cash numeric, "costBasis" numeric, currency text, kind text,
        source text, "asOf" timestamptz, verdict text, reason text
      )
      order by "externalId", date, kind, source, "asOf", total, currency, verdict
    ) o
    join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
    where not exists (
      select
      from public.account_values v
      left join public.account_values better on better.id = v.superseded_by
      where v.user_id = p_connection.user_id and v.account_id = a.id and v.value_date = o.date and v.kind = o.kind and v.source = o.source and v.as_of = o."asOf"
        and v.total_value is not distinct from o.total and v.currency is not distinct from o.currency
        -- A provider that returns to its first value after a second one reports something new.
        and better.kind is distinct from v.kind
        -- So does a judge who now believes what was held.
        and (v.verdict <> 'held' or o.verdict <> 'accepted')
    )
  ),
  candidates as (
    select id, account_id, date, kind, "asOf" as as_of, p_now as observed_at from reported where verdict = 'accepted'
    union all
    select v.id, v.account_id, v.value_date, v.kind, v.as_of, v.observed_at
    from public.current_values v
    where exists (select from reported where reported.account_id = v.account_id and reported.date = v.value_date)
  ),
  ranked as (
    select id, first_value(id) over (
      partition by account_id, date
      order by public.kind_rank(kind), as_of desc, observed_at desc, id desc
    ) as current_id
    from candidates
  ),
  superseded as (
    update public.account_values v
    set superseded_by = ranked.current_id
    from ranked
    where v.id = ranked.id and ranked.current_id <> ranked.id
    returning v.id
  ),
  -- The count makes the update run first: two observations may not stand at once, not even for a moment.
  released as (select count(*) from superseded),
  recorded as (
    insert into public.account_values (
      id, user_id, account_id, value_date, total_value, cash, cost_basis, currency, kind, source, as_of, observed_at, run_id,
      verdict, reason, superseded_by
    )
    select reported.id, p_connection.user_id, reported.account_id, reported.date, reported.total, reported.cash, reported."costBasis", reported.currency, reported.kind,
      reported.source, reported."asOf", p_now, (p_fill ->> 'runId')::uuid, reported.verdict, reported.reason, nullif(ranked.current_id, reported.id)
    from released, reported
    left join ranked on ranked.id = reported.id
    returning value_date, account_id, verdict
  ),
  -- What an account was worth before we knew it moves back the day from which it is expected.
  known_since as (
    update public.accounts a
    set first_known_on = earliest.date
    from (select account_id, min(value_date) as date from recorded where verdict = 'accepted' group by account_id) earliest
    join public.accounts before on before.id = earliest.account_id
    where a.id = earliest.account_id and earliest.date < a.first_known_on and a.asset_since is null
    returning before.first_known_on
  )
  select count(*), min(value_date), greatest(max(value_date), (select max(first_known_on) from known_since)),
    (select jsonb_object_agg(ref, id) from reported where ref is not null)
  into new_observations, from_day, to_day, ids
  from recorded;
end
$$;

comment on function public.record_observations is
  'Records the observations of a fill and lets the best of each account day stand; returns how many are new, the days that they change, and the id of each ref.';

-- What the answers of a fill say of a connection's history: available where any account has one, else why not; null where none was asked.
create function public.heard_of_history(p_fill jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select coalesce(min('available') filter (where q.lacks is null), min(q.lacks))
  from jsonb_to_recordset(p_fill -> 'questions') as q (question text, "retryAt" timestamptz, lacks text)
  where q.question = 'history' and q."retryAt" is null
$$;

comment on function public.heard_of_history is 'What the answers of a fill say of a connection''s history.';

create function public.record_outcomes(
  p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz, out from_day date, out to_day date
)
returns record
language plpgsql
set search_path = ''
as $$
begin
  with noted as (
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, final, attempts, last_attempt_at, next_attempt_at)
    select p_connection.user_id, a.id, o.date, o.reason, o.detail, o.final or ended.now, attempts.number, p_now,
      case when not ended.now then o."nextAttemptAt" end
    from jsonb_to_recordset(p_fill -> 'outcomes') as o (
      "externalId" text, date date, reason text, detail text, final boolean, "nextAttemptAt" timestamptz, "attemptsMax" integer
    )
    join public.accounts a on a.connection_id = p_connection.id and a.external_id = o."externalId"
    -- The day may have been called off while the fill was under way.
    join public.trading_days d on d.date = o.date
    left join public.fill_outcomes before on before.account_id = a.id and before.value_date = o.date
    -- Attempts count per reason: hours of an unreachable provider have no bearing on what it has.
    cross join lateral (select case when before.reason = o.reason then before.attempts else 0 end + 1 as number) attempts
    cross join lateral (select coalesce(attempts.number >= o."attemptsMax", false) as now) ended
    on conflict (account_id, value_date) do update set
      reason = excluded.reason, final = excluded.final, attempts = excluded.attempts,
      last_attempt_at = excluded.last_attempt_at, next_attempt_at = excluded.next_attempt_at,
      -- While the reason lasts, so does the last objection to an answer.
      detail = coalesce(excluded.detail, case when fill_outcomes.reason = excluded.reason then fill_outcomes.detail end)
    returning value_date
  )
  select min(value_date), max(value_date) into from_day, to_day from noted;

  -- Days that slid out of what the provider can be asked for are asked for no more. A held value still waits for its
  -- verdict, and a provider that answered without the day keeps that as the reason.
  update public.fill_outcomes o
  set reason = case when o.reason in ('held', 'provider_had_nothing') then o.reason else 'gave_up' end, final = true, next_attempt_at = null
  from public.accounts a
  where a.connection_id = p_connection.id and o.account_id = a.id and o.value_date < (p_fill ->> 'reach')::date and not o.final
    and not exists (
      select
      from public.accounts m
      join public.current_values v on v.account_id = m.id and v.value_date = o.value_date
      where m.line_id = a.line_id
    );

  -- A provider that has a history by now is asked at once for what it could not give before.
  if p_connection.history_capability <> 'available' and public.heard_of_history(p_fill) = 'available' then
    update public.fill_outcomes o
    set final = false, next_attempt_at = null
    from public.accounts a
    where a.connection_id = p_connection.id and o.account_id = a.id and o.reason = 'provider_cannot' and o.final
      and o.value_date >= coalesce((p_fill ->> 'reach')::date, '-infinity');
    update public.accounts set history_refused_at = null where connection_id = p_connection.id;
  end if;
end
$$;

comment on function public.record_outcomes is 'Records why days are missing still; returns the days of which something was noted.';

create function public.record_missed_days(p_connection public.brokerage_connections, p_fill jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- A connection that works again keeps the reason of the days that it missed, until they are asked for.
  if p_connection.status = 'disabled' and p_fill #>> '{connection,status}' = 'active' then
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, last_attempt_at)
    select m.user_id, m.account_id, m.value_date, 'connection_broken', p_now
    from public.missing_account_days(
      array[p_connection.id], (p_connection.disabled_since at time zone 'America/New_York')::date, public.opened_session(p_now)
    ) m
    on conflict do nothing;
  end if;
end
$$;

comment on function public.record_missed_days is 'Keeps the reason of the days that a connection missed while it was broken.';

create function public.record_connection(
  p_connection public.brokerage_connections, p_worker uuid, p_fill jsonb, p_now timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_unanswered boolean := coalesce(p_fill #>> '{connection,errorCode}' in ('out_of_time', 'keys_refused'), false);
  v_follows boolean;
begin
  -- Movements and a new account's past follow the totals, in their own turn.
  v_follows := p_fill ->> 'phase' = 'totals' and (p_fill #>> '{connection,succeeded}')::boolean and exists (
    select
    from public.accounts a
    where a.connection_id = p_connection.id and a.is_counted and a.closed_on is null
      and (public.movements_are_due(a, p_now) or public.import_is_due(a, false, p_now))
  );

  update public.brokerage_connections c
  set status = s.status,
    disabled_since = case when s.status = 'disabled' then coalesce(s."disabledSince", c.disabled_since, p_now) end,
    retry_at = s."retryAt", attempts = s.attempts,
    last_error_code = case when s."errorCode" = 'out_of_time' then c.last_error_code else s."errorCode" end,
    last_success_at = case when s.succeeded then p_now else c.last_success_at end,
    -- Of some accounts a provider has a history, and of others not: one of them is enough.
    history_capability = case
      when exists (
        select
        from public.accounts a
        where a.connection_id = c.id and a.history_asked_at is not null and a.history_refused_at is null
      )
      then 'available'
      else coalesce(public.heard_of_history(p_fill), c.history_capability)
    end,
    data_freshness = coalesce(s.freshness, c.data_freshness),
    freshness_checked_at = case when s.freshness is null then c.freshness_checked_at else p_now end,
    totals_asked_at = case when s."totalsAsked" then p_now else c.totals_asked_at end,
    totals_reads = case
      when not coalesce(s."isBackgroundRead", false) then c.totals_reads
      when public.totals_reads(c, p_now) = 0 then 1
      else c.totals_reads + 1
    end,
    totals_reads_since = case
      when coalesce(s."isBackgroundRead", false) and public.totals_reads(c, p_now) = 0 then p_now else c.totals_reads_since
    end,
    rest_asked_at = case when p_fill ->> 'phase' <> 'totals' and not v_unanswered then p_now else c.rest_asked_at end,
    recheck = c.recheck and not coalesce(s."totalsAsked", false),
    -- A turn that was cut short begins again unless it captured all there is.
    totals_due = case
      when c.lease_owner is distinct from p_worker then c.totals_due
      else c.totals_due and v_unanswered and (
        not coalesce(s."totalsAsked", false)
        or p_fill #>> '{connection,errorCode}' = 'keys_refused'
        or p_fill ->> 'phase' = 'totals' and jsonb_array_length(p_fill -> 'outcomes') > 0
      )
    end,
    -- Who could not be asked for want of time, budget or keys keeps the place in the line.
    due_at = case
      when c.lease_owner is distinct from p_worker or v_follows or v_unanswered then c.due_at
    end,
    lease_owner = case when c.lease_owner = p_worker then null else c.lease_owner end,
    lease_expires_at = case when c.lease_owner = p_worker then null else c.lease_expires_at end
  from jsonb_to_record(p_fill -> 'connection') as s (
    status text, "disabledSince" timestamptz, "retryAt" timestamptz, attempts integer, "errorCode" text, succeeded boolean,
    freshness text, "totalsAsked" boolean, "isBackgroundRead" boolean
  )
  where c.id = p_connection.id and c.status not in ('paused', 'removed');
end
$$;

comment on function public.record_connection is 'Records how a connection answered, and releases it or keeps its place in the line.';

-- The day on which an account began, where its movements tell: after a month in which nothing moved money came in, and all that came
-- and went explains the first value that is known. Null where it may as well have been there before.
create function public.beginning_of(p_account_id uuid)
returns date
language sql
stable
set search_path = ''
as $$
  select moved.date
  from (select min(r.booked_on) as date from public.movement_rows r where r.account_id = p_account_id) moved
  left join lateral (
    select v.value_date as date, v.total_value, v.currency
    from public.current_values v
    where v.account_id = p_account_id
    order by v.value_date, v.kind_rank, v.as_of desc, v.id desc
    limit 1
  ) first on true
  where exists (
      select
      from public.movement_statements s
      where s.account_id = p_account_id and s.is_complete and s.range_from <= moved.date - 30
    )
    and exists (
      select
      from public.movement_rows r
      where r.account_id = p_account_id and r.booked_on = moved.date and r.kind in ('deposit', 'transfer') and r.amount > 0
    )
    and (
      first.date is null
      or (
        select sum(f.amount) between least(first.total_value / 2, first.total_value * 2) and greatest(first.total_value / 2, first.total_value * 2)
          and bool_and(coalesce(f.currency, first.currency) = first.currency)
        from public.cash_flows f
        where f.account_id = p_account_id and f.is_external and not f.is_withdrawn and f.flow_date <= first.date
      )
    )
$$;

comment on function public.beginning_of is 'The day on which an account began, where its movements tell.';

-- What moved on an account, or was believed by nobody, proves that it existed.
create function public.note_existence(p_connection_id uuid)
returns date
language sql
set search_path = ''
as $$
  with found as (
    select a.id, a.exists_since as before, least(moved.date, doubted.date, presumed.date) as date, begun.date as begun_on
    from public.accounts a
    cross join lateral (select min(r.booked_on) as date from public.movement_rows r where r.account_id = a.id) moved
    cross join lateral (select public.beginning_of(a.id) as date) begun
    cross join lateral (
      select min(v.value_date) as date
      from public.account_values v
      where v.account_id = a.id and v.verdict = 'held' and v.total_value <> 0 and v.reason not in ('not_funded_yet', 'rejected')
    ) doubted
    -- Of whose past nobody has told anything, it may have existed as long as any history reaches: while its history is still to be
    -- had, and where there is none unless its movements tell of its beginning.
    left join lateral (
      select (a.created_at at time zone 'America/New_York')::date - 366 as date
      where a.history_asked_at is null and a.closed_on is null
        and not exists (select from public.account_values v where v.account_id = a.id and v.kind = 'reconstructed')
        and not (
          exists (
            select
            from public.question_backoffs b
            where b.account_id = a.id and b.question = 'import' and b.reason = 'not_offered'
          )
          and exists (select from public.movement_statements s where s.account_id = a.id and s.is_complete)
          and (
            begun.date is not null
            or not exists (select from public.current_values v where v.account_id = a.id and v.total_value <> 0)
          )
        )
    ) presumed on true
    where a.connection_id = p_connection_id and a.asset_since is null
  ),
  noted as (
    update public.accounts a
    set exists_since = found.date, begun_on = found.begun_on
    from found
    where a.id = found.id and (a.exists_since, a.begun_on) is distinct from (found.date, found.begun_on)
    returning least(found.before, found.date) as date, found.before is distinct from found.date as is_news
  )
  select min(date) from noted where is_news
$$;

comment on function public.note_existence is 'Notes since when the accounts of a connection existed or may have; returns the earliest day that this is news of.';

-- A day that changes may be carried into the days after it.
create function public.publish_with_carried(p_user_id uuid, p_from date, p_to date, p_reason text, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.publish_snapshots(
    p_user_id, p_from,
    (
      select coalesce(max(date), p_to)
      from (
        select date from public.trading_days where date > p_to and closes_at <= p_now order by date limit public.carry_sessions_max()
      ) after
    ),
    p_reason, p_now
  )
$$;

comment on function public.publish_with_carried is 'Draws a user''s conclusions again between two days and for the days that these may be carried into.';

-- Records everything that one fill of a connection learned, publishes what follows from it, and releases the lease,
-- in one transaction. Evidence is recorded even when the lease was lost meanwhile: it is true whoever brings it.
-- p_fill: { runId, reach, phase, connection: { status, disabledSince, retryAt, attempts, errorCode, succeeded,
--     freshness, totalsAsked, isBackgroundRead },
--   accounts: [{ externalId, institutionAccountId, name, currency, category, isPaper, isOpen, historyAsked, flowsSynced, movementsCollected }],
--   questions: [{ externalId, question, retryAt, reason, lacks }] (answered where retryAt is null; lacks: why the provider has none),
--   observations: [{ externalId, ref, date, total, cash, costBasis, currency, kind, source, asOf, verdict, reason, contradicts, settledBy }],
--   live: [{ externalId, total, currency, source, asOf }],
--   outcomes: [{ externalId, date, reason, detail, final, nextAttemptAt, attemptsMax }] (final too after attemptsMax attempts with this reason),
--   statements: [{ externalId, sameAs, from, to, isComplete, rows: [{ reference, vendorType, kind, amount, currency, date, description, nth }] }],
--   verdicts: [{ id, verdict, reason, contradicts, settledBy }] (of observations that are stored already),
--   sightings: [{ externalId, isListed, isOpen, category, isPaper, currency }],
--   reconciled: [{ externalId, lineId, version, from, currency, status }], flows and spans as apply_conclusions takes them, by
--   externalId or accountId }
-- An observation is named by its id as text or, within the document, by its ref. Where the evidence of a line has grown since
-- version, nothing is recorded and the answer is null: conclusions are to be drawn once more.
-- reach is the earliest day that the provider can still be asked for; errorCode out_of_time and keys_refused mean that the rest was
-- not asked, which is no failure of the connection.
-- Returns { observations, published } as counts of what was new.
create function public.record_fill(p_connection_id uuid, p_worker uuid, p_fill jsonb, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_connection public.brokerage_connections;
  v_expected_from date;
  v_joined_from date;
  v_judged record;
  v_recorded record;
  v_noted record;
  v_from date;
  v_to date;
  v_published integer := 0;
begin
  -- Serialises everything that is recorded for one user, so that conclusions never miss each other's evidence.
  perform
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.id = p_connection_id
  for update of p;
  -- Read after the lock was won: the user may have removed the connection meanwhile.
  select * into strict v_connection from public.brokerage_connections where id = p_connection_id;

  if public.has_newer_evidence(coalesce(p_fill -> 'reconciled', '[]')) then
    return null;
  end if;

  v_expected_from := public.record_accounts(v_connection, p_fill, p_now);

  select min(changed.value_date) as from_day, max(changed.value_date) as to_day into v_judged
  from public.apply_verdicts(
    (
      select jsonb_agg(document - 'settledBy') from jsonb_array_elements(coalesce(p_fill -> 'verdicts', '[]')) as document
    ),
    (p_fill ->> 'runId')::uuid, p_now
  ) changed;
  select * into v_recorded from public.record_observations(v_connection, p_fill, p_now);
  perform public.settle_doubts((p_fill -> 'observations') || coalesce(p_fill -> 'verdicts', '[]'), v_recorded.ids);
  perform public.keep_live_document(p_connection_id, p_fill -> 'live', p_now);

  select * into v_noted from public.record_outcomes(v_connection, p_fill, p_now);

  perform public.record_statements(v_connection.user_id, p_connection_id, coalesce(p_fill -> 'statements', '[]'), p_now);
  perform public.record_sightings(v_connection.user_id, p_connection_id, coalesce(p_fill -> 'sightings', '[]'), p_now);
  v_expected_from := least(
    v_expected_from,
    public.apply_conclusions(v_connection.user_id, public.with_account_ids(p_connection_id, p_fill), p_now)
  );

  perform public.record_missed_days(v_connection, p_fill, p_now);
  perform public.record_questions(v_connection, coalesce(p_fill -> 'questions', '[]'), p_now);
  perform public.record_connection(v_connection, p_worker, p_fill, p_now);

  -- Last, when all that was learned of the new accounts is there. A line that grew is concluded again as a whole.
  v_joined_from := least(
    public.continue_lines(p_connection_id, p_now), public.join_likely_twins(v_connection.user_id, p_now)
  );
  if v_joined_from is not null or v_expected_from is not null
    or v_connection.status = 'active' and p_fill #>> '{connection,status}' = 'disabled'
  then
    perform public.propose_matches(v_connection.user_id, p_now);
  end if;
  v_expected_from := least(v_expected_from, v_joined_from, public.note_existence(p_connection_id));

  v_from := least(v_judged.from_day, v_recorded.from_day, v_noted.from_day, v_expected_from);
  v_to := greatest(
    v_judged.to_day, v_recorded.to_day, v_noted.to_day, case when v_expected_from is not null then public.opened_session(p_now) end
  );
  if v_from is not null then
    v_published := public.publish_with_carried(v_connection.user_id, v_from, v_to, coalesce(p_fill ->> 'reason', 'observed'), p_now);
  end if;

  update public.runs set alive_at = p_now where id = (p_fill ->> 'runId')::uuid and status = 'running';
  return jsonb_build_object('observations', v_recorded.new_observations, 'published', v_published);
end
$$;

comment on function public.record_fill is 'Records one fill of a connection and publishes what follows, in one transaction.';

grant execute on function
  public.opened_session,
  public.has_newer_evidence,
  public.record_accounts,
  public.record_observations,
  public.heard_of_history,
  public.record_outcomes,
  public.record_missed_days,
  public.record_connection,
  public.beginning_of, public.note_existence,
  public.publish_with_carried,
  public.record_fill
to service_role;
