import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, currency, date, instant, isStorable, orNull, readAnswer } from '@/lib/db/rpc';
import type { InstitutionFailures } from '@/lib/domain/incidents';
import type { CaptureProgress } from '@/lib/domain/schedule';
import { GAP_REASONS, HELD_REASONS, KINDS, NO_VALUE_REASONS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import { correction } from '@/lib/history/store';
import type {
  CoverageDay,
  CoverageFilter,
  CoverageRow,
  CoverageSort,
  CoverageUser,
  GapGroup,
  TrendDay,
} from './document';

type Client = SupabaseClient<Database>;

const count = z.number().int();

/** The place of a page's last user, after which the next page begins. */
export const gridPlace = z.union([
  z.strictObject({ missing: z.int32().min(0), estimated: z.int32().min(0), userId: z.uuid() }),
  z.strictObject({ email: z.string().max(320).refine(isStorable), userId: z.uuid() }),
]);

export type GridPlace = z.infer<typeof gridPlace>;

const grid = z.object({
  rows: z.array(
    z.object({
      userId: z.uuid(),
      email: z.string(),
      expected: count,
      missing: count,
      estimated: count,
      days: z.string(),
    }),
  ),
  next: gridPlace.nullable(),
});

export interface GridRead {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** The latest trading day that is due. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  readonly filter: CoverageFilter;
  readonly sort: CoverageSort;
  /** The `next` of the page before; it has to come from the same sort. */
  readonly after: GridPlace | null;
  readonly limit: number;
}

/** One page of users by trading days. */
export function readCoverageGrid(
  client: Client,
  read: GridRead,
): Promise<{ readonly rows: readonly CoverageRow[]; readonly next: GridPlace | null }> {
  const call = client.rpc('coverage_grid', {
    p_from: read.from,
    p_to: read.to,
    p_due: read.due,
    p_reach: read.reach,
    p_provider: orNull(read.filter.provider),
    p_institution: orNull(read.filter.institution),
    p_reason: orNull<string>(read.filter.reason),
    p_search: orNull(read.filter.search),
    p_by_email: read.sort === 'email',
    p_after: orNull(read.after),
    p_limit: read.limit,
  });
  return readAnswer('coverage_grid', call, grid);
}

const trend = z.array(
  z.object({ date, expected: count, captured: count, reconstructed: count, estimated: count }),
);

/** For how many users each trading day of a range is there. */
export function readCoverageTrend(
  client: Client,
  from: TradingDate,
  to: TradingDate,
): Promise<readonly TrendDay[]> {
  return readAnswer('coverage_trend', client.rpc('coverage_trend', { p_from: from, p_to: to }), trend);
}

const gaps = z.array(
  z.object({
    by: z.enum(['reason', 'provider', 'institution']),
    reason: z.enum(GAP_REASONS).nullable(),
    provider: z.string().nullable(),
    institution: z.string().nullable(),
    days: count,
    finalDays: count,
    users: count,
  }),
);

/** The open account gaps of a range by reason, by provider and by institution, most days first. */
export function readCoverageGaps(
  client: Client,
  range: { readonly from: TradingDate; readonly to: TradingDate; readonly reach: TradingDate },
): Promise<readonly GapGroup[]> {
  const call = client.rpc('coverage_gaps', { p_from: range.from, p_to: range.to, p_reach: range.reach });
  return readAnswer('coverage_gaps', call, gaps);
}

const failures = z.array(
  z.object({
    provider: z.string(),
    institution: z.string(),
    users: count,
    connections: count,
    failures: z.array(
      z.object({ reason: z.enum(GAP_REASONS), users: count, connections: count, since: date }),
    ),
  }),
);

/** Which institutions fail for how many connections on a trading day, and why. */
export function readInstitutionFailures(
  client: Client,
  day: TradingDate,
  reach: TradingDate,
): Promise<readonly InstitutionFailures[]> {
  const call = client.rpc('institution_failures', { p_day: day, p_reach: reach });
  return readAnswer('institution_failures', call, failures);
}

const progress = z.object({ startedAt: instant.nullable(), answered: count, waiting: count });

/** How far the running capture is. */
export function readCaptureProgress(client: Client, now: Date): Promise<CaptureProgress> {
  const call = client.rpc('capture_progress', { p_now: now.toISOString() });
  return readAnswer('capture_progress', call, progress);
}

const status = z.enum(['active', 'disabled', 'removed']);
const dated = z.object({ date, total: amount });

const user = z.object({
  userId: z.uuid(),
  email: z.string(),
  connections: z.array(
    z.object({
      id: z.uuid(),
      provider: z.string(),
      institution: z.string(),
      status,
      disabledSince: instant.nullable(),
      lastSuccessAt: instant.nullable(),
      lastErrorCode: z.string().nullable(),
      attempts: count,
      dueAt: instant.nullable(),
      retryAt: instant.nullable(),
      historyCapability: z.string().nullable(),
      accounts: z.array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          currency: currency.nullable(),
          isCounted: z.boolean(),
          firstKnownOn: date,
          closedOn: date.nullable(),
          lastValueOn: date.nullable(),
          lastAsOf: instant.nullable(),
        }),
      ),
    }),
  ),
  held: z.array(
    z.object({
      id: count,
      account: z.string(),
      institution: z.string(),
      date,
      total: amount.nullable(),
      currency: currency.nullable(),
      kind: z.enum(KINDS),
      asOf: instant,
      reason: z.enum(HELD_REASONS),
      last: dated.nullable(),
      refutedBy: dated.nullable(),
    }),
  ),
});

/** One user's connections, accounts and held values, for administrators; null when there is no such portfolio. */
export function readCoverageUser(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<CoverageUser | null> {
  const call = client.rpc('coverage_user', { p_user_id: userId });
  return readAnswer('coverage_user', call, user.nullable());
}

const day = z.object({
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
      outcome: z
        .object({
          reason: z.enum(GAP_REASONS),
          detail: z.enum([...NO_VALUE_REASONS, ...HELD_REASONS]).nullable(),
          final: z.boolean(),
          attempts: count,
          lastAttemptAt: instant,
          nextAttemptAt: instant.nullable(),
        })
        .nullable(),
      observations: z.array(
        z.object({
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
        }),
      ),
    }),
  ),
  snapshots: z.array(
    z.object({
      value: amount,
      currency,
      kind: z.enum(KINDS),
      source: z.string(),
      asOf: instant,
      accountsExpected: count,
      accountsPresent: count,
      carried: z.array(z.object({ accountId: z.uuid(), name: z.string(), from: date })),
      standing: z.boolean(),
      createdAt: instant,
      updatedAt: instant,
    }),
  ),
  corrections: z.array(correction),
});

/** Everything that is known of one user's day, for administrators; null when there is no such portfolio. */
export function readCoverageDay(
  client: SupabaseClient<Database>,
  userId: string,
  tradingDay: TradingDate,
): Promise<CoverageDay | null> {
  const call = client.rpc('coverage_day', { p_user_id: userId, p_date: tradingDay });
  return readAnswer('coverage_day', call, day.nullable());
}

const heldValue = z.object({
  id: z.number().int(),
  userId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  date,
  total: amount.nullable(),
  currency: currency.nullable(),
  kind: z.enum(KINDS),
  source: z.string(),
  asOf: instant,
  observedAt: instant,
  reason: z.enum(HELD_REASONS),
  last: z.object({ date, total: amount }).nullable(),
  refutedBy: z.object({ date, total: amount }).nullable(),
});

/**
 * A held observation, with the standing value before it, and with the later ordinary value by which nobody need give a
 * verdict any more.
 */
type HeldValue = z.infer<typeof heldValue>;

interface HeldPage {
  readonly beforeId: number | null;
  readonly limit: number;
}

/** Held observations, those that wait for a verdict first and newest first; `beforeId` asks for the next page. */
export function readHeldValues(
  client: SupabaseClient<Database>,
  { beforeId, limit }: HeldPage,
): Promise<readonly HeldValue[]> {
  const call = client.rpc('held_values', {
    p_before_id: orNull(beforeId),
    p_limit: limit,
  });
  return readAnswer('held_values', call, z.array(heldValue));
}

const waiting = z.object({ count: z.number().int(), oldest: instant.nullable() });

/** How many held observations nothing has settled, and when the oldest of them was observed. */
export function readHeldWaiting(client: SupabaseClient<Database>): Promise<z.infer<typeof waiting>> {
  const call = client.rpc('held_waiting');
  return readAnswer('held_waiting', call, waiting);
}
