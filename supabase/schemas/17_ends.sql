-- A person's decision that an account is no more since a day, or with p_ended_on null that it is there after all: of its user, or
-- with p_user_id null of an administrator, whose decisions are in the audit log too. It is evidence like any other; what follows
-- from it is recorded by record_reconciliation. Returns { accountId, lineId, from }, with the first day that changes; { refused } for
-- a day on which it cannot have ended; null when there is no such account or nothing to decide.
create function public.decide_end(
  p_account_id uuid, p_user_id uuid, p_actor_id uuid, p_ended_on date, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_before date;
  -- The first trading day without it.
  v_ended_on date := (select min(date) from public.trading_days where date >= p_ended_on);
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.accounts where id = p_account_id)
  for update;
  select a.* into v_account
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.id = p_account_id and a.user_id = coalesce(p_user_id, a.user_id) and a.is_counted;
  select d.ended_on into v_before
  from public.decisions d
  where d.account_id = p_account_id and d.about = 'end'
  order by d.id desc
  limit 1;
  if v_account.id is null
    or p_ended_on is null and v_before is null
    or p_ended_on is not null and v_account.closed_on is not null
  then
    return null;
  end if;
  if v_ended_on <= v_account.first_known_on or v_ended_on > (select min(date) from public.trading_days where closes_at > p_now) then
    return jsonb_build_object('refused', 'date');
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, ended_on, reason, at)
  values (v_account.user_id, p_account_id, p_actor_id, 'end', v_ended_on, p_reason, p_now);
  if p_user_id is null then
    insert into public.audit_log (actor_id, action, target, reason, at)
    values (
      p_actor_id, case when p_ended_on is null then 'take_back_end' else 'end_account' end, 'accounts/' || p_account_id, p_reason, p_now
    );
  end if;
  update public.accounts set evidence_version = evidence_version + 1 where id = p_account_id;
  return jsonb_build_object(
    'accountId', p_account_id, 'lineId', v_account.line_id, 'from', coalesce(v_ended_on, v_before)
  );
end
$$;

comment on function public.decide_end is 'A person''s decision that an account is no more, or is there after all, with who, when and why.';

grant execute on function public.decide_end to service_role;
