-- Accounts that no broker knows: their user gives a total now and then, which counts until the next one or until the account is ended.

-- One such account of a user, under the lock of everything that is recorded for them; no row for any other.
create function public.lock_manual_account(p_user_id uuid, p_account_id uuid)
returns setof public.accounts
language plpgsql
set search_path = ''
as $$
begin
  perform from public.portfolios where user_id = p_user_id for update;
  return query
  select a.*
  from public.accounts a
  where a.id = p_account_id and a.user_id = p_user_id and a.is_manual
    and exists (select from public.statement_values s where s.account_id = a.id and s.voided_at is null);
end
$$;

comment on function public.lock_manual_account is 'An account that its user keeps by hand, locked with everything that is recorded for them.';

-- Gives an account the value of a trading day, in place of the one that its user had given for that day. Twice is once. Returns the
-- first day that changes; null where nothing does.
create function public.give_manual_value(p_account public.accounts, p_date date, p_total numeric, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select
    from public.stated_values s
    where s.account_id = p_account.id and s.value_date = p_date and s.total_value = p_total
  ) then
    return null;
  end if;
  update public.statement_values
  set voided_at = p_now
  where account_id = p_account.id and value_date = p_date and voided_at is null and import_id is null;
  insert into public.statement_values (user_id, account_id, value_date, total_value, currency, is_official, as_of)
  select p_account.user_id, p_account.id, p_date, p_total, p_account.currency, false, d.closes_at
  from public.trading_days d
  where d.date = p_date;
  perform public.note_stated_since(p_account.user_id);
  return p_date;
end
$$;

comment on function public.give_manual_value is 'Gives an account that is kept by hand its value of a day.';

-- Adds an account by hand with its first value, of a trading day that has closed, as text, since numbers of JSON are not exact: { accountId, published }; { refused: too_many }
-- where the user keeps p_accounts_max already. The same id again changes nothing.
create function public.add_manual_account(
  p_user_id uuid, p_account_id uuid, p_name text, p_currency text, p_date date, p_total text, p_data_notice text,
  p_accounts_max integer, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_connection_id uuid;
  v_account public.accounts;
  v_from date;
begin
  insert into public.portfolios (user_id, data_notice) values (p_user_id, p_data_notice) on conflict do nothing;
  perform from public.portfolios where user_id = p_user_id for update;
  if (
    select count(*)
    from public.account_lines l
    where l.user_id = p_user_id and l.is_manual and not p_account_id = any (l.member_ids)
  ) >= p_accounts_max then
    return jsonb_build_object('refused', 'too_many');
  end if;

  insert into public.brokerage_connections (user_id, provider, external_id, institution, status, created_at, totals_due)
  values (p_user_id, 'manual', p_user_id, 'Kept by hand', 'paused', p_now, false)
  on conflict (provider, external_id) do nothing;
  select id into strict v_connection_id
  from public.brokerage_connections
  where provider = 'manual' and user_id = p_user_id;

  -- All that is known of it is what its user gives, so nothing of it is ever waited for.
  insert into public.accounts (
    id, line_id, user_id, connection_id, external_id, name, currency, category, first_known_on, flows_synced_at, history_asked_at, created_at
  )
  values (
    p_account_id, p_account_id, p_user_id, v_connection_id, p_account_id, p_name, p_currency, 'investment', 'infinity', 'infinity', p_now, p_now
  )
  on conflict (id) do nothing;
  select * into v_account from public.accounts where id = p_account_id and user_id = p_user_id and is_manual;
  v_from := public.give_manual_value(v_account, p_date, p_total::numeric, p_now);
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_from is null then 0
    else public.publish_since(p_user_id, v_from, 'observed', p_now)
  end);
end
$$;

comment on function public.add_manual_account is 'Adds an account that its user keeps by hand, with its first value.';

-- A value that a user gives of an account of theirs: { accountId, published }; { refused: closed } for a day on which it is ended; null when
-- they keep no such account.
create function public.keep_manual_value(p_user_id uuid, p_account_id uuid, p_date date, p_total text, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_from date;
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  if v_account.id is null then
    return null;
  end if;
  if p_date >= v_account.closed_on then
    return jsonb_build_object('refused', 'closed');
  end if;
  v_from := public.give_manual_value(v_account, p_date, p_total::numeric, p_now);
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_from is null then 0
    else public.publish_since(p_user_id, v_from, 'observed', p_now)
  end);
end
$$;

comment on function public.keep_manual_value is 'Gives an account that is kept by hand its value of a day, and publishes what follows.';

-- Takes back the value of a day or, without one, all of them, and with the last one the account: { accountId, published }; null when there
-- is nothing to take back. What was given stays on record and counts no more.
create function public.remove_manual_values(p_user_id uuid, p_account_id uuid, p_date date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_from date;
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  with voided as (
    update public.statement_values
    set voided_at = p_now
    where account_id = v_account.id and voided_at is null and (p_date is null or value_date = p_date)
    returning value_date
  )
  select min(value_date) into v_from from voided;
  if v_from is null then
    return null;
  end if;
  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'accountId', p_account_id, 'published', public.publish_since(p_user_id, v_from, 'observed', p_now)
  );
end
$$;

comment on function public.remove_manual_values is 'Takes back values of an account that is kept by hand, and publishes what follows.';

-- Ends an account from a day on; without one it is there again: { accountId, published }; { refused: date } for a day with or before its
-- first value or beyond the next session; null when they keep no such account.
create function public.end_manual_account(p_user_id uuid, p_account_id uuid, p_ended_on date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_ended_on date := (select min(d.date) from public.trading_days d where d.date >= p_ended_on);
begin
  select * into v_account from public.lock_manual_account(p_user_id, p_account_id);
  if v_account.id is null then
    return null;
  end if;
  if p_ended_on is not null and (
    v_ended_on is null or v_ended_on <= v_account.stated_since
    or v_ended_on > (select min(d.date) from public.trading_days d where d.closes_at > p_now)
  ) then
    return jsonb_build_object('refused', 'date');
  end if;
  update public.accounts
  set closed_on = v_ended_on, end_reason = case when v_ended_on is not null then 'decided' end
  where id = p_account_id;
  return jsonb_build_object('accountId', p_account_id, 'published', case
    when v_ended_on is not distinct from v_account.closed_on then 0
    else public.publish_since(p_user_id, least(v_ended_on, v_account.closed_on), 'observed', p_now)
  end);
end
$$;

comment on function public.end_manual_account is 'Ends an account that is kept by hand, or takes that back, and publishes what follows.';

-- The accounts that a user keeps by hand, within the caller's own rights: [{ id, name, currency, endedOn, values: [{ date, total }] }] with the
-- newest values first.
create function public.manual_accounts(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', a.id, 'name', a.name, 'currency', a.currency, 'endedOn', a.closed_on, 'values', given.documents
  ) order by a.closed_on is not null, a.name, a.id), '[]')
  from public.accounts a
  cross join lateral (
    select jsonb_agg(jsonb_build_object('date', s.value_date, 'total', trim_scale(s.total_value)::text) order by s.value_date desc) as documents
    from public.stated_values s
    where s.account_id = a.id
  ) given
  where a.user_id = p_user_id and a.is_manual and given.documents is not null
$$;

comment on function public.manual_accounts is 'The accounts that a user keeps by hand with the values that they gave.';

grant execute on function
  public.lock_manual_account,
  public.give_manual_value,
  public.add_manual_account,
  public.keep_manual_value,
  public.remove_manual_values,
  public.end_manual_account
to service_role;

grant execute on function public.manual_accounts to authenticated, service_role;
