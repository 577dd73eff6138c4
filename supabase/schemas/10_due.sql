-- What is to be asked of connections and their accounts now, and which questions were answered.

-- Each question has its own turn and its own back-off: totals are asked of a connection, its movements, its past and the past of
-- a new account of each account. What was refused waits alone, what was answered is not asked again, and whoever has waited
-- longest comes first.

create table public.question_backoffs (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  question text not null check (question in ('movements', 'history', 'import')),
  attempts integer not null check (attempts > 0),
  asked_at timestamptz not null,
  retry_at timestamptz not null,
  reason text not null,
  primary key (account_id, question)
);

create index question_backoffs_user on public.question_backoffs (user_id);

comment on table public.question_backoffs is 'Questions about an account that were refused, until they are answered.';
comment on column public.question_backoffs.question is
  'history: missing days; import: the first asking for the whole past of a new account.';
comment on column public.question_backoffs.attempts is 'Refusals in a row for the same reason.';
comment on column public.question_backoffs.retry_at is 'Not asked again before this instant.';

alter table public.question_backoffs enable row level security;
grant select, insert, update, delete on public.question_backoffs to service_role;

-- Readings that nobody waited for, of the day that counts: it begins with the first one after a close and lasts 24 hours.
create function public.totals_reads(p_connection public.brokerage_connections, p_now timestamptz)
returns integer
language sql
stable
set search_path = ''
as $$
  select case
    when p_connection.totals_reads_since > p_now - interval '24 hours'
      and p_connection.totals_reads_since >= (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    then p_connection.totals_reads::integer
    else 0
  end
$$;

comment on function public.totals_reads is 'How often a connection''s current values were read today while nobody waited.';

-- How often a provider lets a connection's current values be read in a day while nobody waits.
create function public.totals_reads_max()
returns integer
language sql
immutable
set search_path = ''
as $$ select 4 $$;

-- Once after a close and once a day: providers read movements daily.
create function public.movements_are_due(p_account public.accounts, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select (
      p_account.flows_synced_at is null
      or p_account.flows_synced_at <= p_now - interval '20 hours'
        and p_account.flows_synced_at < (select max(d.closes_at) from public.trading_days d where d.closes_at <= p_now)
    )
    and not exists (
      select
      from public.question_backoffs b
      where b.account_id = p_account.id and b.question = 'movements' and b.retry_at > p_now
    )
$$;

comment on function public.movements_are_due is 'Whether an account''s movements are to be read.';

create function public.import_is_due(p_account public.accounts, p_asked boolean, p_now timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_account.history_asked_at is null and not exists (
    select
    from public.question_backoffs b
    where b.account_id = p_account.id and b.question in ('import', 'history') and b.retry_at > p_now
      and not (p_asked and b.question = 'history' and b.asked_at <= p_now - interval '1 minute')
  )
$$;

comment on function public.import_is_due is 'Whether the whole past of a new account is to be asked for.';

-- The one rule of what is to be asked now, for marking and for claiming. Current values are asked while they still bring the
-- day p_to, and of a connection that is not known to work before anything else; without a date, of a connection that is
-- broken or has no accounts yet. With p_asked, somebody waits for the answer: back-off, planned times and the number of readings do not
-- hold the work back; final reasons and the last minute still do.
create function public.due_questions(p_connection_ids uuid[], p_from date, p_to date, p_asked boolean, p_now timestamptz)
returns table (connection_id uuid, account_id uuid, question text, value_date date)
language sql
stable
set search_path = ''
as $$
  with wanted as materialized (
    select c.id, c.status,
      -- A connection that is broken is rechecked when its turn comes, whether or not days are missing: its user may have reconnected it.
      c.status = 'disabled' and (
        coalesce(c.retry_at, p_now) <= p_now
        or p_asked and coalesce(c.totals_asked_at <= p_now - interval '1 minute', true)
      ) as recheck,
      p_asked or public.totals_reads(c, p_now) < public.totals_reads_max() as may_read
    from public.brokerage_connections c
    where c.id = any (p_connection_ids) and c.status not in ('paused', 'removed')
  ),
  is_capture_open as (
    select p_now < (select d.opens_at from public.trading_days d where d.date > p_to order by d.date limit 1) as now
  ),
  missing as (
    select m.connection_id, m.account_id, m.value_date, w.may_read,
      case
        when w.status = 'disabled' or is_capture_open.now and m.value_date = p_to then 'totals'
        else 'history'
      end as question
    from is_capture_open, public.missing_account_days(p_connection_ids, p_from, p_to) m
    join wanted w on w.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date
    where o.account_id is null
      or not o.final and (p_asked and o.last_attempt_at <= p_now - interval '1 minute' or o.next_attempt_at is null)
      or o.next_attempt_at <= p_now
  )
  select w.id, null::uuid, 'totals', null::date
  from wanted w
  where w.may_read and (w.recheck or not exists (select from public.accounts a where a.connection_id = w.id))
  union all
  select m.connection_id, m.account_id, m.question, m.value_date
  from missing m
  where case m.question
    when 'totals' then m.may_read
    else not exists (
      select
      from public.question_backoffs b
      where b.account_id = m.account_id and b.question = 'history' and b.retry_at > p_now
        and not (p_asked and b.asked_at <= p_now - interval '1 minute')
    )
  end
  union all
  select a.connection_id, a.id, 'import', null
  from wanted w
  join public.accounts a on a.connection_id = w.id
  where w.status = 'active' and a.is_counted and a.closed_on is null and a.history_asked_at is null
    and public.import_is_due(a, p_asked, p_now)
  union all
  -- Movements are asked for beside other work, but those that the provider was still collecting are waited for.
  select a.connection_id, a.id, 'movements', null
  from wanted w
  join public.accounts a on a.connection_id = w.id
  join public.question_backoffs b on b.account_id = a.id and b.question = 'movements' and b.reason = 'not_ready'
  where w.status = 'active' and a.is_counted and a.closed_on is null and b.retry_at <= p_now
$$;

comment on function public.due_questions is 'What is to be asked of these connections now.';

create function public.record_questions(p_connection public.brokerage_connections, p_questions jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- What was answered is asked no more; what was refused waits, for this account and this kind of question alone.
  update public.accounts a
  set history_asked_at = case when answered.import then p_now else a.history_asked_at end,
    history_refused_at = case
      when answered.lacks_history then p_now
      when not answered.history then a.history_refused_at
    end,
    flows_synced_at = case when answered.movements then p_now else a.flows_synced_at end,
    -- What was read as complete had been collected.
    movements_collected = answered.movements or a.movements_collected,
    evidence_version = a.evidence_version + 1
  from (
    select q."externalId" as external_id, bool_or(q.question = 'import') as import, bool_or(q.question = 'movements') as movements,
      bool_or(q.question = 'history') as history, bool_or(q.question = 'history' and q.lacks is not null) as lacks_history
    from jsonb_to_recordset(p_questions) as q ("externalId" text, question text, "retryAt" timestamptz, lacks text)
    where q."retryAt" is null
    group by q."externalId"
  ) answered
  where a.connection_id = p_connection.id and a.external_id = answered.external_id;

  delete from public.question_backoffs b
  using public.accounts a
  join jsonb_to_recordset(p_questions) as q ("externalId" text, question text, "retryAt" timestamptz)
    on q."externalId" = a.external_id
  where a.connection_id = p_connection.id and b.account_id = a.id and b.question = q.question and q."retryAt" is null;

  insert into public.question_backoffs as known (account_id, user_id, question, attempts, asked_at, retry_at, reason)
  select a.id, p_connection.user_id, q.question, 1, p_now, q."retryAt", q.reason
  from jsonb_to_recordset(p_questions) as q (
    "externalId" text, question text, "retryAt" timestamptz, reason text
  )
  join public.accounts a on a.connection_id = p_connection.id and a.external_id = q."externalId"
  where q."retryAt" is not null
  on conflict (account_id, question) do update set
    attempts = case when known.reason = excluded.reason then known.attempts else 0 end + 1,
    asked_at = excluded.asked_at, retry_at = excluded.retry_at, reason = excluded.reason;
end
$$;

comment on function public.record_questions is 'Records which questions about accounts were answered and which were refused.';

grant execute on function
  public.totals_reads,
  public.totals_reads_max,
  public.movements_are_due,
  public.import_is_due,
  public.due_questions,
  public.record_questions
to service_role;
