import type { Sql } from 'postgres';

/**
 * What a database is made of, a line for each thing in `public`: tables, columns, constraints, indexes, types, sequences,
 * functions (white space aside), views, triggers, policies, rights, rights by default, comments, and rows. Two databases with
 * the same lines behave alike.
 */
export async function describeSchema(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.unsafe<{ line: string }[]>(FACTS);
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
  const stored = await Promise.all(
    tables.map(
      ({ name }) => sql<{ line: string }[]>`
        select ${`row of ${name}: `} || t::text as line from ${sql('public')}.${sql(name)} t`,
    ),
  );
  return [...rows, ...stored.flat()].map(({ line }) => line).sort();
}

/** The lines that only one of two has: `-` for the first, `+` for the second. */
export function differenceOf(first: readonly string[], second: readonly string[]): readonly string[] {
  const only = (these: readonly string[], others: readonly string[], sign: string): readonly string[] => {
    const known = new Set(others);
    return these.filter((line) => !known.has(line)).map((line) => `${sign} ${line}`);
  };
  return [...only(first, second, '-'), ...only(second, first, '+')];
}

const FACTS = `
with
  class as (select * from pg_class where relnamespace = 'public'::regnamespace),
  function as (
    select oid, format('%s(%s)', proname, pg_get_function_identity_arguments(oid)) as name, proacl, prosrc, proowner
    from pg_proc where pronamespace = 'public'::regnamespace
  ),
  type as (
    select t.* from pg_type t left join pg_class c on c.oid = t.typrelid
    where t.typnamespace = 'public'::regnamespace and (t.typtype = 'e' or c.relkind = 'c')
  ),
  rights as (
    select format('%s %s', case relkind when 'S' then 'sequence' else 'table' end, relname) as thing, r.grantee, r.privilege_type
    from class, aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))) r
    where relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select format('column %s.%s', c.relname, a.attname), r.grantee, r.privilege_type
    from class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) r
    union all
    select 'function ' || name, r.grantee, r.privilege_type
    from function, aclexplode(coalesce(proacl, acldefault('f', proowner))) r
    union all
    select 'type ' || typname, r.grantee, r.privilege_type
    from type, aclexplode(coalesce(typacl, acldefault('T', typowner))) r
    union all
    select format('default %s in %s', defaclobjtype, coalesce(nullif(defaclnamespace, 0)::regnamespace::text, 'every schema')),
      r.grantee, r.privilege_type
    from pg_default_acl, aclexplode(defaclacl) r
  )
select format('table %s: kind %s, row security %s %s, options %s', relname, relkind, relrowsecurity, relforcerowsecurity, reloptions) as line
from class where relkind in ('r', 'p', 'v', 'm', 'f')
union all
select format('column %s.%s: %s. %s%s, default %s, identity %s, generated %s', c.relname, a.attname,
  row_number() over (partition by c.oid order by a.attnum), format_type(a.atttypid, a.atttypmod),
  case when a.attnotnull then ' not null' end, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
from class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
union all
select format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
from pg_constraint where connamespace = 'public'::regnamespace
union all
select pg_get_indexdef(indexrelid) from pg_index where indrelid in (select oid from class)
union all
select format('enum %s: %s', typname, (select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = type.oid))
from type where typtype = 'e'
union all
select format('sequence %s: %s', sequencename, (start_value, min_value, max_value, increment_by, cycle, data_type))
from pg_sequences where schemaname = 'public'
union all
select regexp_replace(pg_get_functiondef(oid), '\\s+', ' ', 'g') from function
union all
select format('view %s: %s', relname, regexp_replace(pg_get_viewdef(oid), '\\s+', ' ', 'g')) from class where relkind in ('v', 'm')
union all
select format('%s %s', pg_get_triggerdef(oid), tgenabled) from pg_trigger where tgrelid in (select oid from class) and not tgisinternal
union all
select 'policy ' || p::text from pg_policies p where schemaname = 'public'
union all
select format('right %s: %s %s', thing, case grantee when 0 then 'everybody' else grantee::regrole::text end, privilege_type) from rights
union all
select format('comment on %s: %s', pg_describe_object(classoid, objoid, objsubid), description)
from pg_description
where (classoid = 'pg_class'::regclass and objoid in (select oid from class))
  or (classoid = 'pg_proc'::regclass and objoid in (select oid from function))
  or (classoid = 'pg_type'::regclass and objoid in (select oid from pg_type where typnamespace = 'public'::regnamespace))
  or (classoid = 'pg_constraint'::regclass and objoid in (select oid from pg_constraint where connamespace = 'public'::regnamespace))
  or (classoid = 'pg_policy'::regclass and objoid in (select oid from pg_policy where polrelid in (select oid from class)))
`;
