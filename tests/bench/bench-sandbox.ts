import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { ScenarioInput } from '@/lib/local/sandbox';
import { sandboxAnswerSchema } from './sandbox-job';

export const BENCH_KEYS = {
  clientId: 'BENCH-CLIENT',
  consumerKey: 'bench-consumer-key',
  controlSecret: 'bench-control-secret',
} as const;

/** A sandbox brokerage that runs beside the bench and is steered over its control path. */
export interface BenchSandbox {
  readonly url: string;
  pinClock(now: Date): Promise<void>;
  limitRate(perMinute: number): Promise<void>;
  /** How many requests were answered with each status since the last count; the newest 20,000 at most. */
  countAnswers(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** As many logins as connections, each with one account opened long before the first evening. */
export function scenarioOf(connections: number, firstEvening: TradingDate): ScenarioInput {
  const openedOn = toDate(addDays(firstEvening, -400));
  return {
    users: Array.from({ length: connections }, (_, number) => ({
      ...loginOf(number),
      connections: [
        {
          id: `connection-${number}`,
          accounts: [
            {
              id: `account-${number}`,
              institutionAccountId: `broker-account-${number}`,
              openedOn,
              flows: [{ date: openedOn, amount: String(10_000 + number), type: 'CONTRIBUTION' as const }],
            },
          ],
        },
      ],
    })),
  };
}

export function loginOf(number: number): { readonly userId: string; readonly userSecret: string } {
  return { userId: `bench-${number}`, userSecret: `bench-secret-of-${number}` };
}

const loggedSchema = z.array(z.object({ status: z.number().nullable() }));

export async function startBenchSandbox(scenario: ScenarioInput): Promise<BenchSandbox> {
  const child = fork(fileURLToPath(new URL('./sandbox-process.ts', import.meta.url)));
  child.send({ ...BENCH_KEYS, scenario });
  const [message]: unknown[] = await once(child, 'message');
  const answer = sandboxAnswerSchema.parse(message);
  if ('error' in answer) throw new Error(`the sandbox did not start: ${answer.error}`);

  async function control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${'url' in answer ? answer.url : ''}/_control${path}`, {
      method,
      headers: { authorization: `Bearer ${BENCH_KEYS.controlSecret}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the sandbox refused ${method} ${path}: ${await response.text()}`);
    return response.json();
  }

  return {
    url: answer.url,
    pinClock: async (now) => void (await control('PUT', '/clock', { now: now.toISOString() })),
    limitRate: async (perMinute) =>
      void (await control('PUT', '/scenario', { ...scenario, rateLimitPerMinute: perMinute })),
    countAnswers: async () => {
      const requests = loggedSchema.parse(await control('GET', '/requests'));
      await control('DELETE', '/requests');
      const counts: Record<string, number> = {};
      for (const { status } of requests) counts[String(status)] = (counts[String(status)] ?? 0) + 1;
      return counts;
    },
    close: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
