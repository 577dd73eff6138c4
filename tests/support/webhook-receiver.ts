import { serve } from '@hono/node-server';
import { AppError } from '@/lib/errors';
import { receiveSnapTradeEvent } from '@/lib/webhooks/receive';
import { recordConnectionEvent } from '@/lib/webhooks/store';
import { controlStack } from './sandbox-control';
import { SANDBOX_KEYS } from './scenario';
import type { WorkerHarness } from './worker-harness';

/** A receiver of webhooks in this process. */
export interface WebhookReceiver {
  readonly url: string;
  /** What was delivered, in the order of its coming. */
  readonly letters: readonly Letter[];
  close(): Promise<void>;
}

interface Letter {
  readonly body: string;
  readonly signature: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a receiver on 127.0.0.1, at any free port unless one is named; `answer` decides what becomes of each delivery. */
export async function openWebhookReceiver(
  answer: (request: Request) => Promise<Response>,
  listenOn = 0,
): Promise<WebhookReceiver> {
  const letters: Letter[] = [];
  const receive = async (request: Request): Promise<Response> => {
    const body = await request.clone().text();
    const headers = Object.fromEntries(request.headers);
    letters.push({ body, signature: request.headers.get('signature'), headers });
    return answer(request);
  };
  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>(
    (resolve) => {
      const starting = serve({ fetch: receive, port: listenOn, hostname: '127.0.0.1' }, (info) =>
        resolve({ server: starting, port: info.port }),
      );
    },
  );
  return {
    url: `http://127.0.0.1:${port}/`,
    letters,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** A product that receives webhooks and fills after each, over a harness; `now` is its clock. */
export interface Receiver {
  readonly webhookReceiver: WebhookReceiver;
  now: string;
  /** Has the sandbox send an event about `connection-1`, unless named otherwise; returns the answer's status. */
  emit(eventType: string, parts?: Record<string, unknown>): Promise<number | null>;
  /** What became of each delivery. */
  readonly outcomes: readonly string[];
}

/** Opens a receiver whose clock stands at `now` until a test moves it. */
export async function openReceiver(harness: WorkerHarness, now: string): Promise<Receiver> {
  const outcomes: string[] = [];
  const receiver = { now, outcomes };
  const webhookReceiver = await openWebhookReceiver(async (request) => {
    try {
      const { outcome, userId } = await receiveSnapTradeEvent(request, {
        consumerKey: SANDBOX_KEYS.consumerKey,
        record: (event) =>
          recordConnectionEvent(harness.stack.admin, 'snaptrade', event, new Date(receiver.now)),
        log: () => {},
      });
      if (userId !== null) await harness.tick(receiver.now, { trigger: 'webhook', userId });
      outcomes.push(outcome);
      return Response.json({ outcome });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      outcomes.push(error.code);
      return Response.json({}, { status: 400 });
    }
  });
  return Object.assign(receiver, {
    webhookReceiver,
    emit: async (eventType: string, parts: Record<string, unknown> = {}) => {
      const event = { url: webhookReceiver.url, eventType, connectionId: 'connection-1', ...parts };
      const control = { sandboxUrl: harness.sandbox.url, sandboxControlSecret: SANDBOX_KEYS.controlSecret };
      const answer = await controlStack(control, 'POST', '/webhooks', event);
      const { status } = (await answer.json()) as { status: number | null };
      return status;
    },
  });
}
