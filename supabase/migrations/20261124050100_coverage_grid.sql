-- The operators' grid: users by trading days, one page at a time. Everything here is read with the service role's rights.

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

-- Rows that are the same real account make one line. The member that is asked, if any is, says why a day is missing.
create function public.coverage_lines(p_user_ids uuid[])
returns table (user_id uuid, line_id uuid, member_ids uuid[], first_known_on date, closed_on date, asked_id uuid)
language sql
stable
set search_path = ''
as $$
  select a.user_id, a.line_id, array_agg(a.id), min(a.first_known_on),
    case when bool_and(a.closed_on is not null) then max(a.closed_on) end,
    (array_agg(a.id order by c.status = 'removed', a.closed_on is not null, c.status <> 'active', c.created_at, a.id))[1]
  from unnest(p_user_ids) as wanted (id)
  join public.accounts a on a.user_id = wanted.id and a.is_counted
  join public.brokerage_connections c on c.id = a.connection_id
  group by a.user_id, a.line_id
$$;

comment on function public.coverage_lines is 'The real accounts of users: since when they are known, until when, and who is asked.';

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
    join public.accounts a on a.user_id = wanted.id and a.is_counted
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
  standing as (
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
  left join standing s on s.user_id = wanted.id;
end
$$;

comment on function public.coverage_counts is 'Expected, missing and estimated days of users in a range.';

-- One character for each trading day of a range and user, as lib/domain/coverage.ts reads them. Why a day is missing
-- is told by the same rule as in portfolio_history.
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
    select * from public.coverage_lines(p_user_ids)
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
  told as (
    select q.user_id, q.date, coalesce(q.state, why.reason) as state
    from squares q
    left join lateral (
      select r.reason
      from (
        select case
            when o.final then o.reason
            when q.date < p_reach then 'provider_cannot'
            when c.status = 'disabled' then 'connection_broken'
            else coalesce(o.reason, 'not_yet_due')
          end as reason,
          coalesce(o.final, false) or q.date < p_reach as final
        from lines l
        join public.accounts a on a.id = l.asked_id
        join public.brokerage_connections c on c.id = a.connection_id
        left join public.fill_outcomes o on o.account_id = a.id and o.value_date = q.date
        where l.user_id = q.user_id and l.first_known_on <= q.date and (l.closed_on is null or q.date < l.closed_on)
          and not exists (
            select from public.account_values v
            where v.account_id = any (l.member_ids) and v.value_date = q.date and v.verdict = 'accepted' and v.superseded_by is null
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
      when 'rate_missing' then 'm'
      when 'not_due' then '-'
      when 'before_link' then '.'
      when 'no_account' then '_'
      -- A state without a character would move all days after it.
      else '?'
    end, '' order by t.date
  )
  from told t
  group by t.user_id;
end
$$;

comment on function public.coverage_days is 'The trading days of users as one character each.';

-- Expected account days without a standing observation, with who is asked for them and what came of it. Null asks for all
-- connections. Days before p_reach cannot be had any more.
create function public.account_gaps(p_connection_ids uuid[], p_from date, p_to date, p_reach date)
returns table (
  user_id uuid, account_id uuid, connection_id uuid, provider text, institution text, value_date date,
  reason text, final boolean, next_attempt_at timestamptz
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_month record;
begin
  -- Everybody's gaps are looked for month by month among those users alone whose days are not all whole. Where every
  -- account has its value, so has the user, and nothing is carried.
  for v_month in
    with wanted as (
      select array(select c.user_id from public.brokerage_connections c where c.id = any (p_connection_ids)) as ids
      where p_connection_ids is not null
      union all
      select array(select p.user_id from public.portfolios p) where p_connection_ids is null
    ),
    months as (
      select greatest(month::date, p_from) as first_day, least((month + interval '1 month')::date - 1, p_to) as last_day
      from generate_series(date_trunc('month', p_from::timestamp), p_to::timestamp, interval '1 month') as month
    ),
    known as materialized (
      select k.user_id, k.days from wanted, public.known_days(wanted.ids) k
    ),
    ranges as (
      select m.first_day, m.last_day, span.days, count(d.date) as sessions
      from months m
      cross join (select distinct k.days from known k) span
      left join public.trading_days d on d.date between m.first_day and m.last_day and d.date <@ span.days
      group by m.first_day, m.last_day, span.days
    ),
    short as (
      select r.first_day, r.last_day, k.user_id
      from known k
      join ranges r on r.days = k.days
      left join public.coverage_years y on y.user_id = k.user_id and y.year = extract(year from r.first_day)
      where r.sessions > coalesce(
        length(translate(substr(y.days, extract(doy from r.first_day)::integer, r.last_day - r.first_day + 1), 'e ', '')), 0
      )
    )
    select s.first_day, s.last_day, array_agg(c.id) as connection_ids
    from short s
    join public.brokerage_connections c on c.user_id = s.user_id and c.status <> 'removed'
    where p_connection_ids is null or c.id = any (p_connection_ids)
    group by s.first_day, s.last_day
    order by s.first_day
  loop
    return query
    select m.user_id, m.account_id, m.connection_id, c.provider, c.institution, m.value_date,
      case
        when o.final then o.reason
        when m.value_date < p_reach then 'provider_cannot'
        when c.status = 'disabled' then 'connection_broken'
        else coalesce(o.reason, 'not_yet_due')
      end,
      coalesce(o.final, false) or m.value_date < p_reach,
      case when not coalesce(o.final, false) and m.value_date >= p_reach then greatest(o.next_attempt_at, c.retry_at) end
    from public.missing_account_days(v_month.connection_ids, v_month.first_day, v_month.last_day) m
    join public.brokerage_connections c on c.id = m.connection_id
    left join public.fill_outcomes o on o.account_id = m.account_id and o.value_date = m.value_date;
  end loop;
end
$$;

comment on function public.account_gaps is 'The open gaps of accounts with their reasons.';

-- One page of users: { rows: [{ userId, email, expected, missing, estimated, days }], next }. Days run from p_from to p_to;
-- they are counted up to the latest due one (p_due). Filters that are null let everybody in: a connection of that provider
-- or institution, an open gap with that reason at it, a part of the e-mail address or a whole id. Ordered by what is
-- missing and then estimated, worst first, or by e-mail. p_after is the `next` of the page before: the place of its last
-- user, so that what changes meanwhile repeats and skips nobody who did not change.
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
  v_with_reason uuid[];
  v_chosen uuid[];
  v_page jsonb;
  v_page_ids uuid[];
begin
  if p_reason is not null then
    v_with_reason := array(
      select distinct g.user_id
      from public.account_gaps(null, p_from, v_counted_to, p_reach) g
      where g.reason = p_reason
        and (p_provider is null or g.provider = p_provider) and (p_institution is null or g.institution = p_institution)
    );
  end if;

  -- By address, the page is known before anything is counted.
  select array_agg(u.user_id order by u.email, u.user_id) into v_chosen
  from (
    select u.user_id, u.email
    from public.user_directory(v_with_reason) u
    where (p_search is null or u.user_id::text = lower(p_search) or position(lower(p_search) in lower(u.email)) > 0)
      and (
        p_provider is null and p_institution is null or exists (
          select
          from public.brokerage_connections c
          where c.user_id = u.user_id and c.status <> 'removed'
            and (p_provider is null or c.provider = p_provider) and (p_institution is null or c.institution = p_institution)
        )
      )
      and (
        not p_by_email or p_after is null
        or (u.email, u.user_id) > (p_after ->> 'email', (p_after ->> 'userId')::uuid)
      )
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

revoke execute on function
  public.user_directory, public.coverage_lines, public.known_days, public.coverage_counts, public.coverage_days, public.account_gaps,
  public.coverage_grid
  from public, anon, authenticated;
grant execute on function
  public.user_directory, public.coverage_lines, public.known_days, public.coverage_counts, public.coverage_days, public.account_gaps,
  public.coverage_grid
  to service_role;
