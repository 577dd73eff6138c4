import { describe, expect, inject, it } from 'vitest';
import { ask, bearer, expectProblem, post, signIn, signInWithCookie } from '../support/api';
import { sendBytes, sendRaw } from '../support/raw-request';

const base = (): string => inject('testApp').status.appUrl;
const PROBLEM = 'application/problem+json';

describe('what is malformed before anything is asked', () => {
  it.each(['/admin/runs/%ff', '/api/..%zz', '/api/portfolio/matches/%c0', '/%', '/_next/%ff', '/%00'])(
    'the path %s is refused',
    async (path) => {
      const answer = await sendRaw(base(), { method: 'GET', path });
      expect(answer).toMatchObject({ status: 400, headers: { 'content-type': PROBLEM } });
    },
  );

  it.each(['TRACE', 'PROPFIND'])('the method %s is refused', async (method) => {
    const answer = await sendRaw(base(), { method, path: '/' });
    expect(answer).toMatchObject({ status: 405, headers: { 'content-type': PROBLEM } });
  });

  it('an asterisk, and what is no HTTP, are refused with the security headers', async () => {
    for (const bytes of ['OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 'nonsense\r\n\r\n']) {
      const answer = await sendBytes(base(), bytes);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain("frame-ancestors 'none'");
    }
  });

  it.each([
    ['x-forwarded-host', 'evil example'],
    ['x-forwarded-proto', 'ht tp'],
  ])('%s: %s is refused', async (name, value) => {
    await expectProblem(await ask('/api/portfolio/history', { headers: { [name]: value } }), 400);
    expect((await ask('/sign-in', { headers: { [name]: value } })).status).toBe(400);
  });

  it('a form or an action from another site, and a broken form, are refused', async () => {
    const headers = { 'next-action': '00'.repeat(21), origin: 'https://evil.example' };
    await expectProblem(await ask('/', { method: 'POST', headers, body: '[]' }), 403);
    const type = { 'content-type': 'multipart/form-data; boundary=x' };
    await expectProblem(await ask('/', { method: 'POST', headers: type, body: '--x\r\nbroken' }), 400);
  });
});

describe('a damaged session cookie', () => {
  it.each([
    'base64-garbage',
    'base64-NQ',
    `base64-${Buffer.from('{"access_token":"a.b.c","refresh_token":"r","user":5}').toString('base64url')}`,
  ])('%s is cleared, and nobody is signed in', async (value) => {
    const headers = { cookie: `sb-127-auth-token.0=${value}` };
    const api = await ask('/api/portfolio/history', { headers });
    expect(api.headers.get('set-cookie')).toMatch(/^sb-127-auth-token\.0=;.*Max-Age=0/);
    await expectProblem(api, 401);
    const page = await ask('/', { headers, redirect: 'manual' });
    expect(page).toMatchObject({ status: 307 });
    expect(page.headers.get('location')).toBe('/sign-in');
    expect((await ask('/sign-in', { headers })).status).toBe(200);
  });
});

describe('the answers', () => {
  it('an unknown route is told by a document, by every method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      await expectProblem(await ask('/api/no/such/route', { method }), 404);
  });

  it('a known route asked by another method is told by a document', async () => {
    const answer = await ask('/api/portfolio/history', { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 405 });
    expect(answer.headers.get('content-type')).toBe(PROBLEM);
  });

  it('a problem document is short, whatever was sent', async () => {
    const headers = bearer(await signIn('steady'));
    const names = Array.from({ length: 90 }, (_, index) => `${'k'.repeat(80)}${index}=1`).join('&');
    const detail = await expectProblem(await ask(`/api/portfolio/history?${names}`, { headers }), 400);
    expect(detail.length).toBeLessThan(700);
  });

  it('a body is refused before it is read to its end', async () => {
    const headers = { ...bearer(await signIn('steady')), 'content-type': 'application/json' };
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        if (sent > 50_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const init = { method: 'POST', headers, body, duplex: 'half' };
    await expectProblem(await ask('/api/snaptrade/fetch-reporting-history', init), 413);
    expect(sent).toBeLessThan(50_000_000);
  });

  it('somebody who is signed in is led to no other site', async () => {
    const headers = await signInWithCookie('steady');
    for (const next of [
      '/.//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
      '/./\\evil.example',
    ]) {
      const path = `/sign-in?next=${encodeURIComponent(next)}`;
      const answer = await ask(path, { headers, redirect: 'manual' });
      expect(answer.headers.get('location')).toBe('/');
    }
  });
});

describe('text that cannot be stored', () => {
  it.each(['search', 'institution', 'provider'])('is refused in %s', async (name) => {
    const headers = bearer(await signIn('admin'));
    await expectProblem(await ask(`/api/admin/coverage/users?${name}=a%00b`, { headers }), 400);
  });

  it('is refused in a reason, in a place of a list, and is nobody’s address', async () => {
    const headers = bearer(await signIn('admin'));
    await expectProblem(
      await post('/api/admin/held-values/1', { verdict: 'accept', reason: 'a\0b' }, headers),
      400,
    );
    for (const place of [
      { email: 'a\0b', userId: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' },
      { email: '\ud800', userId: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' },
      { missing: 1e15, estimated: 0, userId: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' },
    ]) {
      const after = Buffer.from(JSON.stringify(place)).toString('base64url');
      const sort = 'email' in place ? 'email' : 'worst';
      await expectProblem(
        await ask(`/api/admin/coverage/users?sort=${sort}&after=${after}`, { headers }),
        400,
      );
    }
    const cookie = await signInWithCookie('admin');
    expect((await ask('/admin/audit?actor=a%00b', { headers: cookie })).status).toBe(200);
  });
});

describe('a year that no calendar of ours has', () => {
  it.each(['0000-01-01', '0000-12-31', '-000001-01-01'])('such as that of %s is refused', async (date) => {
    const own = bearer(await signIn('steady'));
    await expectProblem(
      await ask(`/api/portfolio/history?from=${date}&to=2026-11-20`, { headers: own }),
      400,
    );
    const admin = bearer(await signIn('admin'));
    await expectProblem(await ask(`/api/admin/coverage?from=${date}&to=2026-11-20`, { headers: admin }), 400);
    const day = `coverage/users/6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f/${date}`;
    await expectProblem(await ask(`/api/admin/${day}`, { headers: admin }), 404);
    const page = `/admin/${day.replace('users/', '')}`;
    expect((await ask(page, { headers: await signInWithCookie('admin') })).status).toBe(404);
  });
});
