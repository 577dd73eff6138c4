import { describe, expect, inject, it } from 'vitest';
import { ask, bearer, countWork, expectProblem, serviceClient } from '../support/api';

const PATH = '/api/cron/capture';

function secret(): string {
  return inject('testApp').status.cronSecret;
}

describe('the scheduled route', () => {
  it.each([
    { name: 'no secret', headers: () => ({}) },
    { name: 'a wrong secret', headers: () => bearer('not-the-secret-at-all') },
    { name: 'half of the secret', headers: () => bearer(secret().slice(0, -1)) },
    { name: 'the text of a variable that is not set', headers: () => bearer('undefined') },
    { name: 'an empty bearer', headers: () => ({ authorization: 'Bearer ' }) },
    { name: 'the secret without a scheme', headers: () => ({ authorization: secret() }) },
    { name: 'another scheme', headers: () => ({ authorization: `Basic ${secret()}` }) },
    { name: 'the secret in the wrong header', headers: () => ({ 'x-api-key': secret() }) },
    { name: 'the key of another endpoint', headers: () => bearer(String(inject('testApp').status.apiKey)) },
    { name: 'two tokens', headers: () => bearer(`${secret()} ${secret()}`) },
  ])('stays closed to $name, and nothing is done', async ({ headers }) => {
    const before = await countWork();

    const answer = await ask(PATH, { headers: headers() });

    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    await expectProblem(answer, 401);
    expect(await countWork()).toEqual(before);
  });

  it('takes the secret in the query for nothing', async () => {
    await expectProblem(await ask(`${PATH}?secret=${secret()}`), 401);
  });

  it('answers the right secret with what the run did, the same as on record', async () => {
    const answer = await ask(PATH, { headers: bearer(secret()) });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    const run = await answer.json();
    expect(run).toMatchObject({ trigger: 'cron', status: 'complete', tradingDay: '2026-11-20' });
    const { data } = await serviceClient().from('runs').select().eq('id', run.runId).single();
    expect(data).toMatchObject({
      trigger: run.trigger,
      status: run.status,
      trading_day: run.tradingDay,
      counts: run.counts,
      reasons: run.reasons,
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('takes the name of the scheme in any case, as the standard has it', async () => {
    expect((await ask(PATH, { headers: { authorization: `bearer ${secret()}` } })).status).toBe(200);
  });

  it('asks nobody anything new when it is called again, and is counted with the call before', async () => {
    await ask(PATH, { headers: bearer(secret()) });
    const before = await countWork();

    const run = await (await ask(PATH, { headers: bearer(secret()) })).json();

    expect(run).toMatchObject({ status: 'complete', counts: { connections: 0, requests: 0, published: 0 } });
    expect(await countWork()).toEqual(before);
  });

  it('is read, not written: POST is not allowed', async () => {
    expect((await ask(PATH, { method: 'POST', headers: bearer(secret()) })).status).toBe(405);
  });
});
