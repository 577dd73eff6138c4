-- The evidence of an account as one document, and the conclusions that lib/domain/reconcile draws from it. Rows that are the same
-- real account are one line, and a line's evidence is that of all of them.

create function public.evidence_version(p_line_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws('.', count(*), sum(a.evidence_version)) from public.accounts a where a.line_id = p_line_id
$$;

comment on function public.evidence_version is 'Changes with whatever is recorded of an account line.';

-- How many sessions of an account are reconciled at least.
create function public.reconciled_sessions()
returns integer
language sql
immutable
set search_path = ''
as 'select 60';

-- Everything known of an account line since a day, or since its oldest open question where that is earlier, or of a young line since its
-- oldest value in a currency that is not its own, with a few values from
-- before: { lineId, accountId, version, homeCurrency, userTotal, from, readings: [[id, date, total, currency, kind, asOf, verdict, reason, settledBy]],
-- statements: [{ id, accountId, readAt, from, to, isComplete, rows: [[id, reference, kind, amount, currency, date, description]] }],
-- decisions: [{ id, at, about: 'reading', readingId, verdict } | { id, at, about: 'movement', rowId, as: { kind, amount } | null }],
-- facts: [[id, accountId, [seenAt], isListed, isOpen, category, isPaper, currency]],
-- ends: [[id, at, accountId, endedOn]], categories: [[id, at, accountId, category]], removals: [[accountId, at, date]], rates: [[base, quote, date, rate]] }
create function public.account_evidence(p_line_id uuid, p_from date)
returns jsonb
language plpgsql
stable
set search_path = ''
set statement_timeout = '30s'
set plan_cache_mode = force_generic_plan
as $$
declare
  v_members uuid[];
  v_user_id uuid;
  v_from date;
  v_currencies text[];
begin
  select array_agg(id order by created_at desc, id), min(user_id::text)::uuid into v_members, v_user_id
  from public.accounts
  where line_id = p_line_id;
  select least(p_from, min(v.value_date)) into v_from
  from public.account_values v
  where v.account_id = any (v_members) and v.verdict = 'held' and v.settled_by is null and v.reason <> 'not_funded_yet';
  -- What the first answers said of the currency holds for all of the past, until later ones say that they were wrong.
  if (select min(a.created_at)::date from public.accounts a where a.id = any (v_members)) >= p_from then
    select least(v_from, min(v.value_date)) into v_from
    from public.account_values v
    where v.account_id = any (v_members) and v.verdict = 'accepted' and v.superseded_by is null
      and v.currency <> (select a.currency from public.accounts a where a.id = v_members[1]);
  end if;

  return (
    with readings as materialized (
      select v.*
      from public.account_values v
      where v.account_id = any (v_members) and v.value_date >= v_from
      union all
      (
        select v.*
        from public.account_values v
        where v.account_id = any (v_members) and v.value_date < v_from and v.verdict = 'accepted' and v.superseded_by is null
        order by v.value_date desc
        limit 3
      )
    ),
    statements as materialized (
      select s.*
      from public.movement_statements s
      where s.account_id = any (v_members) and (
        s.range_to >= v_from
        or s.id = (select max(newest.id) from public.movement_statements newest where newest.account_id = s.account_id)
      )
    ),
    statement_rows as materialized (
      select s.id as statement_id, r.*
      from statements s
      join public.movement_rows r on r.id = any (s.row_ids)
    ),
    currencies as materialized (
      select currency from readings where currency is not null
      union
      select currency from statement_rows where currency is not null
      union
      select a.currency from public.accounts a where a.id = any (v_members) and a.currency is not null
      union
      select p.currency from public.portfolios p where p.user_id = v_user_id
    )
    select jsonb_build_object(
      'lineId', p_line_id, 'accountId', v_members[1], 'version', public.evidence_version(p_line_id), 'homeCurrency', p.currency, 'from', v_from,
      'userTotal', (
        select h.total_value::text
        from public.user_portfolio_history h
        where h.user_id = v_user_id and h.is_current
        order by h.value_date desc
        limit 1
      ),
      'readings', coalesce((
        select jsonb_agg(jsonb_build_array(
          r.id::text, r.value_date, r.total_value::text, r.currency, r.kind, r.as_of, r.verdict, r.reason, r.settled_by::text
        ) order by r.id)
        from readings r
        where r.total_value is not null
      ), '[]'),
      'statements', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', s.id::text, 'accountId', s.account_id, 'readAt', s.read_at, 'from', s.range_from, 'to', s.range_to,
          'isComplete', s.is_complete,
          'rows', coalesce((
            select jsonb_agg(jsonb_build_array(
              r.id::text, r.reference, r.kind, r.amount::text, r.currency, r.booked_on, r.description
            ) order by r.id)
            from statement_rows r
            where r.statement_id = s.id
          ), '[]')
        ) order by s.id)
        from statements s
      ), '[]'),
      'decisions', coalesce((
        select jsonb_agg(jsonb_build_object('id', d.id::text, 'at', d.at, 'about', d.about) || case d.about
          when 'reading' then jsonb_build_object('readingId', d.reading_id::text, 'verdict', d.verdict)
          else jsonb_build_object(
            'rowId', d.row_id::text, 'as', case when d.kind is not null then jsonb_build_object('kind', d.kind, 'amount', d.amount::text) end
          )
        end order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about in ('reading', 'movement')
      ), '[]'),
      'facts', coalesce((
        select jsonb_agg(jsonb_build_array(
          s.id::text, s.account_id, s.seen_at, s.is_listed, s.is_open, s.category, s.is_paper, s.currency
        ) order by s.id)
        from public.account_sightings s
        where s.account_id = any (v_members)
      ), '[]'),
      'ends', coalesce((
        select jsonb_agg(jsonb_build_array(d.id::text, d.at, d.account_id, d.ended_on) order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about = 'end'
      ), '[]'),
      'categories', coalesce((
        select jsonb_agg(jsonb_build_array(d.id::text, d.at, d.account_id, d.category) order by d.id)
        from public.decisions d
        where d.account_id = any (v_members) and d.about = 'category'
      ), '[]'),
      'removals', coalesce((
        select jsonb_agg(jsonb_build_array(
          a.id, a.removal_announced_at, (a.removal_announced_at at time zone 'America/New_York')::date
        ) order by a.id)
        from public.accounts a
        where a.id = any (v_members) and a.removal_announced_at is not null
      ), '[]'),
      'rates', case
        when (select count(*) from currencies) < 2 then '[]'
        else coalesce((
          select jsonb_agg(jsonb_build_array(x.base_currency, x.quote_currency, x.rate_date, x.rate::text))
          from public.exchange_rates x
          where x.base_currency in (select currency from currencies) and x.quote_currency in (select currency from currencies)
            and x.rate_date >= v_from - 10
        ), '[]')
      end
    )
    from public.portfolios p
    where p.user_id = v_user_id
  );
end
$$;

comment on function public.account_evidence is 'Everything known of an account line since a day, as one document.';

-- Lets the best accepted observation of each of these account days stand. p_days: [{ accountId, date }]
create function public.settle_current(p_days jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Two observations may not stand at once, so the losers step back before the winners come in.
  with ranked as (
    select v.id, v.superseded_by, first_value(v.id) over (
      partition by v.account_id, v.value_date
      order by public.kind_rank(v.kind), v.as_of desc, v.observed_at desc, v.id desc
    ) as current_id
    from jsonb_to_recordset(p_days) as day ("accountId" uuid, date date)
    join public.account_values v on v.account_id = day."accountId" and v.value_date = day.date and v.verdict = 'accepted'
  )
  update public.account_values v
  set superseded_by = ranked.current_id
  from ranked
  where v.id = ranked.id and ranked.id <> ranked.current_id and v.superseded_by is distinct from ranked.current_id;

  update public.account_values v
  set superseded_by = null
  where v.superseded_by is not null and v.id in (
    select distinct on (w.account_id, w.value_date) w.id
    from jsonb_to_recordset(p_days) as day ("accountId" uuid, date date)
    join public.account_values w on w.account_id = day."accountId" and w.value_date = day.date and w.verdict = 'accepted'
    order by w.account_id, w.value_date, public.kind_rank(w.kind), w.as_of desc,
      w.observed_at desc, w.id desc
  );
end
$$;

comment on function public.settle_current is 'Lets the best accepted observation of each of some account days stand.';

-- Applies verdicts on observations that are stored already, keeps a trace of those that changed, and lets the best of each account
-- day stand; publishing is the caller's part. p_verdicts: [{ id, verdict, reason, contradicts: [id], settledBy }]. Returns the
-- account days on which another value stands or none.
create function public.apply_verdicts(p_verdicts jsonb, p_run_id uuid, p_now timestamptz)
returns table (account_id uuid, value_date date)
language plpgsql
set search_path = ''
as $$
declare
  v_days jsonb;
  v_accepted bigint[];
begin
  with given as (
    select distinct on (document.id) document.id, document.verdict, document.reason, coalesce(document.contradicts, '{}') as contradicts, document."settledBy" as settled_by
    from jsonb_to_recordset(p_verdicts) as document (id bigint, verdict text, reason text, contradicts bigint[], "settledBy" bigint)
    order by document.id
  ),
  changed as (
    select v.user_id, v.account_id, v.value_date, v.verdict as old_verdict, given.*
    from given
    join public.account_values v using (id)
    where v.verdict <> given.verdict
  ),
  kept as (
    insert into public.verdict_changes (
      user_id, reading_id, old_verdict, new_verdict, reason, contradicts, settled_by, run_id, changed_at
    )
    select c.user_id, c.id, c.old_verdict, c.verdict, c.reason, c.contradicts, c.settled_by, p_run_id, p_now from changed c
  ),
  judged as (
    update public.account_values v
    set verdict = given.verdict, reason = given.reason,
      settled_by = case when given.verdict <> 'accepted' then given.settled_by end,
      -- What is accepted anew stands behind all others until the best of its day is found.
      superseded_by = case
        when given.verdict <> 'accepted' then null
        when v.verdict = 'accepted' then v.superseded_by
        else v.id
      end
    from given
    where v.id = given.id
      and (v.verdict, v.reason, v.settled_by) is distinct from
        (given.verdict, given.reason, case when given.verdict <> 'accepted' then given.settled_by end)
  )
  select jsonb_agg(distinct jsonb_build_object('accountId', c.account_id, 'date', c.value_date)), array_agg(c.id) filter (where c.verdict = 'accepted')
  into v_days, v_accepted
  from changed c;

  if v_days is null then
    return;
  end if;
  perform public.settle_current(v_days);
  -- What is believed after all may be the latest known value.
  if v_accepted is not null then
    perform public.keep_live_values(array(
      select distinct on (v.account_id)
        row(v.account_id, v.user_id, v.total_value, v.currency, v.source, v.as_of, v.observed_at)::public.live_values
      from public.account_values v
      where v.id = any (v_accepted) and v.kind = 'daily_eod'
      order by v.account_id, v.as_of desc
    ));
  end if;

  update public.accounts a
  set first_known_on = earliest.date
  from (
    select day."accountId" as account_id, min(v.value_date) as date
    from jsonb_to_recordset(v_days) as day ("accountId" uuid, date date)
    join public.account_values v on v.account_id = day."accountId" and v.value_date = day.date and v.verdict = 'accepted'
    group by day."accountId"
  ) earliest
  where a.id = earliest.account_id and earliest.date < a.first_known_on and a.asset_since is null;

  return query select day."accountId", day.date from jsonb_to_recordset(v_days) as day ("accountId" uuid, date date);
end
$$;

comment on function public.apply_verdicts is 'Applies verdicts on stored observations; returns the account days that they changed.';

-- Who is expected and until when, as concluded: [{ accountId, status: { assetSince, wasAsset, category, isUnnamed, isPaper, endedOn, endReason } }].
-- What its user unlinked has ended for good. Returns the first day on which who is expected changed.
create function public.apply_account_statuses(p_statuses jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_latest date := (select max(date) from public.trading_days where closes_at <= p_now);
  v_changes jsonb;
begin
  with concluded as (
    select a.id, a.is_counted, a.closed_on, s."wasAsset" as was_counted, s."endReason" as end_reason,
      case when s."isUnnamed" then null else coalesce(s.category, a.category) end as category, coalesce(s."isPaper", a.is_paper) as is_paper, since.date as asset_since,
      coalesce(since.date, a.first_known_on) as first_known_on,
      greatest(s."endedOn", case when s."endedOn" is not null then coalesce(since.date, a.first_known_on) end) as ended_on
    from jsonb_to_recordset(p_statuses) as document ("accountId" uuid, status jsonb)
    join public.accounts a on a.id = document."accountId"
    join public.brokerage_connections c on c.id = a.connection_id and c.status <> 'removed' and c.provider <> 'manual'
    cross join lateral jsonb_to_record(document.status) as s (
      "wasAsset" boolean, "assetSince" date, category text, "isUnnamed" boolean, "isPaper" boolean, "endedOn" date, "endReason" text
    )
    -- What becomes an asset is expected from the session on which that is a fact: nothing was kept of it while it was a claim.
    cross join lateral (
      select case when a.is_counted then a.asset_since else greatest(s."assetSince", v_latest) end as date
      where s."assetSince" is not null
      union all
      select a.asset_since where s."assetSince" is null
    ) since
    where jsonb_typeof(document.status) = 'object'
  ),
  changed as (
    update public.accounts a
    set was_counted = c.was_counted, category = c.category, is_paper = c.is_paper, first_known_on = c.first_known_on,
      asset_since = c.asset_since, closed_on = c.ended_on, end_reason = c.end_reason,
      history_asked_at = case when c.asset_since is not null then coalesce(a.history_asked_at, p_now) else a.history_asked_at end
    from concluded c
    where a.id = c.id
      and (a.was_counted, a.category, a.is_paper, a.asset_since, a.closed_on, a.end_reason)
        is distinct from (c.was_counted, c.category, c.is_paper, c.asset_since, c.ended_on, c.end_reason)
    returning a.id, a.user_id, a.is_counted, a.first_known_on, a.closed_on
  )
  select jsonb_agg(jsonb_build_object(
    'id', after.id, 'userId', after.user_id, 'endedBefore', before.closed_on, 'ended', after.closed_on,
    'from', case
      when before.is_counted <> after.is_counted then after.first_known_on
      when before.closed_on is distinct from after.closed_on then least(before.closed_on, after.closed_on)
    end
  ))
  into v_changes
  from changed after
  join concluded before using (id)
  where before.is_counted or after.is_counted;

  if v_changes is null then
    return null;
  end if;
  -- Nobody waits for the days after an end.
  delete from public.fill_outcomes o
  using jsonb_to_recordset(v_changes) as change (id uuid, ended date)
  where o.account_id = change.id and o.value_date >= change.ended;
  -- Of one that is there again, the days in between are to be asked for.
  insert into public.fill_outcomes (user_id, account_id, value_date, reason, detail, last_attempt_at)
  select change."userId", change.id, d.date, 'provider_had_nothing', 'left_out', p_now
  from jsonb_to_recordset(v_changes) as change (id uuid, "userId" uuid, "endedBefore" date, ended date)
  join public.trading_days d on d.date >= change."endedBefore" and d.date < coalesce(change.ended, 'infinity') and d.date <= v_latest
  on conflict do nothing;
  return (select min(change."from") from jsonb_to_recordset(v_changes) as change ("from" date));
end
$$;

comment on function public.apply_account_statuses is
  'Writes whether accounts count and until when; returns the first day on which who is expected changed.';

-- Records what follows from the evidence of accounts besides verdicts. p_conclusions: { reconciled: [{ accountId, from, currency, status }],
-- flows: [{ accountId, key, date, effectiveOn, amount, currency, type, isWithdrawn, isUnknown, description }],
-- spans: [{ accountId, from, to, keys }] }; flows and spans that reach into a reconciled range and are not named are no more.
create function public.apply_conclusions(p_user_id uuid, p_conclusions jsonb, p_now timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
begin
  insert into public.cash_flows as known (
    user_id, account_id, flow_key, flow_date, effective_date, amount, currency, type, is_withdrawn, is_unknown, description, observed_at
  )
  select p_user_id, f."accountId", f.key, f.date, coalesce(f."effectiveOn", f.date), f.amount, f.currency, f.type,
    coalesce(f."isWithdrawn", false), coalesce(f."isUnknown", false), f.description, p_now
  from jsonb_to_recordset(p_conclusions -> 'flows') as f (
    "accountId" uuid, key text, date date, "effectiveOn" date, amount numeric, currency text, type text, "isWithdrawn" boolean,
    "isUnknown" boolean, description text
  )
  on conflict (account_id, flow_key) do update set
    flow_date = excluded.flow_date, effective_date = excluded.effective_date, amount = excluded.amount,
    currency = excluded.currency, type = excluded.type, is_withdrawn = excluded.is_withdrawn, is_unknown = excluded.is_unknown,
    description = excluded.description, observed_at = excluded.observed_at
  where (
      known.flow_date, known.effective_date, known.amount, known.currency, known.type, known.is_withdrawn, known.is_unknown,
      known.description
    ) is distinct from (
      excluded.flow_date, excluded.effective_date, excluded.amount, excluded.currency, excluded.type, excluded.is_withdrawn,
      excluded.is_unknown, excluded.description
    );

  delete from public.cash_flows f
  using jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, "from" date)
  join public.accounts a on a.id = r."accountId"
  join public.accounts m on m.line_id = a.line_id
  where f.account_id = m.id and f.flow_date >= r."from"
    and not exists (
      select
      from jsonb_to_recordset(p_conclusions -> 'flows') as document ("accountId" uuid, key text)
      where document."accountId" = f.account_id and document.key = f.flow_key
    );

  delete from public.unknown_spans s
  using jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, "from" date)
  join public.accounts a on a.id = r."accountId"
  join public.accounts m on m.line_id = a.line_id
  where s.account_id = m.id and s.to_date >= r."from";

  insert into public.unknown_spans (user_id, account_id, from_date, to_date, movement_keys)
  select p_user_id, s."accountId", s."from", s."to", s.keys
  from jsonb_to_recordset(p_conclusions -> 'spans') as s ("accountId" uuid, "from" date, "to" date, keys text[])
  on conflict (account_id, from_date) do update set to_date = excluded.to_date, movement_keys = excluded.movement_keys;

  update public.accounts a
  set currency = r.currency
  from jsonb_to_recordset(p_conclusions -> 'reconciled') as r ("accountId" uuid, currency text)
  where a.id = r."accountId" and r.currency is not null and a.currency is distinct from r.currency;

  return public.apply_account_statuses(p_conclusions -> 'reconciled', p_now);
end
$$;

comment on function public.apply_conclusions is
  'Records what follows from the evidence of accounts besides verdicts; returns the first day on which who is expected changed.';

-- Records conclusions that were drawn anew without an answer of a provider, and publishes what follows. Returns the number of days
-- that are new or changed, or null when the evidence has grown since: then they are to be drawn once more.
create function public.record_reconciliation(p_line_id uuid, p_version text, p_conclusions jsonb, p_reason text, p_now timestamptz)
returns integer
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
declare
  v_user_id uuid;
  v_from date;
begin
  select p.user_id into strict v_user_id
  from public.portfolios p
  where p.user_id = (select a.user_id from public.accounts a where a.line_id = p_line_id limit 1)
  for update;
  if public.evidence_version(p_line_id) <> p_version then
    return null;
  end if;
  select min(changed.value_date) into v_from from public.apply_verdicts(p_conclusions -> 'verdicts', null, p_now) changed;
  v_from := least(v_from, public.apply_conclusions(v_user_id, p_conclusions, p_now));
  update public.accounts set evidence_version = evidence_version + 1 where line_id = p_line_id;
  return case when v_from is null then 0 else public.publish_since(v_user_id, v_from, p_reason, p_now) end;
end
$$;

comment on function public.record_reconciliation is 'Records conclusions that were drawn anew and publishes what follows; null when the evidence has grown since.';

-- Notes what settles doubts, where that may have become known in the same document. p_judged: [{ id or ref, contradicts, settledBy }];
-- p_ids holds the id of each ref.
create function public.settle_doubts(p_judged jsonb, p_ids jsonb)
returns void
language sql
set search_path = ''
as $$
  update public.account_values v
  set settled_by = doubt.settled_by
  from (
    select coalesce(document.id, (p_ids ->> document.ref)::bigint) as id,
      coalesce((p_ids ->> document."settledBy")::bigint, case when document."settledBy" ~ '^\d+$' then document."settledBy"::bigint end) as settled_by
    from jsonb_to_recordset(p_judged) as document (id bigint, ref text, "settledBy" text)
    where document."settledBy" is not null
  ) doubt
  where v.id = doubt.id and v.verdict <> 'accepted' and v.settled_by is distinct from doubt.settled_by
$$;

comment on function public.settle_doubts is 'Notes what settles doubts.';

-- Keeps what a provider reported of movements. A statement that equals the newest one, sameAs, only moves that on.
create function public.record_statements(p_user_id uuid, p_connection_id uuid, p_statements jsonb, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_array_length(p_statements) = 0 then
    return;
  end if;
  update public.movement_statements s
  set read_at = p_now, range_to = greatest(s.range_to, document."to")
  from jsonb_to_recordset(p_statements) as document ("sameAs" bigint, "to" date)
  where s.id = document."sameAs";

  insert into public.movement_rows (
    user_id, account_id, reference, vendor_type, kind, amount, currency, booked_on, description, symbol, units, cash, nth
  )
  select p_user_id, a.id, r.reference, r."vendorType", r.kind, r.amount, r.currency, r.date, r.description, r.symbol, r.units, r.cash, r.nth
  from jsonb_to_recordset(p_statements) as document ("externalId" text, "sameAs" bigint, rows jsonb)
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = document."externalId"
  cross join lateral jsonb_to_recordset(document.rows) as r (
    reference text, "vendorType" text, kind text, amount numeric, currency text, date date, description text, symbol text,
    units numeric, cash numeric, nth smallint
  )
  where document."sameAs" is null
  on conflict do nothing;

  insert into public.movement_statements (
    user_id, account_id, range_from, range_to, first_read_at, read_at, is_complete, row_ids
  )
  select p_user_id, a.id, document."from", document."to", p_now, p_now, document."isComplete", array(
    select known.id
    from jsonb_to_recordset(document.rows) as r (
      reference text, "vendorType" text, kind text, amount numeric, currency text, date date, description text, symbol text,
      units numeric, cash numeric, nth smallint
    )
    join public.movement_rows known on known.account_id = a.id and known.booked_on = r.date and known.kind = r.kind
      and known.reference is not distinct from r.reference and known.amount is not distinct from r.amount
      and known.currency is not distinct from r.currency and known.vendor_type = r."vendorType"
      and known.description is not distinct from r.description and known.symbol is not distinct from r.symbol
      and known.units is not distinct from r.units and known.cash is not distinct from r.cash and known.nth = r.nth
    order by known.id
  )
  from jsonb_to_recordset(p_statements) as document (
    "externalId" text, "sameAs" bigint, "from" date, "to" date, "isComplete" boolean, rows jsonb
  )
  join public.accounts a on a.connection_id = p_connection_id and a.external_id = document."externalId"
  where document."sameAs" is null;
end
$$;

comment on function public.record_statements is 'Keeps what a provider reported of movements.';

-- The conclusions of a fill with the ids of the accounts that it names as the provider does.
create function public.with_account_ids(p_connection_id uuid, p_fill jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_object_agg(part.name, (
    select coalesce(jsonb_agg(document || jsonb_build_object('accountId', coalesce((document ->> 'accountId')::uuid, a.id))), '[]')
    from jsonb_array_elements(coalesce(p_fill -> part.name, '[]')) as document
    left join public.accounts a on a.connection_id = p_connection_id and a.external_id = document ->> 'externalId'
    where document ->> 'accountId' is not null or a.id is not null
  ))
  from (values ('reconciled'), ('flows'), ('spans')) as part (name)
$$;

comment on function public.with_account_ids is 'The conclusions of a fill by the ids of its accounts.';

grant execute on function
  public.evidence_version,
  public.reconciled_sessions,
  public.account_evidence,
  public.settle_current,
  public.apply_verdicts,
  public.apply_account_statuses,
  public.apply_conclusions,
  public.settle_doubts,
  public.record_statements,
  public.with_account_ids,
  public.record_reconciliation
to service_role;
