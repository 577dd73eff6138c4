-- What a user writes beside a day: private words of theirs, which no conclusion and no operator's page reads.
create table public.day_notes (
  user_id uuid not null references public.portfolios (user_id) on delete cascade,
  value_date date not null,
  body text not null check (char_length(body) between 1 and 1000),
  updated_at timestamptz not null,
  primary key (user_id, value_date)
);

comment on table public.day_notes is 'A user''s own note on a day, one a day.';

alter table public.day_notes enable row level security;
create policy "own notes" on public.day_notes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.day_notes to authenticated;
grant select, insert, update, delete on public.day_notes to service_role;

-- [{ date, text }] of a user, newest day first, within the caller's own rights.
create function public.user_notes(p_user_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('date', n.value_date, 'text', n.body) order by n.value_date desc), '[]')
  from (select * from public.day_notes where user_id = p_user_id order by value_date desc limit 500) n
$$;

comment on function public.user_notes is 'A user''s newest notes.';

-- Writes a user's note on a day, or removes it where there is no text. Returns whether the user has a portfolio to write beside.
create function public.save_note(p_user_id uuid, p_date date, p_body text, p_now timestamptz)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if p_body is null then
    delete from public.day_notes where user_id = p_user_id and value_date = p_date;
    return true;
  end if;
  insert into public.day_notes as n (user_id, value_date, body, updated_at)
  select user_id, p_date, p_body, p_now from public.portfolios where user_id = p_user_id
  on conflict (user_id, value_date) do update set body = excluded.body, updated_at = excluded.updated_at;
  return found;
end
$$;

comment on function public.save_note is 'Writes or removes a user''s note on a day.';

grant execute on function public.user_notes to authenticated, service_role;
grant execute on function public.save_note to service_role;
