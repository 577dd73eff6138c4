-- What healthy answers of connections say about the accounts themselves: one evening's word is a claim, not a change.
create table public.account_sightings (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  seen_at timestamptz[] not null check (cardinality(seen_at) between 1 and 4),
  is_listed boolean not null,
  is_open boolean,
  category text check (category in ('investment', 'deposit', 'credit')),
  is_paper boolean,
  currency text check (currency ~ '^[A-Z]{3}$'),
  check (is_listed or coalesce(is_open, is_paper) is null and coalesce(category, currency) is null)
);

create index account_sightings_account on public.account_sightings (account_id, id);
create index account_sightings_user on public.account_sightings (user_id);

comment on table public.account_sightings is
  'What answers in a row said about an account alike, or that they did not list it. The same word again only moves the newest row on.';
comment on column public.account_sightings.seen_at is
  'When it was said first in the first two sessions and in the last two: so many suffice to tell a claim from a fact, whatever is said later in the last of them.';
comment on column public.account_sightings.is_open is 'Null when it was not reported, or the account was not listed.';

alter table public.account_sightings enable row level security;
grant select, insert, update on public.account_sightings to service_role;

-- Keeps what an answer said about accounts: [{ externalId, isListed, isOpen, category, isPaper, currency }].
create function public.record_sightings(p_user_id uuid, p_connection_id uuid, p_sightings jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_closed_at timestamptz;
begin
  if jsonb_array_length(p_sightings) = 0 then
    return;
  end if;
  -- A session's evening lasts until the next close.
  select coalesce(max(closes_at), '-infinity') into v_closed_at from public.trading_days where closes_at <= p_now;

  with seen as (
    select a.id as account_id, said.*, newest.id as newest_id, newest.seen_at,
      (newest.is_listed, newest.is_open, newest.category, newest.is_paper, newest.currency)
        is not distinct from (said."isListed", said."isOpen", said.category, said."isPaper", said.currency) as is_same
    from jsonb_to_recordset(p_sightings) as said (
      "externalId" text, "isListed" boolean, "isOpen" boolean, category text, "isPaper" boolean, currency text
    )
    join public.accounts a on a.connection_id = p_connection_id and a.external_id = said."externalId"
    left join lateral (
      select s.* from public.account_sightings s where s.account_id = a.id order by s.id desc limit 1
    ) newest on true
  ),
  extended as (
    update public.account_sightings s
    set seen_at = case
        when cardinality(s.seen_at) < 4 then s.seen_at || p_now
        else array[s.seen_at[1], s.seen_at[2], s.seen_at[4], p_now]
      end
    from seen
    where seen.is_same and s.id = seen.newest_id and s.seen_at[cardinality(s.seen_at)] < v_closed_at
    returning s.account_id
  ),
  added as (
    insert into public.account_sightings (user_id, account_id, seen_at, is_listed, is_open, category, is_paper, currency)
    select p_user_id, account_id, array[p_now], "isListed", "isOpen", category, "isPaper", currency
    from seen
    where newest_id is null or not is_same
    returning account_id
  )
  update public.accounts a
  set evidence_version = a.evidence_version + 1
  where a.id in (select account_id from extended union all select account_id from added);
end
$$;

comment on function public.record_sightings is 'Keeps what a healthy answer of a connection said about its accounts.';

grant execute on function public.record_sightings to service_role;
