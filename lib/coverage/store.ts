import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { date, instant, isStorable, type Output, orNull, readAnswer } from '@/lib/db/rpc';
import type { CoverageSort } from '@/lib/domain/coverage';
import type { InstitutionFailures } from '@/lib/domain/incidents';
import type { CaptureProgress } from '@/lib/domain/schedule';
import { GAP_REASONS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import {
  type CoverageDay,
  type CoverageFilter,
  type CoverageRow,
  type CoverageUser,
  coverageDay,
  coverageRow,
  coverageUser,
  type DayTotal,
  dayTotal,
  type GapGroup,
  gapGroup,
  type HeldValue,
  heldValue,
  type TrendDay,
  trendDay,
} from './document';

type Client = SupabaseClient<Database>;

const count = z.number().int();

/** The place of a page's last user, after which the next page begins. */
export const gridPlace = z.union([
  z.strictObject({ missing: z.int32().min(0), estimated: z.int32().min(0), userId: z.uuid() }),
  z.strictObject({ email: z.string().max(320).refine(isStorable), userId: z.uuid() }),
]);

export type GridPlace = Output<typeof gridPlace>;

const grid = z.object({ rows: z.array(coverageRow), next: gridPlace.nullable() });

/** The users and days that the grid is about. */
export interface GridScope {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** The latest trading day that is due. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  readonly filter: CoverageFilter;
}

export interface GridRead extends GridScope {
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
    ...writeScope(read),
    p_by_email: read.sort === 'email',
    p_after: orNull(read.after),
    p_limit: read.limit,
  });
  return readAnswer('coverage_grid', call, grid);
}

/** How many of all users that the grid is about have each due trading day, oldest first. */
export function readCoverageTotals(client: Client, scope: GridScope): Promise<readonly DayTotal[]> {
  return readAnswer('coverage_totals', client.rpc('coverage_totals', writeScope(scope)), z.array(dayTotal));
}

function writeScope({ from, to, due, reach, filter }: GridScope) {
  return {
    p_from: from,
    p_to: to,
    p_due: due,
    p_reach: reach,
    p_provider: orNull(filter.provider),
    p_institution: orNull(filter.institution),
    p_reason: orNull<string>(filter.reason),
    p_search: orNull(filter.search),
  };
}

/** For how many users each trading day of a range is there. */
export function readCoverageTrend(
  client: Client,
  from: TradingDate,
  to: TradingDate,
): Promise<readonly TrendDay[]> {
  return readAnswer(
    'coverage_trend',
    client.rpc('coverage_trend', { p_from: from, p_to: to }),
    z.array(trendDay),
  );
}

/** The open account gaps of a range by reason, by provider and by institution, most days first. */
export function readCoverageGaps(
  client: Client,
  range: { readonly from: TradingDate; readonly to: TradingDate; readonly reach: TradingDate },
): Promise<readonly GapGroup[]> {
  const call = client.rpc('coverage_gaps', { p_from: range.from, p_to: range.to, p_reach: range.reach });
  return readAnswer('coverage_gaps', call, z.array(gapGroup));
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

/** One user's connections, accounts and held values, for administrators; null when there is no such portfolio. */
export function readCoverageUser(client: Client, userId: string): Promise<CoverageUser | null> {
  const call = client.rpc('coverage_user', { p_user_id: userId });
  return readAnswer('coverage_user', call, coverageUser.nullable());
}

/** Everything that is known of one user's day, for administrators; null when there is no such portfolio. */
export function readCoverageDay(
  client: Client,
  userId: string,
  tradingDay: TradingDate,
): Promise<CoverageDay | null> {
  const call = client.rpc('coverage_day', { p_user_id: userId, p_date: tradingDay });
  return readAnswer('coverage_day', call, coverageDay.nullable());
}

interface HeldPage {
  readonly beforeId: number | null;
  readonly limit: number;
}

/** Held observations, those that wait for a verdict first and newest first; `beforeId` asks for the next page. */
export function readHeldValues(client: Client, { beforeId, limit }: HeldPage): Promise<readonly HeldValue[]> {
  const call = client.rpc('held_values', {
    p_before_id: orNull(beforeId),
    p_limit: limit,
  });
  return readAnswer('held_values', call, z.array(heldValue));
}

const waiting = z.object({ count: z.number().int(), oldest: instant.nullable() });

/** How many held observations nothing has settled, and when the oldest of them was observed. */
export function readHeldWaiting(client: Client): Promise<Output<typeof waiting>> {
  const call = client.rpc('held_waiting');
  return readAnswer('held_waiting', call, waiting);
}
