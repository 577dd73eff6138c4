import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { ask, bearer, countWork, expectProblem, serviceClient } from '../support/api';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const PATH = '/api/cron/watch';
const FAILED = 'Alert: A capture run failed';

const opened: WebhookReceiver[] = [];
afterEach(() => Promise.all(opened.splice(0).map((box) => box.close())));

async function listen(): Promise<WebhookReceiver> {
  const box = await openWebhookReceiver(async () => new Response('ok'), inject('testApp').alertPort);
  opened.push(box);
  return box;
}

const watch = () => ask(PATH, { headers: bearer(inject('testApp').status.cronSecret) });

describe('the scheduled watch', () => {
  it.each([
    { name: 'no secret', headers: () => ({}) },
    { name: 'a wrong secret', headers: () => bearer('not-the-secret-at-all') },
    { name: 'the key of another endpoint', headers: () => bearer(String(inject('testApp').status.apiKey)) },
  ])('stays closed to $name', async ({ headers }) => {
    await expectProblem(await ask(PATH, { headers: headers() }), 401);
  });

  it('looks without filling, and says what is wrong', async () => {
    const before = await countWork();
    const answer = await watch();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({
      incidents: expect.any(Array),
      delivered: expect.any(Number),
    });
    expect(await countWork()).toEqual(before);
  });

  it('tells a receiver that comes back what it missed, signed, and once', async () => {
    const at = new Date().toISOString();
    const id = randomUUID();
    const instants = { started_at: '2026-11-20T23:59:30Z', alive_at: at, finished_at: at };
    await serviceClient()
      .from('runs')
      .insert({ id, trigger: 'cron', trading_day: '2026-11-20', status: 'failed', ...instants });
    // Nobody listens yet.
    expect(await (await watch()).json()).toMatchObject({ delivered: 0, receiverFailed: true });
    const box = await listen();
    await serviceClient()
      .from('alert_deliveries')
      .update({ next_attempt_at: '2026-11-20T22:00:00Z' })
      .is('delivered_at', null);

    await watch();
    await watch();

    const letters = box.letters.filter(({ body }) => body.includes(FAILED));
    expect(letters).toHaveLength(1);
    const { headers = {}, body = '' } = letters[0] ?? {};
    const signed = createHmac('sha256', 'alert-secret-of-the-app').update(
      `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`,
    );
    expect(headers['webhook-signature']).toBe(`v1,${signed.digest('base64')}`);
    await serviceClient().from('runs').update({ trigger: 'page_view' }).eq('id', id);
  });
});
