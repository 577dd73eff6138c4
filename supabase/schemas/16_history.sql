-- The reader's side: a user's history as one document and what its owner needs to judge it, within the caller's own
-- rights, so that row-level security decides what they see.

-- The points of a user between two days, and of which days and kinds they are.
create function public.history_points(
  p_user_id uuid, p_from date, p_to date, p_line_ids uuid[],
  out points jsonb, out days date[], out first_day date, out last_day date, out by_kind jsonb, out has_left_out boolean
)
returns record
language plpgsql
stable
set search_path = ''
as $$
begin
  -- All points become one jsonb together, which takes two thirds of the time of making each of them one. What was published
  -- comes out of its index in the order of days, which it would not beside another source.
  if p_line_ids is null then
    select coalesce(json_agg(point order by point.date)::jsonb, '[]'), array_agg(point.date), min(point.date), max(point.date),
      jsonb_build_object(
        'daily_eod', count(*) filter (where point.kind = 'daily_eod'),
        'reconstructed', count(*) filter (where point.kind = 'reconstructed'),
        'estimated', count(*) filter (where point.kind = 'estimated')
      ),
      bool_or(point."leftOut" <> '[]')
    into points, days, first_day, last_day, by_kind, has_left_out
    from (
      select h.value_date as date, trim_scale(h.total_value)::text as value, h.snapshot_type as kind, h.data_source as source,
        h.as_of as "asOf", h.accounts_expected as "accountsExpected", h.accounts_present as "accountsPresent",
        -- The index holds all but this, so only days that carry something are looked up in the table.
        case
          when not h.has_carried then '[]'
          else (
            select partial.carried
            from public.user_portfolio_history partial
            where partial.user_id = p_user_id and partial.value_date = h.value_date and partial.is_current
          )
        end as carried,
        case
          when h.has_left_out then (
            select partial.left_out
            from public.user_portfolio_history partial
            where partial.user_id = p_user_id and partial.value_date = h.value_date and partial.is_current
          )
          else '[]'
        end as "leftOut"
      from public.user_portfolio_history h
      where h.user_id = p_user_id and h.is_current and h.value_date between p_from and p_to
    ) point;
  else
    select coalesce(json_agg(point order by point.date)::jsonb, '[]'), array_agg(point.date), min(point.date), max(point.date),
      jsonb_build_object(
        'daily_eod', count(*) filter (where point.kind = 'daily_eod'),
        'reconstructed', count(*) filter (where point.kind = 'reconstructed'),
        'estimated', count(*) filter (where point.kind = 'estimated')
      ),
      bool_or(point."leftOut" <> '[]')
    into points, days, first_day, last_day, by_kind, has_left_out
    from (
      select c.value_date as date, trim_scale(c.total_value)::text as value, c.snapshot_type as kind, c.data_source as source,
        c.as_of as "asOf", c.accounts_expected as "accountsExpected", c.accounts_present as "accountsPresent", c.carried, c.left_out as "leftOut"
      from public.conclude_snapshots(p_user_id, p_from, p_to, p_line_ids => p_line_ids) c
    ) point;
  end if;
end
$$;

comment on function public.history_points is 'What a user''s history shows of the days between two.';

-- The expected days between two that have no point (p_days), with the reason for each run of them.
create function public.history_gaps(
  p_user_id uuid, p_currency text, p_from date, p_to date, p_reach date, p_days date[], p_line_ids uuid[],
  out gaps jsonb, out missing_days bigint
)
returns record
language plpgsql
stable
set search_path = ''
as $$
begin
  -- The member of a line that is asked, if any is, gives the reason why a day is missing.
  with lines as materialized (
    select l.member_ids, l.currency, l.first_known_on, l.stated_since, least(l.first_known_on, l.stated_since) as known_since, l.closed_on,
      l.asked_id, l.is_manual
    from public.account_lines l
    where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
  ),
  sessions as (
    select date, row_number() over (order by date) as ordinal, bool_or(has_point) as has_point
    from (
      select t.date, false as has_point
      from public.trading_days t
      where t.date between p_from and p_to
      union all
      select unnest(p_days), true
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
        select public.gap_reason(o.reason, o.final, asked.in_vain, c.status) as reason,
          coalesce(o.final, false) or asked.in_vain as final,
          case when not coalesce(o.final, false) and not asked.in_vain then greatest(o.next_attempt_at, c.retry_at) end as next_attempt_at,
          coalesce(o.attempts, 0) as attempts
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = d.date
        -- Before its provider knows an account, only statements of its user give values.
        cross join lateral (select d.date < p_reach or d.date < l.first_known_on as in_vain) asked
        -- What is kept by hand is known on every day.
        where not l.is_manual and l.known_since <= d.date and (l.closed_on is null or d.date < l.closed_on)
          and not exists (
            select from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date = d.date
          )
          and (l.stated_since is null or not exists (
            select from public.stated_values s
            where s.account_id = any (l.member_ids) and s.value_date = d.date
          ))
        union all
        -- Every account has its value, and yet no total could be converted: an exchange rate is missing. Rates of the past can
        -- still be read, so it stays missing only when the source was asked for that day and had none.
        select 'rate_missing', d.date < p_reach or coalesce(bool_or(public.rate_was_read(l.currency, p_currency, d.date)), false), null, 0
        from lines l
        where l.known_since <= d.date and (l.closed_on is null or d.date < l.closed_on)
        having count(*) > 0
      ) r
      order by array_position(array['not_yet_due', 'rate_missing'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why
    where not d.has_point
  ),
  islands as (
    select min(date) as first_day, max(date) as last_day, count(*) as days, reason, final, min(next_attempt_at) as next_attempt_at,
      max(attempts) as attempts
    from gap_days
    group by reason, final, island
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'from', first_day, 'to', last_day, 'days', days, 'reason', reason, 'final', final, 'nextAttemptAt', next_attempt_at,
      'attempts', attempts
    ) order by first_day), '[]'), coalesce(sum(days), 0)
  into gaps, missing_days
  from islands;
end
$$;

comment on function public.history_gaps is 'Which expected days a user''s history lacks, and why.';

-- What crossed the portfolio's border after the first point: movements of accounts while we knew them, what accounts were
-- worth when they came into view, and what they took along when they left. Between accounts that are shown it adds up to
-- nothing. An account that began in the range, and whose value nobody knew at first, came in with its first movements, unless days since
-- then count as whole without it. An amount that cannot be converted to the user's currency leaves all of it unknown.
create function public.history_flows(
  p_user_id uuid, p_currency text, p_first_day date, p_last_day date, p_line_ids uuid[], p_left_out jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with lines as materialized (
      select l.line_id, l.member_ids, l.stated_since, l.closed_on, l.flows_synced_at,
        coalesce(l.begun_on > greatest(p_first_day, left_out.last_whole_day), false) as has_begun,
        left_out.first_day as left_out_from, left_out.last_day as left_out_through,
        shown.value_date as shown_from, shown.total_value as shown_first, shown.currency as shown_in
      from public.account_lines l
      cross join lateral (
        select (p_left_out -> l.line_id::text ->> 'from')::date as first_day,
          coalesce((p_left_out -> l.line_id::text ->> 'through')::date, '-infinity') as last_day,
          (p_left_out -> l.line_id::text ->> 'wholeThrough')::date as last_whole_day
      ) left_out
      -- The value with which it came into view.
      left join lateral (
        (
          select v.value_date, v.total_value, v.currency, false as is_stated
          from public.current_values v
          where v.account_id = any (l.member_ids) and v.value_date > left_out.last_day
          order by v.value_date, v.kind_rank, v.as_of desc, v.id desc
          limit 1
        )
        union all
        (
          select s.value_date, s.total_value, s.currency, true
          from public.stated_values s
          where l.stated_since is not null and s.account_id = any (l.member_ids) and s.value_date > left_out.last_day
          order by s.value_date, s.id desc
          limit 1
        )
        order by value_date, is_stated
        limit 1
      ) shown on true
      where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
    ),
    -- A movement that two rows of one real account report counts once; two equal ones that one row reports are two.
    movements as (
      select distinct on (line_id, effective_date, amount, currency, type, nth) line_id, effective_date, amount, currency
      from (
        select a.line_id, f.effective_date, f.amount, coalesce(f.currency, a.currency) as currency, f.type,
          row_number() over (partition by f.account_id, f.effective_date, f.amount, f.currency, f.type order by f.id) as nth
        from public.cash_flows f
        join public.accounts a on a.id = f.account_id and a.is_counted
        where f.user_id = p_user_id and f.is_external and not f.is_withdrawn and f.amount is not null
          and f.effective_date > p_first_day and f.effective_date <= p_last_day
      ) reported
    ),
    crossing as (
      select f.effective_date as date, f.amount, f.currency
      from movements f
      join lines l on l.line_id = f.line_id
      where (l.closed_on is null or f.effective_date < l.closed_on)
        and (
          l.has_begun or f.effective_date > l.shown_from
          or f.effective_date > l.stated_since and f.effective_date < l.left_out_from
        )
      union all
      select edge.date, edge.amount, edge.currency
      from lines a
      cross join lateral (
        select a.shown_from as date, a.shown_first as amount, a.shown_in as currency
        where not a.has_begun
        union all
        -- What only statements tell of it comes in with the first of them, and leaves when others are told without it.
        select s.value_date, s.total_value, s.currency
        from public.stated_values s
        where a.left_out_from is not null and s.account_id = any (a.member_ids) and s.value_date = a.stated_since
        union all
        select a.left_out_from, -(last_stated.total_value + coalesce((
            select sum(m.amount)
            from movements m
            where m.line_id = a.line_id and m.effective_date > last_stated.value_date and m.effective_date < a.left_out_from
              and coalesce(m.currency, last_stated.currency) = last_stated.currency
          ), 0)), last_stated.currency
        from (
          select s.value_date, s.total_value, s.currency
          from public.stated_values s
          where a.left_out_from is not null and s.account_id = any (a.member_ids) and s.value_date < a.left_out_from
          order by s.value_date desc, s.id desc
          limit 1
        ) last_stated
        union all
        -- What it was worth last and the movements after that, so that nothing leaves twice.
        select a.closed_on, -(last.total_value + coalesce((
            select sum(m.amount)
            from movements m
            where m.line_id = a.line_id and m.effective_date > last.value_date and m.effective_date < a.closed_on
              and coalesce(m.currency, last.currency) = last.currency
          ), 0)), last.currency
        from (
          (
            select v.value_date, v.total_value, v.currency, false as is_stated
            from public.current_values v
            where a.closed_on is not null and v.account_id = any (a.member_ids) and v.value_date < a.closed_on
            order by v.value_date desc, v.kind_rank, v.as_of desc, v.id desc
            limit 1
          )
          union all
          (
            select s.value_date, s.total_value, s.currency, true
            from public.stated_values s
            where a.closed_on is not null and a.stated_since is not null and s.account_id = any (a.member_ids)
              and s.value_date < a.closed_on
            order by s.value_date desc, s.id desc
            limit 1
          )
          order by value_date desc, is_stated
          limit 1
        ) last
      ) edge
      where edge.date > p_first_day and edge.date <= p_last_day
    ),
    converted as (
      select c.date, sum(c.amount * case when c.currency = p_currency then 1 else rate.rate end) as amount,
        bool_and(coalesce(c.currency = p_currency, false) or rate.rate is not null) as is_converted
      from crossing c
      left join lateral public.rate_on(c.currency, p_currency, c.date) rate on c.currency <> p_currency
      group by c.date
    )
    select jsonb_build_object(
      'external', case
        when coalesce(bool_and(is_converted), true) then coalesce(
          jsonb_agg(jsonb_build_object('date', date, 'amount', trim_scale(amount)::text) order by date) filter (where amount <> 0),
          '[]'
        )
      end,
      'provisional', exists (
        select
        from lines l
        where l.closed_on is null and (l.flows_synced_at is null or l.flows_synced_at < p_last_day + 1)
      ),
      'unknown', coalesce((
        select jsonb_agg(jsonb_build_object('from', s.from_date, 'to', s.to_date) order by s.from_date, s.to_date)
        from (
          select s.from_date, s.to_date
          from lines l
          join public.unknown_spans s on s.account_id = any (l.member_ids)
          union
          -- Of an account whose movements were never read, nobody knows whether any of its value was paid in.
          select greatest(first.date, p_first_day), p_last_day
          from lines l
          cross join lateral (
            select min(v.value_date) as date
            from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date > l.left_out_through
          ) first
          where l.flows_synced_at is null and l.closed_on is null and first.date < p_last_day
            and not exists (
              select from public.movement_statements s where s.account_id = any (l.member_ids) and s.is_complete
            )
        ) s
        where s.from_date < p_last_day and s.to_date > p_first_day
      ), '[]')
    )
    from converted
  );
end
$$;

comment on function public.history_flows is 'What came into a user''s portfolio and left it after the first of two days, to the last.';

-- { date, value } of what the rows of one real account were worth first or last between two days, in a currency; null when
-- nothing counts there, or when the rate is not known.
create function public.line_value_between(
  p_account_ids uuid[], p_currency text, p_from date, p_to date, p_first boolean
)
returns jsonb
language plpgsql
stable
set search_path = ''
-- Planned once for a connection, and not at every call.
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object('date', found.value_date, 'value', trim_scale(found.total_value * coalesce(rate.rate, 1))::text)
    from (
      -- One row each out of the index, from whichever end.
      select edge.value_date, edge.total_value, edge.currency
      from unnest(p_account_ids) account(id)
      cross join lateral (
        (
          select v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
          from public.current_values v
          where p_first and v.account_id = account.id and v.value_date between p_from and p_to
          order by v.value_date
          limit 1
        )
        union all
        (
          select v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
          from public.current_values v
          where not p_first and v.account_id = account.id and v.value_date between p_from and p_to
          order by v.value_date desc
          limit 1
        )
        union all
        -- Kept by hand, it has on the first day what was given last by then.
        (
          select s.value_date, s.total_value, s.currency, 0, s.as_of
          from public.stated_values s
          join public.accounts kept on kept.id = s.account_id and kept.is_manual
          where s.account_id = account.id and s.value_date <= p_to
          order by case when p_first then s.value_date <= p_from end desc,
            case when p_first and s.value_date > p_from then s.value_date end, s.value_date desc
          limit 1
        )
      ) edge
      order by case when p_first then edge.value_date end, case when not p_first then edge.value_date end desc,
        edge.kind_rank, edge.as_of desc
      limit 1
    ) found
    left join lateral public.rate_on(found.currency, p_currency, found.value_date) rate on found.currency <> p_currency
    where found.currency = p_currency or rate.rate is not null
  );
end
$$;

comment on function public.line_value_between is 'What one real account was worth first or last between two days.';

-- { currency, dataNotice, knownFrom, from, to, points, gaps, live, flows, coverage, corrections, accounts, connections } of one user
-- between two days; p_from null starts at the first known day. Days after the latest due one (p_due) are not expected yet.
-- Gaps before the provider's look-back (p_reach) cannot be filled any more. With p_line_ids, the history of those accounts
-- alone: nothing of it was ever published, so its points are concluded from the evidence here and it has no corrections.
-- Amounts are text, since JSON numbers are not exact.
create function public.portfolio_history(
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
  v_history record;
  v_missing record;
  v_left_out jsonb;
begin
  select currency, data_notice into v_currency, v_data_notice from public.portfolios where user_id = p_user_id;
  select min(least(l.first_known_on, l.stated_since)) into v_known_from
  from public.account_lines l
  where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids));
  v_from := coalesce(p_from, v_known_from, p_to);

  select * into v_history from public.history_points(p_user_id, v_from, p_to, p_line_ids);
  select * into v_missing
  from public.history_gaps(
    p_user_id, v_currency, greatest(v_from, v_known_from), least(p_to, p_due), p_reach, v_history.days, p_line_ids
  );

  -- Hardly anybody has such days.
  if v_history.has_left_out then
    select jsonb_object_agg(
      days.line_id, jsonb_build_object('from', days.first_day, 'through', days.last_day, 'wholeThrough', days.last_whole_day)
    ) into v_left_out
    from (
      select l.line_id, max(point ->> 'date') as last_day,
        max(point ->> 'date') filter (where point ->> 'kind' <> 'estimated') as last_whole_day,
        -- After statements have given it a value that counted.
        case
          when not bool_or(coalesce((point ->> 'date')::date = l.stated_since, false))
          then min(point ->> 'date') filter (where (point ->> 'date')::date > l.stated_since)
        end as first_day
      from jsonb_array_elements(v_history.points) as point
      cross join lateral jsonb_array_elements(point -> 'leftOut') as account
      join public.account_lines l on l.line_id = (account ->> 'accountId')::uuid
      group by l.line_id
    ) days;
  end if;

  return jsonb_build_object(
    'currency', coalesce(v_currency, 'USD'), 'dataNotice', v_data_notice, 'knownFrom', v_known_from,
    'from', v_from, 'to', p_to, 'points', v_history.points, 'gaps', v_missing.gaps,
    'live', (
      select jsonb_build_object('value', trim_scale(l.total_value)::text, 'asOf', l.as_of, 'source', l.source)
      from public.live_total(p_user_id, p_line_ids) l
    ),
    'flows', public.history_flows(p_user_id, v_currency, v_history.first_day, v_history.last_day, p_line_ids, v_left_out),
    'coverage', jsonb_build_object(
      'presentDays', coalesce(cardinality(v_history.days), 0), 'missingDays', v_missing.missing_days, 'byKind', v_history.by_kind
    ),
    'corrections', case
      when p_line_ids is null then public.portfolio_corrections(p_user_id, v_from, p_to, null, 50)
      else '[]'
    end,
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', l.line_id, 'name', l.name, 'institution', l.institution, 'currency', l.currency, 'closedOn', l.closed_on,
        'brokenSince', l.down_since, 'isShown', p_line_ids is null or l.line_id = any (p_line_ids),
        'first', public.line_value_between(l.member_ids, v_currency, v_from, p_to, true),
        'last', public.line_value_between(l.member_ids, v_currency, v_from, p_to, false)
      ) order by l.institution, l.name, l.line_id)
      from public.account_lines l
      where l.user_id = p_user_id
    ), '[]'),
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'institution', c.institution, 'status', c.status, 'lastSuccessAt', c.last_success_at
      ) order by c.institution, c.id)
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status <> 'removed' and c.provider <> 'manual'
    ), '[]')
  );
end
$$;

comment on function public.portfolio_history is 'A user''s history between two days as one document, of all their accounts or of some, within the caller''s own rights.';

-- [{ name, institution, status, firstKnownOn, closedOn, lastValueOn, lastAsOf, heldValues }] of a user, within the caller's own
-- rights. lastValueOn and lastAsOf are of the newest value that counts, heldValues is how many could still
-- come to count: captured ones until a newer value stands, and those of the provider's history whose day is missing.
create function public.account_trust(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', a.name, 'institution', c.institution, 'status', c.status,
    'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on,
    'lastValueOn', newest.value_date, 'lastAsOf', newest.as_of,
    'heldValues', (
      select count(*)
      from public.account_values v
      where v.account_id = a.id and v.verdict = 'held'
        and (v.kind <> 'daily_eod' or v.value_date > coalesce(newest.value_date, '-infinity'))
        and not exists (
          select
          from public.current_values s
          where s.account_id = a.id and s.value_date = v.value_date
        )
    )
  ) order by c.institution, a.name), '[]')
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id
  left join lateral (
    select v.value_date, v.as_of
    from public.current_values v
    where v.account_id = a.id
    order by v.value_date desc
    limit 1
  ) newest on true
  where a.user_id = p_user_id and a.is_counted and not a.is_manual
$$;

comment on function public.account_trust is 'Since when and until when each account of a user is known, and what of it is held back.';

-- [{ accountId, values: [{ date, value }] }]: what each real account of a user was worth on the days between two, in the user's
-- currency and without days of which nobody knows it. Amounts are text, since JSON numbers are not exact.
create function public.account_series(p_user_id uuid, p_from date, p_to date, p_line_ids uuid[] default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with lines as materialized (
      select l.line_id, l.member_ids, l.closed_on, l.stated_since, l.institution, l.name, l.is_manual
      from public.account_lines l
      where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
    ),
    known as (
      select distinct on (said.line_id, said.value_date) said.line_id, said.value_date, said.total_value, said.currency
      from (
        select l.line_id, v.value_date, v.total_value, v.currency, v.kind_rank, v.as_of
        from lines l
        join public.current_values v on v.account_id = any (l.member_ids)
        where v.value_date between p_from and p_to and (l.closed_on is null or v.value_date < l.closed_on)
        union all
        -- Statements stand behind whatever a provider reported.
        select l.line_id, s.value_date, s.total_value, s.currency, 1000, s.as_of
        from lines l
        join public.stated_values s on s.account_id = any (l.member_ids)
        where l.stated_since is not null and not l.is_manual and s.value_date between p_from and p_to
          and (l.closed_on is null or s.value_date < l.closed_on)
        union all
        -- What is kept by hand has each value until the next.
        select l.line_id, d.date, newest.total_value, newest.currency, 1000, newest.as_of
        from lines l
        join public.trading_days d on d.date between greatest(p_from, l.stated_since) and least(p_to, l.closed_on - 1)
        cross join lateral (
          select s.total_value, s.currency, s.as_of
          from public.stated_values s
          where s.account_id = any (l.member_ids) and s.value_date <= d.date
          order by s.value_date desc
          limit 1
        ) newest
        where l.is_manual
      ) said
      order by said.line_id, said.value_date, said.kind_rank, said.as_of desc
    ),
    -- One jsonb of all values of an account together takes a part of the time of making each of them one.
    series as (
      select l.line_id, l.institution, l.name, (
        select coalesce(json_agg(point order by point.date)::jsonb, '[]')
        from (
          select k.value_date as date, trim_scale(k.total_value * coalesce(rate.rate, 1))::text as value
          from known k
          join public.portfolios p on p.user_id = p_user_id
          left join lateral public.rate_on(k.currency, p.currency, k.value_date) rate on k.currency <> p.currency
          where k.line_id = l.line_id and (k.currency = p.currency or rate.rate is not null)
        ) point
      ) as points
      from lines l
    )
    select coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'values', points) order by institution, name, line_id), '[]'
    )
    from series
  );
end
$$;

comment on function public.account_series is 'What each account of a user was worth day by day, within the caller''s own rights.';

grant execute on function
  public.account_series,
  public.history_points,
  public.history_gaps,
  public.history_flows,
  public.line_value_between,
  public.portfolio_history,
  public.account_trust
to authenticated, service_role;
