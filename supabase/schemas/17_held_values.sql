-- What happens to a held observation: a later ordinary value or an administrator releases it, or it is rejected.
create table public.audit_log (
  id bigint generated always as identity primary key,
  actor_id uuid not null,
  action text not null check (action in ('accept_held', 'reject_held', 'open_backfill', 'reopen_days', 'cancel_backfill')),
  target text not null,
  reason text check (length(reason) between 1 and 500),
  at timestamptz not null,
  -- A verdict always says why; asking for days that are missing explains itself.
  constraint audit_log_verdict_reason check (reason is not null or action not in ('accept_held', 'reject_held'))
);

comment on table public.audit_log is 'Each action of an administrator: who did what to what, when and why.';
comment on column public.audit_log.action is 'reopen_days: a backfill that asks again for days which had been given up for a final reason.';

alter table public.audit_log enable row level security;
grant select, insert on public.audit_log to service_role;

-- Whether two totals lie further apart than the allowed factor, or on different sides of zero: the rule of judging, as
-- lib/domain/judge.ts has it.
create function public.is_swing(p_total numeric, p_expected numeric, p_factor_max numeric)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select p_expected <> 0 and p_total / nullif(p_expected, 0) not between 1 / p_factor_max and p_factor_max
$$;

comment on function public.is_swing is 'Whether a total is no ordinary one beside another.';

-- What refutes each held observation, and that of p_also whatever became of it: the first value that was learned later of
-- the same day, or the first captured later that is ordinary beside the value before. Null where nothing does.
create function public.held_refutations(p_swing_factor_max numeric, p_also bigint default null)
returns table (id bigint, refuted_on date, refuted_total numeric)
language sql
stable
set search_path = ''
as $$
  select v.id, later.value_date, later.total_value
  from (
    select * from public.account_values where verdict = 'held'
    union all
    select * from public.account_values o where o.id = p_also and o.verdict <> 'held'
  ) v
  join public.accounts a on a.id = v.account_id
  left join lateral (
    select s.total_value
    from public.line_values s
    where s.line_id = a.line_id and s.is_counted and s.value_date <= v.value_date and s.as_of < v.as_of
    order by s.value_date desc, s.as_of desc
    limit 1
  ) before on true
  left join lateral (
    select s.value_date, s.total_value
    from public.line_values s
    where s.line_id = a.line_id and s.is_counted and s.id <> v.id and s.value_date >= v.value_date
      and case
        when s.value_date = v.value_date then s.observed_at > v.observed_at
        else s.kind = 'daily_eod' and s.as_of > v.as_of
          and not public.is_swing(s.total_value, before.total_value, p_swing_factor_max)
      end
    order by s.value_date, s.as_of
    limit 1
  ) later on true
$$;

comment on function public.held_refutations is 'Which later value settles each held observation, if any does.';

-- How many held observations wait for somebody, and since when the oldest does: { count, oldest }.
create function public.held_waiting(p_swing_factor_max numeric)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object('count', count(*), 'oldest', min(v.observed_at))
  from public.held_refutations(p_swing_factor_max) r
  join public.account_values v on v.id = r.id
  where r.refuted_on is null
$$;

comment on function public.held_waiting is 'How many held observations no later value has settled, and since when the oldest waits.';

-- Held observations, one page by key, those that nothing has refuted first and newest first: [{ id, userId, account,
-- institution, date, total, currency, kind, source, asOf, observedAt, reason, last: { date, total },
-- refutedBy: { date, total } | null }]
create function public.held_values(p_before_id bigint, p_limit integer, p_swing_factor_max numeric)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with ranked as materialized (
    select r.*, r.refuted_on is not null as is_refuted from public.held_refutations(p_swing_factor_max, p_before_id) r
  ),
  page as (
    select v.*, r.is_refuted, r.refuted_on, r.refuted_total
    from ranked r
    join public.account_values v on v.id = r.id
    where v.verdict = 'held'
      and (p_before_id is null or (r.is_refuted, -r.id) > (select before.is_refuted, -before.id from ranked before where before.id = p_before_id))
    order by r.is_refuted, r.id desc
    limit p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'userId', page.user_id, 'account', a.name, 'institution', c.institution, 'date', page.value_date,
    'total', trim_scale(page.total_value)::text, 'currency', page.currency, 'kind', page.kind, 'source', page.source,
    'asOf', page.as_of, 'observedAt', page.observed_at, 'reason', page.reason, 'last', last.document,
    'refutedBy', case
      when page.is_refuted then jsonb_build_object('date', page.refuted_on, 'total', trim_scale(page.refuted_total)::text)
    end
  ) order by page.is_refuted, page.id desc), '[]')
  from page
  join public.accounts a on a.id = page.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', trim_scale(v.total_value)::text) as document
    from public.line_values v
    where v.line_id = a.line_id and v.is_counted and v.value_date <= page.value_date
    order by v.value_date desc, v.as_of desc
    limit 1
  ) last on true
$$;

comment on function public.held_values is 'Held observations for administrators, those that wait first, each group newest first.';

-- An administrator's word on one held observation. Returns { userId, accountId, date, published }; { refused } for one
-- that lacks its total or currency, since nobody's word can make an amount of it; null when there is no such held
-- observation, for instance because another administrator was quicker.
create function public.judge_held(p_id bigint, p_accept boolean, p_actor_id uuid, p_reason text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
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
    return jsonb_build_object('refused', 'incomplete');
  end if;
  perform from public.portfolios where user_id = v_held.user_id for update;

  if p_accept then
    perform public.release_held(array[p_id]);
    -- Whoever accepts another currency says what the account is told in from now on.
    update public.accounts set currency = v_held.currency where id = v_held.account_id and currency <> v_held.currency;
    if v_held.kind = 'daily_eod' then
      perform public.keep_live_values(array[row(
        v_held.account_id, v_held.user_id, v_held.total_value, v_held.currency, v_held.source, v_held.as_of, v_held.observed_at
      )::public.live_values]);
    end if;
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

grant execute on function
  public.is_swing,
  public.held_refutations,
  public.held_waiting,
  public.held_values,
  public.judge_held
to service_role;
