import 'server-only';
import { z } from 'zod';
import type { CoverageFilter, CoverageRow, CoverageSort, GapGroup, TrendDay } from '@/lib/domain/coverage';
import type { InstitutionFailures } from '@/lib/domain/incidents';
import type { CaptureProgress } from '@/lib/domain/schedule';
import { GAP_REASONS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { date, instant, isStorable } from './schemas';

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
