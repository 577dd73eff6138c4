import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import { END_REASONS } from '@/lib/domain/reconcile/intervals';
import { GAP_REASONS, type GapReason, HELD_REASONS, KINDS, NO_VALUE_REASONS } from '@/lib/domain/states';
import { carriedAccount, correction, leftOutAccount } from '@/lib/history/document';

const count = z.number().int();
const status = z.enum(['active', 'disabled', 'paused', 'removed']);
const dated = z.object({ date, total: amount });

/** Which users the grid shows: null lets everybody in. */
export interface CoverageFilter {
  readonly reason: GapReason | null;
  readonly provider: string | null;
  readonly institution: string | null;
  /** A part of an e-mail address, or a whole user id. */
  readonly search: string | null;
}

/** One user's row of the grid. */
export const coverageRow = z.object({
  userId: z.uuid(),
  email: z.string(),
  /** Due days of the range on which a value is expected, and how many of those have none. */
  expected: count,
  missing: count,
  estimated: count,
  /** One character of `DAY_CODES` for each trading day of the range, oldest first. */
  days: z.string(),
});
export type CoverageRow = Output<typeof coverageRow>;

/** Of how many users of the grid one due trading day is expected, and how many of those have it. */
export const dayTotal = z.object({
  date,
  expected: count,
  /** Recorded at the close or filled in later: the value of every account. */
  complete: count,
  estimated: count,
});
export type DayTotal = Output<typeof dayTotal>;

/** What open account gaps have in common: a reason, a provider, or an institution at a provider. */
export const gapGroup = z.object({
  by: z.enum(['reason', 'provider', 'institution']),
  reason: z.enum(GAP_REASONS).nullable(),
  provider: z.string().nullable(),
  institution: z.string().nullable(),
  /** Account days, and how many of them have a final reason. */
  days: count,
  finalDays: count,
  users: count,
});
export type GapGroup = Output<typeof gapGroup>;

/** How many users one trading day is expected of, and for how many it is there, by kind. */
export const trendDay = z.object({
  date,
  expected: count,
  captured: count,
  reconstructed: count,
  estimated: count,
});
export type TrendDay = Output<typeof trendDay>;

const connection = z.object({
  id: z.uuid(),
  provider: z.string(),
  institution: z.string(),
  status,
  disabledSince: instant.nullable(),
  lastSuccessAt: instant.nullable(),
  lastErrorCode: z.string().nullable(),
  /** Failures in a row. */
  attempts: count,
  dueAt: instant.nullable(),
  retryAt: instant.nullable(),
  historyCapability: z.string().nullable(),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      currency: currency.nullable(),
      /** Whether it is an asset, and so is expected to have a value. */
      isCounted: z.boolean(),
      firstKnownOn: date,
      closedOn: date.nullable(),
      /** Why it ended; null while it is there, and for what its user unlinked. */
      endReason: z.enum(END_REASONS).nullable(),
      lastValueOn: date.nullable(),
      lastAsOf: instant.nullable(),
    }),
  ),
});
export type CoverageConnection = Output<typeof connection>;

const coverageHeldValue = z.object({
  id: count,
  account: z.string(),
  institution: z.string(),
  date,
  total: amount.nullable(),
  currency: currency.nullable(),
  kind: z.enum(KINDS),
  asOf: instant,
  reason: z.enum(HELD_REASONS),
  /** The current value of the last day before it. */
  last: dated.nullable(),
  /** The later ordinary value by which nobody need judge it any more. */
  refutedBy: dated.nullable(),
});
export type CoverageHeldValue = Output<typeof coverageHeldValue>;

/** A held value of any user, as it waits for a verdict. */
export const heldValue = coverageHeldValue.extend({
  userId: z.uuid(),
  source: z.string(),
  observedAt: instant,
});
export type HeldValue = Output<typeof heldValue>;

/** One user as operators see them. */
export const coverageUser = z.object({
  userId: z.uuid(),
  email: z.string(),
  connections: z.array(connection),
  /** Held values, those that nothing has settled first. */
  held: z.array(coverageHeldValue),
});
export type CoverageUser = Output<typeof coverageUser>;

const outcome = z.object({
  reason: z.enum(GAP_REASONS),
  /** The precise verdict on the answer; null when there was none. */
  detail: z.enum([...NO_VALUE_REASONS, ...HELD_REASONS]).nullable(),
  final: z.boolean(),
  attempts: count,
  lastAttemptAt: instant,
  nextAttemptAt: instant.nullable(),
});
export type DayOutcome = Output<typeof outcome>;

const observation = z.object({
  id: count,
  total: amount.nullable(),
  cash: amount.nullable(),
  costBasis: amount.nullable(),
  currency: currency.nullable(),
  kind: z.enum(KINDS),
  source: z.string(),
  asOf: instant,
  observedAt: instant,
  runId: z.uuid().nullable(),
  verdict: z.enum(['accepted', 'held', 'rejected']),
  reason: z.string().nullable(),
  supersededBy: count.nullable(),
});
export type DayObservation = Output<typeof observation>;

const snapshot = z.object({
  value: amount,
  currency,
  kind: z.enum(KINDS),
  source: z.string(),
  asOf: instant,
  accountsExpected: count,
  accountsPresent: count,
  carried: z.array(carriedAccount),
  leftOut: z.array(leftOutAccount),
  isCurrent: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});
export type DaySnapshot = Output<typeof snapshot>;

/** Everything that is known of one user's trading day. */
export const coverageDay = z.object({
  userId: z.uuid(),
  email: z.string(),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      institution: z.string(),
      provider: z.string(),
      status,
      isExpected: z.boolean(),
      /** The outcome of the last attempt that brought no value; a day that was filled later keeps it. */
      outcome: outcome.nullable(),
      /** All that was ever observed of the day, newest first. */
      observations: z.array(observation),
    }),
  ),
  /** Every kind of snapshot that was ever concluded; the current one first. */
  snapshots: z.array(snapshot),
  corrections: z.array(correction),
});
export type CoverageDay = Output<typeof coverageDay>;
