import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { POST as judgeHeldValue } from '@/app/api/admin/held-values/[id]/route';
import { GET as readHeldValues } from '@/app/api/admin/held-values/route';
import { value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listPublished } from '../support/published';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

// Outside of the framework its navigation cannot be loaded; here nothing navigates.
vi.mock('next/navigation', () => ({ unstable_rethrow: () => {} }));

let stack: TestStack;
let administrator: string;
let owner: TestUser;
beforeAll(async () => {
  stack = await startTestStack();
  vi.stubEnv('NEXT_PUBLIC_SUPABASE_URL', stack.supabaseUrl);
  vi.stubEnv('NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY', stack.keys.publishableKey);
  vi.stubEnv('SUPABASE_SECRET_KEY', stack.keys.secretKey);
  vi.stubEnv('CRON_SECRET', randomUUID());
  vi.stubEnv('CREDENTIALS_KEY', randomBytes(32).toString('base64'));
  vi.stubEnv('SNAPTRADE_CLIENT_ID', 'CLIENT-TEST');
  vi.stubEnv('SNAPTRADE_CONSUMER_KEY', 'consumer-key-test');
  owner = await stack.createUser();
  const { id, email, password } = await stack.createUser();
  await stack.sql`
    update auth.users set raw_app_meta_data = raw_app_meta_data || '{"role": "admin"}' where id = ${id}`;
  const { data } = await stack.anonymous.auth.signInWithPassword({ email, password });
  administrator = data.session?.access_token ?? '';
});
afterEach(() => stack.sql`delete from portfolios`);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.close();
});

function requestOf(token: string, path: string, body?: unknown): Request {
  return new Request(`http://localhost/api/admin/held-values${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const list = async (path = '') => (await readHeldValues(requestOf(administrator, path))).json();
const judge = (token: string, id: number, verdict: string) =>
  judgeHeldValue(requestOf(token, `/${id}`, { verdict, reason: 'asked the broker' }));

/** An ordinary Thursday and a doubtful Friday. */
async function doubtFriday(parts: Parameters<typeof value>[3] = {}) {
  const portfolio = await linkPortfolio(stack, { userId: owner.id });
  await portfolio.record({ observations: [value('account', '2026-11-19', '100')] });
  const doubt = { verdict: 'held', reason: 'unexplained_swing', ...parts } as const;
  await portfolio.record({ observations: [value('account', '2026-11-20', '1000', doubt)] });
  return portfolio;
}

test('administrators read what waits for a verdict, and what a later value has settled behind it', async () => {
  const { record } = await doubtFriday();
  expect(await list()).toMatchObject({
    heldValues: [{ date: '2026-11-20', total: '1000', reason: 'unexplained_swing', refutedBy: null }],
    next: null,
  });

  const [{ id }] = (await list()).heldValues;
  await record(
    {
      observations: [{ ...value('account', '2026-11-23', '101'), ref: 'later' }],
      verdicts: [{ id, verdict: 'held', reason: 'unexplained_swing', contradicts: [], settledBy: 'later' }],
    },
    '2026-11-23T22:00:00Z',
  );

  expect(await list()).toMatchObject({
    heldValues: [{ date: '2026-11-20', refutedBy: { date: '2026-11-23', total: '101' } }],
  });
});

test('an administrator accepts a value once', async () => {
  await doubtFriday();
  const [held] = (await list()).heldValues;
  const accepted = await judge(administrator, held.id, 'accept');
  expect(await accepted.json()).toMatchObject({ userId: owner.id, date: '2026-11-20', published: 1 });
  expect(await listPublished(stack, owner.id)).toContain('2026-11-20 1000 daily_eod');
  expect((await judge(administrator, held.id, 'reject')).status).toBe(404);
});

test('a value in an unknown currency cannot be accepted, and waits on; it can be rejected', async () => {
  await doubtFriday({ currency: null, reason: 'unknown_currency' });
  const [held] = (await list()).heldValues;

  const refused = await judge(administrator, held.id, 'accept');
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ code: 'bad_request' });
  expect((await list()).heldValues).toEqual([held]);

  expect((await judge(administrator, held.id, 'reject')).status).toBe(200);
  expect((await list()).heldValues).toEqual([]);
});

test('nobody else reads or judges anything', async () => {
  await doubtFriday();
  const [held] = (await list()).heldValues;
  expect((await readHeldValues(requestOf(owner.accessToken, ''))).status).toBe(403);
  expect((await readHeldValues(requestOf('no-token', ''))).status).toBe(401);
  expect((await judge(owner.accessToken, held.id, 'accept')).status).toBe(403);
  expect((await judge('no-token', held.id, 'accept')).status).toBe(401);
  expect((await list()).heldValues).toEqual([held]);
});
