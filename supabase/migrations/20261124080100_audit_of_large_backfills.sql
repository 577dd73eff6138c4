-- The log counts what backfills under way have brought until now, which takes seconds for one of everybody and a year.
alter function public.list_audit(uuid, text, bigint, integer) set statement_timeout = '60s';
