import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DELETE as unlinkConnection } from '@/app/api/connections/[id]/route';
import { POST as splitAccount } from '@/app/api/portfolio/accounts/[id]/split/route';
import { POST as decideMatch } from '@/app/api/portfolio/matches/[id]/route';
import { GET as readMatches } from '@/app/api/portfolio/matches/route';
import { account } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

// Outside of the framework its navigation cannot be loaded; here nothing navigates.
vi.mock('next/navigation', () => ({ unstable_rethrow: () => {} }));
// Nor does anything come after an answer there.
vi.mock('next/server', () => ({ after: () => {} }));

let stack: TestStack;
let owner: TestUser;
let stranger: TestUser;
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
  stranger = await stack.createUser();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.close();
});

type Init = { method?: string; body?: unknown; headers?: Record<string, string> };

/** A request as this user sends it; as a browser without a session when there is none. */
function requestOf(user: TestUser | null, path: string, { method = 'POST', body, headers = {} }: Init = {}) {
  return new Request(`http://localhost${path}`, {
    method,
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      ...(user === null ? {} : { authorization: `Bearer ${user.accessToken}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The owner's account came back under other ids and the broken link told nothing but names. */
async function relink() {
  await stack.sql`delete from portfolios where user_id = ${owner.id}`;
  const old = await linkPortfolio(stack, { userId: owner.id, accounts: ['isa'] });
  await old.record({ connection: { status: 'disabled' } });
  const again = await old.connectAnother({
    accounts: [account('isa-again', { name: 'isa' })],
    since: '2026-11-19',
  });
  const [row] = await stack.sql<{ id: string }[]>`select id from accounts where external_id = 'isa-again'`;
  return { connectionId: again.connectionId, accountId: row?.id ?? '' };
}

async function readOpen(user: TestUser): Promise<readonly { id: string }[]> {
  const answer = await readMatches(requestOf(user, '/api/portfolio/matches', { method: 'GET' }));
  expect(answer.status).toBe(200);
  return (await answer.json()).matches;
}

test('a match is read, confirmed and undone by its owner', async () => {
  const { accountId } = await relink();
  const [match] = await readOpen(owner);
  expect(match).toMatchObject({ account: { id: accountId, name: 'isa' }, candidate: { name: 'isa' } });

  const path = `/api/portfolio/matches/${match?.id}`;
  const confirmed = await decideMatch(requestOf(owner, path, { body: { confirm: true } }));
  expect(await confirmed.json()).toMatchObject({ proposalId: match?.id, status: 'confirmed' });
  expect(await readOpen(owner)).toEqual([]);

  const split = await splitAccount(requestOf(owner, `/api/portfolio/accounts/${accountId}/split`));
  expect(await split.json()).toMatchObject({ accountId, split: true });
});

test('a connection is unlinked by its owner', async () => {
  const { connectionId } = await relink();
  const answer = await unlinkConnection(
    requestOf(owner, `/api/connections/${connectionId}`, { method: 'DELETE' }),
  );
  expect(await answer.json()).toMatchObject({ connectionId, accounts: 1 });
});

test('what belongs to somebody else, or is no id, is not found', async () => {
  const { accountId, connectionId } = await relink();
  const [match] = await readOpen(owner);
  expect(await readOpen(stranger)).toEqual([]);
  const body = { confirm: true };
  const answers = [
    await decideMatch(requestOf(stranger, `/api/portfolio/matches/${match?.id}`, { body })),
    await splitAccount(requestOf(stranger, `/api/portfolio/accounts/${accountId}/split`)),
    await unlinkConnection(requestOf(stranger, `/api/connections/${connectionId}`, { method: 'DELETE' })),
    await decideMatch(requestOf(owner, '/api/portfolio/matches/1', { body })),
    await splitAccount(requestOf(owner, '/api/portfolio/accounts/1/split')),
    await unlinkConnection(requestOf(owner, '/api/connections/1', { method: 'DELETE' })),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  }
  expect(await readOpen(owner)).toEqual([match]);
});

test('another site cannot ask with the session of a visitor', async () => {
  const { accountId, connectionId } = await relink();
  const headers = { origin: 'https://elsewhere.example' };
  const answers = [
    await decideMatch(
      requestOf(null, `/api/portfolio/matches/${randomUUID()}`, { body: { confirm: true }, headers }),
    ),
    await splitAccount(requestOf(null, `/api/portfolio/accounts/${accountId}/split`, { headers })),
    await unlinkConnection(
      requestOf(null, `/api/connections/${connectionId}`, { method: 'DELETE', headers }),
    ),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
});

test('a word that is neither yes nor no is a bad request', async () => {
  await relink();
  const [match] = await readOpen(owner);
  const request = requestOf(owner, `/api/portfolio/matches/${match?.id}`, { body: { confirm: 'yes' } });
  expect((await decideMatch(request)).status).toBe(400);
});
