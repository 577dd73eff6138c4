-- Conclusions heal like everything else: a day whose evidence is there but whose snapshot is not is concluded by the next tick.

-- Concludes days between two dates that have a standing observation and no standing snapshot, for one user or, with null, for
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
    -- Both lists are read from their indexes alone, which is what keeps a tick cheap when nothing is lost.
    cross join lateral (
      select v.value_date
      from public.account_values v
      where v.account_id = a.id and v.value_date between p_from and p_to and v.verdict = 'accepted' and v.superseded_by is null
      except
      select h.value_date
      from public.user_portfolio_history h
      where h.user_id = a.user_id and h.value_date between p_from and p_to and h.standing
    ) lost (date)
    where a.is_counted and (p_user_id is null or a.user_id = p_user_id)
    group by a.user_id
    -- In one order, so that two ticks at once never wait for each other crosswise.
    order by a.user_id
  ) lacking
$$;

comment on function public.publish_missing is 'Concludes days whose evidence is there but whose snapshot is not.';

revoke execute on function public.publish_missing from public, anon, authenticated;
grant execute on function public.publish_missing to service_role;
