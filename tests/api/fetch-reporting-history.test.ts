import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import {
  type ApiUser,
  ask,
  bearer,
  countWork,
  expectProblem,
  linkApiUser,
  post,
  signIn,
  signInWithCookie,
} from '../support/api';

const PATH = '/api/snaptrade/fetch-reporting-history';

describe('asking for history', () => {
  it.each([
    { body: { lookback_days: 0 }, detail: /lookback_days.*1/ },
    { body: { lookback_days: -5 }, detail: /lookback_days/ },
    { body: { lookback_days: 366 }, detail: /lookback_days.*365/ },
    { body: { lookback_days: 1.5 }, detail: /lookback_days.*int/ },
    { body: { lookback_days: '30' }, detail: /lookback_days.*number/ },
    { body: { lookback_days: null }, detail: /lookback_days/ },
    { body: {}, detail: /lookback_days/ },
    { body: { lookback_days: 30, user_id: 'somebody-else' }, detail: /user_id/ },
    { body: [30], detail: /object/ },
  ])('with $body is refused with what is wrong', async ({ body, detail }) => {
    const token = await signIn('steady');
    const before = await countWork();

    expect(await expectProblem(await post(PATH, body, bearer(token)), 400)).toMatch(detail);
    expect(await countWork()).toEqual(before);
  });

  it.each([
    { name: 'half a document', type: 'application/json', body: '{"lookback_days":', status: 400 },
    { name: 'no body', type: 'application/json', body: '', status: 400 },
    { name: 'a form', type: 'application/x-www-form-urlencoded', body: 'lookback_days=30', status: 415 },
    { name: 'JSON that says it is text', type: 'text/plain', body: '{"lookback_days":30}', status: 415 },
    { name: 'a huge body', type: 'application/json', body: `{"a":"${'x'.repeat(100_000)}"}`, status: 413 },
  ])('with $name is refused', async ({ type, body, status }) => {
    const headers = { ...bearer(await signIn('steady')), 'content-type': type };
    await expectProblem(await ask(PATH, { method: 'POST', headers, body }), status);
  });

  it('without or with a wrong token is refused', async () => {
    await expectProblem(await post(PATH, { lookback_days: 30 }), 401);
    await expectProblem(await post(PATH, { lookback_days: 30 }, bearer('not-a-token')), 401);
    await expectProblem(
      await post(PATH, { lookback_days: 30 }, bearer(inject('testApp').status.cronSecret)),
      401,
    );
  });

  it('by GET is not allowed', async () => {
    expect((await ask(PATH, { headers: bearer(await signIn('steady')) })).status).toBe(405);
  });

  it('from another site with the cookie of a signed-in user is refused', async () => {
    const cookie = await signInWithCookie('steady');
    const before = await countWork();
    for (const origin of ['https://elsewhere.example', 'null', 'http://localhost:1']) {
      await expectProblem(await post(PATH, { lookback_days: 30 }, { ...cookie, origin }), 403);
    }
    expect(await countWork()).toEqual(before);
  });

  it('from our own page with that cookie is answered', async () => {
    const headers = { ...(await signInWithCookie('steady')), origin: inject('testApp').status.appUrl };
    expect((await post(PATH, { lookback_days: 30 }, headers)).status).toBe(200);
  });
});

describe('history that the broker has', () => {
  let linked: ApiUser;
  beforeAll(async () => {
    linked = await linkApiUser({ account: { openedOn: '2026-01-02' }, knownSince: '2026-10-01' });
  });
  afterAll(() => linked.remove());

  it('comes at once, and the answer says what came', async () => {
    const answer = await post(PATH, { lookback_days: 30 }, bearer(linked.accessToken));

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      success: true,
      snapshots_created: tradingSessions('2026-10-21', '2026-11-20').length,
      date_range: { start: '2026-10-21', end: '2026-11-20' },
      not_available: [],
      run: expect.objectContaining({ trigger: 'user', status: 'complete', tradingDay: '2026-11-20' }),
    });
  });

  it('is a success without anything created when nothing is missing any more', async () => {
    const answer = await post(PATH, { lookback_days: 30 }, bearer(linked.accessToken));
    expect(await answer.json()).toMatchObject({ success: true, snapshots_created: 0, not_available: [] });
  });
});

describe('history that the broker does not have', () => {
  let linked: ApiUser;
  beforeAll(async () => {
    linked = await linkApiUser({
      account: { openedOn: '2026-01-02', historyEnabled: false },
      knownSince: '2026-11-16',
    });
    await post('/api/snaptrade/capture-daily-snapshot', {}, bearer(linked.accessToken));
  });
  afterAll(() => linked.remove());

  it('is named as missing with its reason, and is no success', async () => {
    const answer = await post(PATH, { lookback_days: 30 }, bearer(linked.accessToken));

    expect(await answer.json()).toMatchObject({
      success: false,
      snapshots_created: 0,
      not_available: [
        { from: '2026-11-16', to: '2026-11-19', days: 4, reason: 'provider_cannot', final: true },
      ],
    });
  });

  it('is no success either for somebody who has linked nothing', async () => {
    const answer = await post(PATH, { lookback_days: 30 }, bearer(await signIn('admin')));
    expect(await answer.json()).toMatchObject({ success: false, snapshots_created: 0 });
  });
});
