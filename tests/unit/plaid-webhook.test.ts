import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { ProviderError } from '@/lib/providers/provider';
import type { ConnectionEvent } from '@/lib/webhooks/event';
import { cacheKeys, type ReadKey, receivePlaidEvent } from '@/lib/webhooks/plaid';

const NOW = new Date('2026-11-20T22:00:00Z');
const DUE = { outcome: 'due', userId: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' } as const;
const EVENT = {
  webhook_type: 'HOLDINGS',
  webhook_code: 'DEFAULT_UPDATE',
  item_id: 'item-1',
  environment: 'production',
};

let plaid: Awaited<ReturnType<typeof generateKeyPair>>;
let stranger: Awaited<ReturnType<typeof generateKeyPair>>;
let readKey: ReadKey;
beforeAll(async () => {
  plaid = await generateKeyPair('ES256', { extractable: true });
  stranger = await generateKeyPair('ES256', { extractable: true });
  const key = await exportJWK(plaid.publicKey);
  readKey = async (keyId) => (keyId === 'key-1' ? key : null);
});

interface Signing {
  readonly claims?: JWTPayload;
  readonly age?: number;
  readonly keyId?: string;
  readonly by?: 'plaid' | 'stranger';
}

/** The header that signs a body. */
function sign(
  body: string,
  { claims, age = 0, keyId = 'key-1', by = 'plaid' }: Signing = {},
): Promise<string> {
  const hash = createHash('sha256').update(body).digest('hex');
  return new SignJWT(claims ?? { request_body_sha256: hash })
    .setProtectedHeader({ alg: 'ES256', kid: keyId, typ: 'JWT' })
    .setIssuedAt(new Date(NOW.getTime() - age * 1000))
    .sign((by === 'plaid' ? plaid : stranger).privateKey);
}

/** Delivers a body to the receiver and notes what it would have done. */
async function deliver(body: string, verification: string | null, read: ReadKey = readKey) {
  const events: ConnectionEvent[] = [];
  const request = new Request('https://app.example/api/webhooks/plaid', {
    method: 'POST',
    headers: verification === null ? {} : { 'Plaid-Verification': verification },
    body,
  });
  const answer: unknown = await receivePlaidEvent(request, {
    readKey: read,
    record: async (event) => {
      events.push(event);
      return DUE;
    },
    clock: () => NOW,
    log: () => {},
  }).catch((error: unknown) => (error instanceof AppError ? error.code : error));
  return { answer, events };
}

const BODY = JSON.stringify(EVENT, null, 2);

describe('a delivery', () => {
  it('that Plaid signed becomes an event of an item', async () => {
    const { answer, events } = await deliver(BODY, await sign(BODY));
    expect(answer).toEqual(DUE);
    expect(events).toMatchObject([
      { externalId: 'item-1', eventType: 'HOLDINGS.DEFAULT_UPDATE', happenedAt: null },
    ]);
  });

  it('that is played again is the same event, and another signature another one', async () => {
    const token = await sign(BODY, { age: 10 });
    const [first] = (await deliver(BODY, token)).events;
    const [again] = (await deliver(BODY, token)).events;
    const [next] = (await deliver(BODY, await sign(BODY, { age: 9 }))).events;
    expect(again?.eventId).toBe(first?.eventId);
    expect(next?.eventId).not.toBe(first?.eventId);
  });

  it.each([
    {
      webhook_type: 'LINK',
      webhook_code: 'SESSION_FINISHED',
      link_token: 'token',
      environment: 'production',
    },
    { ...EVENT, webhook_code: 'NOT_YET_INVENTED' },
  ])('of what there is nothing to do about is taken', async (event) => {
    const body = JSON.stringify(event);
    const { answer, events } = await deliver(body, await sign(body));
    expect([answer, events]).toEqual([{ outcome: 'ignored', userId: null }, []]);
  });

  it.each([
    'INVESTMENTS_TRANSACTIONS.HISTORICAL_UPDATE',
    'ITEM.ERROR',
    'ITEM.LOGIN_REPAIRED',
    'ITEM.USER_PERMISSION_REVOKED',
  ])('of %s is acted on', async (name) => {
    const [webhook_type, webhook_code] = name.split('.');
    const body = JSON.stringify({ ...EVENT, webhook_type, webhook_code });
    expect((await deliver(body, await sign(body))).events).toMatchObject([{ eventType: name }]);
  });
});

describe('what is refused', () => {
  const refused = { answer: 'unauthenticated', events: [] };

  it('is a body without a signature, or with something that is none', async () => {
    expect(await deliver(BODY, null)).toEqual(refused);
    expect(await deliver(BODY, 'a.b.c')).toEqual(refused);
    expect(await deliver(BODY, `${await sign(BODY)}x`.repeat(50))).toEqual(refused);
  });

  it('is a signature by somebody else, under Plaid’s key or a key of their own', async () => {
    expect(await deliver(BODY, await sign(BODY, { by: 'stranger' }))).toEqual(refused);
    expect(await deliver(BODY, await sign(BODY, { by: 'stranger', keyId: 'key-2' }))).toEqual(refused);
    expect(await deliver(BODY, await sign(BODY, { keyId: '../key' }))).toEqual(refused);
  });

  it('is one without a key, or by a secret that anybody may know', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iat: NOW.getTime() / 1000,
      request_body_sha256: createHash('sha256').update(BODY).digest('hex'),
    };
    expect(await deliver(BODY, `${part({ alg: 'none', kid: 'key-1' })}.${part(claims)}.`)).toEqual(refused);
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode('a secret that anybody may know!!'));
    expect(await deliver(BODY, shared)).toEqual(refused);
  });

  it('is a body that was changed by as little as a blank, and one whose hash is not signed', async () => {
    expect(await deliver(`${BODY} `, await sign(BODY))).toEqual(refused);
    expect(await deliver(JSON.stringify(EVENT), await sign(BODY))).toEqual(refused);
    expect(await deliver(BODY, await sign(BODY, { claims: {} }))).toEqual(refused);
  });

  it('is a signature of more than five minutes ago, or of the future', async () => {
    expect((await deliver(BODY, await sign(BODY, { age: 299 }))).answer).toEqual(DUE);
    expect(await deliver(BODY, await sign(BODY, { age: 400 }))).toEqual(refused);
    expect(await deliver(BODY, await sign(BODY, { age: -400 }))).toEqual(refused);
  });

  it('is nothing while Plaid’s key cannot be had: it is to be sent again', async () => {
    const down = async () => {
      throw new ProviderError('unavailable', 'Plaid is down');
    };
    expect(await deliver(BODY, await sign(BODY), down)).toEqual({ answer: 'unavailable', events: [] });
  });
});

describe('keys', () => {
  it('are asked for once each, also by many at once, and again after a failure or a day', async () => {
    let now = NOW;
    const asked: string[] = [];
    const read = cacheKeys(
      async (keyId) => {
        asked.push(keyId);
        if (asked.length === 1) throw new ProviderError('unavailable', 'Plaid is down');
        return keyId === 'key-1' ? { kty: 'EC' } : null;
      },
      () => now,
    );
    await expect(read('key-1')).rejects.toThrow();
    await Promise.all([read('key-1'), read('key-1'), read('unknown'), read('unknown')]);
    expect(asked).toEqual(['key-1', 'key-1', 'unknown']);
    now = new Date(NOW.getTime() + 10 * 60_000);
    await Promise.all([read('key-1'), read('unknown')]);
    expect(asked.slice(3)).toEqual(['unknown']);
    now = new Date(NOW.getTime() + 25 * 60 * 60_000);
    await read('key-1');
    expect(asked.slice(4)).toEqual(['key-1']);
  });
});
