import { z } from 'zod';
import type { TradingDate } from '@/lib/domain/trading-date';
import { checkInput } from '@/lib/http/body';
import { type HistoryQuery, parseHistoryQuery } from './history-query';

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

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
