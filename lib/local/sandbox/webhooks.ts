import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxUser } from './scenario';
import { type SandboxKeys, toSortedJson } from './signature';
import type { SandboxState } from './state';
import { uuidOf } from './uuid';

/** What an event is about; the sandbox adds ids and the time. */
export interface WebhookEvent {
  readonly eventType: string;
  readonly connectionId: string;
  readonly accountId?: string;
  readonly details?: unknown;
  /** An id that was used before plays a delivery that is repeated. */
  readonly webhookId?: string;
}

export interface Delivery {
  readonly webhookId: string;
  /** What the receiver answered; null when it could not be reached. */
  readonly status: number | null;
}

export interface Webhooks {
  /** Signs one event and sends it to an address. */
  deliver(url: string, event: WebhookEvent): Promise<Delivery>;
  /** Sends an event to the scenario's `webhookUrl`, if it has one, without waiting. Nothing is sent a second time. */
  announce(event: WebhookEvent): void;
}

/** All sections of an account's holdings were read. */
export const REFRESHED_DETAILS = Object.fromEntries(
  ['total_value', 'positions', 'balances', 'orders'].map((section) => [
    section,
    { success: true, error: null },
  ]),
);

/** Sends events as SnapTrade does: one POST each, signed with the consumer key. */
export function createWebhooks(state: SandboxState, keys: SandboxKeys, closing: AbortSignal): Webhooks {
  async function deliver(url: string, event: WebhookEvent): Promise<Delivery> {
    const payload = renderEvent(event, findOwner(state, event.connectionId), state.now(), keys.clientId);
    const headers = {
      'content-type': 'application/json',
      Signature: signEvent(payload, keys.consumerKey),
    };
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(payload),
        signal: closing,
      });
      await answer.body?.cancel();
      return { webhookId: payload.webhookId, status: answer.status };
    } catch {
      return { webhookId: payload.webhookId, status: null };
    }
  }

  return {
    deliver,
    announce: (event) => {
      const { webhookUrl } = state.scenario;
      if (webhookUrl !== null) void deliver(webhookUrl, event);
    },
  };
}

/** The user of a connection; null when the scenario has no such connection. */
export function findOwner(state: SandboxState, connectionId: string): SandboxUser | null {
  const isOwner = ({ connections }: SandboxUser) => connections.some(({ id }) => id === connectionId);
  return state.scenario.users.find(isOwner) ?? null;
}

function renderEvent(event: WebhookEvent, user: SandboxUser | null, now: string, clientId: string) {
  const { webhookId = randomUUID(), connectionId, ...fields } = event;
  const slug = user?.connections.find(({ id }) => id === connectionId)?.institution.slug;
  return {
    webhookId,
    clientId,
    userId: user?.userId ?? null,
    eventTimestamp: now.replace('Z', '000+00:00'),
    brokerageAuthorizationId: connectionId,
    ...(slug === undefined ? {} : { brokerageId: uuidOf(`brokerage ${slug}`) }),
    ...fields,
  };
}

/** Base64 of HMAC-SHA256 over the event as Python writes it: keys in order, no spaces, and ASCII alone. */
export function signEvent(payload: unknown, consumerKey: string): string {
  const characters = toSortedJson(payload)
    .split('')
    .map((unit) => (unit <= '~' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
  return createHmac('sha256', consumerKey).update(characters.join('')).digest('base64');
}
