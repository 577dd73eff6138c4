import 'server-only';
import { z } from 'zod';
import { amount, currency, date, type Output } from '@/lib/db/rpc';

/** An account that no broker knows, as its user keeps it. */
export const manualAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  currency,
  /** From this trading day on it counts no more; null while it does. */
  endedOn: date.nullable(),
  /** What its user gave, newest first; each counts from the close of its trading day until the next. */
  values: z.array(z.object({ date, total: amount })),
});
export type ManualAccount = Output<typeof manualAccount>;

/** What a change did: of which account, and how many published days are new or changed. */
export const manualChange = z.object({ accountId: z.uuid(), published: z.number().int() });
export type ManualChange = Output<typeof manualChange>;

/** Why a change was refused: `too_many` accounts, a day after its end (`closed`), a day on which it cannot end (`date`). */
export const manualRefusal = z.object({ refused: z.enum(['too_many', 'closed', 'date']) });
