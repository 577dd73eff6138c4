-- Browser roles and the service role get what each file grants and nothing else. Older Supabase projects grant everything on
-- new objects by themselves and newer ones nothing; Postgres itself lets everybody execute new functions. After this, all are
-- alike.

alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- The right of everybody is no right within a schema, so it can only be revoked for all schemas at once.
alter default privileges revoke execute on functions from public;
