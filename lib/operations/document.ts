import 'server-only';
import { z } from 'zod';
import { namedScope } from '@/lib/backfill/document';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import { CATEGORIES, KNOWN_MOVEMENT_KINDS } from '@/lib/domain/reconcile/evidence';
import { AUDIT_ACTIONS, BACKFILL_STATES, RUN_STATES, RUN_TRIGGERS } from '@/lib/domain/states';

const count = z.number().int();
const numbers = z.record(z.string(), z.number());

/** One execution of the worker as the record has it. */
export const run = z.object({
  id: z.uuid(),
  trigger: z.enum(RUN_TRIGGERS),
  status: z.enum(RUN_STATES),
  /** The latest trading day that was due when the run began. */
  tradingDay: date,
  /** Who asked, by e-mail address where it is known; null when nobody did. */
  requestedBy: z.string().nullable(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  aliveAt: instant,
  /** How many calls it stands for: those that found nothing are counted in the newest of them. */
  calls: count,
  /** The counts of the run by name, empty while it is at work. */
  counts: numbers,
  /** Account days that stayed missing, by reason. */
  reasons: numbers,
  /** The backfill that it worked for. */
  backfillId: z.uuid().nullable(),
  /** The request that caused it, as in the logs. */
  requestId: z.uuid().nullable(),
});
export type Run = Output<typeof run>;

/** One action of an administrator, reading included, or an owner's word on a movement or an account, with what has come of it until now. */
export const auditEntry = z.object({
  id: count,
  actorId: z.uuid(),
  /** By e-mail address; null when the administrator is gone. */
  actor: z.string().nullable(),
  action: z.enum(AUDIT_ACTIONS),
  reason: z.string().nullable(),
  at: instant,
  backfill: z
    .object({
      id: z.uuid(),
      status: z.enum(BACKFILL_STATES),
      accountDays: count,
      filledDays: count,
      scope: namedScope,
    })
    .nullable(),
  held: z
    .object({
      userId: z.uuid(),
      email: z.string().nullable(),
      account: z.string(),
      date,
      verdict: z.enum(['accepted', 'held', 'rejected']),
      total: amount.nullable(),
      currency: currency.nullable(),
    })
    .nullable(),
  movement: z
    .object({
      userId: z.uuid(),
      email: z.string().nullable(),
      account: z.string(),
      date,
      /** What it counts as by the newest decision; null where that was taken back. */
      kind: z.enum(KNOWN_MOVEMENT_KINDS).nullable(),
      amount: amount.nullable(),
      currency: currency.nullable(),
    })
    .nullable(),
  account: z
    .object({
      userId: z.uuid(),
      email: z.string().nullable(),
      account: z.string(),
      institution: z.string(),
      category: z.enum(CATEGORIES).nullable(),
      endedOn: date.nullable(),
    })
    .nullable(),
  /** Whose money was looked at, or whose estimates were decided about. */
  user: z.object({ userId: z.uuid(), email: z.string().nullable() }).nullable(),
  /** Whom a reminder to reconnect was sent to. */
  reminder: z.object({ provider: z.string(), institution: z.string().nullable(), users: count }).nullable(),
});
export type AuditEntry = Output<typeof auditEntry>;

/** How complete a trading day is among all accounts, those behind broken connections included. */
export const captureOfAll = z.object({ expected: count, present: count });
export type CaptureOfAll = Output<typeof captureOfAll>;

/** How complete a trading day is among working connections, and the last scheduled run. */
export const captureHealth = z.object({
  /** Account days. */
  expected: count,
  present: count,
  brokenConnections: count,
  lastRun: z
    .object({ status: z.string(), startedAt: instant, finishedAt: instant.nullable(), tradingDay: date })
    .nullable(),
});
export type CaptureHealth = Output<typeof captureHealth>;
