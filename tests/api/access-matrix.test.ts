import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { viewerId } from '@/lib/http/session';
import { ACCESS_TABLE, type Access, type EndpointRow } from '../support/access-table';
import {
  type ApiUser,
  ask,
  bearer,
  linkApiUser,
  openDatabase,
  signIn,
  signInWithCookie,
} from '../support/api';
import { type ActionArgument, callAction } from '../support/call-action';
import { readActions } from '../support/endpoints';
import { readWhatIsKept } from '../support/kept-rows';
import { worthlessTokens } from '../support/tokens';

type Caller = { readonly name: string; readonly kind: Kind; readonly headers: Record<string, string> };
type Kind = 'owner' | 'other' | 'administrator' | 'scheduler' | 'api key' | 'nobody';

/** By no tick, so that what changes changes by what is asked. */
const UNTOUCHED = { notBefore: '2099-01-01T00:00:00Z' };

let sql: Sql;
let owner: ApiUser;
let stranger: ApiUser;
let demoted: ApiUser;
const callers: Caller[] = [];
const cookies = {
  owner: { cookie: '' },
  stranger: { cookie: '' },
  demoted: { cookie: '' },
  administrator: { cookie: '' },
};
const places: Record<string, string> = {};

beforeAll(async () => {
  const { status, jwtSecret } = inject('testApp');
  sql = openDatabase();
  [owner, stranger, demoted] = [
    await linkApiUser({ knownSince: '2026-11-16', ...UNTOUCHED }),
    await linkApiUser(UNTOUCHED),
    await linkApiUser(UNTOUCHED),
  ];
  Object.assign(places, await giveEverythingTo(owner));

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
  cookies.administrator = await signInWithCookie('admin');

  // Both sessions say administrator, and will say so until they run out.
  await sql`update auth.users set raw_app_meta_data = '{"role": "admin"}' where id = ${demoted.id}`;
  add('an administrator of yesterday', 'other', bearer(await signIn(demoted)));
  cookies.demoted = await signInWithCookie(demoted);
  add('an administrator of yesterday in a browser', 'other', cookies.demoted);
  await sql`update auth.users set raw_app_meta_data = '{}' where id = ${demoted.id}`;

  cookies.stranger = await signInWithCookie(stranger);
  add('the other user', 'other', bearer(stranger.accessToken));
  add('the other user in a browser', 'other', cookies.stranger);
  // Last, since what is theirs may be gone afterwards.
  cookies.owner = await signInWithCookie(owner);
  add('the owner', 'owner', bearer(owner.accessToken));
});
afterAll(async () => {
  for (const user of [owner, stranger, demoted]) await user.remove();
  await sql.end();
});

/** One of each kind of object that an endpoint can be asked about, by the names of `access-table`. */
async function giveEverythingTo({
  id: userId,
  connectionId,
  accessToken,
}: ApiUser): Promise<Record<string, string>> {
  const [connection] = await sql<{ id: string; account: string }[]>`
    select c.id, a.id as account from brokerage_connections c join accounts a on a.connection_id = c.id
    where c.external_id = ${connectionId}`;
  // While there is one account, whose values they can only be.
  const taken = await ask('/api/portfolio/imports?name=old.csv', {
    method: 'POST',
    headers: { ...bearer(accessToken), 'content-type': 'text/csv' },
    body: 'date,value,account\n2019-12-31,1000,Account\n',
  });
  const [other, unnamed] = await sql<{ account: string }[]>`
    with linked as (
      insert into brokerage_connections (user_id, provider, external_id, institution)
      values (${userId}, 'snaptrade', ${`again-${connectionId}`}, 'Test Brokerage') returning id
    )
    insert into accounts (user_id, connection_id, external_id, name, currency, category, first_known_on)
    select ${userId}, linked.id, named.id, 'Account', 'USD', named.category, '2026-11-18'
    from linked, (values ('again', 'investment'), ('unnamed', null)) named (id, category)
    order by named.id
    returning id as account`;
  await sql`update portfolios set estimates_since = '2026-11-19T22:00:00Z' where user_id = ${userId}`;
  await sql`insert into day_notes (user_id, value_date, body, updated_at) values (${userId}, '2026-11-19', 'a note', now())`;
  const [match] = await sql<{ id: string }[]>`
    insert into account_match_proposals (user_id, account_id, candidate_id, created_at)
    values (${userId}, ${other?.account ?? ''}, ${connection?.account ?? ''}, '2026-11-20T22:00:00Z') returning id`;
  const [movement] = await sql<{ id: string }[]>`
    insert into movement_rows (user_id, account_id, vendor_type, kind, booked_on, nth)
    values (${userId}, ${connection?.account ?? ''}, 'MYSTERY', 'unclassified', '2026-11-19', 1) returning id`;
  return {
    ':user': userId,
    ':connection': connection?.id ?? '',
    ':account': connection?.account ?? '',
    ':unnamed': unnamed?.account ?? '',
    ':match': match?.id ?? '',
    ':movement': movement?.id ?? '',
    ':import': z.object({ importId: z.uuid() }).parse(await taken.json()).importId,
  };
}

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
  return fillIn(row.path ?? endpoint.slice(endpoint.indexOf(' ') + 1));
}

function fillIn(text: string): string {
  return text.replace(/:[a-z]+/, (place) => places[place] ?? place);
}

/** Where somebody is sent whose page it is not: to it as their own, without a word of anything done. */
const LEFT_ALONE = /^\/(?:connections|settings|continue\?to=%2Fsettings)?(?:;|$)/;

let checks = 0;
const rows = Object.entries(ACCESS_TABLE);

/** With what each action is called: whose page says so, and a form about what is the owner's. */
const CALLS: Readonly<Record<string, (viewer: string) => readonly ActionArgument[]>> = {
  startLinkAction: (viewer) => [viewer, null, { connection: ':connection' }],
  linkByKeysAction: (viewer) => [
    viewer,
    null,
    { provider: 'alpaca', connection: ':connection', keyId: 'KEY', secretKey: 'a-secret' },
  ],
  checkLinksAction: (viewer) => [viewer],
  unlinkAction: (viewer) => [viewer, { connection: ':connection' }],
  decideMatchAction: (viewer) => [viewer, { match: ':match', answer: 'yes' }],
  splitAccountAction: (viewer) => [viewer, { account: ':account' }],
  endAccountAction: (viewer) => [viewer, { account: ':account', since: '2026-11-19' }],
  // Without a name it adds nothing to whoever sends it.
  addManualAccountAction: (viewer) => [
    viewer,
    null,
    { name: '', currency: 'USD', date: '2020-01-02', value: '1' },
  ],
  changeManualAccountAction: (viewer) => [viewer, null, { account: ':account', change: 'delete' }],
  // Without a text it takes the note of that day away.
  saveNoteAction: (viewer) => [viewer, null, { date: '2026-11-19', text: '' }],
  // Even whoever knows the owner's password changes nothing of theirs from a session of their own.
  changePasswordAction: (viewer) => [viewer, null, { current: owner.password, next: 'another-password' }],
  changeEmailAction: (viewer) => [viewer, null, { password: owner.password, email: 'other@example.com' }],
  deleteEverythingAction: (viewer) => [viewer, null, { password: owner.password }],
  enrolFactor: () => [],
  verifyFactor: () => [null, { factor: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f', code: '123456' }],
  signIn: () => [null, { email: owner.email, password: 'not-their-password' }],
  signUpAction: () => [null, { email: owner.email, password: 'another-password' }],
  sendRecoveryAction: () => [null, { email: owner.email }],
  confirmEmailAction: () => [null, { type: 'recovery', tokenHash: 'none', password: 'another-password' }],
  saveMessagesAction: (viewer) => [viewer, null, { topic: 'question' }],
  // Without a tick, which takes away what the owner allows.
  saveEstimatesAction: (viewer) => [viewer, null, {}],
  unsubscribeAction: () => [null, { token: 'none' }],
  signOutEverywhereAction: (viewer) => [viewer],
  signOut: () => [],
};

function call(action: string, viewer: string, headers: Record<string, string>) {
  const args = CALLS[action]?.(viewer) ?? [];
  const about = args.map((arg) =>
    arg === null || typeof arg === 'string'
      ? arg
      : Object.fromEntries(Object.entries(arg).map(([field, value]) => [field, fillIn(value)])),
  );
  return callAction(action, about, headers);
}

async function expectNoChangeBy(action: string): Promise<void> {
  const isOwners = ACCESS_TABLE[`action ${action}`]?.access === 'owner';
  const users = [owner.id, stranger.id, demoted.id];
  const before = await readWhatIsKept(sql, users);
  for (const [name, user, headers] of [
    ['nobody', null, {}],
    ['the cron secret', null, bearer(inject('testApp').status.cronSecret)],
    ['the secret key', null, bearer(inject('testApp').status.secretKey)],
    ['the other user', stranger, cookies.stranger],
    ['an administrator of yesterday', demoted, cookies.demoted],
  ] as const) {
    // From the owner's page, and then from one's own about what is the owner's.
    for (const page of user === null ? [owner] : [owner, user]) {
      const { status, location, text } = await call(action, viewerId(page.id), headers);
      const at = `${name} at ${action}: ${status} ${location} ${text.slice(0, 200)}`;
      expect([200, 303], at).toContain(status);
      if (isOwners && user === null) expect(location, at).toContain('sign-in');
      else if (isOwners && page === owner) expect(location, at).toMatch(LEFT_ALONE);
      if (isOwners) expect(text.includes(owner.email), at).toBe(false);
      checks += 1;
    }
  }
  expect(await readWhatIsKept(sql, users)).toEqual(before);
}

/** These come last, since they end the session that they come from. */
const ENDS_SESSION = /^signOut/;

describe('every server action', () => {
  it.each(Object.keys(CALLS).filter((action) => !ENDS_SESSION.test(action)))(
    '%s changes nothing for whom it is not',
    expectNoChangeBy,
  );

  it('and those that change something do so for its owner', async () => {
    const noticeOf = async (action: string) =>
      (await call(action, viewerId(owner.id), cookies.owner)).location;
    expect(await noticeOf('decideMatchAction')).toContain('notice=joined');
    expect(await noticeOf('splitAccountAction')).toContain('notice=separated');
    expect(await noticeOf('endAccountAction')).toContain('notice=ended');
  });

  it('are all that the build has', () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(
      readActions()
        .map(({ name }) => name)
        .toSorted(),
    );
  });
});

describe('every route', () => {
  // What the actions have used up is not what routes are about.
  beforeAll(() => sql`delete from rate_limits`);

  const routes = rows.filter(([endpoint]) => /^(GET|POST|DELETE) \/api\//.test(endpoint));

  it.each(routes)('%s lets in whom the table says, and nobody else', async (endpoint, row) => {
    const asCaller = async ({ name, kind, headers }: Caller): Promise<void> => {
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
      if (row.isOwned === true && right === 'in')
        expect(answer.status, at).toBe(kind === 'owner' ? 200 : 404);
      if (kind !== 'owner' && row.access !== 'administrator')
        expect(text.includes(owner.email), at).toBe(false);
      checks += 1;
    };
    // A cookie is no token for the route that takes either a token or a key.
    const asking = callers.filter(
      ({ headers }) => row.access !== 'api_key_or_owner' || !('cookie' in headers),
    );
    const isRefused = ({ kind }: Caller): boolean => expected(row.access, kind) !== 'in';
    await Promise.all(asking.filter(isRefused).map(asCaller));
    for (const caller of asking.filter((one) => !isRefused(one))) await asCaller(caller);
  });
});

describe('every page', () => {
  const pages = rows.filter(([endpoint]) => /^(page |GET \/(?!api\/))/.test(endpoint));

  it.each(pages)('%s shows itself to whom the table says, and to nobody else', async (endpoint, row) => {
    const { status, jwtSecret } = inject('testApp');
    const browsers: [string, Kind, Record<string, string>][] = [
      ['nobody', 'nobody', {}],
      ['the cron secret', 'nobody', bearer(status.cronSecret)],
      ['the API key', 'nobody', { 'x-api-key': status.apiKey ?? '' }],
      ['the publishable key', 'nobody', { ...bearer(status.publishableKey), apikey: status.publishableKey }],
      ['the secret key', 'nobody', { ...bearer(status.secretKey), apikey: status.secretKey }],
      ['a user’s token, which is for routes', 'nobody', bearer(stranger.accessToken)],
      ['a user', 'other', cookies.stranger],
      ['an administrator of yesterday', 'other', cookies.demoted],
      ['an administrator', 'administrator', cookies.administrator],
      ...Object.entries(worthlessTokens(owner.accessToken, jwtSecret)).map(
        ([name, token]): [string, Kind, Record<string, string>] => [
          name,
          'nobody',
          withToken(cookies.stranger.cookie, token),
        ],
      ),
    ];
    const asVisitor = async ([name, kind, headers]: (typeof browsers)[number]): Promise<void> => {
      const answer = await ask(addressOf(endpoint, row), { headers, redirect: 'manual' });
      const location = answer.headers.get('location');
      const text = await answer.text();
      const at = `${name} at ${endpoint}: ${answer.status} ${location}`;
      // Nothing that anybody saw may come back from a cache to whoever sits there next.
      expect(answer.headers.get('cache-control'), at).toMatch(/\bno-store\b/);
      if (row.access === 'anyone') expect(answer.status, at).toBe(200);
      else if (row.access === 'visitor') expect(kind === 'nobody' ? 200 : 307, at).toBe(answer.status);
      else if (kind === 'nobody') expect(location, at).toMatch(/^(https?:\/\/[^/]+)?\/sign-in/);
      else if (row.access === 'administrator' && kind === 'other') expect(answer.status, at).toBe(404);
      else expect(location ?? '', at).not.toContain('/sign-in');
      if (row.access !== 'administrator') expect(text.includes(owner.email), at).toBe(false);
      checks += 1;
    };
    await Promise.all(browsers.map(asVisitor));
  });
});

describe('the server actions that end a session', () => {
  it.each(Object.keys(CALLS).filter((action) => ENDS_SESSION.test(action)))(
    '%s changes nothing for whom it is not',
    expectNoChangeBy,
  );

  it('end nobody else’s', async () => {
    expect((await ask('/api/connections', { headers: cookies.owner })).status).toBe(200);
    expect((await ask('/api/connections', { headers: cookies.stranger })).status).toBe(401);
  });
});

it('that were all of them', () => {
  expect(checks).toBeGreaterThan(1_000);
  process.stdout.write(`Access matrix of routes, pages and actions: ${checks} checks.\n`);
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
