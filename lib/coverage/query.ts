import { z } from 'zod';
import { text } from '@/lib/db/rpc';
import { COVERAGE_SORTS, COVERAGE_SPANS, type CoverageSort } from '@/lib/domain/coverage';
import { latestClosedSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { deadlineOf } from '@/lib/domain/schedule';
import { GAP_REASONS } from '@/lib/domain/states';
import { addDays, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { checkInput } from '@/lib/http/body';
import type { CoverageFilter } from './document';
import { type GridPlace, gridPlace } from './store';

/** A checked question for the grid, as it stands in a query string. */
export interface CoverageQuery {
  /** Calendar days up to the latest due trading day. */
  readonly days: number;
  readonly filter: CoverageFilter;
  readonly sort: CoverageSort;
  readonly after: GridPlace | null;
  readonly limit: number;
}

const [SPAN_MIN] = COVERAGE_SPANS;
const SPAN_MAX = 365;
const ROWS_MAX = 200;

const empty = z.literal('').transform(() => null);

const parameters = z.strictObject({
  days: z.coerce.number().int().min(SPAN_MIN).max(SPAN_MAX).default(SPAN_MIN),
  reason: z.union([empty, z.enum(GAP_REASONS)]).default(null),
  provider: z.union([empty, text(100)]).default(null),
  institution: z.union([empty, text(200)]).default(null),
  search: z.union([empty, text(320)]).default(null),
  sort: z.enum(COVERAGE_SORTS).default('worst'),
  after: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(ROWS_MAX).default(50),
});

/** Reads a question from a query string. Throws an `AppError` on unknown, repeated or malformed input. */
export function parseCoverageQuery(search: URLSearchParams): CoverageQuery {
  const names = [...search.keys()];
  const repeated = names.find((one, index) => names.indexOf(one) !== index);
  if (repeated !== undefined) throw new AppError('bad_request', `${repeated}: is given more than once`);
  const { days, sort, after, limit, ...filter } = checkInput(Object.fromEntries(search), parameters);
  const place = after === undefined ? null : readPlace(after);
  if (place !== null && 'email' in place !== (sort === 'email'))
    throw new AppError('bad_request', 'after: comes from a page of another order');
  return { days, filter, sort, after: place, limit };
}

/** A place as one opaque word for a query string. */
export function writePlace(place: GridPlace): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a word of ours stands for. Throws an `AppError` for any other. */
export function readPlace(word: string): GridPlace {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(word, 'base64url').toString());
  } catch {
    place = null;
  }
  const parsed = gridPlace.safeParse(place);
  if (parsed.success) return parsed.data;
  throw new AppError('bad_request', 'after: is no place in the list');
}

/** How far back a provider's own history can reach, in days. */
const LOOK_BACK_DAYS = 365;

/** The trading days that coverage is looked at for. */
export interface CoverageRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** The latest trading day that is due; the one after it is shown while it is on. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  /** Every trading day of the range, oldest first. */
  readonly days: readonly TradingDate[];
}

/** The range of some calendar days up to an instant. */
export function coverageRange(now: Date, days: number): CoverageRange {
  const due = latestClosedSession(now, SETTLE_MINUTES).date;
  const from = addDays(due, 1 - days);
  const instant = toInstant(now);
  const sessions = tradingSessions(from, addDays(due, 7)).filter(
    ({ date, opensAt }) => date <= due || opensAt <= instant,
  );
  return {
    from,
    to: sessions.at(-1)?.date ?? due,
    due,
    reach: addDays(due, -LOOK_BACK_DAYS),
    days: sessions.map(({ date }) => date),
  };
}

/** Whether a trading day should have been covered by now. */
export function isOverdue(day: TradingDate, deadline: string, now: Date): boolean {
  return deadlineOf(day, deadline) <= toInstant(now);
}
