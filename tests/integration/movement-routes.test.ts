import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { POST as judgeAsAdministrator } from '@/app/api/admin/movements/[id]/route';
import { POST as sayAsOwner } from '@/app/api/portfolio/movements/[id]/route';
import { readOwnDecisions } from '@/lib/doubts/read';
import { readCurrentDecisions } from '@/lib/doubts/store';
import { value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

// Outside of the framework its navigation cannot be loaded; here nothing navigates.
vi.mock('next/navigation', () => ({ unstable_rethrow: () => {} }));

let stack: TestStack;
let administrator: TestUser;
let administratorToken: string;
let owner: TestUser;
let other: TestUser;
let rowId: number;

beforeAll(async () => {
  stack = await startTestStack();
  vi.stubEnv('NEXT_PUBLIC_SUPABASE_URL', stack.supabaseUrl);
  vi.stubEnv('NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY', stack.keys.publishableKey);
  vi.stubEnv('SUPABASE_SECRET_KEY', stack.keys.secretKey);
  vi.stubEnv('CRON_SECRET', randomUUID());
  vi.stubEnv('CREDENTIALS_KEY', randomBytes(32).toString('base64'));
  vi.stubEnv('SNAPTRADE_CLIENT_ID', 'CLIENT-TEST');
  vi.stubEnv('SNAPTRADE_CONSUMER_KEY', 'consumer-key-test');
  [owner, other, administrator] = [
    await stack.createUser(),
    await stack.createUser(),
    await stack.createUser(),
  ];
  await stack.sql`
    update auth.users set raw_app_meta_data = raw_app_meta_data || '{"role": "admin"}' where id = ${administrator.id}`;
  const { data } = await stack.anonymous.auth.signInWithPassword(administrator);
  administratorToken = data.session?.access_token ?? '';
});
beforeEach(async () => {
  const portfolio = await linkPortfolio(stack, { userId: owner.id });
  const journal = {
    reference: 'ref-1',
    vendorType: 'JOURNAL',
    kind: 'unclassified',
    amount: '12000',
    currency: 'USD',
    date: '2026-11-20',
    description: null,
    nth: 1,
  };
  await portfolio.record({
    observations: [value('account', '2026-11-19', '10000'), value('account', '2026-11-20', '22000')],
    statements: [
      {
        externalId: 'account',
        sameAs: null,
        from: '2026-11-01',
        to: '2026-11-20',
        isComplete: true,
        rows: [journal],
      },
    ],
  });
  const [row] = await stack.sql<{ id: string }[]>`select id from movement_rows`;
  rowId = Number(row?.id);
});
afterEach(() => stack.sql`delete from portfolios`);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.close();
});

function requestOf(token: string, area: string, id: unknown, body: unknown): Request {
  return new Request(`http://localhost/api/${area}/movements/${id}`, {
    method: 'POST',
    headers: { host: 'localhost', 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

const DEPOSIT = { kind: 'deposit', amount: '12000' };
const asOwner = (user: TestUser, as: unknown, id: unknown = rowId) =>
  sayAsOwner(requestOf(user.accessToken, 'portfolio', id, { as }));
const asAdministrator = (token: string, body: unknown, id: unknown = rowId) =>
  judgeAsAdministrator(requestOf(token, 'admin', id, body));

test('an owner says what a movement of theirs was, once, and takes it back', async () => {
  const said = await asOwner(owner, DEPOSIT);
  expect(await said.json()).toMatchObject({ userId: owner.id, date: '2026-11-20' });
  expect((await asOwner(owner, DEPOSIT)).status).toBe(404);
  expect(await readOwnDecisions(stack.admin, owner.id)).toMatchObject([{ isOwner: true, kind: 'deposit' }]);
  expect((await asOwner(owner, null)).status).toBe(200);
  expect(await readOwnDecisions(stack.admin, owner.id)).toEqual([]);
  expect((await asOwner(owner, null)).status).toBe(404);
});

test('an administrator does so with a reason, which the owner does not read, nor who it was', async () => {
  expect((await asAdministrator(administratorToken, { as: DEPOSIT })).status).toBe(400);
  const reason = 'asked the broker';
  expect((await asAdministrator(administratorToken, { as: DEPOSIT, reason })).status).toBe(200);
  expect(await readCurrentDecisions(stack.admin, owner.id)).toMatchObject([
    { actor: administrator.email, reason, isOwner: false, word: 'JOURNAL' },
  ]);
  expect(await readOwnDecisions(stack.admin, owner.id)).toMatchObject([{ actor: null, reason: null }]);
  expect((await asOwner(owner, null)).status).toBe(200);
});

test('nobody else does either', async () => {
  expect((await asOwner(other, DEPOSIT)).status).toBe(404);
  expect((await asOwner({ ...other, accessToken: 'no-token' }, DEPOSIT)).status).toBe(401);
  const body = { as: DEPOSIT, reason: 'a test' };
  expect((await asAdministrator(owner.accessToken, body)).status).toBe(403);
  expect((await asAdministrator('no-token', body)).status).toBe(401);
  expect(await readCurrentDecisions(stack.admin, owner.id)).toEqual([]);
});

test.each([
  { name: 'a kind that is not on the list', as: { kind: 'unclassified', amount: '1' } },
  { name: 'an amount that is none', as: { kind: 'deposit', amount: '1,200' } },
  { name: 'an amount as a number', as: { kind: 'deposit', amount: 1200 } },
  { name: 'no amount', as: { kind: 'transfer' } },
  { name: 'an amount of nothing', as: { kind: 'transfer', amount: '0.00' } },
  { name: 'a deposit that went out', as: { kind: 'deposit', amount: '-1200' } },
  { name: 'a withdrawal that came in', as: { kind: 'withdrawal', amount: '1200' } },
  { name: 'nothing at all', as: undefined },
])('$name is refused in words', async ({ as }) => {
  const refused = await asOwner(owner, as);
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ code: 'bad_request' });
});

test.each(['0', '-1', '1.5', 'abc', '99999999999999999999'])('%s is the id of no movement', async (id) => {
  expect((await asOwner(owner, DEPOSIT, id)).status).toBe(404);
});
