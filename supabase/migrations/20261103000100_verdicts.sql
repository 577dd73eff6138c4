-- What happens to a held observation: a later ordinary value or an administrator releases it, or it is rejected.

create table public.audit_log (
  id bigint generated always as identity primary key,
  actor_id uuid not null,
  action text not null check (action in ('accept_held', 'reject_held')),
  target text not null,
  reason text not null check (length(reason) between 1 and 500),
  at timestamptz not null
);

comment on table public.audit_log is 'Each action of an administrator: who did what to what, when and why.';

alter table public.audit_log enable row level security;
grant select, insert on public.audit_log to service_role;

create index account_values_held on public.account_values (observed_at desc, id desc) where verdict = 'held';

-- Accepts held observations and lets the best of each account and day stand; publishing is the caller's part.
create function public.release_held(p_ids bigint[])
returns table (account_id uuid, value_date date)
language plpgsql
set search_path = ''
as $$
begin
  -- Two observations may not stand at once, so the losers step back before the released ones come in.
  with days as (
    select distinct v.account_id, v.value_date
    from public.account_values v
    where v.id = any (p_ids) and v.verdict = 'held'
  ),
  ranked as (
    select v.id, first_value(v.id) over (
      partition by v.account_id, v.value_date
      order by array_position(array['daily_eod', 'reconstructed', 'estimated'], v.kind), v.as_of desc, v.observed_at desc, v.id desc
    ) as standing_id
    from days
    join public.account_values v on v.account_id = days.account_id and v.value_date = days.value_date
      and (v.id = any (p_ids) and v.verdict = 'held' or v.verdict = 'accepted' and v.superseded_by is null)
  ),
  stepped_back as (
    update public.account_values v
    set superseded_by = ranked.standing_id
    from ranked
    where v.id = ranked.id and v.verdict = 'accepted' and ranked.standing_id <> ranked.id
    returning v.id
  ),
  counted as (select count(*) from stepped_back)
  update public.account_values v
  set verdict = 'accepted', reason = null, superseded_by = nullif(ranked.standing_id, v.id)
  from ranked, counted
  where v.id = ranked.id and v.verdict = 'held';

  return query
  select distinct v.account_id, v.value_date from public.account_values v where v.id = any (p_ids) and v.verdict = 'accepted';
end
$$;

comment on function public.release_held is 'Accepts held observations; returns the account days that they are of.';

-- An administrator's word on one held observation. Returns { userId, accountId, date, published }, or null when there is no
-- such held observation, for instance because another administrator was quicker.
create function public.judge_held(p_id bigint, p_accept boolean, p_actor_id uuid, p_reason text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_held public.account_values;
  v_to date;
  v_published integer := 0;
begin
  select * into v_held from public.account_values where id = p_id and verdict = 'held' for update;
  if v_held.id is null then
    return null;
  end if;
  if p_accept and (v_held.total_value is null or v_held.currency is null) then
    raise exception 'an observation without a total and a currency cannot be accepted' using errcode = 'check_violation';
  end if;
  perform from public.portfolios where user_id = v_held.user_id for update;

  if p_accept then
    perform public.release_held(array[p_id]);
    -- The day may be carried into the days after it.
    select max(date) into v_to
    from (
      select date from public.trading_days where date >= v_held.value_date and closes_at <= p_now order by date limit public.carry_sessions_max() + 1
    ) reached;
    v_published := public.publish_snapshots(
      v_held.user_id, v_held.value_date, greatest(v_to, v_held.value_date), 'accepted by an administrator', p_now
    );
  else
    update public.account_values set verdict = 'rejected' where id = p_id;
  end if;

  insert into public.audit_log (actor_id, action, target, reason, at)
  values (p_actor_id, case when p_accept then 'accept_held' else 'reject_held' end, 'account_values/' || p_id, p_reason, p_now);
  return jsonb_build_object(
    'userId', v_held.user_id, 'accountId', v_held.account_id, 'date', v_held.value_date, 'published', v_published
  );
end
$$;

comment on function public.judge_held is 'An administrator''s verdict on a held observation, with who, when and why.';

-- Held observations, newest first, one page by key: [{ id, userId, account, institution, date, total, currency, kind, source,
-- asOf, observedAt, reason, last: { date, total } }]
create function public.held_values(p_before_id bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'userId', page.user_id, 'account', a.name, 'institution', c.institution, 'date', page.value_date,
    'total', trim_scale(page.total_value)::text, 'currency', page.currency, 'kind', page.kind, 'source', page.source,
    'asOf', page.as_of, 'observedAt', page.observed_at, 'reason', page.reason, 'last', last.document
  ) order by page.id desc), '[]')
  from (
    select *
    from public.account_values
    where verdict = 'held' and (p_before_id is null or id < p_before_id)
    order by id desc
    limit p_limit
  ) page
  join public.accounts a on a.id = page.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', trim_scale(v.total_value)::text) as document
    from public.account_values v
    where v.account_id = page.account_id and v.value_date <= page.value_date and v.verdict = 'accepted' and v.superseded_by is null
    order by v.value_date desc
    limit 1
  ) last on true
$$;

comment on function public.held_values is 'Held observations for administrators, newest first.';

-- A user's corrections, newest first, one page by key: [{ id, date, oldValue, oldKind, newValue, newKind, reason, changedAt }].
create function public.portfolio_corrections(p_user_id uuid, p_from date, p_to date, p_before_id bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'date', page.value_date,
    'oldValue', trim_scale(page.old_value)::text, 'oldKind', page.old_kind,
    'newValue', trim_scale(page.new_value)::text, 'newKind', page.new_kind,
    'reason', page.reason, 'changedAt', page.changed_at
  ) order by page.id desc), '[]')
  from (
    select *
    from public.snapshot_corrections
    where user_id = p_user_id and (p_from is null or value_date >= p_from) and (p_to is null or value_date <= p_to)
      and (p_before_id is null or id < p_before_id)
    order by id desc
    limit p_limit
  ) page
$$;

comment on function public.portfolio_corrections is 'Which published days of a user changed, within the caller''s own rights.';

revoke execute on function
  public.release_held, public.judge_held, public.held_values, public.portfolio_corrections
  from public, anon, authenticated;
grant execute on function public.release_held, public.judge_held, public.held_values, public.portfolio_corrections to service_role;
grant execute on function public.portfolio_corrections to authenticated;
