import 'server-only';
import { z } from 'zod';
import type { CoverageDay, CoverageUser } from '@/lib/domain/coverage-person';
import { DEFAULT_RULES } from '@/lib/domain/judge';
import { GAP_REASONS, HELD_REASONS, KINDS, NO_VALUE_REASONS } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import { correction } from '@/lib/history/store';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { amount, currency, date, instant } from './schemas';

const status = z.enum(['active', 'disabled', 'removed']);
const dated = z.object({ date, total: amount });

const user = z.object({
  userId: z.uuid(),
  email: z.string(),
  connections: z.array(
    z.object({
      id: z.uuid(),
      provider: z.string(),
      institution: z.string(),
      status,
      disabledSince: instant.nullable(),
      lastSuccessAt: instant.nullable(),
      lastErrorCode: z.string().nullable(),
      attempts: count,
      dueAt: instant.nullable(),
      retryAt: instant.nullable(),
      historyCapability: z.string().nullable(),
      accounts: z.array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          currency: currency.nullable(),
          isCounted: z.boolean(),
          firstKnownOn: date,
          closedOn: date.nullable(),
          lastValueOn: date.nullable(),
          lastAsOf: instant.nullable(),
        }),
      ),
    }),
  ),
  held: z.array(
    z.object({
      id: count,
      account: z.string(),
      institution: z.string(),
      date,
      total: amount.nullable(),
      currency: currency.nullable(),
      kind: z.enum(KINDS),
      asOf: instant,
      reason: z.enum(HELD_REASONS),
      last: dated.nullable(),
      refutedBy: dated.nullable(),
    }),
  ),
});

/** One user's connections, accounts and held values, for administrators; null when there is no such portfolio. */
export function readCoverageUser(
  client: SupabaseClient<Database>,
  userId: string,
  swingFactorMax: number = DEFAULT_RULES.swingFactorMax,
): Promise<CoverageUser | null> {
  const call = client.rpc('coverage_user', { p_user_id: userId, p_swing_factor_max: swingFactorMax });
  return readAnswer('coverage_user', call, user.nullable());
}

const day = z.object({
  userId: z.uuid(),
  email: z.string(),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      institution: z.string(),
      provider: z.string(),
      status,
      isExpected: z.boolean(),
      outcome: z
        .object({
          reason: z.enum(GAP_REASONS),
          detail: z.enum([...NO_VALUE_REASONS, ...HELD_REASONS]).nullable(),
          final: z.boolean(),
          attempts: count,
          lastAttemptAt: instant,
          nextAttemptAt: instant.nullable(),
        })
        .nullable(),
      observations: z.array(
        z.object({
          id: count,
          total: amount.nullable(),
          cash: amount.nullable(),
          costBasis: amount.nullable(),
          currency: currency.nullable(),
          kind: z.enum(KINDS),
          source: z.string(),
          asOf: instant,
          observedAt: instant,
          runId: z.uuid().nullable(),
          verdict: z.enum(['accepted', 'held', 'rejected']),
          reason: z.string().nullable(),
          supersededBy: count.nullable(),
        }),
      ),
    }),
  ),
  snapshots: z.array(
    z.object({
      value: amount,
      currency,
      kind: z.enum(KINDS),
      source: z.string(),
      asOf: instant,
      accountsExpected: count,
      accountsPresent: count,
      carried: z.array(z.object({ accountId: z.uuid(), name: z.string(), from: date })),
      standing: z.boolean(),
      createdAt: instant,
      updatedAt: instant,
    }),
  ),
  corrections: z.array(correction),
});

/** Everything that is known of one user's day, for administrators; null when there is no such portfolio. */
export function readCoverageDay(
  client: SupabaseClient<Database>,
  userId: string,
  tradingDay: TradingDate,
): Promise<CoverageDay | null> {
  const call = client.rpc('coverage_day', { p_user_id: userId, p_date: tradingDay });
  return readAnswer('coverage_day', call, day.nullable());
}
