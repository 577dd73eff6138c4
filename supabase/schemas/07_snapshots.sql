-- The conclusion: a user's total per trading day, drawn from the current observations by one rule.
create table public.user_portfolio_history (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  total_value numeric not null,
  total_cost_basis numeric,
  total_gain_loss numeric,
  total_gain_loss_percent numeric,
  snapshot_type text not null check (snapshot_type in ('daily_eod', 'reconstructed', 'estimated')),
  data_source text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  as_of timestamptz not null,
  accounts_expected integer not null check (accounts_expected > 0),
  accounts_present integer not null check (accounts_present > 0),
  carried jsonb not null default '[]',
  left_out jsonb not null default '[]',
  has_left_out boolean not null generated always as (left_out <> '[]') stored,
  has_carried boolean not null generated always as (carried <> '[]') stored,
  is_current boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (user_id, value_date, snapshot_type),
  check (accounts_present <= accounts_expected),
  -- A partial total never passes for a whole one.
  check (accounts_present = accounts_expected or snapshot_type = 'estimated')
);

-- One point per day: of the kinds that were ever concluded for a day, one stands. The index holds what a history shows of
-- it, because the table grows by evenings: each of a user's days lies on another page, and in the index they lie together.
create unique index user_portfolio_history_current on public.user_portfolio_history (user_id, value_date)
  include (total_value, snapshot_type, data_source, as_of, accounts_expected, accounts_present, has_left_out, has_carried) where is_current;

-- Who has which kind of day lies together here for each trading day, so that a quarter of everybody is one stretch.
create index user_portfolio_history_by_day on public.user_portfolio_history (value_date, snapshot_type) where is_current;

comment on table public.user_portfolio_history is 'A user''s total on one trading day: a snapshot, concluded from observations, that can be drawn again.';
comment on column public.user_portfolio_history.total_cost_basis is 'Null when any account''s is unknown.';
comment on column public.user_portfolio_history.as_of is 'The instant at which the oldest part of the total was true.';
comment on column public.user_portfolio_history.carried is
  'Accounts without a value of this day: [{"accountId", "name", "from"}] with the trading day their value is carried from.';
comment on column public.user_portfolio_history.left_out is
  'Accounts that are no part of the total, though they existed: [{"accountId", "name"}]. They were linked later and cannot be told of that day.';
comment on column public.user_portfolio_history.is_current is 'Whether this is the day''s conclusion now; others are kept for the record.';

alter table public.user_portfolio_history enable row level security;
create policy "own history" on public.user_portfolio_history for select to authenticated using (user_id = (select auth.uid()));
grant select on public.user_portfolio_history to authenticated;
-- Snapshots can be drawn again at any time, so the service role may remove them; corrections are a record.
grant select, insert, update, delete on public.user_portfolio_history to service_role;

create table public.snapshot_corrections (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  old_value numeric not null,
  old_kind text not null,
  new_value numeric,
  new_kind text,
  -- A closed list, the one of lib/domain/states.ts.
  reason text not null check (
    reason in (
      'withdrawn', 'accounts changed', 'completed', 'better observation', 'restated',
      'confirmed as one account', 'separated as different accounts', 'connection unlinked',
      'accepted by an administrator', 'import undone', 'estimates switched off', 'republished'
    )
  ),
  changed_at timestamptz not null
);

create index snapshot_corrections_user on public.snapshot_corrections (user_id, changed_at desc);

comment on table public.snapshot_corrections is 'Each change of a published value: from what to what, when and why. New value null: withdrawn.';
comment on column public.snapshot_corrections.reason is 'What the evidence shows (withdrawn, accounts changed, completed, better observation, restated) or the act behind the change.';

alter table public.snapshot_corrections enable row level security;
create policy "own corrections" on public.snapshot_corrections for select to authenticated using (user_id = (select auth.uid()));
grant select on public.snapshot_corrections to authenticated;
grant select, insert on public.snapshot_corrections to service_role;

create type public.snapshot_conclusion as (
  value_date date,
  total_value numeric,
  total_cost_basis numeric,
  snapshot_type text,
  data_source text,
  currency text,
  as_of timestamptz,
  accounts_expected integer,
  accounts_present integer,
  carried jsonb,
  left_out jsonb
);

-- An operator who wants another bound replaces this function in a migration of their own and republishes.
create function public.carry_sessions_max()
returns integer
language sql
immutable
set search_path = ''
as 'select 5';

comment on function public.carry_sessions_max is 'For how many trading days a missing account may be carried; after that the day is a gap.';

-- A small account decides nothing, so it is carried much longer.
create function public.small_carry_sessions_max()
returns integer
language sql
immutable
set search_path = ''
as 'select 60';

comment on function public.small_carry_sessions_max is
  'For how many trading days a missing account may be carried that is no more than a twentieth of the total.';

create function public.linking_lasts()
returns interval
language sql
immutable
set search_path = ''
as $$ select interval '10 minutes' $$;

comment on function public.linking_lasts is 'Within how long of each other accounts count as linked together.';

-- The rule. A day of a user is concluded when every expected account has a current observation, or has been asked for
-- in vain and can be carried from a few sessions back, or from many where it is small beside the whole; and when every amount
-- can be converted to the user's currency. With p_line_ids, the same of those lines alone.
--
-- What accounts that were linked earlier make of a day stays as it was: an account joins such days on the first one from which
-- it is known without a hole up to the close before it was linked, and is left out of those before, by name. While values of its past
-- are held, what was linked with it waits for it: some of what was linked at once would be a partial total.
-- Of days of accounts that were linked with it, it is left out where it is only known to have existed, and these are estimates. Links
-- are facts, so the order of arrival decides nothing.
--
-- Statements of its user give an account a value where its provider has none. Days of which no provider knows anything are told by
-- statements alone, and only where every account that has some by then has one for the day. Beside accounts that are reported, those
-- of an account that its provider does not know yet are left out like the account: it would come and go. A day's source is
-- official_statement where all that is estimated of it is an official value of a statement.
--
-- Where its user allows it, an estimate from what the account held gives it a value like one of a statement that nobody confirmed. It
-- does so day by day, so beside accounts that are reported it counts from where on it leaves no hole.
--
-- An account that its user keeps by hand has the value that they gave last until they give another or end it: that is how such accounts
-- are known, so it is present, but named as carried, converted at the rate of the day, and an estimate.
create function public.conclude_snapshots(
  p_user_id uuid, p_from date, p_to date, p_carry_sessions_max integer default public.carry_sessions_max(),
  p_line_ids uuid[] default null
)
returns setof public.snapshot_conclusion
-- Planned once per database connection: for one evening, planning takes many times as long as the work.
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  -- Whether an account has joined on a day is decided by the days from there to its link.
  v_horizon date;
begin
  select greatest(p_to, max(l.linked_after)) into v_horizon
  from public.account_lines l
  where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids)) and l.linked_after >= p_from;

  return query
  with sessions as (
    select date, lag(date, p_carry_sessions_max) over (order by date) as carry_from,
      lag(date, greatest(public.small_carry_sessions_max(), p_carry_sessions_max)) over (order by date) as small_carry_from
    from public.trading_days
    where date between p_from - 4 * greatest(public.small_carry_sessions_max(), p_carry_sessions_max) - 10 and v_horizon
  ),
  lines as materialized (
    select l.member_ids, l.line_id, l.name, l.exists_since, l.stated_since, l.first_known_on, l.closed_on, l.down_since, l.linked_at,
      l.linked_after, l.is_manual
    from public.account_lines l
    where l.user_id = p_user_id and (p_line_ids is null or l.line_id = any (p_line_ids))
  ),
  -- Up to which day the past of an account from before its link is held.
  doubted as materialized (
    select l.linked_at, max(held.value_date) as until
    from lines l
    join public.account_values held on held.account_id = any (l.member_ids) and held.verdict = 'held' and held.value_date <= l.linked_after
    where not exists (
      select from public.current_values v where v.account_id = any (l.member_ids) and v.value_date = held.value_date
    )
    group by l.linked_at
  ),
  expected as (
    select s.date, s.carry_from, s.small_carry_from, l.line_id, l.member_ids, l.name, l.first_known_on, l.stated_since,
      l.is_manual, l.linked_at, l.linked_after, p.currency as portfolio_currency, coalesce(s.date >= l.down_since, false) as connection_down
    from sessions s
    cross join public.portfolios p
    join lines l on l.exists_since <= s.date and (l.closed_on is null or s.date < l.closed_on)
    where p.user_id = p_user_id and s.date >= p_from
  ),
  valued as (
    select e.*, v.id is not null or stated.id is not null as present, stated.id is not null as is_stated,
      coalesce(stated.source = 'estimate', false) as is_worked_out,
      coalesce(v.value_date, stated.value_date, carry.value_date) as observed_for,
      coalesce(v.total_value, stated.total_value, carry.total_value) as total_value,
      v.cost_basis,
      coalesce(v.currency, stated.currency, carry.currency) as currency,
      coalesce(v.kind, 'estimated') as kind,
      coalesce(v.source, stated.source, carry.source) as source,
      coalesce(v.as_of, stated.as_of, carry.as_of) as as_of
    from expected e
    left join lateral (
      select said.*
      from public.current_values said
      where said.account_id = any (e.member_ids) and said.value_date = e.date
      order by said.kind_rank, said.as_of desc, said.id desc
      limit 1
    ) v on true
    left join lateral (
      select s.*
      from public.stated_values s
      where v.id is null and e.stated_since <= e.date and s.account_id = any (e.member_ids)
        and s.value_date between case when e.is_manual then e.stated_since else e.date end and e.date
      order by s.value_date desc, s.id desc
      limit 1
    ) stated on true
    left join lateral (
      select earlier.value_date, earlier.total_value, earlier.currency, earlier.source, earlier.as_of
      from public.current_values earlier
      where v.id is null and stated.id is null and earlier.account_id = any (e.member_ids)
        and earlier.value_date < e.date and earlier.value_date >= e.small_carry_from
        and (e.connection_down or exists (
          select from public.fill_outcomes o where o.account_id = any (e.member_ids) and o.value_date = e.date
        ))
      order by earlier.value_date desc, earlier.kind_rank, earlier.as_of desc, earlier.id desc
      limit 1
    ) carry on true
  ),
  told as (
    select converted.*,
      -- Beyond a few sessions only what is small beside the whole may be carried on.
      converted.present or converted.observed_for >= converted.carry_from
        or abs(converted.total_value * converted.rate) * 20
          <= abs(sum(converted.total_value * converted.rate) over (partition by converted.date)) as may_count
    from (
      select valued.*, case when valued.currency = portfolio_currency then 1 else rate.rate end as rate
      from valued
      left join lateral public.rate_on(
        valued.currency, valued.portfolio_currency, case when valued.is_manual then valued.date else valued.observed_for end
      ) rate
        on valued.currency <> valued.portfolio_currency
    ) converted
  ),
  joined as (
    select known.*,
      date > coalesce(
        max(date) filter (where date <= linked_after and not is_known) over (partition by line_id), '-infinity'
      ) as has_joined,
      -- What is linked within minutes is linked together, whichever is answered first.
      is_reported and coalesce(
        min(linked_at) filter (where present) over (partition by date) < linked_at - public.linking_lasts(), false
      ) as was_concluded
    from (
      select told.*, coalesce(total_value is not null and rate is not null and may_count, false) as is_known,
        bool_or(date >= first_known_on) over (partition by date) as is_reported
      from told
    ) known
  ),
  counted as (
    select joined.*,
      case
        when was_concluded then not has_joined or exists (
          select from doubted d
          where d.until >= date and joined.linked_at between d.linked_at - public.linking_lasts() and d.linked_at + public.linking_lasts()
        )
        else not is_manual and date < first_known_on and case
          when is_reported then not (is_worked_out and has_joined)
          else coalesce(date < stated_since, true)
        end
      end as is_left_out
    from joined
  )
  select date, sum(total_value * rate) filter (where not is_left_out),
    case
      when bool_and(cost_basis is not null) filter (where not is_left_out)
      then sum(cost_basis * rate) filter (where not is_left_out)
    end,
    case
      when bool_or(case when is_left_out then not was_concluded else kind = 'estimated' end) then 'estimated'
      when bool_or(kind = 'reconstructed') filter (where not is_left_out) then 'reconstructed'
      else 'daily_eod'
    end,
    -- Parts that nobody confirmed leave the whole unconfirmed.
    case
      when bool_and(kind <> 'estimated' or is_stated and source = 'official_statement') filter (where not is_left_out)
        and not bool_or(is_left_out and not was_concluded)
      then string_agg(distinct source, ',' order by source) filter (where not is_left_out)
      else string_agg(
        distinct replace(source, 'official_statement', 'statement'), ',' order by replace(source, 'official_statement', 'statement')
      ) filter (where not is_left_out)
    end,
    portfolio_currency, min(as_of) filter (where not is_left_out),
    (count(*) filter (where not (is_left_out and was_concluded)))::integer,
    (count(*) filter (where present and not is_left_out))::integer,
    coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'name', name, 'from', observed_for) order by name)
        filter (where (not present or observed_for < date) and not is_left_out),
      '[]'
    ),
    coalesce(
      jsonb_agg(jsonb_build_object('accountId', line_id, 'name', name) order by name) filter (where is_left_out),
      '[]'
    )
  from counted
  where date <= p_to
  group by date, portfolio_currency
  having bool_and(is_known or is_left_out) and bool_or(present and not is_left_out);
end
$$;

comment on function public.conclude_snapshots is 'What the evidence says of each day of a user now, of all their accounts or of some; writes nothing.';

-- Makes the current snapshots of a range agree with the evidence and records what changed. Twice is once. A user of whom
-- nothing is published waits for connections that were linked just now, and is then told all days at once.
-- Returns the number of days that are new or changed.
create function public.publish_snapshots(p_user_id uuid, p_from date, p_to date, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_conclusions public.snapshot_conclusion[];
  v_changed public.snapshot_conclusion[];
  v_withdrawn date[];
  v_first date;
  v_last date;
begin
  -- One publisher per user at a time, so that two fills cannot conclude from half of each other's evidence.
  perform from public.portfolios where user_id = p_user_id for update;

  if not exists (select from public.user_portfolio_history where user_id = p_user_id and is_current) then
    if exists (
      select
      from public.brokerage_connections c
      where c.user_id = p_user_id and c.status = 'active'
        -- The clocks of the database and of its caller may differ a little.
        and c.created_at between p_now - public.linking_lasts() and p_now + interval '1 minute'
        and (
          c.last_success_at is null and coalesce(c.last_error_code, 'out_of_time') = 'out_of_time'
          -- The past of its accounts is asked for in a turn that follows.
          or c.due_at is not null and exists (
            select
            from public.accounts a
            where a.connection_id = c.id and a.is_counted and a.closed_on is null and public.import_is_due(a, false, p_now)
          )
        )
    ) then
      return 0;
    end if;
    select min(value_date), max(value_date) into v_first, v_last
    from public.account_values
    where user_id = p_user_id and verdict = 'accepted' and superseded_by is null;
    p_from := least(p_from, v_first);
    p_to := greatest(p_to, v_last);
  end if;

  -- What is learned of the past of an account decides since when it has joined, of all days before.
  select least(p_from, min(l.exists_since)) into p_from
  from public.account_lines l
  where l.user_id = p_user_id and l.linked_after >= p_from and l.exists_since < l.linked_after;

  select array_agg(c) into v_conclusions from public.conclude_snapshots(p_user_id, p_from, p_to) c;

  select array_agg(c) into v_changed
  from unnest(v_conclusions) c
  left join public.user_portfolio_history h on h.user_id = p_user_id and h.value_date = c.value_date and h.is_current
  where (h.total_value, h.total_cost_basis, h.snapshot_type, h.data_source, h.currency, h.as_of, h.accounts_expected, h.accounts_present, h.carried, h.left_out)
    is distinct from
    (c.total_value, c.total_cost_basis, c.snapshot_type, c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried, c.left_out);

  select array_agg(h.value_date) into v_withdrawn
  from public.user_portfolio_history h
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and not exists (select from unnest(v_conclusions) c where c.value_date = h.value_date);

  insert into public.snapshot_corrections (user_id, value_date, old_value, old_kind, new_value, new_kind, reason, changed_at)
  select p_user_id, h.value_date, h.total_value, h.snapshot_type, c.total_value, c.snapshot_type,
    case
      when p_reason <> 'observed' then p_reason
      when c.value_date is null then 'withdrawn'
      when c.accounts_expected <> h.accounts_expected then 'accounts changed'
      when c.accounts_present > h.accounts_present then 'completed'
      when c.snapshot_type <> h.snapshot_type then 'better observation'
      else 'restated'
    end,
    p_now
  from public.user_portfolio_history h
  left join unnest(v_changed) c on c.value_date = h.value_date
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and (h.value_date = any (v_withdrawn) or (c.total_value, c.snapshot_type) is distinct from (h.total_value, h.snapshot_type) and c.value_date is not null)
  order by h.value_date;

  update public.user_portfolio_history h
  set is_current = false, updated_at = p_now
  where h.user_id = p_user_id and h.value_date between p_from and p_to and h.is_current
    and (
      h.value_date = any (v_withdrawn)
      or exists (select from unnest(v_changed) c where c.value_date = h.value_date and c.snapshot_type <> h.snapshot_type)
    );

  insert into public.user_portfolio_history as h (
    user_id, value_date, total_value, total_cost_basis, total_gain_loss, total_gain_loss_percent, snapshot_type,
    data_source, currency, as_of, accounts_expected, accounts_present, carried, left_out, is_current, created_at, updated_at
  )
  select p_user_id, c.value_date, c.total_value, c.total_cost_basis, c.total_value - c.total_cost_basis,
    round((c.total_value - c.total_cost_basis) / nullif(c.total_cost_basis, 0) * 100, 4), c.snapshot_type,
    c.data_source, c.currency, c.as_of, c.accounts_expected, c.accounts_present, c.carried, c.left_out, true, p_now, p_now
  from unnest(v_changed) c
  on conflict (user_id, value_date, snapshot_type) do update set
    total_value = excluded.total_value, total_cost_basis = excluded.total_cost_basis,
    total_gain_loss = excluded.total_gain_loss, total_gain_loss_percent = excluded.total_gain_loss_percent,
    data_source = excluded.data_source, currency = excluded.currency, as_of = excluded.as_of,
    accounts_expected = excluded.accounts_expected, accounts_present = excluded.accounts_present,
    carried = excluded.carried, left_out = excluded.left_out, is_current = true, updated_at = excluded.updated_at;

  return coalesce(cardinality(v_changed), 0) + coalesce(cardinality(v_withdrawn), 0);
end
$$;

comment on function public.publish_snapshots is 'Draws a user''s conclusions again for a range; returns how many days are new or changed.';

create function public.publish_since(p_user_id uuid, p_from date, p_reason text, p_now timestamptz)
returns integer
language sql
set search_path = ''
as $$
  select public.publish_snapshots(
    p_user_id, p_from, (select max(date) from public.trading_days where closes_at <= p_now), p_reason, p_now
  )
$$;

comment on function public.publish_since is 'Draws a user''s conclusions again from a day to the latest closed trading day.';

-- Concludes days between two dates that have a current observation and no current snapshot, for one user or, with null, for
-- all; returns how many days that published. Days that cannot be told yet stay as they are.
create function public.publish_missing(p_user_id uuid, p_from date, p_to date, p_now timestamptz)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(sum(public.publish_snapshots(lacking.user_id, lacking.first_day, lacking.last_day, 'observed', p_now)), 0)::integer
  from (
    select a.user_id, min(lost.date) as first_day, max(lost.date) as last_day
    from public.accounts a
    -- Both lists are read from their indexes alone, and where they are equal nothing is lost.
    cross join lateral (
      select
        array(
          select v.value_date
          from public.current_values v
          where v.account_id = a.id and v.value_date between p_from and p_to
          order by v.value_date
        ) as observed,
        array(
          select h.value_date
          from public.user_portfolio_history h
          where h.user_id = a.user_id and h.value_date between p_from and p_to and h.is_current
          order by h.value_date
        ) as published
    ) days
    cross join lateral (select unnest(days.observed) except select unnest(days.published)) lost (date)
    -- What was observed of a day that was called off stays evidence and concludes nothing.
    join public.trading_days d on d.date = lost.date
    where a.is_counted and (p_user_id is null or a.user_id = p_user_id) and days.observed <> days.published
    group by a.user_id
    union all
    -- Days on which accounts that are kept by hand are all there is: nobody else will ever publish them.
    select a.user_id, min(d.date), max(d.date)
    from public.accounts a
    join public.trading_days d on d.date between greatest(p_from, a.stated_since) and least(p_to, a.closed_on - 1)
    where a.is_manual and a.stated_since is not null and (p_user_id is null or a.user_id = p_user_id)
      and not exists (
        select from public.user_portfolio_history h where h.user_id = a.user_id and h.value_date = d.date and h.is_current
      )
      and not exists (
        select
        from public.accounts other
        where other.user_id = a.user_id and other.is_counted and other.first_known_on <= d.date
          and (other.closed_on is null or d.date < other.closed_on)
      )
    group by a.user_id
    -- In one order, so that two ticks at once never wait for each other crosswise.
    order by user_id
  ) lacking
$$;

comment on function public.publish_missing is 'Concludes days whose evidence is there but whose snapshot is not.';

-- Draws the snapshots of a range again, for one user or all, from what is believed of the evidence; `npm run republish` draws that
-- again first. Changes nothing where nothing was wrong.
create function public.republish(p_user_id uuid, p_from date, p_to date, p_now timestamptz)
returns integer
language sql
set search_path = ''
set statement_timeout = '60s'
as $$
  select coalesce(sum(public.publish_snapshots(user_id, p_from, p_to, 'republished', p_now)), 0)::integer
  from public.portfolios
  where p_user_id is null or user_id = p_user_id
$$;

comment on function public.republish is 'Draws all conclusions of a range again from the evidence, for one user or, with null, for all.';

-- A user's corrections, newest first, one page by key: [{ id, date, oldValue, oldKind, newValue, newKind, reason, changedAt }].
create function public.portfolio_corrections(p_user_id uuid, p_from date, p_to date, p_before_id bigint, p_limit integer)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', page.id, 'date', page.value_date,
      'oldValue', trim_scale(page.old_value)::text, 'oldKind', page.old_kind,
      'newValue', trim_scale(page.new_value)::text, 'newKind', page.new_kind,
      'reason', page.reason, 'changedAt', page.changed_at
    ) order by page.id desc), '[]')
    from (
      select *
      from public.snapshot_corrections
      where user_id = p_user_id and (p_from is null or value_date >= p_from) and (p_to is null or value_date <= p_to)
        and (p_before_id is null or id < p_before_id)
      order by id desc
      limit p_limit
    ) page
  );
end
$$;

comment on function public.portfolio_corrections is 'Which published days of a user changed, within the caller''s own rights.';

grant execute on function
  public.carry_sessions_max,
  public.small_carry_sessions_max,
  public.linking_lasts,
  public.conclude_snapshots,
  public.portfolio_corrections
to authenticated, service_role;

grant execute on function
  public.publish_snapshots,
  public.publish_since,
  public.publish_missing,
  public.republish
to service_role;
