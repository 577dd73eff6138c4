import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_TABLE, type Access } from '../support/access-table';
import { ask, bearer, expectProblem, signIn, signInWithCookie } from '../support/api';

const viewed = z.looseObject({ viewer: z.string().regex(/^[\w-]{22}$/) });

async function viewerOf(path: string, headers: Record<string, string>): Promise<string> {
  const answer = await ask(path, { headers });
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get('cache-control'), path).toBe('private, no-store');
  return viewed.parse(await answer.json()).viewer;
}

/** Files say whose they are by other means, and tell nobody else's page apart by a header. */
const IS_FILE = /export/;

/** Every document that somebody may read about themselves, or an operator about everybody, by the one table of endpoints. */
function documentsFor(access: Access): readonly string[] {
  return Object.entries(ACCESS_TABLE)
    .filter(([endpoint, row]) => endpoint.startsWith('GET /api/') && row.access === access)
    .filter(([endpoint]) => !IS_FILE.test(endpoint) && !endpoint.includes('['))
    .map(([endpoint, { path }]) => path ?? endpoint.slice('GET '.length));
}

const DOCUMENTS = ['/api/session', ...documentsFor('owner')];
const OPERATORS_DOCUMENTS = documentsFor('administrator');

it('there are documents of both kinds', () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(['/api/connections', '/api/portfolio/imports']));
  expect(OPERATORS_DOCUMENTS).toEqual(expect.arrayContaining(['/api/admin/coverage', '/api/admin/backfill']));
});

describe('whose a document is', () => {
  it('is said by each alike, and differently to each user', async () => {
    const olivia = await signInWithCookie('outage');
    const ben = await signInWithCookie('broken');
    const of = (headers: Record<string, string>) =>
      Promise.all(DOCUMENTS.map((path) => viewerOf(path, headers)));
    const [olivias, bens] = await Promise.all([of(olivia), of(ben)]);
    expect(new Set(olivias).size).toBe(1);
    expect(new Set(bens).size).toBe(1);
    expect(olivias[0]).not.toBe(bens[0]);
  });

  it('is said of operators’ documents too', async () => {
    const admin = await signInWithCookie('admin');
    const viewers = await Promise.all(
      ['/api/session', ...OPERATORS_DOCUMENTS].map((path) => viewerOf(path, admin)),
    );
    expect(new Set(viewers).size).toBe(1);
  });

  it('is the same for a bearer token of that user', async () => {
    const path = '/api/portfolio/history?period=1W';
    expect(await viewerOf(path, bearer(await signIn('steady')))).toBe(
      await viewerOf(path, await signInWithCookie('steady')),
    );
  });

  it('is nobody’s for a visitor', async () => {
    const answer = await ask('/api/session');
    expect(await answer.json()).toEqual({ viewer: null });
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });
});

describe('a page that was made for somebody else', () => {
  it.each([...DOCUMENTS.slice(1), ...OPERATORS_DOCUMENTS])('is not answered by %s', async (path) => {
    const ben = await viewerOf('/api/session', await signInWithCookie('broken'));
    const admin = await signInWithCookie('admin');
    const answer = await ask(path, { headers: { ...admin, 'x-page-viewer': ben } });
    await expectProblem(answer, 409);
  });

  it('cannot change anything', async () => {
    const ben = await viewerOf('/api/session', await signInWithCookie('broken'));
    const headers = { ...(await signInWithCookie('steady')), 'x-page-viewer': ben };
    await expectProblem(await ask('/api/connections/link', { method: 'POST', headers }), 409);
  });

  it('gets no file of another’s', async () => {
    const cookie = await signInWithCookie('steady');
    const own = await viewerOf('/api/session', cookie);
    const ben = await viewerOf('/api/session', await signInWithCookie('broken'));
    for (const path of ['/api/portfolio/export?format=csv&period=1W&', '/api/user/export?']) {
      await expectProblem(await ask(`${path}viewer=${ben}`, { headers: cookie }), 409);
      const file = await ask(`${path}viewer=${own}`, { headers: cookie });
      expect(file.status).toBe(200);
      expect(file.headers.get('cache-control')).toBe('private, no-store');
    }
  });
});

describe('going on after signing in or out', () => {
  it('leads to a path of this product in a new document', async () => {
    const answer = await ask(`/continue?to=${encodeURIComponent('/?period=3M&show=return')}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('refresh')).toBe('0;url=/?period=3M&show=return');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', ''])('never to %j', async (to) => {
    const answer = await ask(`/continue?to=${encodeURIComponent(to)}`);
    expect(answer.headers.get('refresh')).toBe('0;url=/');
  });
});
