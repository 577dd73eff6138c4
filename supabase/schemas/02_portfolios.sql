-- Who is linked to what: a user's portfolio, their connections to brokers, and the accounts behind each connection.

create table public.portfolios (
  user_id uuid primary key references auth.users (id) on delete cascade,
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  data_notice text,
  estimates_since timestamptz,
  estimates_by_operator boolean not null default false,
  created_at timestamptz not null default now(),
  check (estimates_since is not null or not estimates_by_operator)
);

comment on table public.portfolios is 'One row per user who may have a history.';
comment on column public.portfolios.currency is 'ISO 4217 code in which the user''s totals are reported.';
comment on column public.portfolios.data_notice is 'What the values are when they are not a real brokerage''s; null for real ones.';
comment on column public.portfolios.estimates_since is 'Since when days that no source can give may be estimated; null while they may not.';
comment on column public.portfolios.estimates_by_operator is 'Whether an administrator allowed that, as the audit log has it; false where its user did.';

alter table public.portfolios enable row level security;
create policy "own portfolio" on public.portfolios for select to authenticated using (user_id = (select auth.uid()));
grant select on public.portfolios to authenticated;
grant select, insert, update, delete on public.portfolios to service_role;

create table public.brokerage_connections (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  provider text not null check (provider in ('snaptrade', 'plaid', 'alpaca', 'manual')),
  external_id text not null,
  institution text not null,
  status text not null default 'active' check (status in ('active', 'disabled', 'paused', 'removed')),
  disabled_since timestamptz,
  due_at timestamptz,
  retry_at timestamptz,
  attempts integer not null default 0 check (attempts >= 0),
  lease_owner uuid,
  lease_expires_at timestamptz,
  last_success_at timestamptz,
  last_error_code text,
  history_capability text check (history_capability in ('available', 'feature_not_enabled', 'not_supported')),
  created_at timestamptz not null default now(),
  refresh_requested_for date,
  event_at timestamptz,
  pre_open_recheck_for date,
  data_freshness text check (data_freshness in ('realtime', 'daily')),
  freshness_checked_at timestamptz,
  live_asked_at timestamptz,
  totals_due boolean not null default true,
  recheck boolean not null default false,
  totals_asked_at timestamptz,
  totals_reads smallint not null default 0 check (totals_reads >= 0),
  totals_reads_since timestamptz,
  rest_asked_at timestamptz,
  unique (provider, external_id),
  check ((lease_owner is null) = (lease_expires_at is null))
);

create index brokerage_connections_user on public.brokerage_connections (user_id);
create index brokerage_connections_leased on public.brokerage_connections (lease_owner) where lease_owner is not null;
create index brokerage_connections_disabled on public.brokerage_connections (user_id) where status = 'disabled';
create index brokerage_connections_due on public.brokerage_connections (due_at, id) where due_at is not null;

comment on table public.brokerage_connections is 'A user''s link to one brokerage login through a provider.';
comment on column public.brokerage_connections.status is
  'disabled: the broker no longer lets the provider in until the user reconnects. paused: nobody is asked, since its source is switched off here or there is none.';
comment on column public.brokerage_connections.provider is 'manual: it holds the accounts that their user keeps by hand, and nobody is ever asked.';
comment on column public.brokerage_connections.due_at is 'Since when there is work; drawn from coverage by mark_due_connections, cleared when a fill is recorded.';
comment on column public.brokerage_connections.retry_at is 'Back-off: not asked again before this instant.';
comment on column public.brokerage_connections.attempts is 'Failures in a row.';
comment on column public.brokerage_connections.lease_owner is 'The worker that fills it now; free again when the lease expires, whatever became of the worker.';
comment on column public.brokerage_connections.refresh_requested_for is
  'The trading day for which the provider was last asked to read the broker anew. Each time costs money.';
comment on column public.brokerage_connections.event_at is
  'When an event came that the fill under way may have asked too early to see; null when there is none.';
comment on column public.brokerage_connections.pre_open_recheck_for is
  'The captured trading day for which the connection was last made due once more, before the next open.';
comment on column public.brokerage_connections.data_freshness is 'Whether the provider reads the broker at every call, or answers with what it read once a day; null until asked.';
comment on column public.brokerage_connections.freshness_checked_at is 'When the provider reported it; it is asked again after a week, since an operator may change plans.';
comment on column public.brokerage_connections.live_asked_at is 'When a page view last had it read; a provider allows so much only now and then.';
comment on column public.brokerage_connections.totals_due is 'Whether the work that made it due includes current values, which are asked before anything else.';
comment on column public.brokerage_connections.recheck is 'Whether captured values are to be observed once more.';
comment on column public.brokerage_connections.totals_asked_at is 'When current values were asked last, answered or not.';
comment on column public.brokerage_connections.totals_reads is 'Readings of current values that nobody waited for, within the day that began at totals_reads_since.';
comment on column public.brokerage_connections.rest_asked_at is 'When movements and history had their turn last.';

create function public.known_freshness(p_connection public.brokerage_connections, p_now timestamptz)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when p_connection.freshness_checked_at > p_now - interval '7 days' then p_connection.data_freshness end
$$;

comment on function public.known_freshness is 'How fresh a connection''s answers are known to be; null where it has to be asked.';
grant execute on function public.known_freshness to service_role;

alter table public.brokerage_connections enable row level security;
create policy "own connections" on public.brokerage_connections for select to authenticated using (user_id = (select auth.uid()));
grant select on public.brokerage_connections to authenticated;
grant select, insert, update, delete on public.brokerage_connections to service_role;

-- Apart from the connection, so that no column grant can ever be forgotten: no policy, hence no browser role sees a row.
create table public.connection_credentials (
  connection_id uuid primary key references public.brokerage_connections (id) on delete cascade,
  ciphertext text not null,
  updated_at timestamptz not null default now()
);

comment on table public.connection_credentials is 'The provider''s credentials, encrypted by the application; readable by the service role alone.';

alter table public.connection_credentials enable row level security;
grant select, insert, update, delete on public.connection_credentials to service_role;

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  connection_id uuid not null references public.brokerage_connections (id) on delete cascade,
  external_id text not null,
  institution_account_id text,
  name text not null,
  currency text check (currency ~ '^[A-Z]{3}$'),
  category text check (category in ('investment', 'deposit', 'credit')),
  is_paper boolean not null default false,
  was_counted boolean not null default false,
  is_counted boolean not null generated always as (was_counted or coalesce(category <> 'credit', false) and not is_paper) stored,
  first_known_on date not null,
  is_manual boolean not null generated always as (first_known_on = 'infinity') stored,
  exists_since date,
  begun_on date,
  stated_since date,
  asset_since date,
  closed_on date,
  end_reason text check (end_reason in ('closed', 'left_out', 'removed', 'decided', 'not_an_asset')),
  removal_announced_at timestamptz,
  history_asked_at timestamptz,
  history_refused_at timestamptz,
  flows_synced_at timestamptz,
  movements_collected boolean,
  holdings_asked_at timestamptz,
  created_at timestamptz not null default now(),
  line_id uuid not null default gen_random_uuid(),
  evidence_version integer not null default 0,
  unique (connection_id, external_id),
  check (closed_on is null or first_known_on = 'infinity' or closed_on >= first_known_on)
);

create index accounts_user on public.accounts (user_id);
create index accounts_line on public.accounts (line_id);
create index accounts_unnamed on public.accounts (user_id) where category is null;

comment on table public.accounts is 'A brokerage account: the thing that has a value.';
comment on column public.accounts.category is 'Null while its provider calls it by a word that nobody knows: it may be a debt, so it does not count.';
comment on column public.accounts.was_counted is 'It was an asset until closed_on and is none any more; that past stays.';
comment on column public.accounts.is_counted is 'Whether it is or was an asset: a credit line is debt and a paper account is play.';
comment on column public.accounts.exists_since is
  'The earliest day on which a movement or a doubted value proves it to have existed, or on which it may have while nothing is known of its past.';
comment on column public.accounts.begun_on is 'The day on which its movements show that it began; null where it may have been there before.';
comment on column public.accounts.stated_since is 'The earliest day of which its user''s statements, or an estimate, give a value; no provider is asked for it.';
comment on column public.accounts.holdings_asked_at is 'When its provider was asked last what it holds, whatever the answer; null where it never was.';
comment on column public.accounts.asset_since is 'Where it was no asset before: nothing is expected or asked of it from before this day.';
comment on column public.accounts.first_known_on is
  'The first trading day on which its provider is expected to have a value; infinity for an account that no provider has.';
comment on column public.accounts.is_manual is 'Its user keeps it by hand: it has the values that they give, each until the next.';
comment on column public.accounts.closed_on is 'From this day on the account is no longer expected; its past stays.';
comment on column public.accounts.removal_announced_at is 'When its provider announced last that it was removed, which counts once it is left out too.';
comment on column public.accounts.end_reason is
  'Why it ended, as concluded from what its provider and people say; null while it is there, and for what its user unlinked.';
comment on column public.accounts.history_asked_at is 'When the provider''s history was asked for after linking; null until an answer came.';
comment on column public.accounts.history_refused_at is
  'When its provider answered last that it has no history of the account; null where it has, or was not asked.';
comment on column public.accounts.flows_synced_at is 'When its movements were read last; null until all of them were read once.';
comment on column public.accounts.movements_collected is
  'Whether its provider has collected its movements once, so that a reading of them is complete; null where it did not say.';
comment on column public.accounts.line_id is 'The same for all rows that are the same real account; a row that stands alone has one of its own.';

comment on column public.accounts.evidence_version is
  'Counts what was recorded of the account, so that nobody records conclusions that were drawn from less.';

alter table public.accounts enable row level security;
create policy "own accounts" on public.accounts for select to authenticated using (user_id = (select auth.uid()));
grant select on public.accounts to authenticated;
grant select, insert, update, delete on public.accounts to service_role;
