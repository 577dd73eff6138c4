-- Accepting a held value that is no amount is refused in words: it was a fault of the server before.

-- An administrator's word on one held observation. Returns { userId, accountId, date, published }; { refused } for one
-- that lacks its total or currency, since nobody's word can make an amount of it; null when there is no such held
-- observation, for instance because another administrator was quicker.
create or replace function public.judge_held(p_id bigint, p_accept boolean, p_actor_id uuid, p_reason text, p_now timestamptz)
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
    return jsonb_build_object('refused', 'incomplete');
  end if;
  perform from public.portfolios where user_id = v_held.user_id for update;

  if p_accept then
    perform public.release_held(array[p_id]);
    -- Whoever accepts another currency says what the account is told in from now on.
    update public.accounts set currency = v_held.currency where id = v_held.account_id and currency <> v_held.currency;
    if v_held.kind = 'daily_eod' then
      insert into public.live_values as known (account_id, user_id, total_value, currency, source, as_of, observed_at)
      values (
        v_held.account_id, v_held.user_id, v_held.total_value, v_held.currency, v_held.source, v_held.as_of, v_held.observed_at
      )
      on conflict (account_id) do update set
        total_value = excluded.total_value, currency = excluded.currency, source = excluded.source,
        as_of = excluded.as_of, observed_at = excluded.observed_at
      where excluded.as_of > known.as_of;
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
