import 'server-only';
import { z } from 'zod';
import { type Amount, toAmount } from '@/lib/domain/money';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';

/**
 * What we accept from SnapTrade. Only the fields we read are named; everything else is ignored, since the
 * vendor adds fields without notice. A field that is missing or null stays null: it never becomes a zero.
 */

/** The credentials document of a SnapTrade connection. */
export const credentialsSchema = z.object({ userId: z.string().min(1), userSecret: z.string().min(1) });
export type SnapTradeCredentials = z.infer<typeof credentialsSchema>;

/** A number whose thousands are set off, as some brokers write them. */
const GROUPED = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/;

/** SnapTrade sends decimals as strings in newer shapes and as JSON numbers in older ones. */
const amount = z.union([z.string(), z.number()]).transform((value, context): Amount => {
  const read = toAmount(typeof value === 'string' && GROUPED.test(value) ? value.replaceAll(',', '') : value);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'not a decimal' });
  return z.NEVER;
});

const date = z.string().transform((text, context): TradingDate => {
  if (isDate(text)) return text;
  context.addIssue({ code: 'custom', message: 'not a calendar date' });
  return z.NEVER;
});

const holdingsSyncSchema = z.object({
  initial_sync_completed: z.boolean().nullish(),
  last_successful_sync: z.string().nullish(),
  holdings_unavailable: z.boolean().nullish(),
});

const transactionsSyncSchema = z.object({ initial_sync_completed: z.boolean().nullish().catch(null) });

export const accountSchema = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  institution_account_id: z.string().nullish(),
  institution_name: z.string(),
  sync_status: z
    .object({
      holdings: holdingsSyncSchema.nullish(),
      transactions: transactionsSyncSchema.nullish().catch(null),
    })
    .nullish(),
  balance: z
    .object({
      total: z.object({ amount: amount.nullish().catch(null), currency: z.string().nullish() }).nullish(),
    })
    .nullish(),
  status: z.string().nullish(),
  account_category: z.string().nullish(),
  is_paper: z.boolean().nullish(),
});
export type SnapTradeAccount = z.output<typeof accountSchema>;

/** An account that cannot be read costs no other; an answer in which none can is no answer. */
export const accountsSchema = z
  .array(z.union([accountSchema, z.unknown().transform(() => null)]))
  .transform((rows, context): SnapTradeAccount[] => {
    const read = rows.filter((row) => row !== null);
    if (read.length > 0 || rows.length === 0) return read;
    context.addIssue({ code: 'custom', message: 'no account can be read' });
    return z.NEVER;
  });

/** One row for each currency; a currency or an amount that is not given is not known. */
export const balancesSchema = z.array(
  z.object({ currency: z.object({ code: z.string().nullish() }).nullish(), cash: amount.nullish() }),
);
export type SnapTradeBalances = z.output<typeof balancesSchema>;

const positionSchema = z.object({
  instrument: z.object({
    kind: z.string(),
    multiplier: amount.nullish(),
    symbol: z.string().nullish().catch(null),
  }),
  units: amount.nullish(),
  price: amount.nullish(),
  cost_basis: amount.nullish(),
  currency: z.string().nullish(),
  cash_equivalent: z.boolean().nullish(),
});
export type SnapTradePosition = z.output<typeof positionSchema>;

export const positionsSchema = z.object({
  results: z.array(positionSchema),
  data_freshness: z.object({ as_of: z.string().nullish() }).nullish(),
});

export const connectionSchema = z.object({
  disabled: z.boolean(),
  disabled_date: z.string().nullish(),
  data_freshness_mode: z.string().nullish(),
});
export type SnapTradeConnection = z.output<typeof connectionSchema>;

export const connectionsSchema = z.array(
  connectionSchema.extend({
    id: z.string().min(1),
    brokerage: z.object({ name: z.string().nullish(), slug: z.string().nullish() }).nullish(),
    name: z.string().nullish(),
  }),
);
export type SnapTradeListedConnection = z.output<typeof connectionsSchema>[number];

/** Where a user links brokerages. The vendor's other shape, an encrypted answer, is for customers who ask for it. */
export const portalSchema = z.object({ redirectURI: z.url() });

/** The answer only confirms that the request was taken; nothing of it is read. */
export const takenSchema = z.object({});

export const balanceHistorySchema = z.object({
  // A row that is odd is a day that is not known, and costs no other.
  history: z.array(
    z
      .object({ date: date.nullable().catch(null), total_value: amount.nullish().catch(null) })
      .nullable()
      .catch(null),
  ),
  currency: z.string().nullish(),
});
export type SnapTradeBalanceHistory = z.output<typeof balanceHistorySchema>;

/** Only the part of the retired reporting answer that holds values. */
export const reportingSchema = z.object({
  totalEquityTimeframe: z
    .array(z.object({ date, value: amount.nullable(), currency: z.string().nullish() }))
    .nullish(),
});
export type SnapTradeReporting = z.output<typeof reportingSchema>;

const activitySchema = z.object({
  type: z.string().nullish(),
  amount: amount.nullish(),
  units: amount.nullish(),
  price: amount.nullish(),
  currency: z.object({ code: z.string().nullish() }).nullish(),
  symbol: z
    .object({
      id: z.string().nullish(),
      symbol: z.string().nullish().catch(null),
      type: z
        .object({ code: z.string().nullish().catch(null) })
        .nullish()
        .catch(null),
    })
    .nullish(),
  option_symbol: z.object({ ticker: z.string().nullish().catch(null) }).nullish(),
  description: z.string().nullish(),
  trade_date: z.string().nullish(),
  settlement_date: z.string().nullish(),
  external_reference_id: z.string().nullish(),
});
export type SnapTradeActivity = z.output<typeof activitySchema>;

export const activitiesPageSchema = z.object({
  data: z.array(activitySchema),
  pagination: z.object({ total: z.number().int().nonnegative() }),
});

/** An error body; both spellings occur. */
export const errorBodySchema = z.object({
  code: z.union([z.string(), z.number()]).nullish(),
  default_code: z.union([z.string(), z.number()]).nullish(),
  detail: z.unknown().optional(),
  default_detail: z.unknown().optional(),
});
