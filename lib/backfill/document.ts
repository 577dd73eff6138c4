import 'server-only';
import { z } from 'zod';
import { date, instant, type Output } from '@/lib/db/rpc';
import { BACKFILL_OUTCOMES, BACKFILL_STATES, GAP_REASONS, RUN_STATES } from '@/lib/domain/states';

const count = z.number().int();
const daysByReason = z.record(z.string(), count);

/** What a backfill is about: where a part is null, it is not limited. */
const scope = z.object({
  userId: z.uuid().nullable(),
  provider: z.string().nullable(),
  institution: z.string().nullable(),
  reason: z.enum(GAP_REASONS).nullable(),
  from: date,
  to: date,
});
export type BackfillScope = Output<typeof scope>;

/** The same, with the e-mail address of the one user that it is limited to. */
export const namedScope = scope.extend({ email: z.string().nullable() });

/** What a backfill would be about and cost. All days are account days: one account on one trading day. */
export const backfillPreview = z.object({
  /** Missing days that would be asked for. */
  accountDays: count,
  /** Of those, how many had been given up for a final reason. */
  reopenedDays: count,
  /** Missing days that lie beyond what providers can be asked for. */
  beyondReachDays: count,
  /** Days that are there already; null when the scope is a reason, which only missing days have. */
  presentDays: count.nullable(),
  users: count,
  accounts: count,
  connections: count,
  /** Requests to providers: one for each connection, and one for the history of each account that needs it. */
  requests: count,
  /** The same by provider, since each has a limit of its own. */
  requestsByProvider: z.record(z.string(), count),
  reasons: daysByReason,
  /** Missing days that nobody can be asked for, since their source is switched off, by provider. */
  offDays: z.record(z.string(), count),
});
export type BackfillPreview = Output<typeof backfillPreview>;

/** What has come of a backfill, in account days. */
const counts = z.object({
  accountDays: count,
  filledDays: count,
  /** Not asked for yet. */
  waitingDays: count,
  /** Never asked for, because the backfill had ended. */
  notAskedDays: count,
  /** Asked for in vain, by reason. */
  cannot: daysByReason,
  users: count,
  accounts: count,
  connections: count,
  askedConnections: count,
});

/** A backfill that an administrator asked for. */
export const backfill = z.object({
  id: z.uuid(),
  status: z.enum(BACKFILL_STATES),
  scope: namedScope,
  /** Who asked, by e-mail address where it is known. */
  requestedBy: z.string(),
  openedAt: instant,
  finishedAt: instant.nullable(),
  presentDays: count.nullable(),
  reopenedDays: count,
  beyondReachDays: count,
  counts,
  /** Requests made to providers by its finished runs. */
  requests: count,
});
export type Backfill = Output<typeof backfill>;

const run = z.object({
  id: z.uuid(),
  status: z.enum(RUN_STATES),
  startedAt: instant,
  finishedAt: instant.nullable(),
  requests: count,
});
export type BackfillRun = Output<typeof run>;

/** A backfill with its runs, newest first. */
export const backfillWithRuns = backfill.extend({ runs: z.array(run) });

/** Consecutive trading days of one account with one outcome. */
const range = z.object({
  from: date,
  to: date,
  days: count,
  outcome: z.enum(BACKFILL_OUTCOMES),
  /** Why it cannot be had; null for other outcomes. */
  reason: z.enum(GAP_REASONS).nullable(),
  /** Nothing more can be done as things are. */
  final: z.boolean(),
  nextAttemptAt: instant.nullable(),
});
export type BackfillRange = Output<typeof range>;

/** What a backfill brought for one account. */
export const backfillAccount = z.object({
  accountId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  userId: z.uuid(),
  email: z.string().nullable(),
  ranges: z.array(range),
});
export type BackfillAccount = Output<typeof backfillAccount>;

/** One backfill as its page and its route show it. */
export interface BackfillDocument extends Output<typeof backfillWithRuns> {
  readonly accounts: readonly BackfillAccount[];
  /** The last account of this page, when there may be more. */
  readonly next: string | null;
}
