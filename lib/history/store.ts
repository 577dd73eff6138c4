import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, currency, date, instant, orNull, readAnswer } from '@/lib/db/rpc';
import { GAP_REASONS, KINDS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type AccountTrust, CORRECTION_REASONS, type Correction } from './document';

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

interface CorrectionsRead {
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
  flows: z.object({
    external: z.array(z.object({ date, amount })).nullable(),
    provisional: z.boolean(),
    /** Neighbouring days between which something moved that nobody knows. */
    unknown: z.array(z.object({ from: date, to: date })),
  }),
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
type StoredHistory = z.infer<typeof storedHistory>;

interface HistoryRead {
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

const accountTrust = z.object({
  name: z.string(),
  institution: z.string(),
  status: z.enum(['active', 'disabled', 'removed']),
  firstKnownOn: date,
  closedOn: date.nullable(),
  lastValueOn: date.nullable(),
  lastAsOf: instant.nullable(),
  heldValues: z.number().int(),
});

/** How well each account of a user is known, with the client's own rights. */
export function readAccountTrust(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly AccountTrust[]> {
  return readAnswer(
    'account_trust',
    client.rpc('account_trust', { p_user_id: userId }),
    z.array(accountTrust),
  );
}
