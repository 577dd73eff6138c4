-- What providers send unasked. An event makes a connection due and is never a value.

create table public.webhook_events (
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca')),
  id text not null,
  event_type text not null,
  connection_external_id text not null,
  event_timestamp timestamptz,
  received_at timestamptz not null,
  primary key (provider, id)
);

create index webhook_events_received on public.webhook_events (received_at);

comment on table public.webhook_events is 'Events acted upon in the last 30 days, by which one that is delivered again is recognised.';
comment on column public.webhook_events.id is 'The provider''s id of the event.';
comment on column public.webhook_events.event_timestamp is 'When it happened, as the provider reports; null when not reported.';

alter table public.webhook_events enable row level security;
grant select, insert, delete on public.webhook_events to service_role;

-- What comes during a fill makes the connection due again as soon as the lease is released.
create function public.keep_event()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.lease_owner is null then
    new.due_at := coalesce(new.due_at, new.event_at);
    new.totals_due := true;
  end if;
  new.event_at := null;
  return new;
end
$$;

create trigger keep_event before update on public.brokerage_connections
  for each row when (old.event_at is not null and old.lease_owner is distinct from new.lease_owner)
  execute function public.keep_event();

-- Makes the connection of an event due at once, the first time that the event is delivered. What its latest trading day
-- waited for no longer counts, and neither does what waited for a broken connection to work again. A history that was
-- updated is asked for again, as a whole, and movements that were still being collected are asked for when that is over. That an account was removed is evidence once it is left out too.
-- Returns { outcome: 'due' | 'duplicate' | 'unknown_connection', userId }, with the user only when it is due.
create function public.record_connection_event(
  p_provider text, p_external_id text, p_event_id text, p_event_type text, p_event_timestamp timestamptz, p_now timestamptz,
  p_removed_account text default null
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_connection_id uuid;
  v_user_id uuid;
  v_latest date;
  v_is_first_movements boolean := p_event_type in (
    'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', 'INVESTMENTS_TRANSACTIONS.HISTORICAL_UPDATE'
  );
  v_is_history boolean := lower(replace(p_event_type, '_', '')) = 'accountbalancehistoryupdated';
begin
  delete from public.webhook_events where received_at < p_now - interval '30 days';

  insert into public.webhook_events (provider, id, event_type, connection_external_id, event_timestamp, received_at)
  values (p_provider, p_event_id, p_event_type, p_external_id, p_event_timestamp, p_now)
  on conflict do nothing;
  if not found then
    return jsonb_build_object('outcome', 'duplicate', 'userId', null);
  end if;

  -- The same lock, in the same order, as whoever records a fill for this user.
  select c.id, c.user_id into v_connection_id, v_user_id
  from public.brokerage_connections c
  join public.portfolios p on p.user_id = c.user_id
  where c.provider = p_provider and c.external_id = p_external_id and c.status not in ('paused', 'removed')
  for update of p;
  if not found then
    return jsonb_build_object('outcome', 'unknown_connection', 'userId', null);
  end if;

  if v_is_history then
    update public.accounts set history_asked_at = null, history_refused_at = null where connection_id = v_connection_id;
    delete from public.question_backoffs b
    using public.accounts a
    where a.id = b.account_id and a.connection_id = v_connection_id and b.question in ('import', 'history');
    update public.brokerage_connections
    set due_at = least(due_at, p_now), totals_due = due_at is not null and totals_due, retry_at = null
    where id = v_connection_id;
    return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
  end if;

  if v_is_first_movements then
    -- What the provider said before is no longer its word; the account is asked about that, where it can be: of Plaid the event itself is
    -- the word.
    update public.accounts
    set movements_collected = case when p_provider = 'plaid' then true end
    where connection_id = v_connection_id and movements_collected is not true
      and (p_provider = 'plaid' or not movements_collected);
    update public.question_backoffs b
    set retry_at = least(b.retry_at, p_now)
    from public.accounts a
    where a.id = b.account_id and a.connection_id = v_connection_id and b.question = 'movements' and b.reason = 'not_ready';
    update public.brokerage_connections
    set due_at = least(due_at, p_now), totals_due = due_at is not null and totals_due, retry_at = null
    where id = v_connection_id;
    return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
  end if;

  update public.accounts
  set removal_announced_at = coalesce(p_event_timestamp, p_now), evidence_version = evidence_version + 1
  where connection_id = v_connection_id and external_id = p_removed_account;

  update public.brokerage_connections
  set due_at = least(due_at, p_now), totals_due = true, retry_at = null,
    event_at = case when lease_owner is not null then p_now end
  where id = v_connection_id;

  select max(date) into v_latest from public.trading_days where closes_at <= p_now;
  update public.fill_outcomes o
  set next_attempt_at = null
  from public.accounts a
  where a.id = o.account_id and a.connection_id = v_connection_id and not o.final
    and (o.value_date = v_latest or o.reason = 'connection_broken');

  return jsonb_build_object('outcome', 'due', 'userId', v_user_id);
end
$$;

comment on function public.record_connection_event is 'Makes the connection of a provider''s event due at once, unless the event was known; returns what it did.';

grant execute on function public.record_connection_event to service_role;
