import { createHmac } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { addAmounts, toAmount } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { PERIODS } from '@/lib/domain/period';
import type { HistoryDocument } from '@/lib/history/document';
import { ask, bearer, expectProblem, signIn, signInWithCookie } from '../support/api';

const PATH = '/api/portfolio/history';
const STORIES = ['outage', 'broken', 'new', 'steady'] as const;

async function readHistory(token: string, query: string): Promise<HistoryDocument> {
  const answer = await ask(`${PATH}${query}`, { headers: bearer(token) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as HistoryDocument;
}

/** What must be true of every history that is ever answered. */
function expectSound(history: HistoryDocument): void {
  const { points, gaps, summary, coverage } = history;
  const dates = points.map(({ date }) => date);
  expect(dates).toEqual([...new Set(dates)].toSorted());
  for (const { value } of points) {
    expect(value).toMatch(/^-?\d+(\.\d+)?$/);
    expect(Number(value)).not.toBe(0);
  }

  const gapDays = gaps.flatMap(({ from, to }) => tradingSessions(from, to).map(({ date }) => date));
  expect(gapDays).toHaveLength(gaps.reduce((sum, { days }) => sum + days, 0));
  const told = [...dates, ...gapDays].toSorted();
  const [first] = told;
  const expected = first === undefined ? [] : tradingSessions(first, history.to).map(({ date }) => date);
  expect(told).toEqual(expected);
  expect(coverage.expectedDays).toBe(expected.length);
  expect(coverage.presentDays).toBe(points.length);

  const { valueChange, netDeposits, marketChange } = summary;
  if (valueChange === null || netDeposits === null || marketChange === null) return;
  expect(addAmounts(netDeposits, marketChange)).toBe(valueChange);
  const known = points.filter(({ kind }) => kind !== 'estimated');
  const whole = known.length < 2 ? points : known;
  expect([summary.from, summary.to]).toEqual([whole.at(0)?.date, whole.at(-1)?.date]);
  const base = toAmount(whole.at(0)?.value ?? '');
  expect(base === null ? null : addAmounts(base, valueChange)).toBe(whole.at(-1)?.value);
}

describe('a history', () => {
  it.each(STORIES)('of every period is sound (%s)', async (story) => {
    const token = await signIn(story);
    for (const period of PERIODS) {
      const history = await readHistory(token, `?period=${period}`);
      expect(history).toMatchObject({ period, to: '2026-11-20', currency: 'USD' });
      expectSound(history);
    }
  });

  it('without a question is that of the last month', async () => {
    expect(await readHistory(await signIn('steady'), '')).toMatchObject({ period: '1M', from: '2026-10-20' });
  });

  it('of a range has the points of that range', async () => {
    const history = await readHistory(await signIn('steady'), '?from=2026-03-02&to=2026-03-13');

    expect(history).toMatchObject({ period: 'custom', from: '2026-03-02', to: '2026-03-13', gaps: [] });
    expect(history.points.map(({ date }) => date)).toEqual(
      tradingSessions('2026-03-02', '2026-03-13').map(({ date }) => date),
    );
    expectSound(history);
  });

  it('of a range that ended before the latest day has no live value', async () => {
    const token = await signIn('steady');
    expect((await readHistory(token, '?period=1W')).live).not.toBeNull();
    expect((await readHistory(token, '?from=2026-03-02&to=2026-11-20')).live).not.toBeNull();
    expect((await readHistory(token, '?from=2026-03-02&to=2026-11-19')).live).toBeNull();
  });

  it('begins no earlier than anything is known, and says from when that is', async () => {
    const token = await signIn('steady');
    const { knownFrom, points, ...whole } = await readHistory(token, '?period=5Y');
    expect([whole.from, points.at(0)?.date]).toEqual([knownFrom, knownFrom]);
    expect(await readHistory(token, '?from=2020-03-02&to=2020-03-06')).toMatchObject({
      knownFrom,
      from: '2020-03-02',
      points: [],
      gaps: [],
      live: null,
    });
  });

  it('of a range in the future is empty and claims no gaps', async () => {
    const history = await readHistory(await signIn('steady'), '?from=2026-12-01&to=2026-12-31');
    expect(history).toMatchObject({ points: [], gaps: [], coverage: { expectedDays: 0 } });
  });

  it('of each account alone is sound, and says which one it is of', async () => {
    const token = await signIn('steady');
    const { accounts } = await readHistory(token, '?period=1Y');
    for (const { id } of accounts) {
      const history = await readHistory(token, `?period=1Y&accounts=${id}`);
      expect(history.accounts.filter(({ isShown }) => isShown)).toMatchObject([{ id }]);
      expectSound(history);
    }
  });

  it('beside an index has its closes of the same days, and says where they come from', async () => {
    const { cronSecret } = inject('testApp').status;
    await ask('/api/cron/capture', { headers: bearer(cronSecret) });
    const { benchmark } = await readHistory(await signIn('steady'), '?period=1W&benchmark=sp500');
    expect(benchmark).toMatchObject({ name: 'S&P 500', source: expect.stringContaining('replayed') });
    expect(benchmark?.points.map(({ date }) => date)).toEqual(
      tradingSessions('2026-11-13', '2026-11-20').map(({ date }) => date),
    );
  });

  it('after five months of outage has no gap left in the last year', async () => {
    expect((await readHistory(await signIn('outage'), '?period=1Y')).gaps).toEqual([]);
  });

  it('with a broken connection says which days are missing and why', async () => {
    const { gaps } = await readHistory(await signIn('broken'), '?period=1M');
    expect(gaps).toMatchObject([{ to: '2026-11-20', reason: 'connection_broken', final: false }]);
  });

  it('is for its reader alone: it may not be kept by others', async () => {
    const answer = await ask(PATH, { headers: bearer(await signIn('steady')) });
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('is answered to the session cookie of a browser too', async () => {
    const answer = await ask(PATH, { headers: await signInWithCookie('steady') });
    expect(answer.status).toBe(200);
  });
});

describe('a question that is not understood', () => {
  it.each([
    { query: '?period=2W', detail: /period.*1D, 1W/ },
    { query: '?period=1m', detail: /period/ },
    { query: '?period=', detail: /period/ },
    { query: '?period=1M&period=1Y', detail: /period.*more than once/ },
    { query: '?period=1M&from=2026-01-02&to=2026-02-02', detail: /either period/ },
    { query: '?from=2026-01-02', detail: /together/ },
    { query: '?to=2026-01-02', detail: /together/ },
    { query: '?from=2026-02-02&to=2026-01-02', detail: /not be after/ },
    { query: '?from=2000-01-03&to=2035-12-31', detail: /at most/ },
    { query: '?from=2026-1-2&to=2026-02-02', detail: /from.*YYYY-MM-DD/ },
    { query: '?from=2026-02-30&to=2026-03-02', detail: /from.*YYYY-MM-DD/ },
    { query: '?from=2026-01-02&to=tomorrow', detail: /to.*YYYY-MM-DD/ },
    { query: '?from=1999-12-31&to=2000-02-01', detail: /2000-01-01/ },
    { query: '?from=2035-01-01&to=2036-01-01', detail: /2035-12-31/ },
    { query: '?from=2026-01-02%27--&to=2026-02-02', detail: /YYYY-MM-DD/ },
    { query: '?accounts=', detail: /accounts/ },
    { query: '?accounts=isa', detail: /accounts.*ids/ },
    { query: '?accounts=00000000-0000-4000-8000-000000000000', detail: /not an account of yours/ },
    { query: '?benchmark=dax', detail: /benchmark.*sp500/ },
    { query: '?user_id=00000000-0000-0000-0000-000000000000', detail: /user_id/ },
  ])('$query is refused with what is wrong', async ({ query, detail }) => {
    const answer = await ask(`${PATH}${query}`, { headers: bearer(await signIn('steady')) });
    expect(await expectProblem(answer, 400)).toMatch(detail);
  });
});

describe('somebody who is not signed in', () => {
  it.each([
    { name: 'without credentials', headers: async () => ({}) },
    { name: 'with a token that is none', headers: async () => bearer('not-a-token') },
    {
      name: 'with a token that ran out',
      headers: async () => bearer(makeToken(await signIn('steady'), { exp: 1 })),
    },
    {
      name: 'with a token of another’s making',
      headers: async () => bearer(makeToken(await signIn('steady'), {}, 'x'.repeat(64))),
    },
    {
      name: 'with the publishable key',
      headers: async () => bearer(inject('testApp').status.publishableKey),
    },
    {
      name: 'with the API key',
      headers: async () => ({ 'x-api-key': String(inject('testApp').status.apiKey) }),
    },
    {
      name: 'with a broken token beside a valid cookie',
      headers: async () => ({ ...(await signInWithCookie('steady')), ...bearer('x') }),
    },
  ])('reads nothing ($name)', async ({ headers }) => {
    await expectProblem(await ask(PATH, { headers: await headers() }), 401);
  });

  it('reads nothing with a token that was signed out', async () => {
    const token = await signIn('new');
    const { supabaseUrl, publishableKey } = inject('testApp').status;
    await fetch(`${supabaseUrl}/auth/v1/logout?scope=local`, {
      method: 'POST',
      headers: { apikey: publishableKey, ...bearer(token) },
    });
    await expectProblem(await ask(PATH, { headers: bearer(token) }), 401);
  });
});

describe('a user', () => {
  it('never reads what belongs to another', async () => {
    const documents = await Promise.all(
      STORIES.map(async (story) => readHistory(await signIn(story), '?period=ALL')),
    );
    const connections = documents.flatMap((document) => document.connections.map(({ id }) => id));
    expect(new Set(connections).size).toBe(connections.length);
    const newest = documents.map(({ points }) => points.at(-1)?.value);
    expect(new Set(newest).size).toBe(STORIES.length);
  });

  it('who has linked nothing reads an empty history, administrator or not', async () => {
    const history = await readHistory(await signIn('admin'), '?period=ALL');
    expect(history).toMatchObject({ points: [], gaps: [], live: null, connections: [] });
  });
});

/** A token with other claims, signed anew: with the right secret unless said otherwise. */
function makeToken(token: string, claims: object, secret: string = inject('testApp').jwtSecret): string {
  const [header = '', payload = ''] = token.split('.');
  const decoded: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...Object(decoded), ...claims })).toString('base64url');
  const signature = createHmac('sha256', secret).update(`${header}.${changed}`).digest('base64url');
  return `${header}.${changed}.${signature}`;
}
