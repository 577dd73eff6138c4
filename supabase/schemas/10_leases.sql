-- Whose turn it is: marking connections that have work, leasing them to a worker, and releasing them.

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
    where status not in ('paused', 'removed')
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
    where c.status not in ('paused', 'removed') and (c.due_at is null or n.totals and not c.totals_due)
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

-- Leaves alone the connections of sources that are switched off here, of one user or of everybody, and goes on with those of
-- p_providers, the sources that are not. Nothing of a paused connection is lost: its days are missing with that reason, and
-- are asked for when its source is back. Returns how many changed.
create function public.pause_connections(p_user_id uuid, p_providers text[], p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_changed integer;
begin
  with locked as (
    select c.id, c.status = 'paused' as is_back
    from public.brokerage_connections c
    where (p_user_id is null or c.user_id = p_user_id)
      and c.status <> 'removed' and (c.status = 'paused') = (c.provider = any (p_providers))
    -- In one order, as everybody who marks connections locks them.
    order by c.id
    for update
  )
  update public.brokerage_connections c
  set status = case when locked.is_back then 'active' else 'paused' end,
    disabled_since = case when locked.is_back then null else coalesce(c.disabled_since, p_now) end,
    due_at = case when locked.is_back then p_now end,
    totals_due = c.totals_due or locked.is_back,
    retry_at = null, attempts = 0, last_error_code = null
  from locked
  where c.id = locked.id;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function public.pause_connections is 'Leaves connections of sources alone that are switched off here, and goes on with the others; returns how many changed.';

-- Makes connections due whose accounts were captured for a trading day before p_since, once for each connection and day.
-- Returns how many.
create function public.mark_pre_open_rechecks(p_user_id uuid, p_trading_day date, p_since timestamptz, p_now timestamptz)
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
    where c.status = 'active' and c.due_at is null and c.pre_open_recheck_for is distinct from p_trading_day
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
  set due_at = p_now, totals_due = true, recheck = true, pre_open_recheck_for = p_trading_day
  from locked
  where c.id = locked.id;
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

comment on function public.mark_pre_open_rechecks is 'Makes captured connections due once more; returns how many.';

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

comment on function public.return_refresh is 'Releases a claimed refresh, because the provider did not take the request.';

-- p_providers limits it to connections of these; null does not.
create function public.claim_connections(
  p_worker uuid, p_user_id uuid, p_from date, p_to date, p_asked boolean, p_limit integer, p_lease_seconds integer, p_now timestamptz,
  p_phase text default 'all', p_providers text[] default null
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
      and (p_providers is null or provider = any (p_providers))
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
        'historyAsked', a.history_asked_at is not null, 'historyRefusedAt', a.history_refused_at,
        'flowsSyncedAt', a.flows_synced_at,
        'importDue', a.is_counted and a.closed_on is null and public.import_is_due(a, p_asked, p_now),
        'movementsDue', a.is_counted and a.closed_on is null and public.movements_are_due(a, p_now),
        'movementsCollected', a.movements_collected,
        'holdingsDue', a.is_counted and a.closed_on is null and public.holdings_are_due(a, p.estimates_since, p_now),
        'backoffs', coalesce(backoffs.documents, '{}'), 'firstKnownOn', line.first_known_on, 'knownSince', line.known_since,
        'last', last.document, 'missing', coalesce(missing.days, '[]'),
        'evidence', public.account_evidence(
          a.line_id,
          -- A history that is asked for is judged as a whole, and a first statement speaks of all days.
          case
            when not a.is_counted or a.closed_on is not null then reconciled.from_day
            when a.flows_synced_at is null or public.import_is_due(a, p_asked, p_now) then '1900-01-01'
            -- Movements are read from some weeks before their last reading on.
            else least(reconciled.from_day, (missing.days ->> 0)::date, a.flows_synced_at::date - 30)
          end
        )
      ) order by a.id) as accounts
      from public.accounts a
      cross join lateral (
        select min(m.first_known_on) as first_known_on, min(least(m.first_known_on, m.stated_since)) as known_since
        from public.accounts m
        where m.line_id = a.line_id
      ) line
      left join lateral (
        select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
        from public.last_line_value(a.line_id, a.is_counted, 'infinity') v
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

-- Releases what a worker holds and did not ask: it keeps its place in the line. Returns how many were released.
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

comment on function public.release_claims is 'Releases the connections that a worker holds; returns how many.';

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

grant execute on function
  public.pause_connections,
  public.mark_due_connections,
  public.mark_pre_open_rechecks,
  public.claim_refresh,
  public.return_refresh,
  public.claim_connections,
  public.release_claims,
  public.renew_claims,
  public.count_waiting
to service_role;
