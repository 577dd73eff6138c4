-- Publishing waits a moment for what was linked together, and looks at no more days than it has to.

-- Makes the standing snapshots of a range agree with the evidence and records what changed. Twice is once. A user of whom
-- nothing is published waits for connections that were linked just now, and is then told all days at once.
-- Returns the number of days that are new or changed.
create or replace function public.publish_snapshots(p_user_id uuid, p_from date, p_to date, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_conclusions public.snapshot_conclusion[];
  v_changed public.snapshot_conclusion[];
  v_withdrawn date[];
  v_first date;
  v_last date;
begin
  -- One publisher per user at a time, so that two fills cannot conclude from half of each other's evidence.
  perform from public.portfolios where user_id = p_user_id for update;

  if not exists (select from public.user_portfolio_history where user_id = p_user_id and standing) then
    if exists (
      select
      from public.brokerage_connections
      where user_id = p_user_id and status = 'active' and last_success_at is null and coalesce(last_error_code, 'out_of_time') = 'out_of_time'
        -- The clocks of the database and of its caller may differ a little.
        and created_at between p_now - interval '10 minutes' and p_now + interval '1 minute'
    ) then
      return 0;
    end if;
    select min(value_date), max(value_date) into v_first, v_last
    from public.account_values
    where user_id = p_user_id and verdict = 'accepted' and superseded_by is null;
    p_from := least(p_from, v_first);
    p_to := greatest(p_to, v_last);
  end if;

  select array_agg(c) into v_conclusions from public.conclude_snapshots(p_user_id, p_from, p_to) c;

  select array_agg(c) into v_changed
  from unnest(v_conclusions) c
  left join public.user_portfolio_history h on h.user_id = p_user_id and h.value_date = c.value_date and h.standing
  where (h.total_value, h.total_cost_basis, h.snapshot_type, h.data_source, h.currency, h.as_of, h.accounts_expected, h.accounts_present, h.carried)
    is distinct from
    (c.total_value, c.total_cost_basis, c.snapshot_type, c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried);

  select array_agg(h.value_date) into v_withdrawn
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.standing
    and not exists (select from unnest(v_conclusions) c where c.value_date = h.value_date);

  insert into public.snapshot_corrections (user_id, value_date, old_value, old_kind, new_value, new_kind, reason, changed_at)
  select p_user_id, h.value_date, h.total_value, h.snapshot_type, c.total_value, c.snapshot_type,
    case
      when p_reason <> 'observed' then p_reason
      when c.value_date is null then 'withdrawn'
      when c.accounts_expected <> h.accounts_expected then 'accounts changed'
      when c.accounts_present > h.accounts_present then 'completed'
      when c.snapshot_type <> h.snapshot_type then 'better observation'
      else 'restated'
    end,
    p_now
  from public.user_portfolio_history h
  left join unnest(v_changed) c on c.value_date = h.value_date
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.standing
    and (h.value_date = any (v_withdrawn) or (c.total_value, c.snapshot_type) is distinct from (h.total_value, h.snapshot_type) and c.value_date is not null);

  update public.user_portfolio_history h
  set standing = false, updated_at = p_now
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.standing
    and (
      h.value_date = any (v_withdrawn)
      or exists (select from unnest(v_changed) c where c.value_date = h.value_date and c.snapshot_type <> h.snapshot_type)
    );

  insert into public.user_portfolio_history as h (
    user_id, value_date, total_value, total_cost_basis, total_gain_loss, total_gain_loss_percent, snapshot_type,
    data_source, currency, as_of, accounts_expected, accounts_present, carried, standing, created_at, updated_at
  )
  select p_user_id, c.value_date, c.total_value, c.total_cost_basis, c.total_value - c.total_cost_basis,
    round((c.total_value - c.total_cost_basis) / nullif(c.total_cost_basis, 0) * 100, 4), c.snapshot_type,
    c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried, true, p_now, p_now
  from unnest(v_changed) c
  on conflict (user_id, value_date, snapshot_type) do update set
    total_value = excluded.total_value, total_cost_basis = excluded.total_cost_basis,
    total_gain_loss = excluded.total_gain_loss, total_gain_loss_percent = excluded.total_gain_loss_percent,
    data_source = excluded.data_source, currency = excluded.currency, as_of = excluded.as_of,
    accounts_expected = excluded.accounts_expected, accounts_present = excluded.accounts_present,
    carried = excluded.carried, standing = true, updated_at = excluded.updated_at;

  return coalesce(cardinality(v_changed), 0) + coalesce(cardinality(v_withdrawn), 0);
end
$$;

-- Concludes days between two dates that have a standing observation and no standing snapshot, for one user or, with null, for
-- all; returns how many days that published. Days that cannot be told yet stay as they are.
create or replace function public.publish_missing(p_user_id uuid, p_from date, p_to date, p_now timestamptz)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(sum(public.publish_snapshots(lacking.user_id, lacking.first_day, lacking.last_day, 'observed', p_now)), 0)::integer
  from (
    select a.user_id, min(lost.date) as first_day, max(lost.date) as last_day
    from public.accounts a
    -- Both lists are read from their indexes alone, and where they are equal nothing is lost.
    cross join lateral (
      select
        array(
          select v.value_date
          from public.account_values v
          where v.account_id = a.id and v.value_date between p_from and p_to and v.verdict = 'accepted' and v.superseded_by is null
          order by v.value_date
        ) as observed,
        array(
          select h.value_date
          from public.user_portfolio_history h
          where h.user_id = a.user_id and h.value_date between p_from and p_to and h.standing
          order by h.value_date
        ) as published
    ) days
    cross join lateral (select unnest(days.observed) except select unnest(days.published)) lost (date)
    where a.is_counted and (p_user_id is null or a.user_id = p_user_id) and days.observed <> days.published
    group by a.user_id
    -- In one order, so that two ticks at once never wait for each other crosswise.
    order by a.user_id
  ) lacking
$$;

-- Expected days of lines that have no standing observation, each with the one row that is asked for it. Of several rows
-- of a line, that is the first linked whose connection works; while none works, each is asked, since any may be mended.
create or replace function public.missing_account_days(p_connection_ids uuid[], p_from date, p_to date)
returns table (connection_id uuid, account_id uuid, user_id uuid, value_date date)
language sql
stable
set search_path = ''
as $$
  select a.connection_id, a.id, a.user_id, missing.date
  from unnest(coalesce(p_connection_ids, array(select id from public.brokerage_connections))) as wanted (id)
  join public.brokerage_connections own on own.id = wanted.id and own.status <> 'removed'
  join public.accounts a on a.connection_id = own.id and a.is_counted
  cross join lateral (
    select array_agg(m.id) as member_ids, min(m.first_known_on) as first_known_on,
      case when bool_and(m.closed_on is not null) then max(m.closed_on) end as closed_on,
      (
        array_agg(m.id order by m.closed_on is not null, c.status <> 'active', c.created_at, m.id)
          filter (where c.status <> 'removed')
      )[1] as asked_id,
      bool_or(m.closed_on is null and c.status = 'active') as works
    from public.accounts m
    join public.brokerage_connections c on c.id = m.connection_id
    where m.line_id = a.line_id and m.is_counted
  ) line
  cross join lateral (
    select
      case
        -- Most lines are expected on every day in question: that list is made once for all of them.
        when line.first_known_on <= p_from and line.closed_on is null
        then array(select d.date from public.trading_days d where d.date between p_from and p_to order by d.date)
        else array(
          select d.date
          from public.trading_days d
          where d.date between greatest(p_from, line.first_known_on) and least(p_to, line.closed_on - 1)
          order by d.date
        )
      end as expected,
      array(
        select distinct v.value_date
        from public.account_values v
        where v.account_id = any (line.member_ids)
          and v.value_date between greatest(p_from, line.first_known_on) and least(p_to, line.closed_on - 1)
          and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date
      ) as present
  ) days
  cross join lateral (select unnest(days.expected) except select unnest(days.present)) missing (date)
  where (a.id = line.asked_id or not line.works and own.status = 'disabled' and a.closed_on is null)
    -- Most accounts lack nothing, which one comparison tells.
    and days.expected <> days.present
$$;
