-- Which days of a user stand, as one short text for each calendar year: counting a year of ten thousand users reads as many
-- rows, not two and a half million. The texts are no second truth: the database writes them in the transaction that
-- publishes a day, and recount_coverage draws them again from the snapshots.
create table public.coverage_years (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  year integer not null,
  days text not null check (length(days) = 366),
  primary key (user_id, year)
);

comment on table public.coverage_years is 'A user''s published days of one calendar year.';
comment on column public.coverage_years.days is
  'One character for each day of the year: c daily_eod, r reconstructed, e estimated, a space where no snapshot stands.';

alter table public.coverage_years enable row level security;
grant select, insert, update, delete on public.coverage_years to service_role;

-- Draws the texts again from the snapshots, for some users or, with null, for all.
create function public.recount_coverage(p_user_ids uuid[])
returns void
language sql
set search_path = ''
set statement_timeout = '10min'
as $$
  delete from public.coverage_years where p_user_ids is null or user_id = any (p_user_ids);
  insert into public.coverage_years (user_id, year, days)
  select day.user_id, day.year, rpad(string_agg(repeat(' ', day.at - day.before - 1) || day.code, '' order by day.at), 366)
  from (
    select h.user_id, extract(year from h.value_date)::integer as year, extract(doy from h.value_date)::integer as at,
      lag(extract(doy from h.value_date)::integer, 1, 0)
        over (partition by h.user_id, extract(year from h.value_date) order by h.value_date) as before,
      case h.snapshot_type when 'daily_eod' then 'c' when 'reconstructed' then 'r' when 'estimated' then 'e' end as code
    from public.user_portfolio_history h
    where h.is_current and (p_user_ids is null or h.user_id = any (p_user_ids))
  ) day
  group by day.user_id, day.year;
$$;

comment on function public.recount_coverage is 'Draws the texts of published days again from the snapshots. Changes nothing where nothing was wrong.';

-- A year's text with some of its days replaced.
create function public.replace_days(p_days text, p_at integer[], p_codes text[])
returns text
language sql
immutable
set search_path = ''
as $$
  select string_agg(coalesce(changed.code, substr(coalesce(p_days, repeat(' ', 366)), day, 1)), '' order by day)
  from generate_series(1, 366) as day
  left join unnest(p_at, p_codes) as changed (at, code) on changed.at = day
$$;

comment on function public.replace_days is 'Replaces days of a year''s text.';

-- Follows each change of the snapshots. Whoever publishes holds the user's lock, so no change is lost between two of them.
create function public.follow_coverage()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    -- A user who leaves takes their rows along, so none is made here.
    update public.coverage_years y
    set days = public.replace_days(y.days, gone.at, gone.codes)
    from (
      select o.user_id, extract(year from o.value_date)::integer as year,
        array_agg(extract(doy from o.value_date)::integer) as at, array_agg(' '::text) as codes
      from changed_rows o
      where o.is_current
      group by o.user_id, extract(year from o.value_date)
    ) gone
    where y.user_id = gone.user_id and y.year = gone.year;
    return null;
  end if;

  insert into public.coverage_years as known (user_id, year, days)
  select concluded.user_id, concluded.year, public.replace_days(y.days, concluded.at, concluded.codes)
  from (
    select n.user_id, extract(year from n.value_date)::integer as year,
      array_agg(extract(doy from n.value_date)::integer) as at,
      array_agg(coalesce(
        case h.snapshot_type when 'daily_eod' then 'c' when 'reconstructed' then 'r' when 'estimated' then 'e' end, ' '
      )) as codes
    from (select distinct changed.user_id, changed.value_date from changed_rows changed) n
    left join public.user_portfolio_history h on h.user_id = n.user_id and h.value_date = n.value_date and h.is_current
    group by n.user_id, extract(year from n.value_date)
  ) concluded
  left join public.coverage_years y on y.user_id = concluded.user_id and y.year = concluded.year
  on conflict (user_id, year) do update set days = excluded.days;
  return null;
end
$$;

create trigger follow_coverage_insert after insert on public.user_portfolio_history
  referencing new table as changed_rows for each statement execute function public.follow_coverage();

create trigger follow_coverage_update after update on public.user_portfolio_history
  referencing new table as changed_rows for each statement execute function public.follow_coverage();

create trigger follow_coverage_delete after delete on public.user_portfolio_history
  referencing old table as changed_rows for each statement execute function public.follow_coverage();

-- The one function that reads e-mail addresses; null asks for everybody with a portfolio.
create function public.user_directory(p_user_ids uuid[])
returns table (user_id uuid, email text)
language sql
stable
security definer
set search_path = ''
as $$
  select p.user_id, coalesce(u.email, '')::text
  from public.portfolios p
  join auth.users u on u.id = p.user_id
  where p_user_ids is null or p.user_id in (select unnest(p_user_ids))
$$;

comment on function public.user_directory is 'The e-mail addresses of users who have a portfolio, for administrators'' pages.';

-- Since when and until when each user has accounts: the days on which a value is expected of them.
create function public.known_days(p_user_ids uuid[])
returns table (user_id uuid, days datemultirange)
language sql
stable
set search_path = ''
as $$
  select line.user_id, range_agg(daterange(line.first_known_on, line.closed_on))
  from (
    select a.user_id, min(a.first_known_on) as first_known_on,
      case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on
    from unnest(p_user_ids) as wanted (id)
    join public.accounts a on a.user_id = wanted.id and a.is_counted and not a.is_manual
    group by a.user_id, a.line_id
  ) line
  group by line.user_id
$$;

comment on function public.known_days is 'The days on which users have an account, and so a value is expected of them.';

-- How many days of a range are expected of each user, how many of them are missing, and how many are only estimated.
create function public.coverage_counts(p_user_ids uuid[], p_from date, p_to date)
returns table (user_id uuid, expected integer, missing integer, estimated integer)
language plpgsql
stable
set search_path = ''
-- How many users are asked for decides the plan.
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with known as (
    select k.user_id, k.days * datemultirange(daterange(p_from, p_to, '[]')) as days from public.known_days(p_user_ids) k
  ),
  -- Most users were known all the time, so few different ranges have to be counted.
  ranges as (
    select span.days, (
      select count(*)::integer from public.trading_days d where d.date between p_from and p_to and d.date <@ span.days
    ) as sessions
    from (select distinct k.days from known k) span
  ),
  -- Where the range lies in the text of each year that it touches.
  parts as (
    select year, greatest(p_from, make_date(year, 1, 1)) - make_date(year, 1, 1) + 1 as at,
      least(p_to, make_date(year, 12, 31)) - greatest(p_from, make_date(year, 1, 1)) + 1 as length
    from generate_series(extract(year from p_from)::integer, extract(year from p_to)::integer) as year
  ),
  published as (
    select y.user_id, replace(string_agg(substr(y.days, part.at, part.length), ''), ' ', '') as days
    from unnest(p_user_ids) as wanted (id)
    join public.coverage_years y on y.user_id = wanted.id
    join parts part on part.year = y.year
    group by y.user_id
  )
  -- The texts are ASCII, and counting bytes takes no walk over them.
  select wanted.id, coalesce(r.sessions, 0), greatest(0, coalesce(r.sessions, 0) - coalesce(octet_length(s.days), 0)),
    coalesce(octet_length(s.days) - octet_length(replace(s.days, 'e', '')), 0)
  from unnest(p_user_ids) as wanted (id)
  left join known k on k.user_id = wanted.id
  left join ranges r on r.days = k.days
  left join published s on s.user_id = wanted.id;
end
$$;

comment on function public.coverage_counts is 'Expected, missing and estimated days of users in a range.';

-- One character for each trading day of a range and user, as lib/domain/coverage.ts reads them. Why a day is missing
-- is decided by the same rule as in portfolio_history.
create function public.coverage_days(p_user_ids uuid[], p_from date, p_to date, p_due date, p_reach date)
returns table (user_id uuid, days text)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with lines as materialized (
    select l.user_id, l.member_ids, l.first_known_on, l.closed_on, l.asked_id
    from unnest(p_user_ids) as wanted (id)
    join public.account_lines l on l.user_id = wanted.id and not l.is_manual
  ),
  known as (
    select l.user_id, min(l.first_known_on) as since, range_agg(daterange(l.first_known_on, l.closed_on)) as days
    from lines l
    group by l.user_id
  ),
  squares as (
    select wanted.id as user_id, s.date, case substr(y.days, extract(doy from s.date)::integer, 1)
        when 'c' then 'daily_eod'
        when 'r' then 'reconstructed'
        when 'e' then 'estimated'
        else case
          when s.date > p_due then 'not_due'
          when k.since is null or s.date < k.since then 'before_link'
          when not s.date <@ k.days then 'no_account'
        end
      end as state
    from unnest(p_user_ids) as wanted (id)
    cross join (select t.date from public.trading_days t where t.date between p_from and p_to) s
    left join known k on k.user_id = wanted.id
    left join public.coverage_years y on y.user_id = wanted.id and y.year = extract(year from s.date)
  ),
  described as (
    select q.user_id, q.date, coalesce(q.state, why.reason) as state
    from squares q
    left join lateral (
      select r.reason
      from (
        select public.gap_reason(o.reason, o.final, q.date < p_reach, c.status) as reason,
          coalesce(o.final, false) or q.date < p_reach as final
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = q.date
        where l.user_id = q.user_id and l.first_known_on <= q.date and (l.closed_on is null or q.date < l.closed_on)
          and not exists (
            select from public.current_values v
            where v.account_id = any (l.member_ids) and v.value_date = q.date
          )
        union all
        select 'rate_missing', q.date < p_due
      ) r
      -- Asked of missing days alone, which are few.
      where q.state is null
      order by array_position(array['not_yet_due', 'rate_missing'], r.reason) nulls first, r.reason = 'connection_broken' desc, r.final desc, r.reason
      limit 1
    ) why on true
  )
  select t.user_id, string_agg(
    case t.state
      when 'daily_eod' then 'c'
      when 'reconstructed' then 'r'
      when 'estimated' then 'e'
      when 'held' then 'h'
      when 'not_yet_due' then 'w'
      when 'connection_broken' then 'b'
      when 'provider_cannot' then 'x'
      when 'provider_had_nothing' then 'n'
      when 'rate_limited' then 'l'
      when 'unavailable' then 'u'
      when 'gave_up' then 'g'
      when 'source_off' then 'o'
      when 'rate_missing' then 'm'
      when 'not_due' then '-'
      when 'before_link' then '.'
      when 'no_account' then '_'
      -- A state without a character would move all days after it.
      else '?'
    end, '' order by t.date
  )
  from described t
  group by t.user_id;
end
$$;

comment on function public.coverage_days is 'The trading days of users as one character each.';

-- The users that the grid is about. Filters that are null let everybody in: a connection of that provider or institution,
-- an open gap with that reason at it, a part of the e-mail address or a whole id.
create function public.coverage_users(
  p_from date, p_to date, p_reach date, p_provider text, p_institution text, p_reason text, p_search text
)
returns table (user_id uuid, email text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_with_reason uuid[];
begin
  if p_reason is not null then
    v_with_reason := array(
      select distinct g.user_id
      from public.account_gaps(null, p_from, p_to, p_reach) g
      where g.reason = p_reason
        and (p_provider is null or g.provider = p_provider) and (p_institution is null or g.institution = p_institution)
    );
  end if;
  return query
  select u.user_id, u.email
  from public.user_directory(v_with_reason) u
  where (p_search is null or u.user_id::text = lower(p_search) or position(lower(p_search) in lower(u.email)) > 0)
    and (
      p_provider is null and p_institution is null or exists (
        select
        from public.brokerage_connections c
        where c.user_id = u.user_id and c.status <> 'removed' and c.provider <> 'manual'
          and (p_provider is null or c.provider = p_provider) and (p_institution is null or c.institution = p_institution)
      )
    );
end
$$;

comment on function public.coverage_users is 'The users that the grid is about, by its filters.';

-- One page of users: { rows: [{ userId, email, expected, missing, estimated, days }], next }. Days run from p_from to p_to;
-- they are counted up to the latest due one (p_due). The filters are those of coverage_users. Ordered by what is missing and
-- then estimated, worst first, or by e-mail. p_after is the `next` of the page before: the place of its last user, so that
-- what changes meanwhile repeats and skips nobody who did not change.
create function public.coverage_grid(
  p_from date, p_to date, p_due date, p_reach date,
  p_provider text, p_institution text, p_reason text, p_search text,
  p_by_email boolean, p_after jsonb, p_limit integer
)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
declare
  v_counted_to date := least(p_to, p_due);
  v_chosen uuid[];
  v_page jsonb;
  v_page_ids uuid[];
begin
  -- By address, the page is known before anything is counted.
  select array_agg(u.user_id order by u.email, u.user_id) into v_chosen
  from (
    select u.user_id, u.email
    from public.coverage_users(p_from, v_counted_to, p_reach, p_provider, p_institution, p_reason, p_search) u
    where not p_by_email or p_after is null
      or (u.email, u.user_id) > (p_after ->> 'email', (p_after ->> 'userId')::uuid)
    order by u.email, u.user_id
    limit case when p_by_email then p_limit end
  ) u;

  select coalesce(jsonb_agg(to_jsonb(row) order by row.place), '[]'), array_agg(row."userId")
  into v_page, v_page_ids
  from (
    select counts.user_id as "userId", counts.expected, counts.missing, counts.estimated,
      row_number() over (
        order by
          case when p_by_email then array_position(v_chosen, counts.user_id) end,
          counts.missing desc, counts.estimated desc, counts.user_id desc
      ) as place
    from public.coverage_counts(coalesce(v_chosen, '{}'), p_from, v_counted_to) counts
    where p_by_email or p_after is null
      or (counts.missing, counts.estimated, counts.user_id)
        < ((p_after ->> 'missing')::integer, (p_after ->> 'estimated')::integer, (p_after ->> 'userId')::uuid)
    order by place
    limit p_limit
  ) row;

  return (
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(row - 'place' || jsonb_build_object('email', u.email, 'days', d.days) order by (row ->> 'place')::integer), '[]'),
      'next', case
        when jsonb_array_length(v_page) < p_limit then null
        when p_by_email then jsonb_build_object('email', (array_agg(u.email order by (row ->> 'place')::integer desc))[1], 'userId', v_page -> -1 -> 'userId')
        else jsonb_build_object('missing', v_page -> -1 -> 'missing', 'estimated', v_page -> -1 -> 'estimated', 'userId', v_page -> -1 -> 'userId')
      end
    )
    from jsonb_array_elements(v_page) as row
    join public.user_directory(coalesce(v_page_ids, '{}')) u on u.user_id = (row ->> 'userId')::uuid
    join public.coverage_days(coalesce(v_page_ids, '{}'), p_from, p_to, p_due, p_reach) d on d.user_id = u.user_id
  );
end
$$;

comment on function public.coverage_grid is 'One page of users by trading days, filtered and ordered, as one document.';

-- The grid's columns counted: of how many of all its users each due trading day is expected, and how many of those have it:
-- [{ date, expected, complete, estimated }], oldest first. Complete is what was recorded at the close or filled in later.
create function public.coverage_totals(
  p_from date, p_to date, p_due date, p_reach date, p_provider text, p_institution text, p_reason text, p_search text
)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
declare
  v_counted_to date := least(p_to, p_due);
  v_user_ids uuid[] := array(
    select u.user_id
    from public.coverage_users(p_from, v_counted_to, p_reach, p_provider, p_institution, p_reason, p_search) u
  );
begin
  return (
    with known as materialized (
      select k.user_id, k.days * datemultirange(daterange(p_from, v_counted_to, '[]')) as days
      from public.known_days(v_user_ids) k
    ),
    -- Most users were known all the time, so few different spans have to be compared with each day.
    spans as materialized (
      select row_number() over () as id, k.days, count(*) as users from known k group by k.days
    ),
    sessions as materialized (
      select d.date, extract(year from d.date)::integer as year, extract(doy from d.date)::integer as at
      from public.trading_days d
      where d.date between p_from and v_counted_to
    ),
    -- A byte is found at once in a row of bytes, and by walking in a text.
    texts as materialized (
      select s.id as span_id, y.year, convert_to(y.days, 'UTF8') as days
      from known k
      join spans s on s.days = k.days
      join public.coverage_years y on y.user_id = k.user_id
      where y.year between extract(year from p_from) and extract(year from v_counted_to)
    ),
    published as (
      select d.date, t.span_id,
        count(*) filter (where get_byte(t.days, d.at - 1) in (ascii('c'), ascii('r'))) as complete,
        count(*) filter (where get_byte(t.days, d.at - 1) = ascii('e')) as estimated
      from sessions d
      join texts t on t.year = d.year
      group by d.date, t.span_id
    ),
    counted as (
      select d.date, sum(s.users) as expected, sum(p.complete) as complete, sum(p.estimated) as estimated
      from sessions d
      join spans s on d.date <@ s.days
      left join published p on p.date = d.date and p.span_id = s.id
      group by d.date
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'date', d.date, 'expected', coalesce(c.expected, 0),
      'complete', coalesce(c.complete, 0), 'estimated', coalesce(c.estimated, 0)
    ) order by d.date), '[]')
    from sessions d
    left join counted c on c.date = d.date
  );
end
$$;

comment on function public.coverage_totals is 'How many of the grid''s users have each trading day, and of how many it is expected.';

-- How many users are expected on each trading day of a range, and how many stand by kind:
-- [{ date, expected, captured, reconstructed, estimated }], oldest first.
create function public.coverage_trend(p_from date, p_to date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with spans as (
      select k.days, count(*) as users from public.known_days(array(select p.user_id from public.portfolios p)) k group by k.days
    ),
    published as (
      select h.value_date,
        count(*) filter (where h.snapshot_type = 'daily_eod') as captured,
        count(*) filter (where h.snapshot_type = 'reconstructed') as reconstructed,
        count(*) filter (where h.snapshot_type = 'estimated') as estimated
      from public.user_portfolio_history h
      where h.is_current and h.value_date between p_from and p_to
      group by h.value_date
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'date', d.date,
      'expected', coalesce((select sum(s.users) from spans s where d.date <@ s.days), 0),
      'captured', coalesce(h.captured, 0), 'reconstructed', coalesce(h.reconstructed, 0), 'estimated', coalesce(h.estimated, 0)
    ) order by d.date), '[]')
    from public.trading_days d
    left join published h on h.value_date = d.date
    where d.date between p_from and p_to
  );
end
$$;

comment on function public.coverage_trend is 'For how many users each trading day of a range is there.';

-- The open gaps of a range, counted by what they have in common:
-- [{ by: reason | provider | institution, provider, institution, reason, days, finalDays, users, nextAttemptAt }], most days first.
create function public.coverage_gaps(p_from date, p_to date, p_reach date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'by', part.by, 'provider', part.provider, 'institution', part.institution, 'reason', part.reason,
    'days', part.days, 'finalDays', part.final_days, 'users', part.users, 'nextAttemptAt', part.next_attempt_at
  ) order by part.by, part.days desc, part.reason, part.provider, part.institution), '[]')
  from (
    select case when grouping(g.reason) = 0 then 'reason' when grouping(g.institution) = 0 then 'institution' else 'provider' end as by,
      g.provider, g.institution, g.reason, count(*) as days, count(*) filter (where g.final) as final_days,
      count(distinct g.user_id) as users, min(g.next_attempt_at) as next_attempt_at
    from public.account_gaps(null, p_from, p_to, p_reach) g
    where g.is_first
    group by grouping sets ((g.reason), (g.provider), (g.provider, g.institution))
  ) part
$$;

comment on function public.coverage_gaps is 'The open gaps of a range by reason, by provider and by institution.';

-- How many connections of each institution are expected on a trading day, and how many of them have a reason to lack it:
-- [{ provider, institution, users, connections, failures: [{ reason, users, connections, since }] }]. A connection fails
-- by what most of its missing accounts have. Since is the first day that most of them lack.
create function public.institution_failures(p_day date, p_reach date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    with expected as materialized (
      select c.id, c.user_id, c.provider, c.institution
      from public.brokerage_connections c
      where c.status not in ('paused', 'removed') and exists (
        select from public.accounts a
        where a.connection_id = c.id and a.is_counted and a.first_known_on <= p_day and (a.closed_on is null or p_day < a.closed_on)
      )
    ),
    failing as materialized (
      select g.connection_id, g.user_id, g.provider, g.institution, mode() within group (order by g.reason) as reason,
        (array_agg(g.account_id order by g.account_id))[1] as account_id
      from public.account_gaps(null, p_day, p_day, p_reach) g
      where g.connection_id in (select id from expected)
      group by g.connection_id, g.user_id, g.provider, g.institution
    ),
    described as (
      select f.*, coalesce(
          (
            select d.date
            from public.trading_days d
            where d.date > last.value_date
            order by d.date
            limit 1
          ),
          a.first_known_on
        ) as since
      from failing f
      join public.accounts a on a.id = f.account_id
      left join lateral (
        select v.value_date
        from public.current_values v
        where v.account_id = f.account_id and v.value_date < p_day
        order by v.value_date desc
        limit 1
      ) last on true
    ),
    failures as (
      select t.provider, t.institution, t.reason, count(distinct t.user_id) as users, count(*) as connections,
        mode() within group (order by t.since) as since
      from described t
      group by t.provider, t.institution, t.reason
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'provider', i.provider, 'institution', i.institution, 'users', i.users, 'connections', i.connections,
      'failures', coalesce((
        select jsonb_agg(jsonb_build_object(
          'reason', f.reason, 'users', f.users, 'connections', f.connections, 'since', f.since
        ) order by f.connections desc, f.reason)
        from failures f
        where f.provider = i.provider and f.institution = i.institution
      ), '[]')
    ) order by i.provider, i.institution), '[]')
    from (
      select e.provider, e.institution, count(distinct e.user_id) as users, count(*) as connections
      from expected e
      group by e.provider, e.institution
    ) i
  );
end
$$;

comment on function public.institution_failures is 'Which institutions fail for how many connections on a trading day, and why.';

-- How complete a trading day is among accounts of working connections, or of all: { expected, present }, in accounts.
create function public.capture_of(p_day date, p_only_working boolean)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with expected as (
    select a.line_id
    from public.accounts a
    join public.brokerage_connections c on c.id = a.connection_id
    where a.is_counted
    group by a.line_id
    having bool_or(case when p_only_working then c.status = 'active' else c.status <> 'removed' end)
      and min(a.first_known_on) <= p_day and (bool_or(a.closed_on is null) or p_day < max(a.closed_on))
  )
  select jsonb_build_object(
    'expected', (select count(*) from expected),
    'present', (
      select count(distinct e.line_id)
      from expected e
      join public.accounts a on a.line_id = e.line_id and a.is_counted
      join public.current_values v on v.account_id = a.id and v.value_date = p_day
    )
  )
$$;

comment on function public.capture_of is 'How complete a trading day is among accounts of working connections, or of all.';

create function public.capture_health(p_day date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select public.capture_of(p_day, true) || jsonb_build_object(
    'brokenConnections', (select count(*) from public.brokerage_connections where status = 'disabled'),
    'lastRun', (
      select jsonb_build_object('status', status, 'startedAt', started_at, 'finishedAt', finished_at, 'tradingDay', trading_day)
      from public.runs
      where trigger in ('cron', 'api_key')
      order by started_at desc
      limit 1
    )
  )
$$;

comment on function public.capture_health is 'How complete a trading day is among working connections, and the last run.';

-- How far the capture is: { startedAt, answered, waiting } of the run that works now, startedAt null when none does.
-- Answered are connections that were read since it started, waiting those whose turn has come.
create function public.capture_progress(p_now timestamptz)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  with run as (
    select min(started_at) as started_at from public.runs where status = 'running' and trigger in ('cron', 'api_key')
  )
  select jsonb_build_object(
    'startedAt', run.started_at,
    'answered', (select count(*) from public.brokerage_connections c where c.last_success_at >= run.started_at),
    'waiting', (
      select count(*)
      from public.brokerage_connections c
      where c.due_at <= p_now and (c.retry_at is null or c.retry_at <= p_now) and c.status <> 'removed'
    )
  )
  from run
$$;

comment on function public.capture_progress is 'How far the running capture is.';

create function public.coverage_user(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object(
    'userId', u.user_id, 'email', u.email,
    'connections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', c.id, 'provider', c.provider, 'institution', c.institution, 'status', c.status,
        'disabledSince', c.disabled_since, 'lastSuccessAt', c.last_success_at, 'lastErrorCode', c.last_error_code,
        'attempts', c.attempts, 'dueAt', c.due_at, 'retryAt', c.retry_at, 'historyCapability', c.history_capability,
        'accounts', coalesce((
          select jsonb_agg(jsonb_build_object(
            'id', a.id, 'name', a.name, 'currency', a.currency, 'isCounted', a.is_counted,
            'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on, 'endReason', a.end_reason,
            'lastValueOn', last.value_date, 'lastAsOf', last.as_of
          ) order by a.name, a.id)
          from public.accounts a
          left join lateral (
            select v.value_date, v.as_of
            from public.current_values v
            where v.account_id = a.id
            order by v.value_date desc
            limit 1
          ) last on true
          where a.connection_id = c.id
        ), '[]')
      ) order by c.status = 'removed', c.institution, c.created_at, c.id)
      from public.brokerage_connections c
      where c.user_id = u.user_id and c.provider <> 'manual'
    ), '[]'),
    'held', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', v.id, 'account', a.name, 'institution', c.institution, 'date', v.value_date,
        'total', trim_scale(v.total_value)::text, 'currency', v.currency, 'kind', v.kind, 'asOf', v.as_of, 'reason', v.reason,
        'last', last.document,
        'refutedBy', case
          when v.settled_by is not null
          then jsonb_build_object('date', settling.value_date, 'total', trim_scale(settling.total_value)::text)
        end
      ) order by v.settled_by is not null, v.value_date desc, v.id desc)
      from public.account_values v
      left join public.account_values settling on settling.id = v.settled_by
      join public.accounts a on a.id = v.account_id
      join public.brokerage_connections c on c.id = a.connection_id
      left join lateral (
        select jsonb_build_object('date', before.value_date, 'total', trim_scale(before.total_value)::text) as document
        from public.last_line_value(a.line_id, true, v.value_date) before
      ) last on true
      where v.user_id = u.user_id and v.verdict = 'held' and v.reason <> 'not_funded_yet'
    ), '[]')
  )
  from public.user_directory(array[p_user_id]) u
$$;

comment on function public.coverage_user is 'One user''s connections, accounts and held values, for administrators.';

create function public.coverage_day(p_user_id uuid, p_date date)
returns jsonb
language sql
stable
set search_path = ''
set statement_timeout = '30s'
as $$
  select jsonb_build_object(
    'userId', u.user_id, 'email', u.email,
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', a.id, 'name', a.name, 'institution', c.institution, 'provider', c.provider, 'status', c.status,
        'isExpected', a.is_counted and a.first_known_on <= p_date and (a.closed_on is null or p_date < a.closed_on),
        'outcome', (
          select jsonb_build_object(
            'reason', o.reason, 'detail', o.detail, 'final', o.final, 'attempts', o.attempts,
            'lastAttemptAt', o.last_attempt_at, 'nextAttemptAt', o.next_attempt_at
          )
          from public.fill_outcomes o
          where o.account_id = a.id and o.value_date = p_date
        ),
        'observations', coalesce((
          select jsonb_agg(jsonb_build_object(
            'id', v.id, 'total', trim_scale(v.total_value)::text, 'cash', trim_scale(v.cash)::text,
            'costBasis', trim_scale(v.cost_basis)::text, 'currency', v.currency, 'kind', v.kind, 'source', v.source,
            'asOf', v.as_of, 'observedAt', v.observed_at, 'runId', v.run_id, 'verdict', v.verdict, 'reason', v.reason,
            'supersededBy', v.superseded_by
          ) order by v.observed_at desc, v.id desc)
          from public.account_values v
          where v.account_id = a.id and v.value_date = p_date
        ), '[]')
      ) order by c.institution, a.name, a.id)
      from public.accounts a
      join public.brokerage_connections c on c.id = a.connection_id
      where a.user_id = u.user_id
    ), '[]'),
    'snapshots', coalesce((
      select jsonb_agg(jsonb_build_object(
        'value', trim_scale(h.total_value)::text, 'currency', h.currency, 'kind', h.snapshot_type, 'source', h.data_source,
        'asOf', h.as_of, 'accountsExpected', h.accounts_expected, 'accountsPresent', h.accounts_present,
        'carried', h.carried, 'leftOut', h.left_out, 'isCurrent', h.is_current, 'createdAt', h.created_at, 'updatedAt', h.updated_at
      ) order by h.is_current desc, h.updated_at desc)
      from public.user_portfolio_history h
      where h.user_id = u.user_id and h.value_date = p_date
    ), '[]'),
    'corrections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', s.id, 'date', s.value_date, 'oldValue', trim_scale(s.old_value)::text, 'oldKind', s.old_kind,
        'newValue', trim_scale(s.new_value)::text, 'newKind', s.new_kind, 'reason', s.reason, 'changedAt', s.changed_at
      ) order by s.id desc)
      from public.snapshot_corrections s
      where s.user_id = u.user_id and s.value_date = p_date
    ), '[]')
  )
  from public.user_directory(array[p_user_id]) u
$$;

comment on function public.coverage_day is 'Everything that is known of one user''s trading day, for administrators.';

grant execute on function
  public.recount_coverage,
  public.replace_days,
  public.user_directory,
  public.known_days,
  public.coverage_counts,
  public.coverage_days,
  public.coverage_users,
  public.coverage_grid,
  public.coverage_totals,
  public.coverage_trend,
  public.coverage_gaps,
  public.institution_failures,
  public.capture_health,
  public.capture_of,
  public.capture_progress,
  public.coverage_user,
  public.coverage_day
to service_role;
