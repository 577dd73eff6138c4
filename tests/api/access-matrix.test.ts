import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_TABLE, type Access, type EndpointRow } from '../support/access-table';
import { type ApiUser, ask, bearer, linkApiUser, signIn, signInWithCookie } from '../support/api';
import { worthlessTokens } from '../support/tokens';

type Caller = { readonly name: string; readonly kind: Kind; readonly headers: Record<string, string> };
type Kind = 'owner' | 'other' | 'administrator' | 'scheduler' | 'api key' | 'nobody';

let owner: ApiUser;
const callers: Caller[] = [];
const places: Record<string, string> = {};

beforeAll(async () => {
  const { status, jwtSecret } = inject('testApp');
  owner = await linkApiUser({ knownSince: '2026-11-16' });
  const listed = await ask('/api/connections', { headers: bearer(owner.accessToken) });
  const { connections } = z
    .object({
      connections: z.array(z.object({ id: z.uuid(), accounts: z.array(z.object({ id: z.uuid() })) })),
    })
    .parse(await listed.json());
  places[':user'] = owner.id;
  places[':connection'] = connections[0]?.id ?? '';
  places[':account'] = connections[0]?.accounts[0]?.id ?? '';

  const add = (name: string, kind: Kind, headers: Record<string, string>) =>
    callers.push({ name, kind, headers });
  add('nobody', 'nobody', {});
  add('the publishable key', 'nobody', { ...bearer(status.publishableKey), apikey: status.publishableKey });
  add('the secret key', 'nobody', { ...bearer(status.secretKey), apikey: status.secretKey });
  for (const [name, token] of Object.entries(worthlessTokens(owner.accessToken, jwtSecret)))
    add(name, 'nobody', bearer(token));
  add('a wrong API key', 'nobody', { 'x-api-key': 'not-the-key-of-anybody' });
  add('the API key', 'api key', { 'x-api-key': status.apiKey ?? '' });
  add('the cron secret', 'scheduler', bearer(status.cronSecret));
  add('an administrator', 'administrator', bearer(await signIn('admin')));
  add('the other user', 'other', bearer(await signIn('steady')));
  add('the other user in a browser', 'other', await signInWithCookie('new'));
  // Last, since what is theirs may be gone afterwards.
  add('the owner', 'owner', bearer(owner.accessToken));
});
afterAll(() => owner.remove());

/** What a caller is answered at a route: let in, or one of the refusals. */
function expected(access: Access, kind: Kind): 'in' | 401 | 403 {
  const isUser = kind === 'owner' || kind === 'other' || kind === 'administrator';
  switch (access) {
    case 'anyone':
      return 'in';
    case 'scheduler':
      return kind === 'scheduler' ? 'in' : 401;
    case 'api_key_or_owner':
      return kind === 'api key' || isUser ? 'in' : 401;
    case 'administrator':
      return kind === 'administrator' ? 'in' : isUser ? 403 : 401;
    case 'owner':
      return isUser ? 'in' : 401;
    default:
      return 401;
  }
}

function addressOf(endpoint: string, row: EndpointRow): string {
  const path = row.path ?? endpoint.slice(endpoint.indexOf(' ') + 1);
  return path.replace(/:\w+/, (place) => places[place] ?? place);
}

let checks = 0;
const rows = Object.entries(ACCESS_TABLE);

describe('every route', () => {
  const routes = rows.filter(([endpoint]) => /^(GET|POST|DELETE) \/api\//.test(endpoint));

  it.each(routes)('%s lets in whom the table says, and nobody else', async (endpoint, row) => {
    for (const { name, kind, headers } of callers) {
      // A cookie is no token for the route that takes either a token or a key.
      if (row.access === 'api_key_or_owner' && 'cookie' in headers) continue;
      const answer = await ask(addressOf(endpoint, row), {
        method: endpoint.split(' ')[0] ?? '',
        headers: { ...(row.body ? { 'content-type': 'application/json' } : {}), ...headers },
        ...(row.body ? { body: JSON.stringify(row.body) } : {}),
      });
      const text = await answer.text();
      const at = `${name} at ${endpoint}: ${answer.status} ${text.slice(0, 200)}`;
      const right = expected(row.access, kind);
      if (right === 'in') expect([401, 403, 429, 500], at).not.toContain(answer.status);
      else expect(answer.status, at).toBe(right);
      if (row.isOwned === true && right === 'in' && kind !== 'owner') expect(answer.status, at).toBe(404);
      if (kind !== 'owner' && row.access !== 'administrator')
        expect(text.includes(owner.email), at).toBe(false);
      checks += 1;
    }
  });
});

describe('every page', () => {
  const pages = rows.filter(([endpoint]) => /^(page |GET \/(?!api\/))/.test(endpoint));

  it.each(pages)('%s shows itself to whom the table says, and to nobody else', async (endpoint, row) => {
    const { jwtSecret } = inject('testApp');
    const user = await signInWithCookie('steady');
    const browsers: [string, Kind, Record<string, string>][] = [
      ['nobody', 'nobody', {}],
      ['a user', 'other', user],
      ['an administrator', 'administrator', await signInWithCookie('admin')],
      ...Object.entries(worthlessTokens(owner.accessToken, jwtSecret)).map(
        ([name, token]): [string, Kind, Record<string, string>] => [
          name,
          'nobody',
          withToken(user.cookie, token),
        ],
      ),
    ];
    for (const [name, kind, headers] of browsers) {
      const answer = await ask(addressOf(endpoint, row), { headers, redirect: 'manual' });
      const location = answer.headers.get('location');
      const text = await answer.text();
      const at = `${name} at ${endpoint}: ${answer.status} ${location}`;
      if (row.access === 'anyone') expect(answer.status, at).toBe(200);
      else if (row.access === 'visitor') expect(kind === 'nobody' ? 200 : 307, at).toBe(answer.status);
      else if (kind === 'nobody') expect(location, at).toMatch(/^(https?:\/\/[^/]+)?\/sign-in/);
      else if (row.access === 'administrator' && kind === 'other') expect(answer.status, at).toBe(404);
      else expect(location ?? '', at).not.toContain('/sign-in');
      if (row.access !== 'administrator') expect(text.includes(owner.email), at).toBe(false);
      checks += 1;
    }
  });
});

it('that were all of them', () => {
  expect(checks).toBeGreaterThan(500);
  process.stdout.write(`Access matrix of routes and pages: ${checks} checks.\n`);
});

const sessionSchema = z.looseObject({ access_token: z.string(), refresh_token: z.string() });

/** A session cookie whose token is another one, and that nothing can renew. */
function withToken(cookie: string, token: string): { cookie: string } {
  const parts = cookie.split('; ').map((part) => part.split('='));
  const name = parts[0]?.[0]?.replace(/\.\d+$/, '') ?? '';
  const joined = parts.map(([, value]) => decodeURIComponent(value ?? '')).join('');
  const session = sessionSchema.parse(
    JSON.parse(Buffer.from(joined.replace(/^base64-/, ''), 'base64url').toString()),
  );
  const changed = JSON.stringify({ ...session, access_token: token, refresh_token: 'none' });
  return { cookie: `${name}=base64-${Buffer.from(changed).toString('base64url')}` };
}
