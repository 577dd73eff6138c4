import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

let stack: TestStack;
let user: TestUser;
beforeAll(async () => {
  stack = await startTestStack();
  user = await stack.createUser();
});
afterAll(() => stack.close());

/** Runs the command as a person would; returns how it ended and what it said. */
async function makeAdmin(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(
    process.execPath,
    ['--conditions=react-server', '--import', 'tsx', 'supabase/make-admin.ts', ...args],
    { env: { ...process.env, DATABASE_URL: '', NEXT_PUBLIC_SUPABASE_URL: '', ...environment } },
  );
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said: said.join('') };
}

async function databaseUrl(): Promise<string> {
  const [row] = await stack.sql<{ name: string }[]>`select current_database() as name`;
  return `${inject('testDatabase').serverUrl}${row?.name}`;
}

async function readRole(): Promise<unknown> {
  const { data } = await user.client.auth.getUser(user.accessToken);
  return data.user?.app_metadata.role;
}

test('a user becomes an administrator with one command, and is one at once', async () => {
  expect(await readRole()).toBeUndefined();
  const made = await makeAdmin([user.email.toUpperCase()], { DATABASE_URL: await databaseUrl() });
  expect(made).toEqual({ code: 0, said: expect.stringContaining('is an administrator now') });
  expect(await readRole()).toBe('admin');
});

test('somebody who cannot sign in does not', async () => {
  const { code, said } = await makeAdmin(['nobody@example.com'], { DATABASE_URL: await databaseUrl() });
  expect(code).toBe(1);
  expect(said).toContain('Nobody signs in as nobody@example.com');
});

test('for a hosted project without a database at hand, the statement is printed and nothing is claimed', async () => {
  const { code, said } = await makeAdmin(['you@example.com'], {
    NEXT_PUBLIC_SUPABASE_URL: 'https://project.supabase.example',
  });
  expect(code).toBe(1);
  expect(said).toContain("where lower(email) = lower('you@example.com')");
  expect(said).toContain('Nothing was changed');
});

test('what is no e-mail address is refused before anything is opened', async () => {
  const { code, said } = await makeAdmin(["x'; drop table accounts; --"]);
  expect(code).toBe(1);
  expect(said).toContain('Name an e-mail address');
});
