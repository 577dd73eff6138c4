import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiUser, ask, bearer, expectProblem, linkApiUser, post, signIn } from '../support/api';

const IMPORTS = '/api/portfolio/imports';
const FILE = 'date,value,account\n2019-12-31,1000.50,Account\n2020-01-31,1010,Account\n';

let owner: ApiUser;
let headers: Record<string, string>;
beforeAll(async () => {
  // Expected since long ago, so that nobody fills it meanwhile.
  owner = await linkApiUser({ knownSince: '2026-11-16', notBefore: '2099-01-01T00:00:00Z' });
  headers = { ...bearer(owner.accessToken), 'content-type': 'text/csv' };
});
afterAll(() => owner.remove());

const send = (path: string, body: string, others: Record<string, string> = {}) =>
  ask(path, { method: 'POST', headers: { ...headers, ...others }, body });

const preview = z.object({
  rows: z.array(
    z.looseObject({ line: z.number(), date: z.string(), value: z.string(), verdict: z.string() }),
  ),
  currency: z.string(),
  changes: z.array(z.looseObject({ date: z.string() })),
});
const result = z.strictObject({ importId: z.uuid().nullable(), values: z.number(), published: z.number() });
const list = z.object({
  imports: z.array(z.looseObject({ id: z.uuid(), name: z.string(), undoneAt: z.string().nullable() })),
});

async function readPast() {
  const answer = await ask(`/api/portfolio/history?from=2019-01-01&to=2020-12-31`, { headers });
  const { points } = z
    .object({
      points: z.array(
        z.object({ date: z.string(), value: z.string(), kind: z.string(), source: z.string() }),
      ),
    })
    .parse(await answer.json());
  return points.map(({ date, value, kind, source }) => `${date} ${value} ${kind} ${source}`);
}

async function readImports(token = owner.accessToken) {
  return list.parse(await (await ask(IMPORTS, { headers: bearer(token) })).json()).imports;
}

describe('a file of past values', () => {
  it('is previewed without a trace, taken in once, shown, exported and taken back', async () => {
    const previewed = await send(`${IMPORTS}/preview`, FILE);
    expect(previewed.status).toBe(200);
    expect(previewed.headers.get('cache-control')).toBe('private, no-store');
    const { rows, changes } = preview.parse(await previewed.json());
    expect(rows.map(({ line, date, value, verdict }) => [line, date, value, verdict])).toEqual([
      [2, '2019-12-31', '1000.5', 'new'],
      [3, '2020-01-31', '1010', 'new'],
    ]);
    expect(changes).toHaveLength(2);
    expect(await readImports()).toEqual([]);
    expect(await readPast()).toEqual([]);

    const taken = result.parse(await (await send(`${IMPORTS}?name=old.csv&official=true`, FILE)).json());
    expect(taken).toMatchObject({ values: 2, published: 2 });
    const again = result.parse(await (await send(`${IMPORTS}?name=old.csv&official=true`, FILE)).json());
    expect(again).toEqual({ importId: null, values: 0, published: 0 });
    expect(await readPast()).toEqual([
      '2019-12-31 1000.5 estimated official_statement',
      '2020-01-31 1010 estimated official_statement',
    ]);
    const exported = await ask('/api/portfolio/export?format=csv&from=2019-01-01&to=2020-12-31', { headers });
    expect(await exported.text()).toContain('2019-12-31,2019-12-31,1000.5,USD,estimated,official_statement,');

    const [past] = await readImports();
    expect(past).toMatchObject({ id: taken.importId, name: 'old.csv', undoneAt: null });
    const undone = await ask(`${IMPORTS}/${taken.importId}`, { method: 'DELETE', headers });
    expect(await undone.json()).toEqual({ importId: taken.importId, values: 2, published: 2 });
    await expectProblem(await ask(`${IMPORTS}/${taken.importId}`, { method: 'DELETE', headers }), 404);
    expect(await readPast()).toEqual([]);
  });

  it('is refused with the line and the column where it is wrong', async () => {
    for (const path of [IMPORTS, `${IMPORTS}/preview`]) {
      const detail = await expectProblem(await send(path, 'date,value\n2019-12-31,a lot'), 400);
      expect(detail).toBe(
        'Line 2, column “value”: “a lot” is no amount. Write it like 12345.67, without letters or signs of a currency.',
      );
    }
  });

  it.each([
    ['another type', IMPORTS, FILE, { 'content-type': 'application/json' }, 415],
    ['too large a file', IMPORTS, `date,value\n${'2019-12-31,1\n'.repeat(45_000)}`, {}, 413],
    ['an unknown parameter', `${IMPORTS}?kind=daily_eod`, FILE, {}, 400],
    ['a parameter twice', `${IMPORTS}?official=true&official=false`, FILE, {}, 400],
    ['an account that is none', `${IMPORTS}?account=mine`, FILE, {}, 400],
    ['the page of somebody else', IMPORTS, FILE, { 'x-page-viewer': 'somebody' }, 409],
  ])('is refused with %s', async (_, path, body, others, status) => {
    await expectProblem(await send(path, body, others), status);
  });

  it('is its owner’s own: nobody else sees it, undoes it, or adds to their accounts', async () => {
    const { importId } = result.parse(await (await send(IMPORTS, FILE)).json());
    const stranger = await signIn('steady');
    expect((await readImports(stranger)).some(({ id }) => id === importId)).toBe(false);
    const undone = await ask(`${IMPORTS}/${importId}`, { method: 'DELETE', headers: bearer(stranger) });
    await expectProblem(undone, 404);
    const { accounts } = z
      .object({ accounts: z.array(z.object({ id: z.uuid() })) })
      .parse(await (await ask('/api/portfolio/history?period=1W', { headers })).json());
    const added = await send(
      `${IMPORTS}?account=${accounts[0]?.id}`,
      'date,value\n2019-12-31,1',
      bearer(stranger),
    );
    expect(await expectProblem(added, 400)).toContain('names no account');
    await expectProblem(await post(IMPORTS, {}, {}), 401);
    expect(await readPast()).toHaveLength(2);
  });
});
