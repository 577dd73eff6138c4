import type { RequestGate } from '@/lib/providers/provider';

/** Thrown instead of waiting beyond the worker's time; whoever catches it leaves the rest to the next tick. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

interface GateOptions {
  /** Asks the shared budget for `count` requests. */
  readonly take: (count: number) => Promise<{ readonly granted: number; readonly waitMs: number }>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds left until the worker has to stop. */
  readonly timeLeftMs: () => number;
}

/** What passed the gate, for the run's record. */
export interface GateCount {
  requests: number;
  waitedMs: number;
}

/**
 * The gate to a provider, fed by the budget that all processes share. Requests that arrive while the budget is being
 * asked are asked for together in the next call, so a busy worker does not pay one database call per request.
 */
export function createBudgetGate(options: GateOptions): RequestGate & { readonly count: GateCount } {
  const waiting: { readonly pass: () => void; readonly fail: (error: unknown) => void }[] = [];
  const count: GateCount = { requests: 0, waitedMs: 0 };
  let serving = false;

  async function serve(): Promise<void> {
    serving = true;
    try {
      while (waiting.length > 0) {
        if (options.timeLeftMs() <= 0) throw new OutOfTimeError('no time left for another request');
        const { granted, waitMs } = await options.take(waiting.length);
        count.requests += granted;
        for (const { pass } of waiting.splice(0, granted)) pass();
        if (granted === 0) {
          if (waitMs >= options.timeLeftMs())
            throw new OutOfTimeError(`the request budget is empty for ${waitMs} ms`);
          count.waitedMs += waitMs;
          await options.sleep(waitMs);
        }
      }
    } catch (error) {
      for (const { fail } of waiting.splice(0)) fail(error);
    } finally {
      serving = false;
    }
  }

  return {
    count,
    pass: () =>
      new Promise<void>((pass, fail) => {
        waiting.push({ pass, fail });
        if (!serving) void serve();
      }),
  };
}

/** A gate that is always open, for providers without a limit. It still counts. */
export function createOpenGate(): RequestGate & { readonly count: GateCount } {
  const count: GateCount = { requests: 0, waitedMs: 0 };
  return {
    count,
    pass: async () => {
      count.requests += 1;
    },
  };
}
