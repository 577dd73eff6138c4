import { z } from 'zod';
import { amount, currency, date, type Output } from '@/lib/db/rpc';
import type { Instant } from '@/lib/domain/trading-date';

/** A close of which both the value of an account and what it held are known, with the days before it that nobody else can give. */
const anchor = z.object({
  accountId: z.uuid(),
  date,
  value: amount,
  cash: amount,
  positions: z.array(z.object({ symbol: z.string(), units: amount })),
  /** The first day on which the account is known to have been active, and from which on its changes are known. */
  since: date,
  /** Oldest first. */
  wanted: z.array(date),
  /**
   * What changed the holdings from the first wanted day on: date, symbol (null for cash alone), units (null for a split), cash (null where
   * nobody knows what it changed), and the currency of the cash. Null where the provider reports no changes.
   */
  changes: z
    .array(z.tuple([date, z.string().nullable(), amount.nullable(), amount.nullable(), currency.nullable()]))
    .nullable(),
});

/** What the estimates of a real account are worked out from; null for one that is no more. */
export const estimateCase = z
  .object({ version: z.string(), userId: z.uuid(), currency: currency.nullable(), anchors: z.array(anchor) })
  .nullable();

export const priceExcerpt = z.object({
  closes: z.array(z.tuple([z.string(), date, amount])),
  splits: z.array(z.tuple([z.string(), date, amount])),
  /** Symbols of which the market-data source was not asked for all of the days. */
  unread: z.array(z.string()),
});

export type AnchorDocument = Output<typeof anchor>;
export type EstimateCaseDocument = NonNullable<Output<typeof estimateCase>>;
export type PriceExcerpt = Output<typeof priceExcerpt>;

/** Since when estimates of a user's days are allowed, and by whom. */
export interface EstimatesPermission {
  readonly since: Instant;
  /** Whether an administrator allowed them; otherwise the user did. */
  readonly isByOperator: boolean;
}
