-- Taking in past values from statements, and taking that back.

-- What taking in rows of a file would mean for each, oldest first. p_rows: [{ line, accountId, date, total, currency }], with trading
-- days and accounts of the user. verdict: new; replaces (an earlier file says otherwise); confirms (a known value becomes an
-- official one); same (nothing to take in); differs (a better value is known, which goes on to stand); future, closed,
-- other_currency (not taken in). known is the value that stands now; is_news, whether there is anything to take in.
create function public.judge_statement(p_user_id uuid, p_rows jsonb, p_is_official boolean, p_now timestamptz)
returns table (
  line integer, account_id uuid, account_name text, value_date date, as_of timestamptz, total_value numeric, currency text,
  verdict text, is_news boolean, known jsonb
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_latest date := (select max(d.date) from public.trading_days d where d.closes_at <= p_now);
begin
  return query
  select given.line, l.member_ids[1], l.name, given.date, d.closes_at, given.total, given.currency, judged.verdict,
    judged.verdict in ('new', 'replaces', 'confirms') or judged.verdict = 'differs' and not own.is_same,
    case
      when better.total_value is not null then jsonb_build_object(
        'value', trim_scale(better.total_value)::text, 'currency', better.currency, 'kind', better.kind, 'source', better.source
      )
      when stated.total_value is not null then jsonb_build_object(
        'value', trim_scale(stated.total_value)::text, 'currency', stated.currency, 'kind', 'estimated', 'source', stated.source
      )
    end
  from jsonb_to_recordset(p_rows) as given (line integer, "accountId" uuid, date date, total numeric, currency text)
  join public.account_lines l on l.user_id = p_user_id and l.line_id = given."accountId"
  join public.trading_days d on d.date = given.date
  left join lateral (
    select v.total_value, v.currency, v.kind, v.source
    from public.current_values v
    where v.account_id = any (l.member_ids) and v.value_date = given.date
    order by v.kind_rank, v.as_of desc, v.id desc
    limit 1
  ) better on true
  left join lateral (
    select s.total_value, s.currency, s.source, s.is_official
    from public.stated_values s
    where s.account_id = any (l.member_ids) and s.value_date = given.date
    order by s.id desc
    limit 1
  ) stated on true
  cross join lateral (
    select coalesce(
      stated.total_value = given.total and stated.currency = given.currency and (stated.is_official or not p_is_official), false
    ) as is_same
  ) own
  cross join lateral (
    select case
      when given.date > v_latest then 'future'
      when l.closed_on <= given.date then 'closed'
      when l.currency <> given.currency then 'other_currency'
      when better.total_value = given.total and better.currency = given.currency then 'same'
      when better.total_value is not null then 'differs'
      when own.is_same then 'same'
      when stated.total_value = given.total and stated.currency = given.currency then 'confirms'
      when stated.total_value is not null then 'replaces'
      else 'new'
    end as verdict
  ) judged
  order by given.date, given.line;
end
$$;

comment on function public.judge_statement is 'What taking in rows of a file would mean for each; writes nothing.';

-- Since when statements give values of a user's accounts, drawn again from those that count.
create function public.note_stated_since(p_user_id uuid)
returns void
language sql
set search_path = ''
as $$
  update public.accounts a
  set stated_since = stated.since
  from public.accounts known
  cross join lateral (
    select min(s.value_date) as since from public.statement_values s where s.account_id = known.id and s.voided_at is null
  ) stated
  where known.user_id = p_user_id and a.id = known.id and a.stated_since is distinct from stated.since
$$;

comment on function public.note_stated_since is 'Notes since when statements give values of a user''s accounts.';

-- Takes in a file of past values: [{ line, accountId, date, total, currency }] as judge_statement takes them. The same file twice
-- changes nothing. Movements are read again from as far back as the values reach, since without them deposits would pass for
-- gains. Returns { importId, values, published }; importId is null where there was nothing to take in.
create function public.import_statement(
  p_import_id uuid, p_user_id uuid, p_name text, p_is_official boolean, p_rows jsonb, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_recorded record;
begin
  perform from public.portfolios where user_id = p_user_id for update;

  insert into public.statement_imports (id, user_id, name, is_official, imported_at)
  select p_import_id, p_user_id, p_name, p_is_official, p_now
  where exists (select from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged where judged.is_news);
  if not found then
    return jsonb_build_object('importId', null, 'values', 0, 'published', 0);
  end if;

  with recorded as (
    insert into public.statement_values (import_id, user_id, account_id, value_date, total_value, currency, is_official, as_of)
    select p_import_id, p_user_id, judged.account_id, judged.value_date, judged.total_value, judged.currency, p_is_official, judged.as_of
    from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged
    where judged.is_news
    returning account_id, value_date
  ),
  unread as (
    update public.accounts a
    set flows_synced_at = null
    from (select account_id, min(value_date) as since from recorded group by account_id) r
    where a.id = r.account_id and a.closed_on is null and r.since < (
      select min(m.range_from) from public.movement_statements m where m.account_id = a.id
    )
  )
  select count(*) as values, min(value_date) as since into v_recorded from recorded;

  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'importId', p_import_id, 'values', v_recorded.values,
    'published', public.publish_since(p_user_id, v_recorded.since, 'observed', p_now)
  );
end
$$;

comment on function public.import_statement is 'Takes in a file of past values and publishes what follows, in one transaction.';

-- Undoes an import: its values are voided and count no more. Returns { importId, values, published }; null when this user has no such
-- import, or it is undone already.
create function public.undo_import(p_user_id uuid, p_import_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_voided record;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  update public.statement_imports
  set undone_at = p_now
  where id = p_import_id and user_id = p_user_id and undone_at is null;
  if not found then
    return null;
  end if;
  with voided as (
    update public.statement_values set voided_at = p_now where import_id = p_import_id returning value_date
  )
  select count(*) as values, min(value_date) as since into v_voided from voided;

  perform public.note_stated_since(p_user_id);
  return jsonb_build_object(
    'importId', p_import_id, 'values', v_voided.values,
    'published', public.publish_since(p_user_id, v_voided.since, 'import undone', p_now)
  );
end
$$;

comment on function public.undo_import is 'Undoes an import of past values and publishes what follows, in one transaction.';

-- The days of a user that stand: { date: { value, kind } }.
create function public.published_days(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(
    h.value_date, jsonb_build_object('value', trim_scale(h.total_value)::text, 'kind', h.snapshot_type)
  ), '{}')
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.is_current
$$;

comment on function public.published_days is 'The days of a user that stand, by date.';

-- What taking in a file would mean, row by row, and which published days would change: { rows: [{ line, account, date, value, currency,
-- verdict, isNews, known: { value, currency, kind, source } | null }], currency, changes: [{ date, now, next }] } with the totals,
-- { value, kind } in the portfolio's currency, null where nothing is published. The very import says so, and then everything is as it was.
create function public.preview_statement(p_user_id uuid, p_is_official boolean, p_rows jsonb, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_rows jsonb := (
    select coalesce(jsonb_agg(jsonb_build_object(
      'line', judged.line, 'account', judged.account_name, 'date', judged.value_date, 'value', trim_scale(judged.total_value)::text,
      'currency', judged.currency, 'verdict', judged.verdict, 'isNews', judged.is_news, 'known', judged.known
    ) order by judged.value_date, judged.line), '[]')
    from public.judge_statement(p_user_id, p_rows, p_is_official, p_now) judged
  );
  v_now jsonb := public.published_days(p_user_id);
  v_next jsonb;
begin
  begin
    perform public.import_statement(gen_random_uuid(), p_user_id, 'preview', p_is_official, p_rows, p_now);
    v_next := public.published_days(p_user_id);
    raise exception using errcode = 'PVIEW';
  exception
    -- What was recorded since the block began goes with the exception, and what was read stays.
    when sqlstate 'PVIEW' then null;
  end;
  return jsonb_build_object('rows', v_rows, 'currency', (select p.currency from public.portfolios p where p.user_id = p_user_id), 'changes', (
    select coalesce(jsonb_agg(jsonb_build_object('date', day, 'now', v_now -> day, 'next', v_next -> day) order by day), '[]')
    from (select jsonb_object_keys(v_now || v_next) as day) days
    where v_now -> day is distinct from v_next -> day
  ));
end
$$;

comment on function public.preview_statement is 'What taking in a file of past values would mean; records nothing.';

-- A user's imports within the caller's own rights, newest first: [{ id, name, isOfficial, importedAt, undoneAt, values, accounts: [name],
-- from, to }].
create function public.user_imports(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', i.id, 'name', i.name, 'isOfficial', i.is_official, 'importedAt', i.imported_at, 'undoneAt', i.undone_at,
    'values', taken.values, 'accounts', taken.accounts, 'from', taken.first_day, 'to', taken.last_day
  ) order by i.imported_at desc, i.id), '[]')
  from (
    select * from public.statement_imports where user_id = p_user_id order by imported_at desc, id limit 100
  ) i
  cross join lateral (
    select count(*) as values, min(s.value_date) as first_day, max(s.value_date) as last_day,
      jsonb_agg(distinct a.name order by a.name) as accounts
    from public.statement_values s
    join public.accounts a on a.id = s.account_id
    where s.import_id = i.id
  ) taken
$$;

comment on function public.user_imports is 'A user''s imports of past values, newest first, within the caller''s own rights.';

grant execute on function
  public.judge_statement,
  public.note_stated_since,
  public.import_statement,
  public.undo_import,
  public.preview_statement,
  public.published_days
to service_role;

grant execute on function public.user_imports to authenticated, service_role;
