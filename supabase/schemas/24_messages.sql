-- Messages to users by e-mail: what about their portfolio they have to know, and one message for each such state.

create table public.user_notices (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  kind text not null check (kind in ('connection_broken', 'match', 'movement', 'account')),
  subject uuid not null,
  facts jsonb not null,
  began_at timestamptz not null,
  ended_at timestamptz
);

-- While a state lasts it is one row, whoever looks and however often.
create unique index user_notices_open on public.user_notices (kind, subject) where ended_at is null;
create index user_notices_user on public.user_notices (user_id);
create index user_notices_subject on public.user_notices (kind, subject);

comment on table public.user_notices is 'A state that a user has to know of, from when it was first seen until it was over.';
comment on column public.user_notices.subject is 'The connection that is broken, the proposed match, or the account that is asked about.';
comment on column public.user_notices.facts is 'Names of brokerages and accounts, and since when; never a value or a secret.';

alter table public.user_notices enable row level security;
grant select, insert, update on public.user_notices to service_role;

-- The key is what keeps it at one message for a state.
create table public.user_messages (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  notice_id bigint not null references public.user_notices (id) on delete cascade,
  kind text not null check (kind in ('connection_broken', 'connection_healed', 'question', 'reconnect_reminder')),
  pending_since timestamptz not null,
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  lease_expires_at timestamptz,
  sent_at timestamptz,
  withdrawn_at timestamptz,
  unique (notice_id, kind),
  check (sent_at is null or withdrawn_at is null)
);

create index user_messages_pending on public.user_messages (next_attempt_at, id) where sent_at is null and withdrawn_at is null;
create index user_messages_user on public.user_messages (user_id);

comment on table public.user_messages is 'The outbox of e-mail to users: a message that is pending, was sent, or was withdrawn.';
comment on column public.user_messages.attempts is 'How often the mail server did not take it.';
comment on column public.user_messages.lease_expires_at is 'Until then one worker is sending it; free again afterwards, whatever became of the worker.';
comment on column public.user_messages.withdrawn_at is
  'When it became pointless unsent: what it is about was over, its user wants no such messages, or their address does not exist.';

alter table public.user_messages enable row level security;
grant select, insert, update on public.user_messages to service_role;

create table public.unsubscriptions (
  user_id uuid not null references auth.users (id) on delete cascade,
  topic text not null check (topic in ('connection_broken', 'connection_healed', 'question')),
  since timestamptz not null,
  primary key (user_id, topic)
);

comment on table public.unsubscriptions is 'The kinds of messages that a user does not want.';

alter table public.unsubscriptions enable row level security;
grant select, insert, delete on public.unsubscriptions to service_role;

create function public.topic_of_message(p_kind text)
returns text
language sql
immutable
set search_path = ''
as $$ select case p_kind when 'reconnect_reminder' then 'connection_broken' else p_kind end $$;

comment on function public.topic_of_message is 'The kind of messages that a user may not want to which a message belongs.';

-- What users have to know now.
create function public.current_notices()
returns table (user_id uuid, kind text, subject uuid, facts jsonb)
language sql
stable
set search_path = ''
as $$
  select c.user_id, 'connection_broken', c.id,
    jsonb_build_object('institution', c.institution, 'provider', c.provider, 'since', c.disabled_since)
  from public.brokerage_connections c
  where c.status = 'disabled'
  union all
  select p.user_id, 'match', p.id, jsonb_build_object(
    'institution', c.institution, 'account', a.name, 'otherInstitution', gone.institution, 'otherAccount', k.name
  )
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  join public.accounts k on k.id = p.candidate_id
  join public.brokerage_connections gone on gone.id = k.connection_id
  where p.status = 'open'
  union all
  select q.user_id, q.kind, q.account_id, jsonb_build_object('institution', q.institution, 'account', q.account)
    || case when q.kind = 'movement' then jsonb_build_object('since', q.date) else '{}' end
  from public.unanswered_questions() q
$$;

comment on function public.current_notices is 'What users have to know now: broken connections, and what they are asked.';

-- Brings the notices in line with what is so now, and with p_send puts one message for each change into the outbox. What breaks again
-- within a day of its last message waits for the rest of that day. Many may call it at once.
create function public.settle_user_notices(p_send boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
  with current as materialized (
    select * from public.current_notices()
  )
  insert into public.user_notices as known (user_id, kind, subject, facts, began_at)
  select n.user_id, n.kind, n.subject, n.facts, p_now
  from current n
  -- Always in one order, so that two of us wait for each other instead of locking each other out.
  order by n.kind, n.subject
  on conflict (kind, subject) where ended_at is null do update
  set facts = excluded.facts
  where known.facts is distinct from excluded.facts;

  with current as materialized (
    select * from public.current_notices()
  ),
  over as (
    update public.user_notices n
    set ended_at = p_now
    where n.ended_at is null
      and not exists (select from current c where c.kind = n.kind and c.subject = n.subject)
    returning n.id, n.user_id, n.kind, n.subject
  )
  insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
  select over.user_id, over.id, 'connection_healed', p_now, p_now
  from over
  join public.brokerage_connections c on c.id = over.subject and c.status = 'active'
  join public.user_messages m on m.notice_id = over.id and m.kind = 'connection_broken' and m.withdrawn_at is null
  where over.kind = 'connection_broken'
  on conflict do nothing;

  if p_send then
    insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
    select n.user_id, n.id, message.kind, p_now, greatest(p_now, (
      select max(m.sent_at) + interval '1 day'
      from public.user_notices earlier
      join public.user_messages m on m.notice_id = earlier.id and m.kind = message.kind
      where earlier.kind = n.kind and earlier.subject = n.subject
    ))
    from public.user_notices n
    cross join lateral (select case when n.kind = 'connection_broken' then n.kind else 'question' end as kind) message
    where n.ended_at is null
      and not exists (select from public.user_messages m where m.notice_id = n.id and m.kind = message.kind)
    on conflict do nothing;
  end if;
end
$$;

comment on function public.settle_user_notices is 'Begins and ends notices to users, and puts a message for each change into the outbox.';

-- Takes unsent messages out of the outbox that have become pointless.
create function public.withdraw_user_messages(p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  update public.user_messages m
  set withdrawn_at = p_now
  from public.user_notices n
  where n.id = m.notice_id and m.sent_at is null and m.withdrawn_at is null
    and (m.lease_expires_at is null or m.lease_expires_at <= p_now)
    and (
      case when m.kind = 'connection_healed'
        then exists (
          select from public.user_notices again where again.kind = n.kind and again.subject = n.subject and again.ended_at is null
        ) or exists (
          select from public.user_messages told
          where told.notice_id = n.id and told.kind = 'connection_broken' and told.withdrawn_at is not null
        )
        else n.ended_at is not null
      end
      or exists (
        select from public.unsubscriptions u where u.user_id = m.user_id and u.topic = public.topic_of_message(m.kind)
      )
      or public.user_email(m.user_id) is null
    )
$$;

comment on function public.withdraw_user_messages is 'Withdraws messages that have become pointless before they were sent.';

-- The next pending messages, those of one user and kind together, leased to the caller: { ids, userId, email, kind, topic, attempts,
-- items: [{ kind, facts }] }; null when there are none. That a connection works again is sent after that it broke.
create function public.claim_user_messages(p_lease_seconds integer, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  -- What may be sent, of one user and kind or, with nulls, of anybody.
  v_ready cursor (p_user_id uuid, p_kind text) for
    select m.*
    from public.user_messages m
    where (p_user_id is null or m.user_id = p_user_id and m.kind = p_kind)
      and m.sent_at is null and m.withdrawn_at is null and m.next_attempt_at <= p_now
      and (m.lease_expires_at is null or m.lease_expires_at <= p_now)
      and (m.kind <> 'connection_healed' or exists (
        select from public.user_messages told
        where told.notice_id = m.notice_id and told.kind = 'connection_broken' and told.sent_at is not null
      ))
    order by m.next_attempt_at, m.id
    for update skip locked;
  v_first public.user_messages;
  v_ids bigint[];
  v_batch jsonb;
begin
  perform public.withdraw_user_messages(p_now);
  open v_ready(null, null);
  fetch v_ready into v_first;
  close v_ready;
  if v_first.id is null then
    return null;
  end if;
  for v_message in v_ready(v_first.user_id, v_first.kind) loop
    v_ids := v_ids || v_message.id;
    exit when cardinality(v_ids) = 50;
  end loop;

  with leased as (
    update public.user_messages m
    set lease_expires_at = p_now + make_interval(secs => p_lease_seconds)
    where m.id = any (v_ids)
    returning m.id, m.notice_id, m.attempts
  )
  select jsonb_build_object(
    'ids', jsonb_agg(leased.id order by leased.id), 'userId', v_first.user_id, 'email', public.user_email(v_first.user_id),
    'kind', v_first.kind, 'topic', public.topic_of_message(v_first.kind), 'attempts', max(leased.attempts),
    'items', jsonb_agg(jsonb_build_object('kind', n.kind, 'facts', n.facts) order by leased.id)
  ) into v_batch
  from leased
  join public.user_notices n on n.id = leased.notice_id;
  return v_batch;
end
$$;

comment on function public.claim_user_messages is 'Leases the next pending messages of one user and kind; one caller at a time gets them.';

-- What became of messages: sent, with p_next_attempt_at to be tried again, or with p_is_refused given up.
create function public.finish_user_messages(p_ids bigint[], p_next_attempt_at timestamptz, p_is_refused boolean, p_now timestamptz)
returns void
language sql
set search_path = ''
set statement_timeout = '30s'
as $$
  update public.user_messages
  set sent_at = case when p_next_attempt_at is null and not p_is_refused then p_now end,
    withdrawn_at = case when p_is_refused then p_now end,
    attempts = attempts + case when p_next_attempt_at is null and not p_is_refused then 0 else 1 end,
    next_attempt_at = coalesce(p_next_attempt_at, next_attempt_at),
    lease_expires_at = null
  where id = any (p_ids) and sent_at is null and withdrawn_at is null
$$;

comment on function public.finish_user_messages is 'Records that messages were sent, when they are tried again, or that they are given up.';

-- Users with a broken connection to a brokerage, or with a null institution to any of a provider.
create function public.owners_to_remind(p_provider text, p_institution text)
returns table (user_id uuid, connection_id uuid, is_unsubscribed boolean, is_reminded boolean)
language sql
stable
set search_path = ''
as $$
  select c.user_id, c.id,
    exists (select from public.unsubscriptions u where u.user_id = c.user_id and u.topic = 'connection_broken'),
    exists (
      select
      from public.user_notices n
      join public.user_messages m on m.notice_id = n.id and m.kind = 'reconnect_reminder'
      where n.kind = 'connection_broken' and n.subject = c.id and n.ended_at is null
    )
  from public.brokerage_connections c
  where c.status = 'disabled' and c.provider = p_provider and (p_institution is null or c.institution = p_institution)
$$;

comment on function public.owners_to_remind is 'Whose connections are broken, and whether a reminder may be sent to them.';

-- Whom a reminder would reach: { owners, unsubscribed, reminded, recipients }, in users.
create function public.reminder_preview(p_provider text, p_institution text)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with owners as (
    select o.user_id, bool_or(o.is_unsubscribed) as is_unsubscribed, bool_and(o.is_reminded) as is_reminded
    from public.owners_to_remind(p_provider, p_institution) o
    group by o.user_id
  )
  select jsonb_build_object(
    'owners', count(*), 'unsubscribed', count(*) filter (where is_unsubscribed),
    'reminded', count(*) filter (where is_reminded and not is_unsubscribed),
    'recipients', count(*) filter (where not is_reminded and not is_unsubscribed)
  )
  from owners
$$;

comment on function public.reminder_preview is 'Whom a reminder to reconnect would reach.';

-- Puts one reminder to reconnect into the outbox for each broken connection whose user was not reminded of it and wants such messages,
-- and the act into the audit log. Returns the number of users: 0, and no trace, when there is nobody left to remind.
create function public.remind_owners(p_provider text, p_institution text, p_actor_id uuid, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_users integer;
begin
  perform public.settle_user_notices(false, p_now);
  with reminded as (
    insert into public.user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
    select n.user_id, n.id, 'reconnect_reminder', p_now, p_now
    from public.owners_to_remind(p_provider, p_institution) o
    join public.user_notices n on n.kind = 'connection_broken' and n.subject = o.connection_id and n.ended_at is null
    where not o.is_unsubscribed and not o.is_reminded
    order by n.id
    on conflict do nothing
    returning user_id
  )
  select count(distinct user_id) into v_users from reminded;
  if v_users > 0 then
    insert into public.audit_log (actor_id, action, target, reason, details, at)
    values (
      p_actor_id, 'remind_owners', 'reminders/' || p_provider, p_reason,
      jsonb_build_object('provider', p_provider, 'institution', p_institution, 'users', v_users), p_now
    );
  end if;
  return v_users;
end
$$;

comment on function public.remind_owners is 'Sends the owners of broken connections one reminder each, and records who had it sent and why.';

-- The kinds of messages that a user does not want: [topic].
create function public.user_unsubscriptions(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(u.topic order by u.topic), '[]') from public.unsubscriptions u where u.user_id = p_user_id
$$;

comment on function public.user_unsubscriptions is 'The kinds of messages that a user does not want.';

-- Ends or begins the subscription of a user to a kind of messages; nothing when there is no such user.
create function public.set_subscription(p_user_id uuid, p_topic text, p_is_wanted boolean, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_is_wanted then
    delete from public.unsubscriptions u where u.user_id = p_user_id and u.topic = p_topic;
  else
    insert into public.unsubscriptions (user_id, topic, since)
    select p_user_id, p_topic, p_now
    where public.user_email(p_user_id) is not null
    on conflict do nothing;
  end if;
end
$$;

comment on function public.set_subscription is 'Ends or begins the subscription of a user to a kind of messages.';

grant execute on function
  public.topic_of_message,
  public.current_notices,
  public.settle_user_notices,
  public.withdraw_user_messages,
  public.claim_user_messages,
  public.finish_user_messages,
  public.owners_to_remind,
  public.reminder_preview,
  public.remind_owners,
  public.user_unsubscriptions,
  public.set_subscription
to service_role;
