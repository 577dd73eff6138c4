-- The worker's side: who is due, whose turn it is, and recording what was learned.

-- Each question has its own turn and its own back-off: totals are asked of a connection, its movements, its past and the past of
-- a new account of each account. What was refused waits alone, what was answered is not asked again, and whoever has waited
-- longest comes first.

create table public.question_backoffs (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  question text not null check (question in ('movements', 'history', 'import')),
  attempts integer not null check (attempts > 0),
  asked_at timestamptz not null,
  retry_at timestamptz not null,
  reason text not null,
  primary key (account_id, question)
);

create index question_backoffs_user on public.question_backoffs (user_id);

comment on table public.question_backoffs is 'Questions about an account that were refused, until they are answered.';
comment on column public.question_backoffs.question is
  'history: missing days; import: the first asking for the whole past of a new account.';
comment on column public.question_backoffs.attempts is 'Refusals in a row for the same reason.';
comment on column public.question_backoffs.retry_at is 'Not asked again before this instant.';

alter table public.question_backoffs enable row level security;
grant select, insert, update, delete on public.question_backoffs to service_role;

-- Readings that nobody waited for, of the day that counts: it begins with the first one after a close and lasts 24 hours.
create function public.totals_reads(p_connection public.brokerage_connections, p_now timestamptz)
returns integer
language sql
stable
set search_path = ''
as $$
  select case
    when p_connection.totals_reads_since > p_now - interval '24 hours'
      and p_connection.totals_reads_since >= (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    then p_connection.totals_reads::integer
    else 0
  end
$$;

comment on function public.totals_reads is 'How often a connection''s current values were read today while nobody waited.';

-- How often a provider lets a connection's current values be read in a day while nobody waits.
create function public.totals_reads_max()
returns integer
language sql
immutable
set search_path = ''
as $$ select 4 $$;

-- Once after a close and once a day: providers read movements daily.
create function public.movements_are_due(p_account public.accounts, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select (
      p_account.flows_synced_at is null
      or p_account.flows_synced_at <= p_now - interval '20 hours'
        and p_account.flows_synced_at < (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    )
    and not exists (
      select
      from public.question_backoffs b
      where b.account_id = p_account.id and b.question = 'movements' and b.retry_at > p_now
    )
$$;

comment on function public.movements_are_due is 'Whether an account''s movements are to be read.';

create function public.import_is_due(p_account public.accounts, p_asked boolean, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_account.history_asked_at is null and not exists (
    select
    from public.question_backoffs b
    where b.account_id = p_account.id and b.question in ('import', 'history') and b.retry_at > p_now
      and not (p_asked and b.question = 'history' and b.asked_at <= p_now - interval '1 minute')
  )
$$;

comment on function public.import_is_due is 'Whether the whole past of a new account is to be asked for.';

-- The one rule of what is to be asked now, for marking and for claiming. Current values are asked while they still bring the
-- day p_to, and of a connection that is not known to work before anything else; without a date, of a connection that is
-- broken or has no accounts yet. With p_asked, somebody waits for the answer: back-off, planned times and the number of readings do not
-- hold the work back; final reasons and the last minute still do.
create function public.due_questions(p_connection_ids uuid[], p_from date, p_to date, p_asked boolean, p_now timestamptz)
returns table (connection_id uuid, account_id uuid, question text, value_date date)
language sql
stable
set search_path = ''
as $$
  with wanted as materialized (
    select c.id, c.status,
      -- A connection that is broken is looked at when its turn comes, whether or not days are missing: its user may have mended it.
      c.status = 'disabled' and (
        coalesce(c.retry_at, p_now) <= p_now
        or p_asked and coalesce(c.totals_asked_at <= p_now - interval '1 minute', true)
      ) as recheck,
      p_asked or public.totals_reads(c, p_now) < public.totals_reads_max() as may_read
    from public.brokerage_connections c
    where c.id = any (p_connection_ids) and c.status <> 'removed'
  ),
  is_capture_open as (
    select p_now < (select d.opens_at from public.trading_days d where d.date > p_to order by d.date limit 1) as now
  ),
  missing as (
    select m.connection_id, m.account_id, m.value_date, w.may_read,
      case
        when w.status = 'disabled' or is_capture_open.now and m.value_date = p_to then 'totals'
        else 'history'
      end as question
    from is_capture_open, public.missing_account_days(p_connection_ids, p_from, p_to) m
    join wanted w on w.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date
    where o.account_id is null
      or not o.final and (p_asked and o.last_attempt_at <= p_now - interval '1 minute' or o.next_attempt_at is null)
      or o.next_attempt_at <= p_now
  )
  select w.id, null::uuid, 'totals', null::date
  from wanted w
  where w.may_read and (w.recheck or not exists (select from public.accounts a where a.connection_id = w.id))
  union all
  select m.connection_id, m.account_id, m.question, m.value_date
  from missing m
  where case m.question
    when 'totals' then m.may_read
    else not exists (
      select
      from public.question_backoffs b
      where b.account_id = m.account_id and b.question = 'history' and b.retry_at > p_now
        and not (p_asked and b.asked_at <= p_now - interval '1 minute')
    )
  end
  union all
  select a.connection_id, a.id, 'import', null
  from wanted w
  join public.accounts a on a.connection_id = w.id
  where w.status = 'active' and a.is_counted and a.closed_on is null and a.history_asked_at is null
    and public.import_is_due(a, p_asked, p_now)
$$;

comment on function public.due_questions is 'What is to be asked of these connections now.';

-- Derives from coverage which connections have work between two days and marks them due. With p_asked, somebody waits for
-- the answer. Who is due already keeps the place in the line. Returns how many were newly marked.
create function public.mark_due_connections(
  p_user_id uuid, p_from date, p_to date, p_asked boolean, p_now timestamptz
)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_marked integer;
begin
  with candidates as materialized (
    select id
    from public.brokerage_connections
    where status <> 'removed'
      and (p_user_id is null or user_id = p_user_id)
      and (p_asked or retry_at is null or retry_at <= p_now)
  ),
  needing as (
    select connection_id, bool_or(question = 'totals') as totals
    from public.due_questions(array(select id from candidates), p_from, p_to, p_asked, p_now)
    group by connection_id
  ),
  -- Ticks that overlap lock connections in the same order, so that neither waits for the other in a circle.
  locked as (
    select c.id, c.due_at is null as is_new, n.totals
    from public.brokerage_connections c
    join needing n on n.connection_id = c.id
    where c.status <> 'removed' and (c.due_at is null or n.totals and not c.totals_due)
    order by c.id
    for update of c
  ),
  marked as (
    update public.brokerage_connections c
    set due_at = coalesce(c.due_at, p_now),
      totals_due = locked.totals or c.due_at is not null and c.totals_due
    from locked
    where c.id = locked.id
    returning locked.is_new
  )
  select count(*) filter (where is_new) into v_marked from marked;
  return v_marked;
end
$$;

comment on function public.mark_due_connections is 'Marks the connections that have work between two days; returns how many were newly marked.';

-- Makes connections due whose accounts were captured for a trading day before p_since, once for each connection and day.
-- Returns how many.
create function public.mark_second_looks(p_user_id uuid, p_trading_day date, p_since timestamptz, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_marked integer;
begin
  with locked as (
    select c.id
    from public.brokerage_connections c
    where c.status = 'active' and c.due_at is null and c.second_look_for is distinct from p_trading_day
      and (p_user_id is null or c.user_id = p_user_id)
      and (c.retry_at is null or c.retry_at <= p_now)
      and public.totals_reads(c, p_now) < public.totals_reads_max()
      and exists (
        select
        from public.accounts a
        join public.current_values v on v.account_id = a.id and v.value_date = p_trading_day
        where a.connection_id = c.id and a.is_counted and a.closed_on is null
          and v.kind = 'daily_eod' and v.observed_at < p_since
      )
    -- In one order, as everybody who marks connections locks them.
    order by c.id
    for update
  )
  update public.brokerage_connections c
  set due_at = p_now, totals_due = true, recheck = true, second_look_for = p_trading_day
  from locked
  where c.id = locked.id;
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

comment on function public.mark_second_looks is 'Makes captured connections due once more; returns how many.';

-- Marked before the provider is asked, so that a worker that dies in between never makes a day cost twice.
create function public.claim_refresh(p_connection_id uuid, p_trading_day date)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update public.brokerage_connections
  set refresh_requested_for = p_trading_day
  where id = p_connection_id and refresh_requested_for is distinct from p_trading_day;
  return found;
end
$$;

comment on function public.claim_refresh is 'Whether a connection''s refresh for a trading day is still to be asked for; from now on it is not.';

create function public.return_refresh(p_connection_id uuid, p_trading_day date)
returns void
language sql
set search_path = ''
as $$
  update public.brokerage_connections
  set refresh_requested_for = null
  where id = p_connection_id and refresh_requested_for = p_trading_day
$$;

comment on function public.return_refresh is 'Gives a claimed refresh back, because the provider did not take the request.';

create function public.claim_connections(
  p_worker uuid, p_user_id uuid, p_from date, p_to date, p_asked boolean, p_limit integer, p_lease_seconds integer, p_now timestamptz,
  p_phase text default 'all'
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_claimed uuid[];
begin
  with free as (
    select id
    from public.brokerage_connections
    where due_at <= p_now and (lease_expires_at is null or lease_expires_at <= p_now)
      and (p_user_id is null or user_id = p_user_id)
      and (p_phase = 'all' or (totals_due or status = 'disabled') = (p_phase = 'totals'))
    -- Who has waited longest comes first, and of those who wait since the same instant, who was answered longest ago.
    order by
      case when p_phase = 'rest' then coalesce(rest_asked_at, '-infinity') end,
      due_at,
      case when p_phase <> 'rest' then coalesce(totals_asked_at, '-infinity') end,
      id
    limit p_limit
    for update skip locked
  ),
  claimed as (
    update public.brokerage_connections c
    set lease_owner = p_worker, lease_expires_at = p_now + make_interval(secs => p_lease_seconds)
    from free
    where c.id = free.id
    returning c.id
  )
  select array_agg(id) into v_claimed from claimed;

  if v_claimed is null then
    return '[]';
  end if;

  return coalesce((
    with wanted as materialized (
      select * from public.due_questions(v_claimed, p_from, p_to, p_asked, p_now)
    ),
    missing as (
      select account_id, jsonb_agg(value_date order by value_date) as days
      from wanted
      where value_date is not null
      group by account_id
    )
    select jsonb_agg(jsonb_build_object(
      'id', c.id, 'userId', c.user_id, 'homeCurrency', p.currency, 'provider', c.provider, 'externalId', c.external_id, 'institution', c.institution,
      'status', c.status, 'attempts', c.attempts,
      'totalsDue', c.totals_due or exists (select from wanted w where w.connection_id = c.id and w.question = 'totals'),
      'recheck', c.recheck, 'freshness', public.known_freshness(c, p_now), 'totalsReads', public.totals_reads(c, p_now), 'totalsReadsSince', c.totals_reads_since,
      'historyCapability', c.history_capability, 'historyCheckedAt', c.history_checked_at,
      'ciphertext', k.ciphertext, 'accounts', coalesce(known.accounts, '[]'),
      'lines', public.continuable_lines(c.id, p_from, p_to)
    ) order by c.due_at, c.id)
    from public.brokerage_connections c
    join public.portfolios p on p.user_id = c.user_id
    left join public.connection_credentials k on k.connection_id = c.id
    cross join (
      select min(date) as from_day
      from (
        select date from public.trading_days where date <= p_to order by date desc limit public.reconciled_sessions()
      ) recent
    ) reconciled
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'id', a.id, 'externalId', a.external_id, 'currency', a.currency, 'isCounted', a.is_counted, 'isClosed', a.closed_on is not null,
        'historyAsked', a.history_asked_at is not null, 'flowsSyncedAt', a.flows_synced_at,
        'importDue', a.is_counted and a.closed_on is null and public.import_is_due(a, p_asked, p_now),
        'movementsDue', a.is_counted and a.closed_on is null and public.movements_are_due(a, p_now),
        'backoffs', coalesce(backoffs.documents, '{}'), 'firstKnownOn', line.first_known_on,
        'last', last.document, 'missing', coalesce(missing.days, '[]'),
        'evidence', case
          when a.is_counted and a.closed_on is null then public.account_evidence(
            a.line_id,
            -- A history that is asked for is judged as a whole, and a first statement speaks of all days.
            case
              when a.flows_synced_at is null or public.import_is_due(a, p_asked, p_now) then '1900-01-01'
              else least(reconciled.from_day, (missing.days ->> 0)::date)
            end
          )
        end
      ) order by a.id) as accounts
      from public.accounts a
      cross join lateral (
        select min(m.first_known_on) as first_known_on from public.accounts m where m.line_id = a.line_id
      ) line
      left join lateral (
        select jsonb_build_object('date', newest.value_date, 'total', newest.total_value::text) as document
        from public.accounts m
        cross join lateral (
          select v.value_date, v.total_value, v.as_of
          from public.current_values v
          where v.account_id = m.id
          order by v.value_date desc
          limit 1
        ) newest
        where m.line_id = a.line_id and m.is_counted = a.is_counted
        order by newest.value_date desc, newest.as_of desc
        limit 1
      ) last on true
      left join lateral (
        select jsonb_object_agg(b.question, jsonb_build_object('attempts', b.attempts, 'reason', b.reason)) as documents
        from public.question_backoffs b
        where b.account_id = a.id
      ) backoffs on true
      left join missing on missing.account_id = a.id
      where a.connection_id = c.id
    ) known on true
    where c.id = any (v_claimed)
  ), '[]');
end
$$;

comment on function public.claim_connections is 'Leases due connections to a worker and returns what they need as one document.';

-- Gives back what a worker holds and did not ask: it keeps its place in the line. Returns how many were given back.
create function public.release_claims(p_worker uuid)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_released integer;
begin
  update public.brokerage_connections set lease_owner = null, lease_expires_at = null where lease_owner = p_worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

comment on function public.release_claims is 'Gives back the connections that a worker holds; returns how many.';

create function public.renew_claims(p_worker uuid, p_lease_seconds integer, p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  update public.brokerage_connections
  set lease_expires_at = greatest(lease_expires_at, p_now + make_interval(secs => p_lease_seconds))
  where lease_owner = p_worker
$$;

comment on function public.renew_claims is 'Prolongs the leases of a worker that is at work.';

-- Connections whose turn has come and that nobody has asked: what a run that ended early leaves to the next.
create function public.count_waiting(p_user_id uuid, p_now timestamptz)
returns integer
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select count(*)::integer
  from public.brokerage_connections c
  where c.due_at <= p_now and c.status <> 'removed' and (p_user_id is null or c.user_id = p_user_id)
$$;

comment on function public.count_waiting is 'How many connections wait for their turn.';

-- Records everything that one fill of a connection learned, publishes what follows from it, and gives the lease back,
-- in one transaction. Evidence is recorded even when the lease was lost meanwhile: it is true whoever brings it.
-- p_fill: { runId, reach, phase, connection: { status, disabledSince, retryAt, attempts, errorCode, succeeded, historyCapability,
--     totalsAsked, isBackgroundRead },
--   accounts: [{ externalId, institutionAccountId, name, currency, category, isPaper, isOpen, historyAsked, flowsSynced }],
--   questions: [{ externalId, question, retryAt, reason }] (answered where retryAt is null),
--   observations: [{ externalId, ref, date, total, cash, costBasis, currency, kind, source, asOf, verdict, reason, contradicts, settledBy }],
--   live: [{ externalId, total, currency, source, asOf }],
--   outcomes: [{ externalId, date, reason, detail, final, nextAttemptAt, attemptsMax }] (final too after attemptsMax attempts with this reason),
--   statements: [{ externalId, sameAs, from, to, isComplete, rows: [{ reference, vendorType, kind, amount, currency, date, description, nth }] }],
--   verdicts: [{ id, verdict, reason, contradicts, settledBy }] (of observations that are stored already),
--   reconciled: [{ externalId, lineId, version, from, currency }], flows and spans as apply_conclusions takes them, by externalId or
--   accountId }
-- An observation is named by its id as text or, within the document, by its ref. Where the evidence of a line has grown since
-- version, nothing is recorded and the answer is null: conclusions are to be drawn once more.
-- reach is the earliest day that the provider can still be asked for; errorCode out_of_time and keys_refused say that the rest was
-- not asked, which is no failure of the connection.
-- Returns { observations, published } as counts of what was new.
create function public.record_fill(p_connection_id uuid, p_worker uuid, p_fill jsonb, p_now timestamptz)
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
  v_next_session date;
  v_observations integer;
  v_published integer := 0;
  v_expected_from date;
  v_is_removed boolean;
  v_was_active boolean;
  v_joined_from date;
  v_from date;
  v_to date;
  v_known_from date;
  v_follows boolean;
  v_judged_from date;
  v_judged_to date;
  v_ids jsonb;
  v_error_code text := p_fill #>> '{connection,errorCode}';
  v_unanswered boolean := coalesce(v_error_code in ('out_of_time', 'keys_refused'), false);
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

  if exists (
    select
    from jsonb_to_recordset(coalesce(p_fill -> 'reconciled', '[]')) as r ("lineId" uuid, version text)
    where r."lineId" is not null and public.evidence_version(r."lineId") <> r.version
  ) then
    return null;
  end if;

  -- The newest session that has opened: from this day on, an account that is closed now is no longer expected.
  select date into v_today from public.trading_days where opens_at <= p_now order by date desc limit 1;
  select min(date) into v_next_session from public.trading_days where date > v_today;
  -- A newly met account is expected from the next close on; what is learned of days before moves that back.
  select date into v_next_close from public.trading_days where closes_at > p_now order by closes_at limit 1;
  -- Accounts that are met together are there together: one without a total is expected from the first day that another of
  -- them is captured for, so that a part of a connection never passes for the whole.
  select least(v_next_close, min(o.date)) into v_known_from
  from jsonb_to_recordset(p_fill -> 'observations') as o ("externalId" text, date date, kind text, verdict text)
  left join public.accounts a on a.connection_id = p_connection_id and a.external_id = o."externalId"
  where o.kind = 'daily_eod' and o.verdict = 'accepted'
    and (a.id is null or o.date = (select max(d.date) from public.trading_days d where d.closes_at <= p_now));

  -- Who is expected decides what a day's total is: from the first day on which that changes, days are concluded again.
  with before as (
    select external_id, first_known_on, closed_on, is_counted from public.accounts where connection_id = p_connection_id
  ),
  after as (
    insert into public.accounts as known (
      user_id, connection_id, external_id, institution_account_id, name, currency, category, is_paper, first_known_on,
      closed_on, history_asked_at, flows_synced_at, created_at
    )
    select v_user_id, p_connection_id, a."externalId", a."institutionAccountId", a.name, a.currency, a.category, a."isPaper",
      case when a."isOpen" and not v_is_removed then v_known_from else v_next_close end,
      case when not a."isOpen" or v_is_removed then v_next_close end,
      case when a."historyAsked" then p_now end, case when a."flowsSynced" then p_now end, p_now
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
      evidence_version = known.evidence_version + 1,
      closed_on = case
        when v_is_removed then known.closed_on
        when excluded.closed_on is not null then coalesce(
          known.closed_on,
          greatest(known.first_known_on, case
            -- Closed after a close that was captured, it was worth that on its last day.
            when exists (
              select from public.current_values v where v.account_id = known.id and v.value_date = v_today and v.kind = 'daily_eod'
            ) then v_next_session
            else v_today
          end)
        )
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

  select min(changed.value_date), max(changed.value_date) into v_judged_from, v_judged_to
  from public.apply_verdicts(
    (
      select jsonb_agg(said - 'settledBy') from jsonb_array_elements(coalesce(p_fill -> 'verdicts', '[]')) as said
    ),
    v_run_id, p_now
  ) changed;

  -- Of all that is accepted for one account and day, the best stands: kind, then as-of, then the latest word.
  with said as (
    select nextval(pg_get_serial_sequence('public.account_values', 'id')) as id, a.id as account_id, o.*
    from (
      -- A document may hold the same word twice.
      select distinct on ("externalId", date, kind, source, "asOf", total, currency) *
      from jsonb_to_recordset(p_fill -> 'observations') as document (
        "externalId" text, ref text, date date, total numeric, cash numeric, "costBasis" numeric, currency text, kind text,
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
    from public.current_values v
    where exists (select from said where said.account_id = v.account_id and said.date = v.value_date)
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
  select count(*), min(value_date), greatest(max(value_date), (select max(first_known_on) from known_since)),
    (select jsonb_object_agg(ref, id) from said where ref is not null)
  into v_observations, v_from, v_to, v_ids
  from recorded;
  v_from := least(v_from, v_judged_from);
  v_to := greatest(v_to, v_judged_to);

  perform public.settle_doubts((p_fill -> 'observations') || coalesce(p_fill -> 'verdicts', '[]'), v_ids);

  perform public.keep_live_document(p_connection_id, p_fill -> 'live', p_now);

  with noted as (
    insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, final, attempts, last_attempt_at, next_attempt_at)
    select v_user_id, a.id, o.date, o.reason, o.detail, o.final or ended.now, attempts.number, p_now,
      case when not ended.now then o."nextAttemptAt" end
    from jsonb_to_recordset(p_fill -> 'outcomes') as o (
      "externalId" text, date date, reason text, detail text, final boolean, "nextAttemptAt" timestamptz, "attemptsMax" integer
    )
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = o."externalId"
    -- The day may have been called off while the fill was under way.
    join public.trading_days d on d.date = o.date
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
      join public.current_values v on v.account_id = m.id and v.value_date = o.value_date
      where m.line_id = a.line_id
    );

  -- A provider that has a history by now is asked at once for what it could not give before.
  update public.fill_outcomes o
  set final = false, next_attempt_at = null
  from public.brokerage_connections c
  join public.accounts a on a.connection_id = c.id
  where c.id = p_connection_id and p_fill #>> '{connection,historyCapability}' = 'available'
    and c.history_capability <> 'available' and o.account_id = a.id and o.reason = 'provider_cannot' and o.final
    and o.value_date >= coalesce((p_fill ->> 'reach')::date, '-infinity');

  perform public.record_statements(v_user_id, p_connection_id, coalesce(p_fill -> 'statements', '[]'), p_now);
  perform public.apply_conclusions(v_user_id, public.with_account_ids(p_connection_id, p_fill), p_now);

  -- A connection that works again keeps the reason of the days that it missed, until they are asked for.
  insert into public.fill_outcomes (user_id, account_id, value_date, reason, last_attempt_at)
  select m.user_id, m.account_id, m.value_date, 'connection_broken', p_now
  from public.brokerage_connections c
  cross join lateral public.missing_account_days(
    array[c.id], (c.disabled_since at time zone 'America/New_York')::date, v_today
  ) m
  where c.id = p_connection_id and c.status = 'disabled' and p_fill #>> '{connection,status}' = 'active'
  on conflict do nothing;

  -- What was answered is asked no more; what was refused waits, for this account and this kind of question alone.
  update public.accounts a
  set history_asked_at = case when answered.import then p_now else a.history_asked_at end,
    flows_synced_at = case when answered.movements then p_now else a.flows_synced_at end,
    evidence_version = a.evidence_version + 1
  from (
    select q."externalId" as external_id, bool_or(q.question = 'import') as import, bool_or(q.question = 'movements') as movements
    from jsonb_to_recordset(coalesce(p_fill -> 'questions', '[]')) as q ("externalId" text, question text, "retryAt" timestamptz)
    where q."retryAt" is null
    group by q."externalId"
  ) answered
  where a.connection_id = p_connection_id and a.external_id = answered.external_id;

  delete from public.question_backoffs b
  using public.accounts a
  join jsonb_to_recordset(coalesce(p_fill -> 'questions', '[]')) as q ("externalId" text, question text, "retryAt" timestamptz)
    on q."externalId" = a.external_id
  where a.connection_id = p_connection_id and b.account_id = a.id and b.question = q.question and q."retryAt" is null;

  insert into public.question_backoffs as known (account_id, user_id, question, attempts, asked_at, retry_at, reason)
  select a.id, v_user_id, q.question, 1, p_now, q."retryAt", q.reason
  from jsonb_to_recordset(coalesce(p_fill -> 'questions', '[]')) as q (
    "externalId" text, question text, "retryAt" timestamptz, reason text
  )
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = q."externalId"
  where q."retryAt" is not null
  on conflict (account_id, question) do update set
    attempts = case when known.reason = excluded.reason then known.attempts else 0 end + 1,
    asked_at = excluded.asked_at, retry_at = excluded.retry_at, reason = excluded.reason;

  -- Movements and a new account's past follow the totals, in their own turn.
  v_follows := p_fill ->> 'phase' = 'totals' and (p_fill #>> '{connection,succeeded}')::boolean and exists (
    select
    from public.accounts a
    where a.connection_id = p_connection_id and a.is_counted and a.closed_on is null
      and (public.movements_are_due(a, p_now) or public.import_is_due(a, false, p_now))
  );

  update public.brokerage_connections c
  set status = s.status,
    disabled_since = case when s.status = 'disabled' then coalesce(s."disabledSince", c.disabled_since, p_now) end,
    retry_at = s."retryAt", attempts = s.attempts,
    last_error_code = case when s."errorCode" = 'out_of_time' then c.last_error_code else s."errorCode" end,
    last_success_at = case when s.succeeded then p_now else c.last_success_at end,
    history_capability = coalesce(s."historyCapability", c.history_capability),
    history_checked_at = case when s."historyCapability" is not null then p_now else c.history_checked_at end,
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
        or v_error_code = 'keys_refused'
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
    "historyCapability" text, freshness text, "totalsAsked" boolean, "isBackgroundRead" boolean
  )
  where c.id = p_connection_id and c.status <> 'removed';

  -- Last, when all that was learned of the new accounts is there. A line that grew is concluded again as a whole.
  v_joined_from := public.continue_lines(p_connection_id, p_now);
  if v_joined_from is not null or v_expected_from is not null or v_was_active and p_fill #>> '{connection,status}' = 'disabled' then
    perform public.propose_matches(v_user_id, p_now);
  end if;
  v_expected_from := least(v_expected_from, v_joined_from, public.note_existence(p_connection_id));

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

comment on function public.record_fill is 'Records one fill of a connection and publishes what follows, in one transaction.';

grant execute on function
  public.totals_reads,
  public.totals_reads_max,
  public.movements_are_due,
  public.import_is_due,
  public.due_questions,
  public.release_claims,
  public.renew_claims,
  public.count_waiting,
  public.mark_due_connections,
  public.mark_second_looks,
  public.claim_refresh,
  public.return_refresh,
  public.claim_connections,
  public.record_fill
to service_role;
