import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { z } from 'zod';
import { type Amount, addAmounts } from '@/lib/domain/money';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { type FillRequest, type RunResult, runFill, SETTLE_MINUTES } from '@/lib/fill/run';
import type { FillStore } from '@/lib/fill/store';
import type { HistoryDocument } from '@/lib/history/document';
import { getHistory } from '@/lib/history/read';
import { refreshLive } from '@/lib/live/refresh';
import { accountValueOn, type RunningSandbox, type ScenarioInput, startSandbox } from '@/lib/local/sandbox';
import { faultSchema } from '@/lib/local/sandbox/faults';
import type { SandboxAccount, SandboxConnection } from '@/lib/local/sandbox/scenario';
import { CREDENTIALS_KEY, forgetEverything, linkUser } from './linked-user';
import { SANDBOX_KEYS } from './scenario';
import { startTestStack, type TestStack } from './test-stack';
import { createTestLiveReader, createTestWorker, type WorkerLimits } from './test-worker';

/** Friday, an hour and a half after the close: the trading day 2026-11-20 is due. */
export const FRIDAY_NIGHT = '2026-11-20T22:30:00Z';

/** The real worker, store, adapter and SDK between a database and a sandbox brokerage, under one clock. */
export interface WorkerHarness {
  readonly stack: TestStack;
  readonly sandbox: RunningSandbox;
  /** Every line that the worker logged, before anything is blanked in it. */
  readonly logged: readonly string[];
  /** Our id of a sandbox user; of the first one when none is named. */
  userId(sandboxUserId?: string): string;
  /** Runs the worker at an instant, which both it and the sandbox take for now. */
  tick(at: string, parts?: TickParts): Promise<RunResult>;
  /** Reads a user's live values as a look at an instant does, which the sandbox takes for now; returns how many are newer. */
  look(at: string, limits?: WorkerLimits): Promise<number>;
  /** What the sandbox was asked since the last call, as `operation connection-or-account`. */
  takeRequests(): readonly string[];
  /** A user's history of all time as their page would show it at an instant. */
  history(at: string, sandboxUserId?: string): Promise<HistoryDocument>;
  /** What the broker reports that these accounts were worth together at the close of a day. */
  brokerTotal(date: string, ...accountIds: readonly string[]): Amount;
  addFault(effect: FaultParts['effect'], fault?: Omit<FaultParts, 'effect'>): void;
  endFaults(): void;
  changeConnection(id: string, change: Partial<SandboxConnection>): void;
  changeAccount(id: string, change: Partial<SandboxAccount>): void;
  /** Lets the time pass by which request budgets and rate limits go; the clock of the trading days stays. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A worker starts with a clock that stands still at the tick, unless one is given. */
type TickParts = Partial<Omit<FillRequest, 'stopAt'>> &
  WorkerLimits & {
    readonly stopAt?: string;
    readonly clock?: () => Date;
    /** Limits which connections are claimed; by default all that are due. */
    readonly filterClaims?: (store: FillStore) => FillStore;
  };

const allThatIsDue = (store: FillStore): FillStore => store;

type FaultParts = Omit<z.input<typeof faultSchema>, 'id'>;

/** Gives a test file a database of its own and each of its tests a harness over it, emptied before. */
export function prepareWorkerHarness(): { open(scenario: ScenarioInput): Promise<WorkerHarness> } {
  let stack: TestStack;
  const opened: WorkerHarness[] = [];
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((harness) => harness.close()));
  });
  afterAll(() => stack.close());
  return {
    open: async (scenario) => {
      const harness = await openWorkerHarness(stack, scenario);
      opened.push(harness);
      return harness;
    },
  };
}

/** A harness over a database that is emptied before; whoever opens it closes it. */
export async function openWorkerHarness(stack: TestStack, scenario: ScenarioInput): Promise<WorkerHarness> {
  await forgetEverything(stack);
  let now = toInstant(FRIDAY_NIGHT);
  let passedMs = 0;
  const sandbox = await startSandbox({
    port: 0,
    scenario,
    ...SANDBOX_KEYS,
    now: () => new Date(now),
    readWallClockMs: () => Date.now() + passedMs,
  });
  const { state } = sandbox;
  const users = new Map<string, string>();
  for (const user of state.scenario.users) users.set(user.userId, await linkUser(stack, user));
  const logged: string[] = [];

  const userId = (sandboxUserId = [...users.keys()][0]): string => {
    const id = users.get(sandboxUserId ?? '');
    if (id === undefined) throw new Error(`the scenario has no user ${sandboxUserId}`);
    return id;
  };
  const changeConnections = (change: (connection: SandboxConnection) => SandboxConnection): void =>
    state.replaceUsers(
      state.scenario.users.map((user) => ({ ...user, connections: user.connections.map(change) })),
    );
  const passTime = async (ms: number): Promise<void> => {
    passedMs += ms;
    await stack.sql`update request_budgets set paused_until = paused_until - make_interval(secs => ${ms / 1000})`;
    await stack.sql.begin(async (sql) => {
      // Seconds may come to lie where others were, so they are taken away before they are put back.
      const granted = await sql`delete from granted_requests returning provider, granted_in, requests, share`;
      for (const { provider, granted_in, requests, share } of granted) {
        await sql`
          insert into granted_requests
          values (${provider}, ${granted_in}::timestamptz - make_interval(secs => ${ms / 1000}), ${requests}, ${share})`;
      }
      await sql`update request_demands set asked_at = asked_at - make_interval(secs => ${ms / 1000})`;
    });
  };
  const workerOf = (clock: () => Date, limits: WorkerLimits) =>
    createTestWorker({
      client: stack.admin,
      sandboxUrl: sandbox.url,
      credentialsKey: CREDENTIALS_KEY,
      clock,
      log: (level, event, fields = {}) => {
        logged.push(JSON.stringify({ level, event, ...fields }));
      },
      sleep: passTime,
      ...limits,
    });

  return {
    stack,
    sandbox,
    logged,
    userId,
    passTime,
    tick: (at, { stopAt, clock, filterClaims = allThatIsDue, ...parts } = {}) => {
      now = toInstant(at);
      const request = {
        trigger: 'cron',
        userId: null,
        asked: false,
        lookBackDays: null,
        concurrency: 4,
      } as const;
      const endsAt = new Date(stopAt ?? Date.parse(now) + 200_000);
      const worker = workerOf(clock ?? (() => new Date(now)), parts);
      return runFill(
        { ...request, ...parts, stopAt: endsAt },
        { ...worker, store: filterClaims(worker.store) },
      );
    },
    look: (at, limits = {}) => {
      now = toInstant(at);
      return refreshLive(
        userId(),
        new Date(now),
        createTestLiveReader(
          stack.admin,
          workerOf(() => new Date(now), limits),
        ),
      );
    },
    takeRequests: () => {
      const asked = state.requests.map(
        ({ operation, accountId, connectionId }) => `${operation} ${accountId ?? connectionId}`,
      );
      state.clearRequests();
      return asked;
    },
    history: (at, sandboxUserId) => {
      const due = latestClosedSession(at, SETTLE_MINUTES).date;
      const query = { period: 'ALL', from: null, to: due } as const;
      return getHistory(stack.admin, userId(sandboxUserId), query, due, new Date(at));
    },
    brokerTotal: (date, ...accountIds) => {
      const accounts = state.scenario.users.flatMap((user) =>
        user.connections.flatMap((one) => one.accounts),
      );
      const totals = accounts
        .filter(({ id }) => accountIds.includes(id))
        .map((account) => accountValueOn(account, toDate(date), state.market));
      return addAmounts(...totals.filter((total) => total !== null));
    },
    addFault: (effect, fault = {}) =>
      state.faults.add(faultSchema.parse({ id: randomUUID(), effect, ...fault })),
    endFaults: () => state.faults.replace([]),
    changeConnection: (id, change) =>
      changeConnections((connection) => (connection.id === id ? { ...connection, ...change } : connection)),
    changeAccount: (id, change) =>
      changeConnections((connection) => ({
        ...connection,
        accounts: connection.accounts.map((account) =>
          account.id === id ? { ...account, ...change } : account,
        ),
      })),
    close: () => sandbox.close(),
  };
}

/** Runs a harness's worker at an instant as an operator has it who pays for refreshes after the close. */
export function tickWithRefresh(
  harness: WorkerHarness,
  at: string,
  limits: WorkerLimits = {},
): Promise<RunResult> {
  return harness.tick(at, { ...limits, refresh: true });
}
