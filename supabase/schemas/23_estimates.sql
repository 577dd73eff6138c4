-- Estimates: what an account was worth on days that no source can give, where its user or an operator allows it. The database gives what they are
-- worked out from and keeps what came of it; lib/domain/estimate.ts works them out.

-- The real accounts of users whose estimates are allowed that are to be worked out: once after each close, and whenever more is known. Those
-- that were never worked out and those of longest ago come first. p_user_id limits it to one user; null does not.
create function public.due_estimates(p_user_id uuid, p_limit integer, p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(jsonb_agg(due.line_id order by due.drawn_at nulls first, due.line_id), '[]')
  from (
    select l.line_id, d.drawn_at
    from public.portfolios p
    join public.account_lines l on l.user_id = p.user_id and not l.is_manual
    left join public.estimate_drawings d on d.line_id = l.line_id
    where p.estimates_since is not null and (p_user_id is null or p.user_id = p_user_id)
      and exists (select from public.holdings_readings h where h.account_id = any (l.member_ids))
      and (
        d.line_id is null or d.evidence_version <> public.evidence_version(l.line_id)
        or d.drawn_at < (select max(t.closes_at) from public.trading_days t where t.closes_at <= p_now)
      )
    order by d.drawn_at nulls first, l.line_id
    limit p_limit
  ) due
$$;

comment on function public.due_estimates is 'The real accounts whose estimates are to be worked out.';

-- Movements come a day late, so what an account held at a close is explained by those that were read a day after it.
create function public.movements_settle_after()
returns interval
language sql
immutable
set search_path = ''
as $$ select interval '18 hours' $$;

comment on function public.movements_settle_after is 'How long after a close its movements have to be read so that none of them is missing.';

-- What the estimates of a real account are worked out from: { version, userId, currency, anchors: [{ accountId, date, value, cash,
-- positions: [{ symbol, units }], since, wanted: [date], changes: [[date, symbol, units, cash, currency]] | null }] }. Each day that is
-- wanted stands with the nearest close after it of which both the value and the holdings are known. since is the first day on which the
-- account is known to have been active and from which on its changes are known; changes is null where its provider reports none. Null
-- for an account that nobody has.
create function public.estimate_case(p_line_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_line public.account_lines;
  v_latest date := (select max(d.date) from public.trading_days d where d.closes_at <= p_now);
  v_reach date := (p_now at time zone 'America/New_York')::date - 365;
begin
  select * into v_line from public.account_lines l where l.line_id = p_line_id and not l.is_manual;
  if v_line.line_id is null then
    return null;
  end if;

  return (
    with anchors as materialized (
      select distinct on (h.value_date) h.value_date, h.account_id, h.cash, h.positions, v.total_value, known.since, known.is_replayed
      from public.holdings_readings h
      join public.accounts a on a.id = h.account_id
      join public.trading_days d on d.date = h.value_date
      join public.current_values v on v.account_id = h.account_id and v.value_date = h.value_date and v.currency = h.currency
      cross join lateral (
        select count(s.id) > 0 as is_replayed,
          coalesce(bool_or(s.range_to >= h.value_date and s.read_at >= d.closes_at + public.movements_settle_after()), false) as is_settled,
          case
            -- Nothing that its provider reports of changes: only days between those of which it gave a value.
            when count(s.id) = 0 then v_line.first_known_on
            else greatest(
              min(s.range_from),
              least((select min(r.booked_on) from public.movement_rows r where r.account_id = h.account_id), v_line.first_known_on)
            )
          end as since
        from public.movement_statements s
        where s.account_id = h.account_id and s.is_complete
      ) known
      where h.account_id = any (v_line.member_ids) and h.currency = v_line.currency and a.flows_synced_at is not null
        and (
          known.is_settled
          or not known.is_replayed and not exists (select from public.movement_statements s where s.account_id = h.account_id)
        )
      order by h.value_date, h.as_of desc
    ),
    -- Days that nobody can give any more: asked for in vain, out of reach, or from before its provider knows it.
    lacking as (
      select d.date
      from public.trading_days d
      where d.date >= (select min(a.since) from anchors a) and d.date < v_latest and (v_line.closed_on is null or d.date < v_line.closed_on)
        and not exists (
          select from public.current_values v where v.account_id = any (v_line.member_ids) and v.value_date = d.date
        )
        and not exists (
          select
          from public.statement_values s
          where s.account_id = any (v_line.member_ids) and s.value_date = d.date and s.voided_at is null
        )
        and case
          when d.date >= v_line.first_known_on then d.date < v_reach or exists (
            select
            from public.fill_outcomes o
            where o.account_id = v_line.asked_id and o.value_date = d.date and o.final
          )
          else not exists (
            select
            from public.accounts a
            where a.id = v_line.asked_id and a.closed_on is null and a.history_asked_at is null
              and not exists (
                select
                from public.question_backoffs b
                where b.account_id = a.id and b.question = 'import' and b.reason = 'not_offered'
              )
          )
        end
    ),
    wanted as (
      select (select min(a.value_date) from anchors a where a.value_date > l.date) as anchored_on, array_agg(l.date order by l.date) as days
      from lacking l
      group by 1
    )
    select jsonb_build_object(
      'version', public.evidence_version(p_line_id), 'userId', v_line.user_id, 'currency', v_line.currency,
      'anchors', coalesce(jsonb_agg(jsonb_build_object(
        'accountId', a.account_id, 'date', a.value_date, 'value', a.total_value::text, 'cash', a.cash::text, 'positions', a.positions,
        'since', a.since, 'wanted', w.days, 'changes', case when a.is_replayed then changes.documents end
      ) order by a.value_date), '[]')
    )
    from wanted w
    join anchors a on a.value_date = w.anchored_on
    left join lateral (
      -- Of each day, what the newest complete statement gives: these movements, and no others.
      select coalesce(jsonb_agg(jsonb_build_array(r.booked_on, r.symbol, r.units::text, r.cash::text, r.currency) order by r.booked_on, r.id), '[]') as documents
      from public.movement_rows r
      cross join lateral (
        select s.row_ids
        from public.movement_statements s
        where s.account_id = r.account_id and s.is_complete and r.booked_on between s.range_from and s.range_to
        order by s.id desc
        limit 1
      ) newest
      where a.is_replayed and r.account_id = a.account_id and r.booked_on > w.days[1] and r.booked_on <= a.value_date and r.id = any (newest.row_ids)
    ) changes on true
  );
end
$$;

comment on function public.estimate_case is 'What the estimates of a real account are worked out from.';

-- Prices of symbols between two days, in a currency: { closes: [[symbol, date, close]], splits: [[symbol, date, ratio]], unread: [symbol] }.
-- Those of a market-data source, which are in US dollars, come before what the user's own brokers delivered; unread are symbols of which
-- that source was not asked for all of the days.
create function public.estimate_prices(p_user_id uuid, p_symbols text[], p_currency text, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with closes as (
    select c.symbol, c.price_date, c.close, 1 as rank
    from public.market_closes c
    where p_currency = 'USD' and c.symbol = any (p_symbols) and c.price_date between p_from and p_to
    union all
    select b.symbol, b.price_date, b.close, 2
    from public.broker_closes b
    where b.user_id = p_user_id and b.currency = p_currency and b.symbol = any (p_symbols) and b.price_date between p_from and p_to
  )
  select jsonb_build_object(
    'closes', coalesce((
      select jsonb_agg(jsonb_build_array(best.symbol, best.price_date, best.close::text))
      from (select distinct on (symbol, price_date) * from closes order by symbol, price_date, rank, close) best
    ), '[]'),
    'splits', coalesce((
      select jsonb_agg(jsonb_build_array(s.symbol, s.split_date, s.ratio::text))
      from public.market_splits s
      where s.symbol = any (p_symbols) and s.split_date between p_from and p_to
    ), '[]'),
    'unread', coalesce((
      select jsonb_agg(wanted.symbol order by wanted.symbol)
      from unnest(p_symbols) as wanted (symbol)
      where not exists (
        select from public.market_price_readings r where r.symbol = wanted.symbol and r.read_from <= p_from and r.read_through >= p_to
      )
    ), '[]')
  )
$$;

comment on function public.estimate_prices is 'Prices that estimates are worked out with, and of which symbols some were never asked for.';

-- Keeps what a market-data source gave of symbols between two days: closes [{ symbol, date, close }] and splits [{ symbol, date, ratio }]
-- as text. Days that were read before and lie apart are read again when they are next wanted.
create function public.record_market_prices(
  p_symbols text[], p_from date, p_to date, p_closes jsonb, p_splits jsonb, p_source text, p_now timestamptz
)
returns void
language sql
set search_path = ''
set statement_timeout = '30s'
as $$
  insert into public.market_closes as known (symbol, price_date, close, source)
  select c.symbol, c.date, c.close, p_source
  from jsonb_to_recordset(p_closes) as c (symbol text, date date, close numeric)
  order by c.symbol, c.date
  on conflict (symbol, price_date) do update set close = excluded.close, source = excluded.source
  where known.close <> excluded.close;

  insert into public.market_splits as known (symbol, split_date, ratio, source)
  select s.symbol, s.date, s.ratio, p_source
  from jsonb_to_recordset(p_splits) as s (symbol text, date date, ratio numeric)
  order by s.symbol, s.date
  on conflict (symbol, split_date) do update set ratio = excluded.ratio, source = excluded.source
  where known.ratio <> excluded.ratio;

  insert into public.market_price_readings as known (symbol, read_from, read_through, read_at)
  select symbol, p_from, p_to, p_now from unnest(p_symbols) as symbol order by symbol
  on conflict (symbol) do update set
    read_from = case
      when known.read_through >= excluded.read_from - 1 and known.read_from <= excluded.read_through + 1 then least(known.read_from, excluded.read_from)
      else excluded.read_from
    end,
    read_through = case
      when known.read_through >= excluded.read_from - 1 and known.read_from <= excluded.read_through + 1 then greatest(known.read_through, excluded.read_through)
      else excluded.read_through
    end,
    read_at = excluded.read_at
$$;

comment on function public.record_market_prices is 'Keeps closes and splits of a market-data source.';

-- Makes the estimates of a real account these and no others, and publishes what follows; p_days: [{ accountId, date, value, basis, carried }]
-- with value as text. Twice is once. Returns how many days of their user are new or changed; null, and nothing is kept, where more is known
-- than they were worked out from, or they are not allowed any more.
create function public.record_estimates(p_line_id uuid, p_version text, p_days jsonb, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_line public.account_lines;
  v_from date;
begin
  -- Evidence of a user is recorded under this lock, so what is better than an estimate is seen.
  perform
  from public.portfolios p
  where p.user_id = (select l.user_id from public.account_lines l where l.line_id = p_line_id) and p.estimates_since is not null
  for update;
  if not found or public.evidence_version(p_line_id) <> p_version then
    return null;
  end if;
  select * into strict v_line from public.account_lines where line_id = p_line_id;

  with given as (
    select g."accountId" as account_id, g.date, g.value, g.basis, g.carried
    from jsonb_to_recordset(p_days) as g ("accountId" uuid, date date, value numeric, basis text, carried text[])
  ),
  voided as (
    update public.estimated_values e
    set voided_at = p_now
    where e.account_id = any (v_line.member_ids) and e.voided_at is null
      and not exists (
        select
        from given
        where given.account_id = e.account_id and given.date = e.value_date and given.value = e.total_value and given.basis = e.basis
          and given.carried = e.carried and e.currency = v_line.currency
      )
    returning e.value_date
  )
  select min(value_date) into v_from from voided;

  with made as (
    insert into public.estimated_values (user_id, account_id, value_date, total_value, currency, basis, carried, as_of, made_at)
    select v_line.user_id, g."accountId", g.date, g.value, v_line.currency, g.basis, g.carried, d.closes_at, p_now
    from jsonb_to_recordset(p_days) as g ("accountId" uuid, date date, value numeric, basis text, carried text[])
    join public.trading_days d on d.date = g.date
    where g."accountId" = any (v_line.member_ids)
    on conflict do nothing
    returning value_date
  )
  select least(v_from, min(value_date)) into v_from from made;

  insert into public.estimate_drawings as known (line_id, user_id, evidence_version, drawn_at)
  values (p_line_id, v_line.user_id, p_version, p_now)
  on conflict (line_id) do update set user_id = excluded.user_id, evidence_version = excluded.evidence_version, drawn_at = excluded.drawn_at;

  if v_from is null then
    return 0;
  end if;
  perform public.note_stated_since(v_line.user_id);
  return public.publish_since(v_line.user_id, v_from, 'observed', p_now);
end
$$;

comment on function public.record_estimates is 'Makes the estimates of a real account these and no others, and publishes what follows.';

-- Allows estimates of a user's days, or allows them no more, which takes all of them away again: a decision of the user, or with p_actor_id
-- of an administrator, whose decisions are in the audit log with their reason. Users decide whatever was decided before; administrators
-- take back what one of them allowed, and never what the user did. Returns how many days changed; null for somebody without a
-- portfolio, and where there is nothing for an administrator to decide.
create function public.allow_estimates(p_user_id uuid, p_is_allowed boolean, p_actor_id uuid, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_portfolio public.portfolios;
  v_from date;
begin
  select * into v_portfolio from public.portfolios where user_id = p_user_id for update;
  if not found
    or p_actor_id is not null and p_is_allowed and v_portfolio.estimates_since is not null
    or p_actor_id is not null and not p_is_allowed and not v_portfolio.estimates_by_operator
  then
    return null;
  end if;
  if p_actor_id is not null then
    insert into public.audit_log (actor_id, action, target, reason, at)
    values (
      p_actor_id, case when p_is_allowed then 'allow_estimates' else 'take_back_estimates' end, 'portfolios/' || p_user_id, p_reason, p_now
    );
  end if;
  update public.portfolios
  set estimates_since = case when p_is_allowed then coalesce(estimates_since, p_now) end,
    estimates_by_operator = p_is_allowed and p_actor_id is not null
  where user_id = p_user_id;
  if p_is_allowed then
    -- What was worked out before was taken away, so nothing is up to date.
    update public.estimate_drawings set evidence_version = '' where user_id = p_user_id;
    return 0;
  end if;
  with voided as (
    update public.estimated_values set voided_at = p_now where user_id = p_user_id and voided_at is null returning value_date
  )
  select min(value_date) into v_from from voided;
  if v_from is null then
    return 0;
  end if;
  perform public.note_stated_since(p_user_id);
  return public.publish_since(p_user_id, v_from, 'estimates switched off', p_now);
end
$$;

comment on function public.allow_estimates is 'Allows estimates of a user''s days, or takes all of them away.';

grant execute on function
  public.due_estimates,
  public.movements_settle_after,
  public.estimate_case,
  public.estimate_prices,
  public.record_market_prices,
  public.record_estimates,
  public.allow_estimates
to service_role;
