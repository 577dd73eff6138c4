import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackfillAccount, BackfillPreview } from '@/lib/backfill/document';
import {
  cancelBackfill,
  filterClaimsToBackfill,
  finishBackfill,
  openBackfill,
  previewBackfill,
  type ReachableScope,
  readBackfill,
  readBackfillResults,
} from '@/lib/backfill/store';
import { latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import { PROVIDER_IDS } from '@/lib/domain/states';
import { addDays, toDate, toInstant } from '@/lib/domain/trading-date';
import { type RunResult, SETTLE_MINUTES } from '@/lib/fill/run';
import { type AppFacts, type LinkedUser, linkUserAt } from './linked-user';
import { changeStack } from './sandbox-control';
import { FRIDAY_NIGHT, type WorkerHarness } from './worker-harness';

const ADMINISTRATOR = randomUUID();

/** What a test asks to backfill: by default all that is missing within a year of Friday night. */
interface BackfillParts {
  readonly userId?: string;
  readonly institution?: string;
  readonly provider?: string;
  readonly reason?: ReachableScope['reason'];
  readonly from?: string;
  readonly to?: string;
  readonly at?: string;
  /** The sources that are switched on: all of them, unless named. */
  readonly providers?: readonly string[];
}

export function preview(harness: WorkerHarness, parts: BackfillParts = {}): Promise<BackfillPreview> {
  const at = toInstant(parts.at ?? FRIDAY_NIGHT);
  const due = latestClosedSession(at, SETTLE_MINUTES).date;
  return previewBackfill(harness.stack.admin, scopeOf(parts), at < nextSession(due).opensAt ? due : null);
}

/** Opens a backfill as an administrator. */
export function open(
  harness: Pick<WorkerHarness, 'stack'>,
  parts: BackfillParts = {},
): Promise<{ readonly id: string; readonly created: boolean }> {
  const at = new Date(parts.at ?? FRIDAY_NIGHT);
  return openBackfill(harness.stack.admin, scopeOf(parts), { by: ADMINISTRATOR, note: 'a test' }, at);
}

/** Lets a worker go on with a backfill at an instant, as the product does. */
export async function work(
  harness: WorkerHarness,
  id: string,
  at: string = FRIDAY_NIGHT,
  parts: Parameters<WorkerHarness['tick']>[1] = {},
): Promise<RunResult> {
  const client = harness.stack.admin;
  const run = await harness.tick(at, {
    trigger: 'backfill',
    lookBackDays: 365,
    filterClaims: (store) => filterClaimsToBackfill(store, client, id),
    ...parts,
  });
  await finishBackfill(client, id, new Date(at));
  return run;
}

export function finish(harness: WorkerHarness, id: string, at: string) {
  return finishBackfill(harness.stack.admin, id, new Date(at));
}

export function cancel(harness: WorkerHarness, id: string, at: string = FRIDAY_NIGHT): Promise<boolean> {
  return cancelBackfill(harness.stack.admin, id, { by: ADMINISTRATOR, note: null }, new Date(at));
}

export async function read(harness: Pick<WorkerHarness, 'stack'>, id: string) {
  const backfill = await readBackfill(harness.stack.admin, id);
  if (backfill === null) throw new Error(`there is no backfill ${id}`);
  return backfill;
}

/** What came of each day: `account-1 2026-11-16..2026-11-18 3 filled`, with the reason where it cannot be had. */
export async function listResults(
  harness: Pick<WorkerHarness, 'stack'>,
  id: string,
): Promise<readonly string[]> {
  const accounts = await readBackfillResults(harness.stack.admin, id, { after: null, limit: 200 });
  const names = await harness.stack.sql<
    { id: string; name: string }[]
  >`select id, external_id as name from accounts`;
  const nameOf = ({ accountId }: BackfillAccount) => names.find((row) => row.id === accountId)?.name;
  return accounts
    .flatMap((account) =>
      account.ranges.map(({ from, to, days, outcome, reason, final }) =>
        [nameOf(account), `${from}..${to}`, days, outcome, reason, final ? 'final' : null]
          .filter((part) => part !== null)
          .join(' '),
      ),
    )
    .toSorted();
}

function scopeOf(parts: BackfillParts): ReachableScope {
  const due = latestClosedSession(toInstant(parts.at ?? FRIDAY_NIGHT), SETTLE_MINUTES).date;
  return {
    userId: parts.userId ?? null,
    provider: parts.provider ?? null,
    institution: parts.institution ?? null,
    reason: parts.reason ?? null,
    from: parts.from === undefined ? addDays(due, -365) : toDate(parts.from),
    to: parts.to === undefined ? due : toDate(parts.to),
    reach: addDays(due, -365),
    providers: parts.providers ?? PROVIDER_IDS,
  };
}

/** No tick asks for a user before this, so that a gap stays for whoever backfills it. */
const NOT_BY_A_TICK = '2027-01-01T00:00:00Z';

/** A user who was linked on Monday, 2026-11-16, and never captured: five days are missing, and the broker has them. */
export function linkUserWithGap(app: AppFacts): Promise<LinkedUser> {
  return linkUserAt(app, {
    account: { openedOn: '2026-01-02' },
    knownSince: '2026-11-16',
    notBefore: NOT_BY_A_TICK,
    // Each at a brokerage of their own, so that several of them are no incident.
    institution: `Brokerage ${randomUUID().slice(0, 8)}`,
  });
}

/**
 * Lets a user's broker answer nobody, so that a backfill of them goes on and on. Linking somebody else later would put an
 * end to it.
 */
export async function stopAnswering({ status }: AppFacts, { id, connectionId }: LinkedUser): Promise<void> {
  await changeStack(status, 'POST', '/faults', {
    id: `unanswered-${id}`,
    effect: { type: 'status', status: 500 },
    match: { connectionId },
  });
}

/** Asks again until an answer is as it should be; throws with the last one after some time. */
export async function until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it never came: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}
