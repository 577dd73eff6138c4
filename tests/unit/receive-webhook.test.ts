import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import type { ConnectionEvent } from '@/lib/webhooks/event';
import { receiveSnapTradeEvent } from '@/lib/webhooks/receive';

const KEY = 'consumer-key-test';
const DUE = { outcome: 'due', userId: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' } as const;

/** Delivers a body to the receiver and notes what it would have done. */
async function deliver(body: BodyInit | null, signature: string | null) {
  const events: ConnectionEvent[] = [];
  const logged: string[] = [];
  const request = new Request('https://app.example/api/webhooks/snaptrade', {
    method: 'POST',
    headers: signature === null ? {} : { Signature: signature },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  const answer: unknown = await receiveSnapTradeEvent(request, {
    consumerKey: KEY,
    record: async (event) => {
      events.push(event);
      return DUE;
    },
    log: (_level, event, fields) => {
      logged.push(JSON.stringify({ event, ...fields }));
    },
  }).catch((error: unknown) => (error instanceof AppError ? error.code : error));
  return { answer, events, logged };
}

/** A flat payload as SnapTrade sends it, and its signature, which is of the keys in order. */
function signed(payload: object): [string, string] {
  const inOrder = Array.isArray(payload) ? payload : Object.fromEntries(Object.entries(payload).sort());
  const signature = createHmac('sha256', KEY).update(JSON.stringify(inOrder)).digest('base64');
  return [JSON.stringify(payload), signature];
}

const BROKEN = { webhookId: 'e-1', eventType: 'CONNECTION_BROKEN', brokerageAuthorizationId: 'c-1' };

describe('a delivery', () => {
  it('that SnapTrade signed becomes an event of a connection', async () => {
    const { answer, events } = await deliver(...signed(BROKEN));
    expect(answer).toEqual(DUE);
    expect(events).toEqual([
      { externalId: 'c-1', eventId: 'e-1', eventType: 'CONNECTION_BROKEN', happenedAt: null },
    ]);
  });

  it('of an event that is years old is as good as a fresh one', async () => {
    const old = { ...BROKEN, eventTimestamp: '2019-01-02T03:04:05+00:00' };
    const { answer, events } = await deliver(...signed(old));
    expect(answer).toEqual(DUE);
    expect(events).toMatchObject([{ happenedAt: '2019-01-02T03:04:05.000Z' }]);
  });

  it('of a type that we do not know is taken and does nothing', async () => {
    const { answer, events } = await deliver(...signed({ eventType: 'NOT_YET_INVENTED', webhookId: 'e-2' }));
    expect(answer).toEqual({ outcome: 'ignored', userId: null });
    expect(events).toEqual([]);
  });

  it.each([
    { name: 'without a signature', body: JSON.stringify(BROKEN), signature: null },
    { name: 'with a wrong signature', body: JSON.stringify(BROKEN), signature: signed({})[1] },
    { name: 'without a body', body: null, signature: signed({})[1] },
    { name: 'that is no JSON', body: 'hello', signature: signed({})[1] },
  ])('$name is refused and does nothing', async ({ body, signature }) => {
    const { answer, events } = await deliver(body, signature);
    expect(answer).toBe('unauthenticated');
    expect(events).toEqual([]);
  });

  it('that is signed and no event is refused with what is wrong', async () => {
    expect((await deliver(...signed({ eventType: 'CONNECTION_BROKEN' }))).answer).toBe('bad_request');
    expect((await deliver(...signed(['event']))).answer).toBe('bad_request');
  });

  it('that never ends is cut off', async () => {
    let sentBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sentBytes += 4096;
        controller.enqueue(new Uint8Array(4096).fill(32));
      },
    });
    expect((await deliver(endless, signed({})[1])).answer).toBe('payload_too_large');
    expect(sentBytes).toBeLessThan(100_000);
  });

  it.each([
    {
      name: 'a signature that can be none',
      headers: { Signature: 'not a signature' },
      code: 'unauthenticated',
    },
    {
      name: 'a length beyond every event',
      headers: { Signature: signed({})[1], 'content-length': '300000000' },
      code: 'payload_too_large',
    },
  ])('with $name is refused without reading any of it', async ({ headers, code }) => {
    let isRead = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          isRead = true;
          controller.enqueue(new Uint8Array(1));
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: 'POST', headers, body, duplex: 'half' };
    const request = new Request('https://app.example/api/webhooks/snaptrade', init);
    const dependencies = { consumerKey: KEY, record: async () => DUE, log: () => {} };
    await expect(receiveSnapTradeEvent(request, dependencies)).rejects.toMatchObject({ code });
    expect(isRead).toBe(false);
  });

  it('leaves neither its signature nor its content in the log', async () => {
    const [body, signature] = signed({ ...BROKEN, webhookSecret: 'old-secret' });
    const taken = await deliver(...signed(BROKEN));
    const refused = await deliver(body, 'wrong');
    const text = [...taken.logged, ...refused.logged].join();
    expect(text).toContain('CONNECTION_BROKEN');
    for (const secret of [signature, 'old-secret', KEY]) expect(text).not.toContain(secret);
  });
});
