import { type WatchResult, watch } from '@/lib/alerts/check';
import { createAlertReceiver } from '@/lib/alerts/receiver';
import { createAlertStore } from '@/lib/alerts/wiring';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import type { RunResult } from '@/lib/fill/run';
import type { TestStack } from './test-stack';
import { openLetterbox } from './webhook-receiver';
import type { FillBench } from './worker-harness';

const PROMISE = { target: 0.995, deadline: '20:00' };

export const ALERT_SECRET = 'alert-secret-for-tests';

/** Somebody who is told: a real receiver, and a watch over a database that tells it. */
export interface AlertDesk {
  readonly url: string;
  /** What was delivered, as the first words of each message: `Alert: …` or `Resolved: …`. */
  told(): readonly string[];
  /** The whole text of what was delivered, addresses and all. */
  bodies(): readonly string[];
  /** What the receiver does with the next messages. */
  answer: () => Promise<Response>;
  /** Looks and tells at an instant. */
  watch(at: string, parts?: { readonly timeoutMs?: number; readonly silent?: boolean }): Promise<WatchResult>;
  close(): Promise<void>;
}

export const TAKE = async (): Promise<Response> => new Response('ok');
export const REFUSE = async (): Promise<Response> => new Response('no', { status: 503 });

export async function openAlertDesk(stack: TestStack): Promise<AlertDesk> {
  const desk = { answer: TAKE };
  const letterbox = await openLetterbox(() => desk.answer());
  const bodies = (): readonly string[] => letterbox.letters.map(({ body }) => body);
  return Object.assign(desk, {
    url: letterbox.url,
    bodies,
    told: () => bodies().map((body) => String(/"text":"([^".]*)/.exec(body)?.[1])),
    watch: (at: string, { timeoutMs = 2_000, silent = false } = {}) => {
      const clock = () => new Date(toInstant(at));
      return watch({
        store: createAlertStore(stack.admin, PROMISE),
        promise: PROMISE,
        receiver: silent
          ? null
          : createAlertReceiver({ url: letterbox.url, secret: ALERT_SECRET, timeoutMs, clock }),
        appUrl: 'https://portfolio.example',
        stopAt: new Date(Date.parse(at) + 20_000),
        clock,
        random: () => 0.5,
        log: () => {},
      });
    },
    close: () => letterbox.close(),
  });
}

const AFTER_CLOSE_MS = 90 * 60_000;

/** Ticks once in the evening of every trading day of a range, an hour and a half after its close. */
export async function tickEvenings(
  bench: FillBench,
  from: string,
  to: string,
): Promise<readonly RunResult[]> {
  const runs: RunResult[] = [];
  for (const { closesAt } of tradingSessions(from, to)) {
    runs.push(await bench.tick(new Date(Date.parse(closesAt) + AFTER_CLOSE_MS).toISOString()));
  }
  return runs;
}
