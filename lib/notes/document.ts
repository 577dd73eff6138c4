import 'server-only';
import { z } from 'zod';
import { date, type Output } from '@/lib/db/rpc';

/** A user's own words beside a day. */
export const dayNote = z.object({ date, text: z.string() });
export type DayNote = Output<typeof dayNote>;
