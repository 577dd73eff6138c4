import { createHash } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { WireRefusal } from '../refusal';
import type { SandboxState } from '../state';

export interface PlaidEvent {
  readonly itemId: string;
  readonly type: string;
  readonly code: string;
  /** Whatever else the event carries. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface PlaidWebhooks {
  /** Signs an event and sends it to an address; returns what the receiver answered, or null when it could not be reached. */
  deliver(url: string, event: PlaidEvent): Promise<number | null>;
  /** Sends an event to where the item's events go, without waiting, and names it as the item's newest. */
  announce(itemId: string, type: string, code: string): void;
  /** The body of an event with the header that signs it. */
  sign(event: PlaidEvent): Promise<{ readonly body: string; readonly verification: string }>;
  /** The public key of an id, as Plaid gives it. */
  readKey(keyId: string): Promise<object>;
}

const KEY_ID = 'key-of-the-sandbox';

/** Sends events as Plaid does: one POST each, with a JWT over the hash of the body, signed by a key that is asked for by its id. */
export function createPlaidWebhooks(state: SandboxState, closing: AbortSignal): PlaidWebhooks {
  let pair: Promise<{ readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }> | null = null;
  const keys = () => {
    pair ??= generateKeyPair('ES256', { extractable: true });
    return pair;
  };

  async function sign({ itemId, type, code, fields }: PlaidEvent) {
    const event = {
      webhook_type: type,
      webhook_code: code,
      item_id: itemId,
      error: null,
      environment: 'sandbox',
    };
    const body = JSON.stringify({ ...event, ...fields }, null, 2);
    const hash = createHash('sha256').update(body).digest('hex');
    const verification = await new SignJWT({ request_body_sha256: hash })
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'JWT' })
      .setIssuedAt(new Date(state.now()))
      .sign((await keys()).privateKey);
    return { body, verification };
  }

  async function deliver(url: string, event: PlaidEvent): Promise<number | null> {
    const { body, verification } = await sign(event);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Plaid-Verification': verification },
        body,
        signal: closing,
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return null;
    }
  }

  return {
    sign,
    deliver,
    announce: (itemId, type, code) => {
      const item = state.scenario.plaidItems.find(({ id }) => id === itemId);
      if (item === undefined) return;
      state.putPlaidItem({ ...item, lastWebhook: code });
      if (item.webhook !== null) void deliver(item.webhook, { itemId, type, code });
    },
    async readKey(keyId) {
      if (keyId !== KEY_ID)
        throw new WireRefusal(400, 'INVALID_WEBHOOK_VERIFICATION_KEY_ID', 'there is no such key');
      const { x, y } = await exportJWK((await keys()).publicKey);
      const createdAt = Math.floor(Date.parse('2026-01-02T00:00:00Z') / 1000);
      return {
        alg: 'ES256',
        crv: 'P-256',
        kid: KEY_ID,
        kty: 'EC',
        use: 'sig',
        x,
        y,
        created_at: createdAt,
        expired_at: null,
      };
    },
  };
}
