import 'server-only';
import { z } from 'zod';
import { CORRECTION_REASONS, type Correction } from '@/lib/domain/correction';
import { KINDS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { amount, date, instant } from './schemas';

/** A correction as the database tells it. */
export const correction = z.object({
  id: z.number().int(),
  date,
  oldValue: amount,
  oldKind: z.enum(KINDS),
  newValue: amount.nullable(),
  newKind: z.enum(KINDS).nullable(),
  reason: z.enum(CORRECTION_REASONS),
  changedAt: instant,
});

export interface CorrectionsRead {
  readonly userId: string;
  readonly from: TradingDate | null;
  readonly to: TradingDate | null;
  /** Only corrections older than this one, for the next page. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** A user's corrections, newest first, with the client's own rights. */
export function readCorrections(
  client: SupabaseClient<Database>,
  read: CorrectionsRead,
): Promise<readonly Correction[]> {
  const call = client.rpc('portfolio_corrections', {
    p_user_id: read.userId,
    p_from: orNull(read.from),
    p_to: orNull(read.to),
    p_before_id: orNull(read.beforeId),
    p_limit: read.limit,
  });
  return readAnswer('portfolio_corrections', call, z.array(correction));
}
