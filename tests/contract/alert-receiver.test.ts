import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { AlertMessage } from '@/lib/alerts/message';
import { type AlertReceiver, createAlertReceiver } from '@/lib/alerts/receiver';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const SECRET = 'the-secret-of-the-webhook';
const message: AlertMessage = {
  text: 'Alert: someone & something — “quoted”',
  blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Alert' } }],
};

const opened: WebhookReceiver[] = [];
afterEach(() => Promise.all(opened.splice(0).map((box) => box.close())));

async function open(
  answer: (request: Request) => Promise<Response>,
  timeoutMs = 2_000,
  secret = SECRET,
): Promise<{ box: WebhookReceiver; receiver: AlertReceiver }> {
  const box = await openWebhookReceiver(answer);
  opened.push(box);
  const clock = () => new Date('2026-11-20T22:30:00.900Z');
  return {
    box,
    receiver: createAlertReceiver({ url: `${box.url}T1/B2/token`, secret, timeoutMs, clock }),
  };
}

describe('a receiver of alerts', () => {
  it('gets JSON that it can verify with nothing but the documented headers and the secret', async () => {
    const { box, receiver } = await open(async () => new Response('ok'));

    await receiver.deliver('7-open', message);

    const [letter] = box.letters;
    const { headers = {}, body = '' } = letter ?? {};
    expect(JSON.parse(body)).toEqual(message);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': '7-open',
      'webhook-timestamp': '1795213800',
    });
    const hmac = createHmac('sha256', Buffer.from(SECRET, 'utf8'));
    hmac.update(Buffer.concat([Buffer.from('7-open.1795213800.', 'ascii'), Buffer.from(body, 'utf8')]));
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
    expect(JSON.stringify(headers)).not.toContain(SECRET);
  });

  it('may have a key in the form that the standard gives to keys', async () => {
    const key = Buffer.from('thirty-two bytes are a good length');
    const secret = `whsec_${key.toString('base64')}`;
    const { box, receiver } = await open(async () => new Response('ok'), 2_000, secret);

    await receiver.deliver('7-open', message);

    const { headers = {}, body = '' } = box.letters[0] ?? {};
    const hmac = createHmac('sha256', key).update(`7-open.1795213800.${body}`);
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
  });

  it('is not followed to another address', async () => {
    const elsewhere = await openWebhookReceiver(async () => new Response('ok'));
    opened.push(elsewhere);
    const { receiver } = await open(async () => Response.redirect(elsewhere.url, 307));

    await expect(receiver.deliver('7-open', message)).rejects.toThrow('answered with status 307');
    expect(elsewhere.letters).toEqual([]);
  });

  it.each([400, 404, 429, 500, 503])('that answers %i has not taken the message', async (status) => {
    const { receiver } = await open(async () => new Response('no', { status }));
    await expect(receiver.deliver('7-open', message)).rejects.toThrow(`status ${status}`);
  });

  it('that is too slow has not taken the message', async () => {
    const { receiver } = await open(async () => {
      await sleep(5_000, null, { ref: false });
      return new Response('ok');
    }, 100);
    await expect(receiver.deliver('7-open', message)).rejects.toThrow('did not answer within 100 ms');
  });

  it('that is not there is told of without its address, which is a secret itself', async () => {
    const { box, receiver } = await open(async () => new Response('ok'));
    await box.close();
    opened.length = 0;

    const error: unknown = await receiver.deliver('7-open', message).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'the receiver could not be reached' });
    expect(error).not.toHaveProperty('cause');
  });
});
