import 'server-only';
import { z } from 'zod';

/** How many rows a page of a list may have. */
const PAGE_ROWS_MAX = 200;

const limit = z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50);

/** The part of a query string that pages a list by key: `before` is the id after which the next page begins. */
export const pageQuery = { before: z.coerce.number().int().positive().optional(), limit };

/** The same for lists whose rows have UUIDs. */
export const uuidPageQuery = { before: z.uuid().optional(), limit };
