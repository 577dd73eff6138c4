import { type AlertCheckResult, checkAlerts } from '@/lib/alerts/check';
import { createAlertReceiver } from '@/lib/alerts/receiver';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import type { RunResult } from '@/lib/fill/run';
import type { TestStack } from './test-stack';
import { openWebhookReceiver } from './webhook-receiver';
import type { WorkerHarness } from './worker-harness';

const PROMISE = { target: 0.995, deadline: '20:00' };

export const ALERT_SECRET = 'alert-secret-for-tests';

/** An operator with alerts: a real receiver, and a check over a database that delivers to it. */
export interface AlertHarness {
  readonly url: string;
  /** What was delivered, as the first words of each message: `Alert: …` or `Resolved: …`. */
  delivered(): readonly string[];
  /** The whole text of what was delivered, addresses and all. */
  bodies(): readonly string[];
  /** What the receiver does with the next messages. */
  answer: () => Promise<Response>;
  /** Checks for alerts and delivers them at an instant. */
  check(
    at: string,
    parts?: { readonly timeoutMs?: number; readonly silent?: boolean },
  ): Promise<AlertCheckResult>;
  close(): Promise<void>;
}

export const TAKE = async (): Promise<Response> => new Response('ok');
export const REFUSE = async (): Promise<Response> => new Response('no', { status: 503 });

export async function openAlertHarness(stack: TestStack): Promise<AlertHarness> {
  const alertHarness = { answer: TAKE };
  const webhookReceiver = await openWebhookReceiver(() => alertHarness.answer());
  const bodies = (): readonly string[] => webhookReceiver.letters.map(({ body }) => body);
  return Object.assign(alertHarness, {
    url: webhookReceiver.url,
    bodies,
    delivered: () => bodies().map((body) => String(/"text":"([^".]*)/.exec(body)?.[1])),
    check: (at: string, { timeoutMs = 2_000, silent = false } = {}) => {
      const clock = () => new Date(toInstant(at));
      return checkAlerts({
        client: stack.admin,
        promise: PROMISE,
        receiver: silent
          ? null
          : createAlertReceiver({ url: webhookReceiver.url, secret: ALERT_SECRET, timeoutMs, clock }),
        appUrl: 'https://portfolio.example',
        stopAt: new Date(Date.parse(at) + 20_000),
        clock,
        random: () => 0.5,
        log: () => {},
      });
    },
    close: () => webhookReceiver.close(),
  });
}

const AFTER_CLOSE_MS = 90 * 60_000;

/** Ticks once in the evening of every trading day of a range, an hour and a half after its close. */
export async function tickEachEvening(
  harness: WorkerHarness,
  from: string,
  to: string,
): Promise<readonly RunResult[]> {
  const runs: RunResult[] = [];
  for (const { closesAt } of tradingSessions(from, to)) {
    runs.push(await harness.tick(new Date(Date.parse(closesAt) + AFTER_CLOSE_MS).toISOString()));
  }
  return runs;
}
