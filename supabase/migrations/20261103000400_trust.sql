-- What an owner needs to judge how far each of their accounts can be trusted.

-- [{ name, institution, status, firstKnownOn, closedOn, lastValueOn, lastAsOf, heldValues }] of a user, within the caller's own
-- rights. lastValueOn and lastAsOf are of the newest value that counts.
create function public.account_trust(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', a.name, 'institution', c.institution, 'status', c.status,
    'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on,
    'lastValueOn', newest.value_date, 'lastAsOf', newest.as_of,
    'heldValues', (select count(*) from public.account_values v where v.account_id = a.id and v.verdict = 'held')
  ) order by c.institution, a.name), '[]')
  from public.accounts a
  join public.brokerage_connections c on c.id = a.connection_id
  left join lateral (
    select v.value_date, v.as_of
    from public.account_values v
    where v.account_id = a.id and v.verdict = 'accepted' and v.superseded_by is null
    order by v.value_date desc
    limit 1
  ) newest on true
  where a.user_id = p_user_id and a.is_counted
$$;

comment on function public.account_trust is 'Since when and until when each account of a user is known, and what of it is held back.';

revoke execute on function public.account_trust from public, anon;
grant execute on function public.account_trust to authenticated, service_role;
