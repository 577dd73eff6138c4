import { z } from 'zod';
import { type GridPlace, gridPlace } from '@/lib/db/coverage';
import { text } from '@/lib/db/schemas';
import {
  COVERAGE_SORTS,
  COVERAGE_SPANS,
  type CoverageFilter,
  type CoverageSort,
} from '@/lib/domain/coverage';
import { GAP_REASONS } from '@/lib/domain/states';
import { AppError } from '@/lib/errors';
import { checkInput } from '@/lib/http/body';

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

function readPlace(word: string): GridPlace {
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
