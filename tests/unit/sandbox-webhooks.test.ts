import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '@/lib/local/sandbox';
import { uuidOf } from '@/lib/local/sandbox/uuid';
import { controlSandbox } from '@/tests/support/sandbox-request';
import { SANDBOX_KEYS, scenario } from '@/tests/support/scenario';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const NOW = '2026-11-20T22:00:00.000Z';

const opened: WebhookReceiver[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((webhookReceiver) => webhookReceiver.close()));
});

async function open(status = 200): Promise<WebhookReceiver> {
  const webhookReceiver = await openWebhookReceiver(async () => new Response(null, { status }));
  opened.push(webhookReceiver);
  return webhookReceiver;
}

const BROKERAGE = uuidOf('brokerage SANDBOX');

function start(): Sandbox {
  return createSandbox({ scenario: scenario(), ...SANDBOX_KEYS, now: () => new Date(NOW) });
}

describe('a webhook that the sandbox is told to send', () => {
  it('has SnapTrade’s shape, and a signature of its sorted text in ASCII', async () => {
    const webhookReceiver = await open();
    const event = {
      url: webhookReceiver.url,
      eventType: 'CONNECTION_BROKEN',
      connectionId: 'connection-1',
      webhookId: 'event-1',
      details: { why: 'é' },
    };
    const { body } = await controlSandbox(start(), 'POST', '/webhooks', event);

    expect(body).toEqual({ webhookId: 'event-1', status: 200 });
    const [letter] = webhookReceiver.letters;
    expect(JSON.parse(letter?.body ?? '')).toEqual({
      webhookId: 'event-1',
      clientId: SANDBOX_KEYS.clientId,
      userId: 'user-1',
      eventType: 'CONNECTION_BROKEN',
      eventTimestamp: '2026-11-20T22:00:00.000000+00:00',
      brokerageAuthorizationId: 'connection-1',
      brokerageId: BROKERAGE,
      details: { why: 'é' },
    });
    const text = String.raw`{"brokerageAuthorizationId":"connection-1","brokerageId":"${BROKERAGE}","clientId":"CLIENT-TEST","details":{"why":"\u00e9"},"eventTimestamp":"2026-11-20T22:00:00.000000+00:00","eventType":"CONNECTION_BROKEN","userId":"user-1","webhookId":"event-1"}`;
    expect(letter?.signature).toBe(
      createHmac('sha256', SANDBOX_KEYS.consumerKey).update(text).digest('base64'),
    );
  });

  it('has an id of its own unless it is given one, and tells how it was received', async () => {
    const webhookReceiver = await open(401);
    const event = { url: webhookReceiver.url, eventType: 'ANYTHING', connectionId: 'connection-1' };
    const sandbox = start();
    const answers = [
      await controlSandbox(sandbox, 'POST', '/webhooks', event),
      await controlSandbox(sandbox, 'POST', '/webhooks', event),
    ];
    expect(answers.map(({ body }) => body)).toMatchObject([{ status: 401 }, { status: 401 }]);
    expect(new Set(webhookReceiver.letters.map(({ body }) => JSON.parse(body).webhookId)).size).toBe(2);
  });

  it('to nobody is told as such', async () => {
    const webhookReceiver = await open();
    await webhookReceiver.close();
    const event = { url: webhookReceiver.url, eventType: 'ANYTHING', connectionId: 'connection-1' };
    const { body } = await controlSandbox(start(), 'POST', '/webhooks', event);
    expect(body).toMatchObject({ status: null });
  });

  it('about a connection that is not there is refused', async () => {
    const event = { url: 'http://127.0.0.1:9/', eventType: 'ANYTHING', connectionId: 'no-such-connection' };
    expect((await controlSandbox(start(), 'POST', '/webhooks', event)).status).toBe(404);
    expect((await controlSandbox(start(), 'POST', '/webhooks', { ...event, url: 'nowhere' })).status).toBe(
      400,
    );
  });
});
