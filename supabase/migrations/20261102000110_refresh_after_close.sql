-- Asking a provider to read the broker anew after the close, where the operator pays for it: once a day at most.

alter table public.brokerage_connections add column refresh_requested_for date;

comment on column public.brokerage_connections.refresh_requested_for is
  'The trading day for which the provider was last asked to read the broker anew. Each time costs money.';

-- Marked before the provider is asked, so that a worker that dies in between never makes a day cost twice.
create function public.claim_refresh(p_connection_id uuid, p_trading_day date)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update public.brokerage_connections
  set refresh_requested_for = p_trading_day
  where id = p_connection_id and refresh_requested_for is distinct from p_trading_day;
  return found;
end
$$;

comment on function public.claim_refresh is 'Whether a connection''s refresh for a trading day is still to be asked for; from now on it is not.';

create function public.return_refresh(p_connection_id uuid, p_trading_day date)
returns void
language sql
set search_path = ''
as $$
  update public.brokerage_connections
  set refresh_requested_for = null
  where id = p_connection_id and refresh_requested_for = p_trading_day
$$;

comment on function public.return_refresh is 'Gives a claimed refresh back, because the provider did not take the request.';

revoke execute on function public.claim_refresh, public.return_refresh from public, anon, authenticated;
grant execute on function public.claim_refresh, public.return_refresh to service_role;
