import 'server-only';
import { z } from 'zod';
import { CALENDAR_FIRST_DATE, CALENDAR_LAST_DATE } from '@/lib/domain/nyse-calendar';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';

/** A page's query as Next.js hands it over, as the browser wrote it. */
export type PageSearch = Readonly<Record<string, string | string[] | undefined>>;

/** The query string of a page, to be read as any other. */
export function toSearchParams(search: PageSearch): URLSearchParams {
  return new URLSearchParams(
    Object.entries(search).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    ),
  );
}

/** The named parts of a page's query; what is missing, or there more than once, is an empty text, as in an empty form. */
export function readSearchFields<Name extends string>(
  search: PageSearch,
  names: readonly Name[],
): Record<Name, string> {
  const entries = names.map((name) => {
    const value = search[name];
    return [name, typeof value === 'string' ? value.trim() : ''];
  });
  // The entries are exactly the names.
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** The fields that say something. */
export function filledFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** A date of a query string, within the calendar. */
export const calendarDate = z
  .string()
  .refine(isDate, 'must be a date in the form YYYY-MM-DD')
  .refine(
    (text) => text >= CALENDAR_FIRST_DATE && text <= CALENDAR_LAST_DATE,
    `must lie between ${CALENDAR_FIRST_DATE} and ${CALENDAR_LAST_DATE}`,
  )
  .transform((text) => text as TradingDate);

/** How many rows a page of a list may have. */
const PAGE_ROWS_MAX = 200;

const limit = z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50);

/** The part of a query string that pages a list by key: `before` is the id after which the next page begins. */
export const pageQuery = { before: z.coerce.number().int().positive().optional(), limit };

/** The same for lists whose rows have UUIDs. */
export const uuidPageQuery = { before: z.uuid().optional(), limit };
