import 'server-only';
import { z } from 'zod';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { date, instant } from './schemas';

const captureHealth = z.object({
  expected: z.number().int(),
  present: z.number().int(),
  brokenConnections: z.number().int(),
  lastRun: z
    .object({ status: z.string(), startedAt: instant, finishedAt: instant.nullable(), tradingDay: date })
    .nullable(),
});

export type CaptureHealth = z.infer<typeof captureHealth>;

/** How complete a trading day is among working connections, and the last scheduled run. */
export function readCaptureHealth(
  client: SupabaseClient<Database>,
  day: TradingDate,
): Promise<CaptureHealth> {
  return readAnswer('capture_health', client.rpc('capture_health', { p_day: day }), captureHealth);
}
