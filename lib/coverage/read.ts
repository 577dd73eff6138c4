import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { findIncidents, type Incident } from '@/lib/domain/incidents';
import { type CaptureProgress, type CapturePromise, deadlineOf, expectedEnd } from '@/lib/domain/schedule';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import type { CaptureHealth, CaptureOfAll } from '@/lib/operations/document';
import { readCaptureHealth, readCaptureOfAll } from '@/lib/operations/store';
import type { CoverageRow, DayTotal, GapGroup, HeldValue, TrendDay } from './document';
import { type CoverageQuery, type CoverageRange, coverageRange, isOverdue, writePlace } from './query';
import {
  readCaptureProgress,
  readCoverageGaps,
  readCoverageGrid,
  readCoverageTotals,
  readCoverageTrend,
  readHeldValues,
  readInstitutionFailures,
} from './store';

type Client = SupabaseClient<Database>;

/** How many calendar days the trend shows. */
const TREND_DAYS = 90;

/** Whether the last due trading day is complete, and how far the capture is that works on it. */
export interface DayCoverage {
  readonly tradingDay: TradingDate;
  readonly deadline: Instant;
  readonly overdue: boolean;
  readonly target: number;
  readonly health: CaptureHealth;
  /** The same of all accounts, those behind broken connections included. */
  readonly ofAll: CaptureOfAll;
  readonly progress: CaptureProgress & { readonly expectedEnd: Instant | null };
}

/** The latest due trading day, against what the operator demands. */
export async function readDayCoverage(
  client: Client,
  promise: CapturePromise,
  now: Date,
): Promise<DayCoverage> {
  const { due } = coverageRange(now, 1);
  const [health, ofAll, progress] = await Promise.all([
    readCaptureHealth(client, due),
    readCaptureOfAll(client, due),
    readCaptureProgress(client, now),
  ]);
  return {
    tradingDay: due,
    deadline: deadlineOf(due, promise.deadline),
    overdue: isOverdue(due, promise.deadline, now),
    target: promise.target,
    health,
    ofAll,
    progress: { ...progress, expectedEnd: expectedEnd(progress, now) },
  };
}

/** For how many users each of the latest trading days is there. */
export function readTrend(client: Client, now: Date): Promise<readonly TrendDay[]> {
  const { due } = coverageRange(now, 1);
  return readCoverageTrend(client, addDays(due, 1 - TREND_DAYS), due);
}

/** The open account gaps of some calendar days up to an instant. */
export function readGaps(client: Client, days: number, now: Date): Promise<readonly GapGroup[]> {
  const { from, due, reach } = coverageRange(now, days);
  return readCoverageGaps(client, { from, to: due, reach });
}

/** What fails for many users at once on the latest due trading day. */
export async function readIncidents(
  client: Client,
  promise: CapturePromise,
  now: Date,
): Promise<readonly Incident[]> {
  const { due, reach } = coverageRange(now, 1);
  return findIncidents(
    await readInstitutionFailures(client, due, reach),
    isOverdue(due, promise.deadline, now),
  );
}

/** More than these are found on the users' own pages. */
const HELD_SHOWN = 20;

/** The newest held values that wait for a verdict. */
export async function readWaitingHeld(client: Client): Promise<readonly HeldValue[]> {
  const held = await readHeldValues(client, { beforeId: null, limit: HELD_SHOWN });
  return held.filter(({ refutedBy }) => refutedBy === null);
}

/** One page of the grid with its columns. */
export interface CoveragePage {
  readonly range: CoverageRange;
  readonly rows: readonly CoverageRow[];
  /** What `after` of the next page's query is; null on the last page. */
  readonly next: string | null;
}

/** Reads one page of users by trading days. */
export async function readCoveragePage(
  client: Client,
  query: CoverageQuery,
  now: Date,
): Promise<CoveragePage> {
  const range = coverageRange(now, query.days);
  const { rows, next } = await readCoverageGrid(client, { ...query, ...range });
  return { range, rows, next: next === null ? null : writePlace(next) };
}

/** The columns of the grid counted, over all users that a question is about and not one page of them. */
export function readGridTotals(
  client: Client,
  { days, filter }: CoverageQuery,
  now: Date,
): Promise<readonly DayTotal[]> {
  return readCoverageTotals(client, { ...coverageRange(now, days), filter });
}
