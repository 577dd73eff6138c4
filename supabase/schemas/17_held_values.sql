-- Held observations for administrators, and their decision on one.
create table public.audit_log (
  id bigint generated always as identity primary key,
  actor_id uuid not null,
  action text not null check (
    action in (
      'accept_held', 'reject_held', 'take_back_verdict', 'classify_movement', 'take_back_movement', 'classify_account',
      'take_back_account', 'end_account', 'take_back_end',
      'allow_estimates', 'take_back_estimates', 'open_backfill', 'reopen_days', 'cancel_backfill', 'remind_owners', 'view_user'
    )
  ),
  target text not null,
  reason text check (length(reason) between 1 and 500),
  details jsonb,
  at timestamptz not null,
  -- A decision always has its reason; asking for days that are missing, and looking, explain themselves.
  constraint audit_log_verdict_reason check (
    reason is not null or action in ('open_backfill', 'reopen_days', 'cancel_backfill', 'view_user')
  )
);

create index audit_log_views on public.audit_log (actor_id, target, at) where action = 'view_user';

comment on table public.audit_log is
  'Each action of an administrator, and what an owner stated a movement or an account to be: who did what to what, when and why.';
comment on column public.audit_log.action is
  'reopen_days: a backfill that asks again for days which had been given up for a final reason; view_user: looking at a user''s money, once an hour.';
comment on column public.audit_log.details is 'What the target does not say: whom it was about and how many.';

alter table public.audit_log enable row level security;
grant select, insert on public.audit_log to service_role;

-- How many held observations wait for somebody, and since when the oldest does: { count, oldest }.
create function public.held_waiting()
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object('count', count(*), 'oldest', min(v.observed_at))
  from public.account_values v
  where v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet'
$$;

comment on function public.held_waiting is 'How many held observations nothing has settled, and since when the oldest waits.';

-- Held observations, one page by key, those that nothing has settled first and newest first: [{ id, userId, account,
-- institution, date, total, currency, kind, source, asOf, observedAt, reason, last: { date, total },
-- refutedBy: { date, total } | null }]. That an account was not funded yet is no question.
create function public.held_values(p_before_id bigint, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with page as (
    select v.*, v.settled_by is not null as is_refuted
    from public.account_values v
    where v.verdict = 'held' and v.reason <> 'not_funded_yet'
      and (
        p_before_id is null
        or (v.settled_by is not null, -v.id) > (
          select before.settled_by is not null, -before.id from public.account_values before where before.id = p_before_id
        )
      )
    order by v.settled_by is not null, v.id desc
    limit p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', page.id, 'userId', page.user_id, 'account', a.name, 'institution', c.institution, 'date', page.value_date,
    'total', trim_scale(page.total_value)::text, 'currency', page.currency, 'kind', page.kind, 'source', page.source,
    'asOf', page.as_of, 'observedAt', page.observed_at, 'reason', page.reason, 'last', last.document,
    'refutedBy', case
      when page.is_refuted then jsonb_build_object('date', settling.value_date, 'total', trim_scale(settling.total_value)::text)
    end
  ) order by page.is_refuted, page.id desc), '[]')
  from page
  join public.accounts a on a.id = page.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join public.account_values settling on settling.id = page.settled_by
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', trim_scale(v.total_value)::text) as document
    from public.last_line_value(a.line_id, true, page.value_date) v
  ) last on true
$$;

comment on function public.held_values is 'Held observations for administrators, those that wait first, each group newest first.';

-- An administrator's decision on one observation: accept or reject what is held, or take_back an earlier decision. It is evidence like any
-- other; what follows from it is recorded by record_reconciliation. Returns { userId, accountId, lineId, date }; { refused } for one
-- that lacks its total or currency, since nobody's decision can make an amount of it; null when there is nothing to decide, for
-- instance because another administrator was quicker.
create function public.judge_held(p_id bigint, p_verdict text, p_actor_id uuid, p_reason text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_said public.account_values;
  v_line_id uuid;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.account_values where id = p_id)
  for update;
  select * into v_said from public.account_values v where v.id = p_id;
  if v_said.id is null or (case
    when p_verdict = 'take_back' then coalesce((
      select d.verdict = 'take_back' from public.decisions d where d.reading_id = p_id order by d.id desc limit 1
    ), true)
    else v_said.verdict <> 'held'
  end) then
    return null;
  end if;
  if p_verdict = 'accept' and (v_said.total_value is null or v_said.currency is null) then
    return jsonb_build_object('refused', 'incomplete');
  end if;

  insert into public.decisions (user_id, account_id, actor_id, reading_id, verdict, reason, at)
  values (v_said.user_id, v_said.account_id, p_actor_id, p_id, p_verdict, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case p_verdict when 'accept' then 'accept_held' when 'reject' then 'reject_held' else 'take_back_verdict' end,
    'account_values/' || p_id, p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = v_said.account_id returning line_id into v_line_id;
  return jsonb_build_object(
    'userId', v_said.user_id, 'accountId', v_said.account_id, 'lineId', v_line_id, 'date', v_said.value_date
  );
end
$$;

comment on function public.judge_held is 'An administrator''s decision on an observation, with who, when and why.';

grant execute on function
  public.held_waiting,
  public.held_values,
  public.judge_held
to service_role;
