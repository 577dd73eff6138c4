import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { expect, inject, test } from 'vitest';
import { applyMigrations, applySchemas } from '@/lib/local/migrations';
import { prepareDatabase } from '@/lib/local/supabase-api';
import { describeSchema, differenceOf } from '../support/describe-schema';

/** What a fresh database is made of after `apply`. */
async function describeDatabase(apply: (sql: Sql) => Promise<readonly string[]>): Promise<readonly string[]> {
  const { serverUrl, keys } = inject('testDatabase');
  const name = `schema_${randomUUID().replaceAll('-', '')}`;
  const server = postgres(`${serverUrl}postgres`, { max: 1, onnotice: () => {} });
  await server`create database ${server(name)}`;
  try {
    await prepareDatabase(`${serverUrl}${name}`, keys, apply);
    const sql = postgres(`${serverUrl}${name}`, { max: 1, onnotice: () => {} });
    const lines = await describeSchema(sql);
    await sql.end();
    return lines;
  } finally {
    await server`drop database ${server(name)} with (force)`;
    await server.end();
  }
}

test('the migrations and the schema files give the same database (before the first deployment: npm run db:baseline)', async () => {
  const migrated = await describeDatabase(applyMigrations);
  const asWritten = await describeDatabase(applySchemas);
  expect(differenceOf(migrated, asWritten)).toEqual([]);
});

test('a project that grants everything on new objects by itself ends with the same rights', async () => {
  const generous = await describeDatabase(async (sql) => {
    for (const kind of ['tables', 'sequences', 'functions']) {
      await sql.unsafe(
        `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
      );
    }
    return applySchemas(sql);
  });
  const rights = (line: string): boolean => line.startsWith('right ');
  expect(
    differenceOf((await describeDatabase(applySchemas)).filter(rights), generous.filter(rights)),
  ).toEqual([]);
});

test('the comparison sees what a difference would be', async () => {
  const asWritten = await describeDatabase(applySchemas);
  const changed = await describeDatabase(async (sql) => {
    const applied = await applySchemas(sql);
    await sql.unsafe(`
      alter table public.runs add column note text;
      alter table public.runs drop constraint runs_trigger_check;
      drop index public.runs_started;
      grant delete on public.runs to anon;
      grant execute on function public.republish to anon;
      drop policy "own history" on public.user_portfolio_history;
      drop trigger protect_observation on public.account_values;
      comment on table public.runs is 'Other words.';
      create or replace function public.carry_sessions_max() returns integer language sql immutable set search_path = '' as 'select 6';
      alter default privileges in schema public grant select on tables to anon;
      delete from public.trading_days where date = '2026-11-27'`);
    return applied;
  });
  const seen = differenceOf(asWritten, changed).map((line) => line.split(':')[0]);
  for (const thing of [
    '+ column runs.note',
    '- constraint runs_trigger_check on runs',
    '- CREATE INDEX runs_started ON public.runs USING btree (started_at DESC)',
    '+ right table runs',
    '+ right function republish(p_user_id uuid, p_from date, p_to date, p_now timestamp with time zone)',
    '+ right default r in public',
    '- row of trading_days',
    '- comment on table runs',
  ]) {
    expect(seen).toContain(thing);
  }
  const text = differenceOf(asWritten, changed).join('\n');
  for (const part of ['own history', 'protect_observation', 'select 6']) expect(text).toContain(part);
});
