import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { DAY_CODES } from '@/lib/domain/coverage';
import { ask, bearer, expectProblem, serviceClient, signIn, signInWithCookie } from '../support/api';

const PATH = '/api/admin/coverage';
const NOBODY = '00000000-0000-4000-8000-000000000000';
const ROUTES = [PATH, `${PATH}/users`, `${PATH}/users/${NOBODY}`, `${PATH}/users/${NOBODY}/2026-11-20`];

const grid = z.object({
  range: z.object({ from: z.iso.date(), to: z.iso.date(), due: z.iso.date(), days: z.array(z.iso.date()) }),
  rows: z.array(
    z.object({
      userId: z.uuid(),
      email: z.string(),
      missing: z.number(),
      expected: z.number(),
      days: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await ask(path, { headers: bearer(await signIn('admin')) });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  return schema.parse(await answer.json());
}

describe('coverage for scripts', () => {
  it('says whether the last due day is complete, what is missing, what fails, and the trend', async () => {
    const figures = await read(
      PATH,
      z.object({
        tradingDay: z.literal('2026-11-20'),
        target: z.literal(0.995),
        deadline: z.literal('2026-11-21T01:00:00.000Z'),
        overdue: z.literal(false),
        health: z.object({ expected: z.number(), present: z.number() }),
        progress: z.object({ startedAt: z.null(), waiting: z.number(), expectedEnd: z.null() }),
        gaps: z.array(z.object({ by: z.string(), reason: z.string().nullable(), days: z.number() })),
        incidents: z.array(z.object({ key: z.string(), users: z.number() })),
        trend: z.array(z.object({ date: z.iso.date(), expected: z.number(), captured: z.number() })),
      }),
    );
    expect(figures.health.present).toBeGreaterThan(20);
    expect(figures.health.present).toBeLessThanOrEqual(figures.health.expected);
    expect(figures.incidents).toEqual([{ key: 'snaptrade/Keystone Trust/connection_broken', users: 6 }]);
    expect(
      figures.gaps.find(({ by, reason }) => by === 'reason' && reason === 'connection_broken')?.days,
    ).toBeGreaterThan(40);
    expect(figures.trend.at(-1)?.date).toBe('2026-11-20');
  });

  it('pages through all users once, each with one character for each trading day', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await read(`${PATH}/users?limit=10${after === '' ? '' : `&after=${after}`}`, grid);
      for (const { days, email } of page.rows) {
        expect(days).toHaveLength(page.range.days.length);
        for (const code of days) expect(Object.values(DAY_CODES)).toContain(code);
        seen.push(email);
      }
      after = page.next ?? '';
    } while (after !== '');
    expect(seen.length).toBeGreaterThanOrEqual(25);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain('olivia@example.com');
  });

  it('filters and opens a user and one of their days', async () => {
    const { rows, range } = await read(
      `${PATH}/users?reason=provider_cannot&institution=Harbor+Securities`,
      grid,
    );
    expect(rows.map(({ email }) => email)).toEqual(['kira@example.com']);
    const [kira] = rows;
    const missing = range.days[kira?.days.indexOf('x') ?? -1];
    const user = await read(
      `${PATH}/users/${kira?.userId}`,
      z.object({ email: z.string(), connections: z.array(z.object({ institution: z.string() })) }),
    );
    expect(user).toMatchObject({
      email: 'kira@example.com',
      connections: [{ institution: 'Harbor Securities' }],
    });
    const day = await read(
      `${PATH}/users/${kira?.userId}/${missing}`,
      z.object({
        snapshots: z.array(z.unknown()),
        accounts: z.array(z.object({ outcome: z.object({ reason: z.string(), final: z.boolean() }) })),
      }),
    );
    expect(day).toEqual({
      snapshots: [],
      accounts: [{ outcome: { reason: 'provider_cannot', final: true } }],
    });
  });

  it.each([
    { query: '/users?days=7', detail: /days/ },
    { query: '/users?reason=weather', detail: /reason/ },
    { query: '/users?after=nowhere', detail: /after/ },
    { query: '/users?who=me', detail: /who/ },
    { query: '?days=0', detail: /days/ },
  ])('refuses $query', async ({ query, detail }) => {
    const answer = await ask(`${PATH}${query}`, { headers: bearer(await signIn('admin')) });
    expect(await expectProblem(answer, 400)).toMatch(detail);
  });

  it.each([`/users/${NOBODY}`, `/users/${NOBODY}/2026-11-20`, '/users/me', `/users/${NOBODY}/someday`])(
    'knows nobody at %s',
    async (path) => {
      await expectProblem(await ask(`${PATH}${path}`, { headers: bearer(await signIn('admin')) }), 404);
    },
  );
});

describe('somebody who is no administrator', () => {
  it.each(ROUTES)('reads nothing at %s', async (path) => {
    await expectProblem(await ask(path), 401);
    await expectProblem(await ask(path, { headers: bearer(await signIn('steady')) }), 403);
    await expectProblem(await ask(path, { headers: await signInWithCookie('steady') }), 403);
  });

  it.each(['/admin/coverage', `/admin/coverage/${NOBODY}`, `/admin/coverage/${NOBODY}/2026-11-20`])(
    'finds no page at %s',
    async (path) => {
      const visitor = await ask(path, { redirect: 'manual' });
      expect([visitor.status, new URL(visitor.headers.get('location') ?? '', 'http://app').pathname]).toEqual(
        [307, '/sign-in'],
      );
      const user = await ask(path, { headers: await signInWithCookie('steady') });
      expect(user.status).toBe(404);
      // Their own address stands above every page.
      expect((await user.text()).replaceAll('stella@example.com', '')).not.toContain('@example.com');
    },
  );

  it('reads nothing of the functions and the table behind it', async () => {
    const calls: Readonly<Record<string, object>> = {
      user_directory: { p_user_ids: null },
      coverage_trend: { p_from: '2026-11-01', p_to: '2026-11-20' },
      coverage_user: { p_user_id: NOBODY },
      coverage_day: { p_user_id: NOBODY, p_date: '2026-11-20' },
      coverage_gaps: { p_from: '2026-11-01', p_to: '2026-11-20', p_reach: '2025-11-20' },
      coverage_grid: {
        ...{ p_from: '2026-11-01', p_to: '2026-11-20', p_due: '2026-11-20', p_reach: '2025-11-20' },
        ...{ p_provider: null, p_institution: null, p_reason: null, p_search: null },
        ...{ p_by_email: true, p_after: null, p_limit: 50 },
      },
      coverage_totals: {
        ...{ p_from: '2026-11-01', p_to: '2026-11-20', p_due: '2026-11-20', p_reach: '2025-11-20' },
        ...{ p_provider: null, p_institution: null, p_reason: null, p_search: null },
      },
    };
    for (const [name, body] of Object.entries(calls))
      expect(await callAsUser(`rpc/${name}`, body)).toBeGreaterThanOrEqual(401);
    expect(await callAsUser('coverage_years?select=*')).toBeGreaterThanOrEqual(401);
    // The same call is answered to the server.
    const { error } = await serviceClient().rpc('coverage_trend', {
      p_from: '2026-11-19',
      p_to: '2026-11-20',
    });
    expect(error).toBeNull();
  });
});

/** Calls the Data API as a signed-in user and returns the status of its answer. */
async function callAsUser(path: string, body?: object): Promise<number> {
  const { supabaseUrl, publishableKey } = inject('testApp').status;
  const answer = await fetch(`${supabaseUrl}/rest/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      apikey: publishableKey,
      'content-type': 'application/json',
      ...bearer(await signIn('steady')),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.status;
}
