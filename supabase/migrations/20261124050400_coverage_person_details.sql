-- What was learned to be told of a user and a day since: which later value settles a held one, and the precise verdict on
-- the answer behind an outcome. Both functions are as they were otherwise.

drop function public.coverage_user(uuid);

create function public.coverage_user(p_user_id uuid, p_swing_factor_max numeric)
returns jsonb
language sql
stable
set search_path = ''
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
            'firstKnownOn', a.first_known_on, 'closedOn', a.closed_on, 'lastValueOn', last.value_date, 'lastAsOf', last.as_of
          ) order by a.name, a.id)
          from public.accounts a
          left join lateral (
            select v.value_date, v.as_of
            from public.account_values v
            where v.account_id = a.id and v.verdict = 'accepted' and v.superseded_by is null
            order by v.value_date desc
            limit 1
          ) last on true
          where a.connection_id = c.id
        ), '[]')
      ) order by c.status = 'removed', c.institution, c.created_at, c.id)
      from public.brokerage_connections c
      where c.user_id = u.user_id
    ), '[]'),
    'held', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', v.id, 'account', a.name, 'institution', c.institution, 'date', v.value_date,
        'total', trim_scale(v.total_value)::text, 'currency', v.currency, 'kind', v.kind, 'asOf', v.as_of, 'reason', v.reason,
        'last', last.document,
        'refutedBy', case
          when r.refuted_on is not null then jsonb_build_object('date', r.refuted_on, 'total', trim_scale(r.refuted_total)::text)
        end
      ) order by r.refuted_on is not null, v.value_date desc, v.id desc)
      from public.account_values v
      left join public.held_refutations(p_swing_factor_max) r on r.id = v.id
      join public.accounts a on a.id = v.account_id
      join public.brokerage_connections c on c.id = a.connection_id
      left join lateral (
        select jsonb_build_object('date', before.value_date, 'total', trim_scale(before.total_value)::text) as document
        from public.account_values before
        where before.account_id = v.account_id and before.value_date <= v.value_date
          and before.verdict = 'accepted' and before.superseded_by is null
        order by before.value_date desc
        limit 1
      ) last on true
      where v.user_id = u.user_id and v.verdict = 'held'
    ), '[]')
  )
  from public.user_directory(array[p_user_id]) u
$$;

comment on function public.coverage_user is 'One user''s connections, accounts and held values, for administrators.';

revoke execute on function public.coverage_user from public, anon, authenticated;
grant execute on function public.coverage_user to service_role;

create or replace function public.coverage_day(p_user_id uuid, p_date date)
returns jsonb
language sql
stable
set search_path = ''
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
        'carried', h.carried, 'standing', h.standing, 'createdAt', h.created_at, 'updatedAt', h.updated_at
      ) order by h.standing desc, h.updated_at desc)
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
