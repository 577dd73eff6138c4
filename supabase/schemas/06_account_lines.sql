-- Rows of accounts that are the same real account make one line, which is expected from the first day of any to the last day
-- of all. Whoever counts, judges or shows accounts does so by line.
create view public.account_lines with (security_invoker = true) as
select a.user_id, a.line_id,
  -- Of the rows of one real account, the newest gives its name.
  array_agg(a.id order by a.created_at desc, a.id desc) as member_ids,
  (array_agg(a.name order by a.created_at desc, a.id desc))[1] as name,
  (array_agg(c.institution order by a.created_at desc, a.id desc))[1] as institution,
  (array_agg(a.currency order by a.currency is null, a.created_at desc, a.id desc))[1] as currency,
  min(a.first_known_on) as first_known_on,
  -- Within a week of the first value nothing more is proven: money is on its way for some days.
  least(
    case
      when min(a.exists_since) < min(a.first_known_on) - 7 then min(a.exists_since)
      else min(a.first_known_on)
    end,
    min(a.stated_since)
  ) as exists_since,
  case
    when min(a.begun_on) = min(a.exists_since) and min(a.begun_on) < min(a.first_known_on) - 7 and min(a.stated_since) is null
    then min(a.begun_on)
  end as begun_on,
  min(a.created_at) as linked_at,
  public.close_before(min(a.created_at)) as linked_after,
  case when bool_and(a.closed_on is not null) then max(a.closed_on) end as closed_on,
  max(a.flows_synced_at) as flows_synced_at,
  -- The member that is asked, if any is, gives the reason why a day is missing.
  (array_agg(a.id order by c.status = 'removed', a.closed_on is not null, c.status <> 'active', c.created_at, a.id))[1] as asked_id,
  -- Nobody need ask broken connections to know that they have nothing.
  case
    when bool_and(c.status in ('disabled', 'paused')) filter (where c.status <> 'removed')
    then max((c.disabled_since at time zone 'America/New_York')::date)
  end as down_since,
  min(a.stated_since) as stated_since,
  bool_or(a.is_manual) as is_manual
from public.accounts a
join public.brokerage_connections c on c.id = a.connection_id
where a.is_counted
group by a.user_id, a.line_id
-- Of an account that is kept by hand nothing is left when its last value was taken back.
having not bool_or(a.is_manual) or min(a.stated_since) is not null;

comment on view public.account_lines is 'The real accounts of users: their rows, what they are called, since when and until when they are known, and who is asked.';
comment on column public.account_lines.down_since is 'Since when all connections to the account are broken or paused; null while one works.';
comment on column public.account_lines.exists_since is 'Since when it existed or may have, though nobody may know what it was worth.';
comment on column public.account_lines.begun_on is 'The day on which its movements show that it began, where nobody knows what it was worth for some time after.';
comment on column public.account_lines.stated_since is 'Since when its user''s statements or estimates give values; days in between may be known to nobody.';
comment on column public.account_lines.linked_at is 'When it was met first.';
comment on column public.account_lines.linked_after is 'The last trading day that had closed by then.';

grant select on public.account_lines to authenticated, service_role;

-- The current values of a real account, whichever of its rows they came through.
create view public.line_values with (security_invoker = true) as
select a.line_id, a.is_counted, v.*
from public.accounts a
join public.current_values v on v.account_id = a.id;

comment on view public.line_values is 'The current values of real accounts.';

grant select on public.line_values to authenticated, service_role;

-- The newest value of a real account up to a day, of its rows that are counted or of those that are not. Its body is bound when it
-- is created, so that the planner can write it into the query that asks: one step into the index for each row.
create function public.last_line_value(p_line_id uuid, p_is_counted boolean, p_to date)
returns table (value_date date, total_value numeric)
language sql
stable
begin atomic
  select newest.value_date, newest.total_value
  from public.accounts m
  cross join lateral (
    select v.value_date, v.total_value, v.as_of
    from public.current_values v
    where v.account_id = m.id and v.value_date <= p_to
    order by v.value_date desc
    limit 1
  ) newest
  where m.line_id = p_line_id and m.is_counted = p_is_counted
  order by newest.value_date desc, newest.as_of desc
  limit 1;
end;

comment on function public.last_line_value is 'The newest value of a real account up to a day.';

grant execute on function public.last_line_value to service_role;
