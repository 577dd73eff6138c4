import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';

export const MIGRATIONS_DIR = join(process.cwd(), 'supabase', 'migrations');
/** The schema as it is now, one concept a file, in order. */
export const SCHEMAS_DIR = join(process.cwd(), 'supabase', 'schemas');

/** The files of SQL in a folder, in their order. */
export function readSqlFiles(dir: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(dir, name), 'utf8') }));
}

/**
 * What hosted Supabase has before the first migration: the roles of the Data API. Tables get no grants by default, so
 * that a forgotten grant fails here as it would there.
 */
export async function createApiRoles(sql: Sql): Promise<void> {
  await sql.unsafe(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
      end if;
    end
    $$;
    grant usage on schema public to anon, authenticated, service_role;
    -- Hosted Supabase ends statements of the API after these times.
    alter role anon set statement_timeout = '3s';
    alter role authenticated set statement_timeout = '8s';
  `);
}

/**
 * Applies the migrations that this database has not seen, each in a transaction of its own, and records them in the
 * history table of the Supabase CLI, so that both agree on what has run. Returns the names applied.
 */
export async function applyMigrations(sql: Sql, dir: string = MIGRATIONS_DIR): Promise<readonly string[]> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text primary key, statements text[], name text
    );
  `);
  const seen = new Set(
    (await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`).map(
      (row) => row.version,
    ),
  );
  const applied: string[] = [];
  for (const { name: file, text } of readSqlFiles(dir)) {
    const [version = '', ...words] = file.replace(/\.sql$/, '').split('_');
    if (seen.has(version)) continue;
    try {
      await sql.begin(async (tx) => {
        await tx.unsafe(text);
        await tx`insert into supabase_migrations.schema_migrations (version, statements, name)
                 values (${version}, ${[text]}, ${words.join('_')})`;
      });
    } catch (error) {
      throw new Error(`Migration ${file} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    applied.push(file);
  }
  return applied;
}

/** Lays out an empty database by the schema files. A deployment never does: it applies migrations. */
export async function applySchemas(sql: Sql, dir: string = SCHEMAS_DIR): Promise<readonly string[]> {
  const files = readSqlFiles(dir);
  await sql.begin(async (tx) => {
    for (const { name, text } of files) {
      await tx.unsafe(text).catch((error: unknown) => {
        throw new Error(`Schema ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      });
    }
  });
  return files.map(({ name }) => name);
}
