import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { instant, orNull, readAnswer } from '@/lib/db/rpc';
import type { Estimate } from '@/lib/domain/estimate';
import type { Currency } from '@/lib/domain/money';
import type { MarketPrices } from '@/lib/providers/price-source';
import type { DateRange } from '@/lib/providers/provider';
import {
  type EstimateCaseDocument,
  type EstimatesPermission,
  estimateCase,
  type PriceExcerpt,
  priceExcerpt,
} from './document';

/** The real accounts whose estimates are to be worked out, those that waited longest first; of one user or, with null, of everybody. */
export function readDueEstimates(
  client: SupabaseClient<Database>,
  { userId, limit }: { readonly userId: string | null; readonly limit: number },
  now: Date,
): Promise<readonly string[]> {
  const call = client.rpc('due_estimates', {
    p_user_id: orNull(userId),
    p_limit: limit,
    p_now: now.toISOString(),
  });
  return readAnswer('due_estimates', call, z.array(z.uuid()));
}

/** What the estimates of a real account are worked out from; null for one that is no more. */
export function readEstimateCase(
  client: SupabaseClient<Database>,
  lineId: string,
  now: Date,
): Promise<EstimateCaseDocument | null> {
  const call = client.rpc('estimate_case', { p_line_id: lineId, p_now: now.toISOString() });
  return readAnswer('estimate_case', call, estimateCase);
}

/** Whose prices are wanted, in which currency and of which days. */
export interface PriceQuery extends DateRange {
  readonly userId: string;
  readonly symbols: readonly string[];
  readonly currency: Currency;
}

/** Prices as far as they are known here. */
export function readPrices(
  client: SupabaseClient<Database>,
  { userId, symbols, currency, from, to }: PriceQuery,
): Promise<PriceExcerpt> {
  const call = client.rpc('estimate_prices', {
    p_user_id: userId,
    p_symbols: [...symbols],
    p_currency: currency,
    p_from: from,
    p_to: to,
  });
  return readAnswer('estimate_prices', call, priceExcerpt);
}

/** Keeps what a market-data source answered about symbols and a range. */
export async function recordPrices(
  client: SupabaseClient<Database>,
  asked: DateRange & { readonly symbols: readonly string[]; readonly source: string },
  { closes, splits }: MarketPrices,
  now: Date,
): Promise<void> {
  const call = client.rpc('record_market_prices', {
    p_symbols: [...asked.symbols],
    p_from: asked.from,
    p_to: asked.to,
    p_closes: closes.map((one) => ({ ...one })),
    p_splits: splits.map((one) => ({ ...one })),
    p_source: asked.source,
    p_now: now.toISOString(),
  });
  await readAnswer('record_market_prices', call, z.unknown());
}

/** An estimate, and through which row of its real account it was worked out. */
export type AccountEstimate = Estimate & { readonly accountId: string };

/** Makes the estimates of a real account these and no others; returns how many days changed, null where more is known by now. */
export function recordEstimates(
  client: SupabaseClient<Database>,
  { lineId, version }: { readonly lineId: string; readonly version: string },
  estimates: readonly AccountEstimate[],
  now: Date,
): Promise<number | null> {
  const call = client.rpc('record_estimates', {
    p_line_id: lineId,
    p_version: version,
    p_days: estimates.map((one) => ({ ...one, carried: [...one.carried] })),
    p_now: now.toISOString(),
  });
  return readAnswer('record_estimates', call, z.number().int().nullable());
}

const permission = z.object({ estimates_since: instant.nullable(), estimates_by_operator: z.boolean() });

/** Since when estimates of a user's days are allowed, and by whom; null while they are not. */
export async function readEstimatesPermission(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<EstimatesPermission | null> {
  const call = client
    .from('portfolios')
    .select('estimates_since, estimates_by_operator')
    .eq('user_id', userId)
    .maybeSingle();
  const row = await readAnswer('portfolios', call, permission.nullable());
  if (row === null || row.estimates_since === null) return null;
  return { since: row.estimates_since, isByOperator: row.estimates_by_operator };
}

/** Who decides, and why: null for the user; administrators give a reason, which the audit log keeps. */
type Decider = { readonly actorId: string; readonly reason: string } | null;

/**
 * Allows estimates of a user's days, or takes all of them away; returns how many days changed, null for somebody without a portfolio.
 * Null also for an administrator who allows what is allowed, or takes back what no administrator allowed.
 */
export function allowEstimates(
  client: SupabaseClient<Database>,
  { userId, isAllowed, by }: { readonly userId: string; readonly isAllowed: boolean; readonly by: Decider },
  now: Date,
): Promise<number | null> {
  const call = client.rpc('allow_estimates', {
    p_user_id: userId,
    p_is_allowed: isAllowed,
    p_actor_id: orNull(by?.actorId ?? null),
    p_reason: orNull(by?.reason ?? null),
    p_now: now.toISOString(),
  });
  return readAnswer('allow_estimates', call, z.number().int().nullable());
}
