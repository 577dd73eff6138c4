import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateCredentials } from '@/lib/connections/rotate-credentials';
import { currentPrefix, decryptCredentials, encryptCredentials } from '@/lib/credentials';
import { startTestStack, type TestStack } from '../support/test-stack';

const newKey = () => randomBytes(32).toString('base64');
const OLD = newKey();
const NEW = newKey();

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/** Users with a registration and three connections each, all encrypted with a key; returns what they open to, by where they stand. */
async function linkUsers(count: number, key: string): Promise<Map<string, unknown>> {
  await stack.sql`delete from auth.users`;
  const secrets = new Map<string, unknown>();
  for (let user = 0; user < count; user += 1) {
    const { id } = await stack.createUser();
    await stack.sql`insert into portfolios (user_id) values (${id})`;
    const keep = (where: string) => {
      const credentials = { userSecret: randomUUID() };
      secrets.set(where, credentials);
      return encryptCredentials(credentials, key);
    };
    await stack.sql`
      insert into provider_users (user_id, provider, ciphertext) values (${id}, 'snaptrade', ${keep(`user ${id}`)})`;
    for (let link = 0; link < 3; link += 1) {
      const connectionId = randomUUID();
      await stack.sql`
        insert into brokerage_connections (id, user_id, provider, external_id, institution)
        values (${connectionId}, ${id}, 'snaptrade', ${connectionId}, 'Test Brokerage')`;
      await stack.sql`
        insert into connection_credentials (connection_id, ciphertext) values (${connectionId}, ${keep(connectionId)})`;
    }
  }
  return secrets;
}

async function readStored(): Promise<ReadonlyMap<string, string>> {
  const rows = await stack.sql<{ where: string; ciphertext: string }[]>`
    select connection_id::text as where, ciphertext from connection_credentials
    union all select 'user ' || user_id, ciphertext from provider_users`;
  return new Map(rows.map(({ where, ciphertext }) => [where, ciphertext]));
}

async function openWith(keys: string): Promise<ReadonlyMap<string, unknown>> {
  return new Map([...(await readStored())].map(([where, text]) => [where, decryptCredentials(text, keys)]));
}

test('all credentials come to be encrypted with the new key, in parts, and a second time changes nothing', async () => {
  const secrets = await linkUsers(3, OLD);
  const rotate = () => rotateCredentials(stack.admin, `${NEW},${OLD}`, 5);
  expect(await rotate()).toEqual({ rewritten: 12, unreadable: [] });
  expect(await openWith(NEW)).toEqual(secrets);
  const stored = await readStored();
  expect(await rotate()).toEqual({ rewritten: 0, unreadable: [] });
  expect(await readStored()).toEqual(stored);
});

test('two that rotate at once write each of them once', async () => {
  const secrets = await linkUsers(4, OLD);
  const both = await Promise.all(
    [3, 5].map((atOnce) => rotateCredentials(stack.admin, `${NEW},${OLD}`, atOnce)),
  );
  expect(both.map(({ rewritten }) => rewritten).reduce((sum, one) => sum + one)).toBe(16);
  expect(await openWith(NEW)).toEqual(secrets);
});

test('what was replaced after it was read stays as it was written', async () => {
  await linkUsers(1, OLD);
  const [before] = [...(await readStored())].filter(([where]) => !where.startsWith('user'));
  const [connectionId, replaces] = before ?? ['', ''];
  const meanwhile = encryptCredentials({ keyId: 'fresh' }, NEW);
  await stack.sql`update connection_credentials set ciphertext = ${meanwhile} where connection_id = ${connectionId}`;
  const rows = [{ key: `connection ${connectionId}`, ciphertext: 'late', replaces }];
  const { data } = await stack.admin.rpc('replace_credentials', { p_rows: rows });
  expect(data).toBe(0);
  expect((await readStored()).get(connectionId)).toBe(meanwhile);
});

test('what no key opens is left alone and named, and the rest is rotated', async () => {
  await linkUsers(1, OLD);
  const lost = encryptCredentials({ userSecret: 'lost' }, newKey());
  const [row] = await stack.sql<{ id: string }[]>`
    update connection_credentials set ciphertext = ${lost}
    where connection_id = (select min(connection_id::text)::uuid from connection_credentials)
    returning connection_id as id`;
  const rotated = await rotateCredentials(stack.admin, `${NEW},${OLD}`, 1);
  expect(rotated).toEqual({ rewritten: 3, unreadable: [`connection ${row?.id}`] });
  expect((await readStored()).get(row?.id ?? '')).toBe(lost);
});

test('the command does so in the project of its environment, and reports when the old key may go', async () => {
  await linkUsers(1, OLD);
  const [code, output] = await rotateByCommand(`${NEW},${OLD}`);
  expect(output).toContain('4 credentials were encrypted with the first key.');
  expect(output).toContain('the other keys may go');
  expect(code).toBe(0);
  for (const text of (await readStored()).values()) expect(text.startsWith(currentPrefix(NEW))).toBe(true);

  const [refused, complaint] = await rotateByCommand(newKey());
  expect(complaint).toContain('None of the keys opens 4 credentials');
  expect(refused).toBe(1);
});

async function rotateByCommand(credentialsKey: string): Promise<[number | null, string]> {
  const child = spawn(
    process.execPath,
    ['--conditions=react-server', '--import', 'tsx', 'supabase/rotate-keys.ts'],
    {
      env: {
        ...process.env,
        NEXT_PUBLIC_SUPABASE_URL: stack.supabaseUrl,
        NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: stack.keys.publishableKey,
        SUPABASE_SECRET_KEY: stack.keys.secretKey,
        CRON_SECRET: 'a-secret-of-the-cron',
        CREDENTIALS_KEY: credentialsKey,
        SNAPTRADE_CLIENT_ID: 'client',
        SNAPTRADE_CONSUMER_KEY: 'consumer',
      },
    },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return [code, output.join('')];
}

test('so do sessions that are open, and logins that a provider has still to forget', async () => {
  await linkUsers(1, NEW);
  const [user] = await stack.sql<{ id: string }[]>`select id from auth.users`;
  const secret = { accessToken: 'kept' };
  await stack.sql`
    insert into link_sessions (user_id, provider, ciphertext, created_at, expires_at)
    values (${user?.id ?? ''}, 'plaid', ${encryptCredentials(secret, OLD)}, now(), now())`;
  await stack.sql`
    insert into connection_removals values ('plaid', 'item', ${encryptCredentials(secret, OLD)}, now(), now())`;
  expect(await rotateCredentials(stack.admin, `${NEW},${OLD}`)).toEqual({ rewritten: 2, unreadable: [] });
  const rows = await stack.sql<{ ciphertext: string }[]>`
    select ciphertext from link_sessions union all select ciphertext from connection_removals`;
  expect(rows.map(({ ciphertext }) => decryptCredentials(ciphertext, NEW))).toEqual([secret, secret]);
});
