import { z } from 'zod';
import { instant, type Output } from '@/lib/db/rpc';

/** Everything that is stored about a user: the rows of each table, as the database has them. */
export const userExport = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));
export type UserExport = z.infer<typeof userExport>;

/** What was deleted with a user, by which it can be shown afterwards; it does not lead to them. */
export const deletionReceipt = z.object({
  id: z.uuid(),
  deletedAt: instant,
  /** Rows by table. */
  deleted: z.record(z.string(), z.number().int().positive()),
});
export type DeletionReceipt = Output<typeof deletionReceipt>;
