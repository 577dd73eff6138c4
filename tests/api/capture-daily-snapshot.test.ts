import { describe, expect, inject, it } from 'vitest';
import {
  ask,
  bearer,
  countWork,
  expectProblem,
  linkApiUser,
  serviceClient,
  signIn,
  signInWithCookie,
} from '../support/api';

const PATH = '/api/snaptrade/capture-daily-snapshot';

function apiKey(): string {
  return String(inject('testApp').status.apiKey);
}

function capture(headers: Record<string, string>, method = 'POST'): Promise<Response> {
  return ask(PATH, { method, headers });
}

describe('capturing for everybody', () => {
  it('is open to the API key', async () => {
    const linked = await linkApiUser({ account: { openedOn: '2026-11-02' } });
    const answer = await capture({ 'x-api-key': apiKey() });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      trigger: 'api_key',
      status: 'complete',
      tradingDay: '2026-11-20',
      counts: { connections: 1, captured: 1, failed: 0 },
    });
    await linked.remove();
  });

  it('stays closed to a wrong key, even beside a valid bearer token', async () => {
    const token = await signIn('steady');
    const before = await countWork();

    await expectProblem(await capture({ 'x-api-key': 'not-the-key-at-all', ...bearer(token) }), 401);
    await expectProblem(await capture({ 'x-api-key': '', ...bearer(token) }), 401);
    await expectProblem(await capture({ 'x-api-key': 'undefined' }), 401);

    expect(await countWork()).toEqual(before);
  });
});

describe('capturing for oneself', () => {
  it('asks for the one user and for nobody else', async () => {
    const mine = await linkApiUser({ account: { openedOn: '2026-11-02' } });
    const others = await linkApiUser({ account: { openedOn: '2026-11-02' } });

    const answer = await capture(bearer(mine.accessToken));

    expect(await answer.json()).toMatchObject({ trigger: 'user', counts: { connections: 1, captured: 1 } });
    const { data } = await serviceClient()
      .from('accounts')
      .select('user_id')
      .in('user_id', [mine.id, others.id]);
    expect(data).toEqual([{ user_id: mine.id }]);
    await mine.remove();
    await others.remove();
  });

  it('is on record with the user who asked', async () => {
    const mine = await linkApiUser({ account: { openedOn: '2026-11-02' } });
    const run = await (await capture(bearer(mine.accessToken))).json();

    const { data } = await serviceClient().from('runs').select('requested_by').eq('id', run.runId);
    expect(data).toEqual([{ requested_by: mine.id }]);
    await mine.remove();
  });
});

describe('capturing', () => {
  it.each([
    { name: 'nobody in particular', headers: async () => ({}) },
    { name: 'a token that is none', headers: async () => bearer('not-a-token') },
    { name: 'the key as a token', headers: async () => bearer(apiKey()) },
    { name: 'the cron secret as a token', headers: async () => bearer(inject('testApp').status.cronSecret) },
    { name: 'a session cookie alone', headers: () => signInWithCookie('steady') },
  ])('stays closed to $name', async ({ headers }) => {
    const before = await countWork();
    await expectProblem(await capture(await headers()), 401);
    expect(await countWork()).toEqual(before);
  });

  it('is written, not read: GET is not allowed', async () => {
    expect((await capture({ 'x-api-key': apiKey() }, 'GET')).status).toBe(405);
  });
});
