-- Which accounts are the same real account: one that comes back under other ids after a new link, or that is seen through
-- two connections. Observations stay with the row that they are of; rows of one real account share a line, and
-- conclusions count lines.

create table public.account_match_proposals (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  candidate_id uuid not null references public.accounts (id) on delete cascade,
  status text not null default 'open' check (status in ('open', 'confirmed', 'declined', 'undone')),
  created_at timestamptz not null,
  decided_at timestamptz,
  unique (account_id, candidate_id),
  check (account_id <> candidate_id),
  check ((decided_at is null) = (status = 'open'))
);

create index account_match_proposals_user on public.account_match_proposals (user_id);

comment on table public.account_match_proposals is 'Whether two rows are the same real account, as asked of their user, and what the user answered.';
comment on column public.account_match_proposals.candidate_id is 'The earlier row, which the account may continue.';
comment on column public.account_match_proposals.status is 'declined and undone: the user answered that they are different, so nothing joins them again by itself.';

alter table public.account_match_proposals enable row level security;
create policy "own proposals" on public.account_match_proposals for select to authenticated using (user_id = (select auth.uid()));
grant select on public.account_match_proposals to authenticated;
grant select, insert, update on public.account_match_proposals to service_role;

create table public.account_line_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  from_line uuid not null,
  to_line uuid not null,
  reason text not null check (reason in ('same_institution_account_id', 'likely_the_same', 'confirmed_by_user', 'undone_by_user')),
  changed_at timestamptz not null
);

create index account_line_changes_user on public.account_line_changes (user_id, changed_at desc);

comment on table public.account_line_changes is 'Each time that an account joined another line or left it, and why.';

alter table public.account_line_changes enable row level security;
create policy "own line changes" on public.account_line_changes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.account_line_changes to authenticated;
grant select, insert on public.account_line_changes to service_role;

-- Whether the user stated of two accounts that they are different.
create function public.are_different(p_account_id uuid, p_other_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.account_match_proposals p
    where p.status in ('declined', 'undone')
      and (p.account_id, p.candidate_id) in ((p_account_id, p_other_id), (p_other_id, p_account_id))
  )
$$;

comment on function public.are_different is 'Whether the user stated that two accounts are not the same real account.';

-- What is known of the lines that a new account of a connection would continue by the institution's own account id, so
-- that its first fill asks only for days that the line lacks and judges by the value that the line had last.
create function public.continuable_lines(p_connection_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with newest as (
    select distinct on (k.institution_account_id) k.institution_account_id, k.line_id, k.currency
    from public.brokerage_connections c
    join public.brokerage_connections other on other.user_id = c.user_id and other.id <> c.id
      and other.institution = c.institution
    join public.accounts k on k.connection_id = other.id and k.is_counted and k.institution_account_id is not null
    where c.id = p_connection_id
      and not exists (
        select
        from public.accounts known
        where known.connection_id = c.id
          and (known.institution_account_id = k.institution_account_id or known.line_id = k.line_id)
      )
    order by k.institution_account_id, k.created_at desc, k.id desc
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'institutionAccountId', n.institution_account_id, 'currency', n.currency, 'historyAsked', line.history_asked,
    'flowsSyncedAt', line.flows_synced_at, 'firstKnownOn', line.first_known_on, 'knownSince', line.known_since,
    'last', last.document, 'missing', missing.days,
    'evidence', public.account_evidence(n.line_id, '1900-01-01')
  ) order by n.institution_account_id), '[]')
  from newest n
  cross join lateral (
    select array_agg(m.id) as member_ids, min(m.first_known_on) as first_known_on,
      min(least(m.first_known_on, m.stated_since)) as known_since,
      bool_or(m.history_asked_at is not null) as history_asked, max(m.flows_synced_at) as flows_synced_at
    from public.accounts m
    where m.line_id = n.line_id and m.is_counted
  ) line
  left join lateral (
    select jsonb_build_object('date', v.value_date, 'total', v.total_value::text) as document
    from public.last_line_value(n.line_id, true, 'infinity') v
  ) last on true
  cross join lateral (
    select coalesce(jsonb_agg(d.date order by d.date), '[]') as days
    from public.trading_days d
    where d.date between greatest(p_from, line.first_known_on) and p_to
      and not exists (
        select
        from public.current_values v
        where v.account_id = any (line.member_ids) and v.value_date = d.date
      )
  ) missing
$$;

comment on function public.continuable_lines is 'The lines that accounts of a connection would continue when they are met.';

-- Moves a whole line into another and remembers why. What was asked of one of the rows need not be asked of the others.
create function public.join_lines(p_from_line uuid, p_to_line uuid, p_reason text, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.account_line_changes (user_id, account_id, from_line, to_line, reason, changed_at)
  select user_id, id, p_from_line, p_to_line, p_reason, p_now from public.accounts where line_id = p_from_line;

  update public.accounts a
  set line_id = p_to_line,
    history_asked_at = coalesce(a.history_asked_at, line.history_asked_at),
    flows_synced_at = coalesce(a.flows_synced_at, line.flows_synced_at)
  from (
    select max(history_asked_at) as history_asked_at, max(flows_synced_at) as flows_synced_at
    from public.accounts
    where line_id = p_to_line
  ) line
  where a.line_id = p_from_line;
$$;

comment on function public.join_lines is 'Lets all accounts of one line continue another.';

-- Lets accounts of a connection continue the line of the account with the same institution's own account id. Two accounts
-- of one connection are never the same. Returns the first day of the lines that grew, or null.
create function public.continue_lines(p_connection_id uuid, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_match record;
  v_from date;
begin
  for v_match in
    select distinct on (a.id) a.line_id as from_line, k.line_id as to_line
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    join public.brokerage_connections other on other.user_id = c.user_id and other.id <> c.id
      and other.institution = c.institution
    join public.accounts k on k.connection_id = other.id and k.institution_account_id = a.institution_account_id
    where a.connection_id = p_connection_id
      and not exists (select from public.accounts m where m.line_id = a.line_id and m.id <> a.id)
      and not exists (
        select
        from public.accounts twin
        where twin.connection_id = a.connection_id and twin.id <> a.id
          and (twin.institution_account_id = a.institution_account_id or twin.line_id = k.line_id)
      )
      and not exists (select from public.accounts m where m.line_id = k.line_id and public.are_different(a.id, m.id))
    order by a.id, k.created_at desc, k.id desc
  loop
    perform public.join_lines(v_match.from_line, v_match.to_line, 'same_institution_account_id', p_now);
    select least(v_from, min(first_known_on)) into v_from from public.accounts where line_id = v_match.to_line;
  end loop;
  return v_from;
end
$$;

comment on function public.continue_lines is 'Joins a connection''s accounts to the lines that they continue; returns from which day conclusions change.';

-- Asks the user about accounts that look like one whose connection broke or was removed, where no account id decides it.
create function public.propose_matches(p_user_id uuid, p_now timestamptz)
returns void
language sql
set search_path = ''
as $$
  insert into public.account_match_proposals (user_id, account_id, candidate_id, created_at)
  select distinct on (a.id, k.line_id) p_user_id, a.id, k.id, p_now
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status = 'active'
  join public.brokerage_connections gone on gone.user_id = p_user_id and gone.institution = c.institution
    and gone.status in ('removed', 'disabled')
  join public.accounts k on k.connection_id = gone.id and k.is_counted and k.created_at < a.created_at
    and k.name = a.name and k.category = a.category and k.currency = a.currency
  where a.user_id = p_user_id and a.is_counted and a.closed_on is null
    and (a.institution_account_id is null or k.institution_account_id is null)
    and not exists (select from public.accounts m where m.line_id = a.line_id and m.id <> a.id)
    -- The candidate's line has ended, and neither of the two was asked about before.
    and not exists (
      select
      from public.accounts m
      join public.brokerage_connections mc on mc.id = m.connection_id
      where m.line_id = k.line_id and mc.status = 'active'
    )
    and not exists (
      select
      from public.account_match_proposals p
      join public.accounts m on m.line_id = k.line_id
      where (p.account_id, p.candidate_id) in ((a.id, m.id), (m.id, a.id))
    )
  order by a.id, k.line_id, k.created_at desc, k.id desc
  on conflict do nothing
$$;

comment on function public.propose_matches is 'Records which accounts of a user may be the same real account, for the user to decide.';

-- Accounts that are likely the same real account, where no id decides it.
-- Of one institution, at least one of them without an id of its own there: seen through two links, or under a new one. Equal totals on
-- three common sessions, and on most of them, say so; so does a total that goes on within days where the other ended. Two accounts of
-- one link, or with different totals at the same instant, are two.
-- Of two sources, each of which names accounts and institutions in its own way: totals that agree to the cent on sessions on which they
-- moved, three of them at least, and disagree on no more.
create function public.likely_twins(p_user_id uuid)
returns table (account_id uuid, candidate_id uuid)
language sql
stable
set search_path = ''
as $$
  select distinct on (a.id) a.id, k.id
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id and c.status = 'active'
  join public.brokerage_connections other on other.user_id = p_user_id and other.id <> c.id
  cross join lateral (select other.provider <> c.provider as is_apart) source
  join public.accounts k on k.connection_id = other.id and k.is_counted and (k.created_at, k.id) < (a.created_at, a.id)
    and k.line_id <> a.line_id and k.currency = a.currency
    and case
      when source.is_apart then k.category = a.category and k.closed_on is null and other.status = 'active'
      else other.institution = c.institution and (k.institution_account_id is null or a.institution_account_id is null)
    end
  cross join lateral (
    select count(*) filter (where v.total_value = w.total_value and v.total_value <> 0) as equal, count(*) as common,
      count(distinct v.total_value) filter (where v.total_value = w.total_value and v.total_value <> 0) as levels,
      bool_or(v.as_of = w.as_of and v.total_value <> w.total_value) as contradicts
    from public.current_values v
    join public.current_values w on w.account_id = k.id and w.value_date = v.value_date
    where v.account_id = a.id
  ) seen
  cross join lateral (
    select first.value_date - last.value_date as days, first.total_value / nullif(last.total_value, 0) as factor
    from (
      select v.value_date, v.total_value from public.current_values v where v.account_id = a.id order by v.value_date limit 1
    ) first
    cross join (
      select v.value_date, v.total_value from public.current_values v where v.account_id = k.id order by v.value_date desc limit 1
    ) last
  ) after
  where a.user_id = p_user_id and a.is_counted and a.closed_on is null
    and case
      when source.is_apart then seen.levels >= 3 and seen.equal * 2 >= seen.common
      else not coalesce(seen.contradicts, false)
        and (
          seen.equal >= 3 and seen.equal * 2 > seen.common
          or other.status <> 'active' and after.days between 1 and 10 and after.factor between 1 / 1.02 and 1.02
        )
    end
    and not exists (
      select
      from public.accounts one
      join public.accounts two on two.connection_id = one.connection_id or public.are_different(one.id, two.id)
      where one.line_id = a.line_id and two.line_id = k.line_id
    )
  order by a.id, seen.equal desc, k.created_at, k.id
$$;

comment on function public.likely_twins is 'Which accounts of a user are likely the same real account, where no id decides it.';

-- Counts likely twins once, and asks their user. Returns the first day of the lines that grew, or null.
create function public.join_likely_twins(p_user_id uuid, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_twin record;
  v_from date;
begin
  for v_twin in
    select t.account_id, t.candidate_id, a.line_id as from_line, k.line_id as to_line
    from public.likely_twins(p_user_id) t
    join public.accounts a on a.id = t.account_id
    join public.accounts k on k.id = t.candidate_id
  loop
    insert into public.account_match_proposals (user_id, account_id, candidate_id, created_at)
    values (p_user_id, v_twin.account_id, v_twin.candidate_id, p_now)
    on conflict do nothing;
    perform public.join_lines(v_twin.from_line, v_twin.to_line, 'likely_the_same', p_now);
    select least(v_from, min(first_known_on)) into v_from from public.accounts where line_id = v_twin.to_line;
  end loop;
  return v_from;
end
$$;

comment on function public.join_likely_twins is 'Counts accounts that are likely the same once, while their user is asked.';

-- The user's decision on a proposal. Once made it stays; a confirmed one is undone by splitting the account. Returns
-- { proposalId, status, published }, or null when this user has no such proposal. Likely twins that it parts count apart again.
create function public.decide_match(p_user_id uuid, p_proposal_id uuid, p_confirm boolean, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_status text;
  v_account_id uuid;
  v_from_line uuid;
  v_to_line uuid;
  v_published integer := 0;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select p.status, a.id, a.line_id, k.line_id into v_status, v_account_id, v_from_line, v_to_line
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.accounts k on k.id = p.candidate_id
  where p.id = p_proposal_id and p.user_id = p_user_id;
  if not found then
    return null;
  end if;

  if v_status = 'open' then
    v_status := case when p_confirm then 'confirmed' else 'declined' end;
    if not p_confirm and v_from_line = v_to_line then
      v_published := public.split_account(p_user_id, v_account_id, p_now) ->> 'published';
    end if;
    update public.account_match_proposals set status = v_status, decided_at = p_now where id = p_proposal_id;
    if p_confirm and v_from_line <> v_to_line then
      perform public.join_lines(v_from_line, v_to_line, 'confirmed_by_user', p_now);
      -- Two accounts of one connection are never the same, which answers the questions that would make them so.
      update public.account_match_proposals p
      set status = 'declined', decided_at = p_now
      where p.user_id = p_user_id and p.status = 'open' and exists (
        select
        from public.accounts a
        join public.accounts k on k.id = p.candidate_id
        join public.accounts one on one.line_id = a.line_id
        join public.accounts two on two.line_id = k.line_id
        where a.id = p.account_id and a.line_id <> k.line_id and one.connection_id = two.connection_id
      );
      v_published := public.publish_since(
        p_user_id, (select min(first_known_on) from public.accounts where line_id = v_to_line), 'confirmed as one account', p_now
      );
    end if;
  end if;
  return jsonb_build_object('proposalId', p_proposal_id, 'status', v_status, 'published', v_published);
end
$$;

comment on function public.decide_match is 'The user''s decision on whether two accounts are the same real account.';

-- Undoes a join, whether made by itself or confirmed: the account gets a line of its own again, and nothing joins it to
-- the others by itself any more. An account of a history, which is all rows of a real account, loses the row that joined it
-- last. Returns { accountId, split, published }, or null when this user has no such account.
create function public.split_account(p_user_id uuid, p_account_id uuid, p_now timestamptz)
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_line uuid;
  v_own_line uuid := gen_random_uuid();
  v_from date;
begin
  perform from public.portfolios where user_id = p_user_id for update;
  select a.id, a.line_id into p_account_id, v_line
  from public.accounts a
  where a.user_id = p_user_id and p_account_id in (a.id, a.line_id)
  order by a.id = p_account_id desc, a.created_at desc, a.id desc
  limit 1;
  if not found then
    return null;
  end if;
  if not exists (select from public.accounts where line_id = v_line and id <> p_account_id) then
    return jsonb_build_object('accountId', p_account_id, 'split', false, 'published', 0);
  end if;

  update public.account_match_proposals p
  set status = 'undone', decided_at = p_now
  from public.accounts m
  where m.line_id = v_line and m.id <> p_account_id
    and (p.account_id, p.candidate_id) in ((p_account_id, m.id), (m.id, p_account_id));
  insert into public.account_match_proposals (user_id, account_id, candidate_id, status, created_at, decided_at)
  select p_user_id, p_account_id, m.id, 'undone', p_now, p_now
  from public.accounts m
  where m.line_id = v_line and m.id <> p_account_id and not public.are_different(p_account_id, m.id);

  select min(first_known_on) into v_from from public.accounts where line_id = v_line;
  insert into public.account_line_changes (user_id, account_id, from_line, to_line, reason, changed_at)
  values (p_user_id, p_account_id, v_line, v_own_line, 'undone_by_user', p_now);
  update public.accounts set line_id = v_own_line where id = p_account_id;
  -- What was asked of one of them was not asked of the other.
  update public.accounts
  set history_asked_at = null, flows_synced_at = null
  where line_id in (v_line, v_own_line) and closed_on is null;

  return jsonb_build_object(
    'accountId', p_account_id, 'split', true,
    'published', public.publish_since(p_user_id, v_from, 'separated as different accounts', p_now)
  );
end
$$;

comment on function public.split_account is 'Gives an account a line of its own again, because its user states that it is another account.';

-- Questions that wait for the user: [{ id, account: { id, name, institution }, candidate: { id, name, institution, lastValueOn },
-- createdAt }], oldest first.
create function public.open_matches(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', p.id,
    'account', jsonb_build_object('id', a.id, 'name', a.name, 'institution', c.institution),
    'candidate', jsonb_build_object(
      'id', k.id, 'name', k.name, 'institution', gone.institution,
      'lastValueOn', (
        select max(v.value_date)
        from public.current_values v
        where v.account_id = k.id
      )
    ),
    'createdAt', p.created_at
  ) order by p.created_at, p.id), '[]')
  from public.account_match_proposals p
  join public.accounts a on a.id = p.account_id
  join public.brokerage_connections c on c.id = a.connection_id
  join public.accounts k on k.id = p.candidate_id
  join public.brokerage_connections gone on gone.id = k.connection_id
  where p.user_id = p_user_id and p.status = 'open'
$$;

comment on function public.open_matches is 'Which accounts may be the same real account, within the caller''s own rights.';

grant execute on function
  public.are_different,
  public.continuable_lines,
  public.join_lines,
  public.continue_lines,
  public.propose_matches,
  public.likely_twins,
  public.join_likely_twins,
  public.decide_match,
  public.split_account
to service_role;

grant execute on function public.open_matches to authenticated, service_role;
