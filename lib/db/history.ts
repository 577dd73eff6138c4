import 'server-only';
import { z } from 'zod';
import { GAP_REASONS, KINDS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { correction } from './corrections';
import { orNull, readAnswer } from './rpc';
import { amount, currency, date, instant } from './schemas';

const storedHistory = z.object({
  currency,
  dataNotice: z.string().nullable(),
  from: date,
  to: date,
  points: z.array(
    z.object({
      date,
      value: amount,
      kind: z.enum(KINDS),
      source: z.string(),
      asOf: instant,
      accountsExpected: z.number().int(),
      accountsPresent: z.number().int(),
      carried: z.array(z.object({ accountId: z.uuid(), name: z.string(), from: date })),
    }),
  ),
  gaps: z.array(
    z.object({
      from: date,
      to: date,
      days: z.number().int(),
      reason: z.enum(GAP_REASONS),
      final: z.boolean(),
      nextAttemptAt: instant.nullable(),
      attempts: z.number().int(),
    }),
  ),
  live: z.object({ value: amount, asOf: instant, source: z.string() }).nullable(),
  /** Money that crossed the portfolio's border after the first point, by date; null when it cannot be told. */
  flows: z.object({ external: z.array(z.object({ date, amount })).nullable(), provisional: z.boolean() }),
  coverage: z.object({
    presentDays: z.number().int(),
    missingDays: z.number().int(),
    byKind: z.object({
      daily_eod: z.number().int(),
      reconstructed: z.number().int(),
      estimated: z.number().int(),
    }),
  }),
  corrections: z.array(correction),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      institution: z.string(),
      currency: currency.nullable(),
      closedOn: date.nullable(),
      isShown: z.boolean(),
    }),
  ),
  connections: z.array(
    z.object({
      id: z.uuid(),
      institution: z.string(),
      status: z.enum(['active', 'disabled']),
      lastSuccessAt: instant.nullable(),
    }),
  ),
});

/** What the database knows of a user's history between two days. */
export type StoredHistory = z.infer<typeof storedHistory>;

export interface HistoryRead {
  readonly userId: string;
  /** Null starts at the first known day. */
  readonly from: TradingDate | null;
  readonly to: TradingDate;
  /** The latest trading day that is due; later days are not expected yet. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  /** The accounts to read; null reads all. An id that is not one of the user's selects nothing. */
  readonly accountIds: readonly string[] | null;
}

/** Reads a history with the client's own rights: a user's client reads that user's history alone. */
export function readHistory(client: SupabaseClient<Database>, read: HistoryRead): Promise<StoredHistory> {
  const call = client.rpc('portfolio_history', {
    p_user_id: read.userId,
    p_from: orNull(read.from),
    p_to: read.to,
    p_due: read.due,
    p_reach: read.reach,
    p_line_ids: orNull(read.accountIds === null ? null : [...read.accountIds]),
  });
  return readAnswer('portfolio_history', call, storedHistory);
}
