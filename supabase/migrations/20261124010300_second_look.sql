-- Looking once more at a day that was captured, where the operator wants it: some brokers restate a close during the night.

alter table public.brokerage_connections add column second_look_for date;

comment on column public.brokerage_connections.second_look_for is
  'The captured trading day for which the connection was last made due once more, before the next open.';

-- Makes connections due whose accounts were captured for a trading day before p_since, once for each connection and day.
-- Returns how many.
create function public.mark_second_looks(p_user_id uuid, p_trading_day date, p_since timestamptz, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_marked integer;
begin
  with locked as (
    select c.id
    from public.brokerage_connections c
    where c.status = 'active' and c.due_at is null and c.second_look_for is distinct from p_trading_day
      and (p_user_id is null or c.user_id = p_user_id)
      and (c.retry_at is null or c.retry_at <= p_now)
      and exists (
        select
        from public.accounts a
        join public.account_values v on v.account_id = a.id and v.value_date = p_trading_day
        where a.connection_id = c.id and a.is_counted and a.closed_on is null
          and v.verdict = 'accepted' and v.superseded_by is null and v.kind = 'daily_eod' and v.observed_at < p_since
      )
    -- In one order, as everybody who marks connections locks them.
    order by c.id
    for update
  )
  update public.brokerage_connections c
  set due_at = p_now, second_look_for = p_trading_day
  from locked
  where c.id = locked.id;
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

comment on function public.mark_second_looks is 'Makes captured connections due once more; returns how many.';

revoke execute on function public.mark_second_looks from public, anon, authenticated;
grant execute on function public.mark_second_looks to service_role;
