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
    select v.user_id, min(v.value_date) as first_day, max(v.value_date) as last_day
    from public.account_values v
    join public.accounts a on a.id = v.account_id and a.is_counted
    left join public.user_portfolio_history h on h.user_id = v.user_id and h.value_date = v.value_date and h.standing
    where v.value_date between p_from and p_to and v.verdict = 'accepted' and v.superseded_by is null
      and (p_user_id is null or v.user_id = p_user_id) and h.user_id is null
    group by v.user_id
    -- In one order, so that two ticks at once never wait for each other crosswise.
    order by v.user_id
  ) lacking
$$;

comment on function public.publish_missing is 'Concludes days whose evidence is there but whose snapshot is not.';

revoke execute on function public.publish_missing from public, anon, authenticated;
grant execute on function public.publish_missing to service_role;
