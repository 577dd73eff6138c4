-- What people can decide about a user's evidence, and what they decided.

-- States what a movement was that nobody knew, or takes that back (null). It is evidence like any other; what follows
-- from it is recorded by record_reconciliation. p_as: { kind, amount } or null. p_owner_id limits it to the rows of one user; null does not. Returns { userId, accountId,
-- lineId, date }; null when there is nothing to decide: no such row, one that says for itself what it was, one that somebody has
-- classified already, or nothing to take back.
create function public.classify_movement(
  p_row_id bigint, p_owner_id uuid, p_as jsonb, p_actor_id uuid, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_row public.movement_rows;
  v_current text;
  v_line_id uuid;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.movement_rows where id = p_row_id)
  for update;
  select * into v_row
  from public.movement_rows r
  where r.id = p_row_id and (p_owner_id is null or r.user_id = p_owner_id)
    and (r.kind = 'unclassified' or (r.kind <> 'other' and coalesce(r.amount, 0) = 0));
  select d.kind into v_current from public.decisions d where d.row_id = p_row_id order by d.id desc limit 1;
  if v_row.id is null or (p_as is null) = (v_current is null) then
    return null;
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, row_id, kind, amount, reason, at)
  values (v_row.user_id, v_row.account_id, p_actor_id, 'movement', p_row_id, p_as ->> 'kind', (p_as ->> 'amount')::numeric, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case when p_as is null then 'take_back_movement' else 'classify_movement' end, 'movement_rows/' || p_row_id,
    p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = v_row.account_id returning line_id into v_line_id;
  return jsonb_build_object(
    'userId', v_row.user_id, 'accountId', v_row.account_id, 'lineId', v_line_id, 'date', v_row.booked_on
  );
end
$$;

comment on function public.classify_movement is 'States what a movement was that nobody knew, or takes that back, with who, when and why.';

-- States what an account is that its provider calls by a word nobody knows, or takes that back (null). It is evidence like any other;
-- what follows from it is recorded by record_reconciliation. p_owner_id limits it to the accounts of one user; null does not. Returns
-- { userId, accountId, lineId, date }, with the day on which it is said; null when there is nothing to decide: no such account, one whose
-- provider names it, one that somebody has named already, or nothing to take back.
create function public.classify_account(
  p_account_id uuid, p_owner_id uuid, p_category text, p_actor_id uuid, p_reason text, p_now timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_account public.accounts;
  v_current text;
begin
  perform
  from public.portfolios p
  where p.user_id = (select user_id from public.accounts where id = p_account_id)
  for update;
  select a.* into v_account
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.id = p_account_id and (p_owner_id is null or a.user_id = p_owner_id);
  select d.category into v_current
  from public.decisions d
  where d.account_id = p_account_id and d.about = 'category'
  order by d.id desc
  limit 1;
  if v_account.id is null or (p_category is null) = (v_current is null)
    or p_category is not null and (v_account.category is not null or v_account.is_paper)
  then
    return null;
  end if;

  insert into public.decisions (user_id, account_id, actor_id, about, category, reason, at)
  values (v_account.user_id, p_account_id, p_actor_id, 'category', p_category, p_reason, p_now);
  insert into public.audit_log (actor_id, action, target, reason, at)
  values (
    p_actor_id, case when p_category is null then 'take_back_account' else 'classify_account' end, 'accounts/' || p_account_id,
    p_reason, p_now
  );
  update public.accounts set evidence_version = evidence_version + 1 where id = p_account_id;
  return jsonb_build_object(
    'userId', v_account.user_id, 'accountId', p_account_id, 'lineId', v_account.line_id,
    'date', (p_now at time zone 'America/New_York')::date
  );
end
$$;

comment on function public.classify_account is 'States what an account is that nobody knows, or takes that back, with who, when and why.';

-- The accounts of a user that their provider calls by a word nobody knows, so that they do not count: [{ accountId, account,
-- institution, currency, since }].
create function public.unnamed_accounts(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'accountId', a.id, 'account', a.name, 'institution', c.institution, 'currency', a.currency, 'since', a.first_known_on
  ) order by c.institution, a.name, a.id), '[]')
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.user_id = p_user_id and a.category is null and not a.is_paper and a.closed_on is null
$$;

comment on function public.unnamed_accounts is 'The accounts of a user of which nobody knows whether they count.';

-- The decisions of people about a user's evidence that count, newest first: [{ id, about, subject, accountId, account, institution, date,
-- total, currency, word, verdict, kind, amount, category, actor, isOwner, reason, at }]. subject is the id of the observation or of the
-- movement's row, null where it is the account itself; total is what was reported of it, and word what the broker calls it.
create function public.current_decisions(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', newest.id, 'about', newest.about, 'subject', coalesce(newest.reading_id, newest.row_id),
    'accountId', newest.account_id, 'account', a.name,
    'institution', c.institution, 'date', coalesce(v.value_date, r.booked_on, (newest.at at time zone 'America/New_York')::date),
    'total', trim_scale(coalesce(v.total_value, nullif(r.amount, 0)))::text, 'currency', coalesce(v.currency, r.currency, a.currency),
    'word', r.vendor_type, 'verdict', newest.verdict, 'kind', newest.kind, 'amount', trim_scale(newest.amount)::text,
    'category', newest.category, 'actor', public.user_email(newest.actor_id), 'isOwner', newest.actor_id = newest.user_id, 'reason', newest.reason, 'at', newest.at
  ) order by newest.id desc), '[]')
  from (
    select distinct on (d.reading_id, d.row_id, named.id) d.*
    from public.decisions d
    cross join lateral (select case when d.about = 'category' then d.account_id end as id) named
    where d.user_id = p_user_id and d.about in ('reading', 'movement', 'category')
    order by d.reading_id, d.row_id, named.id, d.id desc
  ) newest
  join public.accounts a on a.id = newest.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  left join public.account_values v on v.id = newest.reading_id
  left join public.movement_rows r on r.id = newest.row_id
  where newest.verdict in ('accept', 'reject') or newest.kind is not null or newest.category is not null
$$;

comment on function public.current_decisions is 'The decisions of people about a user''s evidence that count, newest first.';

-- The account lines of a user about which something is open that a person could settle, and since when: [{ lineId, account,
-- institution, from, words: { rowId: what the broker calls that movement } }].
create function public.lines_in_question(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with open as (
    select v.account_id, v.value_date as date
    from public.account_values v
    where v.user_id = p_user_id and v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet'
    union all
    select f.account_id, f.flow_date
    from public.cash_flows f
    where f.user_id = p_user_id and f.is_unknown and not f.is_withdrawn
  ),
  lines as (
    select a.line_id, min(open.date) as since
    from open
    join public.accounts a on a.id = open.account_id
    group by a.line_id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'lineId', lines.line_id, 'account', newest.name, 'institution', newest.institution, 'from', lines.since,
    'words', coalesce((
      select jsonb_object_agg(r.id, r.vendor_type)
      from public.movement_rows r
      join public.accounts m on m.id = r.account_id
      where m.line_id = lines.line_id and (r.kind = 'unclassified' or coalesce(r.amount, 0) = 0)
    ), '{}')
  ) order by newest.institution, newest.name, lines.line_id), '[]')
  from lines
  cross join lateral (
    select a.name, c.institution
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.line_id = lines.line_id
    order by a.created_at desc, a.id
    limit 1
  ) newest
$$;

comment on function public.lines_in_question is 'The account lines of a user about which something is open that a person could settle.';

-- The totals that stand of a user's days between two: [{ date, value }].
create function public.published_values(p_user_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('date', h.value_date, 'value', trim_scale(h.total_value)::text) order by h.value_date), '[]')
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.is_current and h.value_date between p_from and p_to
$$;

comment on function public.published_values is 'The totals that stand of a user''s days between two.';

-- What would be published of some days if conclusions about an account line were recorded, and what is now: { now: [{ date, value }],
-- next: likewise }. The very recording says so, and then everything is as it was; null when the evidence has grown since.
create function public.preview_reconciliation(p_line_id uuid, p_version text, p_conclusions jsonb, p_from date, p_to date, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_user_id uuid := (select a.user_id from public.accounts a where a.line_id = p_line_id limit 1);
  v_now jsonb := (select public.published_values(v_user_id, p_from, p_to));
  v_next jsonb;
  v_published integer;
begin
  begin
    v_published := public.record_reconciliation(p_line_id, p_version, p_conclusions, 'observed', p_now);
    v_next := public.published_values(v_user_id, p_from, p_to);
    raise exception using errcode = 'PVIEW';
  exception
    -- What was recorded since the block began goes with the exception, and what was read stays.
    when sqlstate 'PVIEW' then null;
  end;
  return case when v_published is not null then jsonb_build_object('now', v_now, 'next', v_next) end;
end
$$;

comment on function public.preview_reconciliation is 'What would be published if conclusions were recorded; records nothing.';

-- What is asked about accounts that nobody has answered, by account: movements that nobody knows (how many, of which day the first) and a
-- category that nobody knows. Since when, by our clock.
create function public.unanswered_questions()
returns table (user_id uuid, kind text, account_id uuid, account text, institution text, since timestamptz, date date, count bigint)
language sql
stable
set search_path = ''
as $$
  select f.user_id, 'movement', a.id, min(a.name), min(c.institution), min(f.observed_at), min(f.flow_date), count(*)
  from public.cash_flows f
  join public.accounts a on a.id = f.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  where f.is_unknown and not f.is_withdrawn
  group by f.user_id, a.id
  union all
  select a.user_id, 'account', a.id, a.name, c.institution, a.created_at, a.first_known_on, 1
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed'
  where a.category is null and not a.is_paper and a.closed_on is null
$$;

comment on function public.unanswered_questions is 'What is asked about accounts that nobody has answered.';

grant execute on function
  public.unanswered_questions,
  public.published_values,
  public.preview_reconciliation,
  public.classify_movement,
  public.classify_account,
  public.unnamed_accounts,
  public.current_decisions,
  public.lines_in_question
to service_role;
