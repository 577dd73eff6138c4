import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiUser, ask, bearer, expectProblem, linkApiUser, signIn } from '../support/api';

const PATH = '/api/portfolio/manual-accounts';
const PENSION = { name: 'Pension', currency: 'USD', date: '2019-12-31', value: '1000.50' };

let owner: ApiUser;
beforeAll(async () => {
  owner = await linkApiUser({ knownSince: '2026-11-16', notBefore: '2099-01-01T00:00:00Z' });
});
afterAll(() => owner.remove());

const send = (method: string, path: string, body?: object, token = owner.accessToken) =>
  ask(path, {
    method,
    headers: { ...bearer(token), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const change = z.strictObject({ accountId: z.uuid(), published: z.number() });
const list = z.object({
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      endedOn: z.string().nullable(),
      values: z.array(z.object({ date: z.string(), total: z.string() })),
    }),
  ),
});
const readAccounts = async () => list.parse(await (await send('GET', PATH)).json()).accounts;

async function readPast() {
  const answer = await send('GET', '/api/portfolio/history?from=2020-01-29&to=2020-02-04');
  const { points } = z
    .object({ points: z.array(z.object({ date: z.string(), value: z.string(), source: z.string() })) })
    .parse(await answer.json());
  return points.map(({ date, value, source }) => `${date} ${value} ${source}`);
}

it('an account is added by hand, given values, exported, ended and deleted', async () => {
  const added = await send('POST', PATH, PENSION);
  expect(added.status).toBe(201);
  const { accountId } = change.parse(await added.json());
  const own = `${PATH}/${accountId}`;

  expect((await send('POST', `${own}/values`, { date: '2020-02-02', value: '1100' })).status).toBe(200);
  expect(await readAccounts()).toMatchObject([
    {
      id: accountId,
      name: 'Pension',
      endedOn: null,
      values: [
        { date: '2020-01-31', total: '1100' },
        { date: '2019-12-31', total: '1000.5' },
      ],
    },
  ]);
  expect(await readPast()).toEqual([
    '2020-01-29 1000.5 manual',
    '2020-01-30 1000.5 manual',
    '2020-01-31 1100 manual',
    '2020-02-03 1100 manual',
    '2020-02-04 1100 manual',
  ]);
  const exported = await send('GET', '/api/portfolio/export?format=csv&from=2020-01-29&to=2020-01-30');
  expect(await exported.text()).toContain(',1000.5,USD,estimated,manual,');

  const ended = await send('POST', `${own}/end`, { since: '2020-02-03' });
  expect(change.parse(await ended.json()).published).toBeGreaterThan(0);
  expect(await readPast()).toHaveLength(3);
  expect((await send('POST', `${own}/end`, { since: null })).status).toBe(200);
  expect((await send('DELETE', `${own}/values?date=2020-01-31`)).status).toBe(200);
  expect((await readPast()).at(-1)).toBe('2020-02-04 1000.5 manual');
  await expectProblem(await send('DELETE', `${own}/values?date=2020-01-31`), 404);
  expect((await send('DELETE', own)).status).toBe(200);
  expect(await readAccounts()).toEqual([]);
  expect(await readPast()).toEqual([]);
});

it('what is wrong with it stands in the answer, and nobody else’s is there', async () => {
  expect(await expectProblem(await send('POST', PATH, { ...PENSION, value: 'a lot' }), 400)).toContain(
    'value: must be an amount',
  );
  expect(await expectProblem(await send('POST', PATH, { ...PENSION, currency: 'usd' }), 400)).toContain(
    'currency',
  );
  const { accountId } = change.parse(await (await send('POST', PATH, PENSION)).json());
  const stranger = await signIn('steady');
  const value = { date: '2020-02-02', value: '1' };
  await expectProblem(await send('POST', `${PATH}/${accountId}/values`, value, stranger), 404);
  await expectProblem(await send('DELETE', `${PATH}/${accountId}`, undefined, stranger), 404);
  await expectProblem(await send('POST', `${PATH}/${accountId}/end`, { since: '2020-01-02' }, stranger), 404);
  expect(await readAccounts()).toHaveLength(1);
  await send('DELETE', `${PATH}/${accountId}`);
});
