-- What `supabase start` and `supabase db reset` put into a local database of the CLI, after the migrations.
-- Somebody to sign in with: demo@example.com and the password demo-portfolio. An administrator, so that every page opens.
-- Their brokerage is linked in the app; `npm run dev` needs none of this and brings demo users with histories of its own.

insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
  created_at, updated_at, confirmation_token, recovery_token, email_change, email_change_token_new
)
values (
  '00000000-0000-0000-0000-000000000000', '00000000-0000-4000-8000-000000000001', 'authenticated', 'authenticated',
  'demo@example.com', extensions.crypt('demo-portfolio', extensions.gen_salt('bf')), now(),
  '{"provider": "email", "providers": ["email"], "role": "admin"}', '{}', now(), now(), '', '', '', ''
);

insert into auth.identities (id, user_id, provider_id, provider, identity_data, last_sign_in_at, created_at, updated_at)
select gen_random_uuid(), id, id::text, 'email', jsonb_build_object('sub', id, 'email', email), now(), now(), now()
from auth.users
where email = 'demo@example.com';

insert into public.portfolios (user_id, data_notice)
select id, 'Local development' from auth.users where email = 'demo@example.com';
