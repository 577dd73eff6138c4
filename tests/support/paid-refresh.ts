import { claimRefresh, returnRefresh } from '@/lib/db/refresh';
import { toInstant } from '@/lib/domain/trading-date';
import { type RunResult, runFill } from '@/lib/fill/run-fill';
import type { FillBench } from './fill-bench';
import { createTestWorker, type WorkerLimits } from './fill-worker';
import { CREDENTIALS_KEY } from './link-user';

/** Runs a bench's worker at an instant as an operator has it who pays for refreshes after the close. */
export function tickWithRefresh(
  { stack, sandbox }: FillBench,
  at: string,
  limits: WorkerLimits = {},
): Promise<RunResult> {
  const now = toInstant(at);
  sandbox.state.pinClock(now);
  const worker = createTestWorker({
    client: stack.admin,
    sandboxUrl: sandbox.url,
    credentialsKey: CREDENTIALS_KEY,
    clock: () => new Date(now),
    log: () => {},
    ...limits,
  });
  return runFill(
    {
      trigger: 'cron',
      userId: null,
      asked: false,
      lookBackDays: null,
      concurrency: 4,
      stopAt: new Date(Date.parse(now) + 200_000),
    },
    {
      ...worker,
      refresh: {
        claim: (connectionId, tradingDay) => claimRefresh(stack.admin, connectionId, tradingDay),
        giveBack: (connectionId, tradingDay) => returnRefresh(stack.admin, connectionId, tradingDay),
      },
    },
  );
}
