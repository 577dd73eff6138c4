-- What providers report of movements, raw: each reading of an account's movements means "these and no others" of a range of days.
create table public.movement_rows (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  reference text,
  vendor_type text not null,
  kind text not null check (
    kind in ('deposit', 'withdrawal', 'transfer', 'dividend', 'interest', 'fee', 'other', 'unclassified')
  ),
  amount numeric,
  currency text check (currency ~ '^[A-Z]{3}$'),
  booked_on date not null,
  description text,
  symbol text,
  units numeric,
  cash numeric,
  nth smallint not null check (nth > 0),
  unique nulls not distinct (account_id, booked_on, kind, reference, amount, currency, vendor_type, description, symbol, units, cash, nth)
);

create index movement_rows_user on public.movement_rows (user_id);

comment on table public.movement_rows is 'One row of a statement as it was reported; what is equal in later statements is the same row.';
comment on column public.movement_rows.amount is 'Null when it was not reported, which is not zero.';
comment on column public.movement_rows.currency is 'Null means the account''s own.';
comment on column public.movement_rows.symbol is 'What it changed the units of; null where only cash moved.';
comment on column public.movement_rows.units is 'By how many units; null beside a symbol for a split, which prices tell.';
comment on column public.movement_rows.cash is 'By how much it changed the cash; null where nobody knows what it changed in the holdings.';
comment on column public.movement_rows.nth is 'Equal rows of one statement are as many movements.';

alter table public.movement_rows enable row level security;
create policy "own movement rows" on public.movement_rows for select to authenticated using (user_id = (select auth.uid()));
grant select on public.movement_rows to authenticated;
grant select, insert on public.movement_rows to service_role;

create table public.movement_statements (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  range_from date not null,
  range_to date not null,
  first_read_at timestamptz not null,
  read_at timestamptz not null,
  is_complete boolean not null,
  row_ids bigint[] not null,
  check (range_from <= range_to)
);

create index movement_statements_account on public.movement_statements (account_id, range_to);
create index movement_statements_user on public.movement_statements (user_id);

comment on table public.movement_statements is 'A successful reading of an account''s movements: within the range these, and no others.';
comment on column public.movement_statements.read_at is 'When it was read last: a reading that brings nothing new moves this and the end of the range on.';
comment on column public.movement_statements.is_complete is 'False while the provider is still collecting: such a statement withdraws nothing.';

alter table public.movement_statements enable row level security;
create policy "own statements" on public.movement_statements for select to authenticated using (user_id = (select auth.uid()));
grant select on public.movement_statements to authenticated;
grant select, insert, update on public.movement_statements to service_role;

create table public.decisions (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  account_id uuid not null references public.accounts (id) on delete cascade,
  actor_id uuid not null,
  about text not null default 'reading' check (about in ('reading', 'movement', 'end', 'category')),
  reading_id bigint references public.account_values (id) on delete cascade,
  verdict text check (verdict in ('accept', 'reject', 'take_back')),
  row_id bigint references public.movement_rows (id) on delete cascade,
  kind text check (kind in ('deposit', 'withdrawal', 'transfer', 'dividend', 'interest', 'fee', 'other')),
  amount numeric,
  ended_on date,
  category text check (category in ('investment', 'deposit', 'credit')),
  reason text not null check (length(reason) between 1 and 500),
  at timestamptz not null,
  constraint decisions_about_reading check ((about = 'reading') = (reading_id is not null and verdict is not null)),
  constraint decisions_about_movement check ((about = 'movement') = (row_id is not null) and (kind is null) = (amount is null)),
  constraint decisions_about_end check (about = 'end' or ended_on is null),
  constraint decisions_about_category check (about = 'category' or category is null)
);

create index decisions_account on public.decisions (account_id);
create index decisions_user on public.decisions (user_id);

create index decisions_reading on public.decisions (reading_id);
create index decisions_row on public.decisions (row_id);

comment on table public.decisions is
  'What a person decided about an observation or the end of an account, or stated a movement or an account to be; of several decisions on one subject the newest counts. Append-only.';
comment on column public.decisions.kind is 'What the movement was; null takes that back.';
comment on column public.decisions.amount is 'In the currency of the movement''s row; inflow into the account positive.';
comment on column public.decisions.ended_on is
  'About an end: the first trading day on which the account is no more; null takes the end back.';
comment on column public.decisions.category is
  'What the account is, where its provider calls it by a word that nobody knows; null takes that back.';

alter table public.decisions enable row level security;
grant select, insert on public.decisions to service_role;

create table public.verdict_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  reading_id bigint not null references public.account_values (id) on delete cascade,
  old_verdict text not null,
  new_verdict text not null,
  reason text,
  contradicts bigint[] not null,
  settled_by bigint,
  run_id uuid,
  changed_at timestamptz not null
);

create index verdict_changes_reading on public.verdict_changes (reading_id);
create index verdict_changes_user on public.verdict_changes (user_id);

comment on table public.verdict_changes is 'Each verdict that changed after an observation was stored, with the evidence that changed it. Append-only.';

alter table public.verdict_changes enable row level security;
grant select, insert on public.verdict_changes to service_role;

create table public.unknown_spans (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  from_date date not null,
  to_date date not null,
  movement_keys text[] not null,
  primary key (account_id, from_date),
  check (from_date < to_date)
);

create index unknown_spans_user on public.unknown_spans (user_id);

comment on table public.unknown_spans is
  'Neighbouring values of an account between which a movement that nobody knows makes every figure unknown. A conclusion, drawn again.';

alter table public.unknown_spans enable row level security;
create policy "own unknown spans" on public.unknown_spans for select to authenticated using (user_id = (select auth.uid()));
grant select on public.unknown_spans to authenticated;
grant select, insert, update, delete on public.unknown_spans to service_role;
