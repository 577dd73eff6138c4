import { z } from 'zod';
import { BENCHMARKS, type BenchmarkId } from '@/lib/domain/benchmark';
import { DEFAULT_PERIOD, PERIODS, type Period, periodRange, RANGE_DAYS_MAX } from '@/lib/domain/period';
import { daysBetween, type TradingDate } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { checkInput } from '@/lib/http/body';
import { calendarDate } from '@/lib/http/query';

/** A checked question: a named period or a custom range. `from` null starts at the first known day. */
export interface HistoryQuery {
  readonly period: Period | 'custom';
  readonly from: TradingDate | null;
  readonly to: TradingDate;
  /** The ids of the accounts to show; all when left out. */
  readonly accounts?: readonly string[] | undefined;
  /** The index to compare with; none when left out. */
  readonly benchmark?: BenchmarkId | undefined;
  /** What to split the values by; whole totals alone when left out. */
  readonly split?: 'accounts' | undefined;
}

/** The most accounts that a selection may name. */
const ACCOUNTS_MAX = 200;

const parameters = z.strictObject({
  period: z.enum(PERIODS, `must be one of ${PERIODS.join(', ')}`).optional(),
  from: calendarDate.optional(),
  to: calendarDate.optional(),
  accounts: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.uuid('must be ids of accounts, with a comma between them')).max(ACCOUNTS_MAX))
    .optional(),
  benchmark: z.enum(BENCHMARKS, `must be one of ${BENCHMARKS.join(', ')}`).optional(),
  split: z.enum(['accounts'], 'must be accounts').optional(),
});

/**
 * Reads `period`, or `from` and `to`, from a query string; without any, the default period. `accounts` selects accounts by
 * their ids and `benchmark` an index to compare with. `latestDue` is the latest trading day that is due. Throws an
 * `AppError` on unknown, repeated, contradictory, inverted or giant input.
 */
export function parseHistoryQuery(search: URLSearchParams, latestDue: TradingDate): HistoryQuery {
  const names = [...search.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new AppError('bad_request', `${repeated}: is given more than once`);
  const { period, from, to, ...shown } = checkInput(Object.fromEntries(search), parameters);

  if (from === undefined && to === undefined) {
    const named = period ?? DEFAULT_PERIOD;
    return named === 'ALL'
      ? { period: named, from: null, to: latestDue, ...shown }
      : { period: named, ...periodRange(named, latestDue, null), ...shown };
  }
  if (period !== undefined) throw new AppError('bad_request', 'Give either period, or from and to.');
  if (from === undefined || to === undefined) throw new AppError('bad_request', 'from and to go together.');
  if (from > to) throw new AppError('bad_request', 'from must not be after to.');
  if (daysBetween(from, to) > RANGE_DAYS_MAX)
    throw new AppError('bad_request', `A range may span at most ${RANGE_DAYS_MAX} days.`);
  return { period: 'custom', from, to, ...shown };
}

const EXPORT_FORMATS = ['csv', 'json'] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];

const format = z.enum(EXPORT_FORMATS, `must be one of ${EXPORT_FORMATS.join(', ')}`);

/** Reads `format` and, beside it, a history query. Throws an `AppError` as that does. */
export function parseExportQuery(
  search: URLSearchParams,
  latestDue: TradingDate,
): { readonly format: ExportFormat; readonly query: HistoryQuery } {
  const [asked = null, ...others] = search.getAll('format');
  const rest = new URLSearchParams(search);
  // A format that is given twice stays in, so that it is refused as any other parameter is.
  if (others.length === 0) rest.delete('format');
  const query = parseHistoryQuery(rest, latestDue);
  return { ...checkInput({ format: asked }, z.object({ format })), query };
}
