import 'server-only';
import { z } from 'zod';
import { type Amount, toAmount } from '@/lib/domain/money';
import { CALENDAR_FIRST_DATE, CALENDAR_LAST_DATE } from '@/lib/domain/nyse-calendar';
import { type Instant, isDate, type TradingDate, toInstant } from '@/lib/domain/trading-date';

/**
 * What we accept from Plaid. Only the fields we read are named. One that is missing, null or odd is not known: it never becomes a
 * zero, and costs no other.
 */

/** The credentials document of a Plaid connection, which is one item: one login of a user at one institution. */
export const itemCredentialsSchema = z.object({ accessToken: z.string().min(1) });
export type PlaidCredentials = z.infer<typeof itemCredentialsSchema>;

/** Decimals are JSON numbers. */
const amount = z.union([z.number(), z.string()]).transform((value, context): Amount => {
  const read = toAmount(value);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'not a decimal' });
  return z.NEVER;
});
const knownAmount = amount.nullish().catch(null);
const knownText = z.string().nullish().catch(null);

const knownDate = z
  .string()
  .transform((text): TradingDate | null =>
    isDate(text) && text >= CALENDAR_FIRST_DATE && text <= CALENDAR_LAST_DATE ? text : null,
  )
  .nullish()
  .catch(null);

/** A time with its offset, of a year in which it can be meant. */
const knownInstant = z.iso
  .datetime({ offset: true })
  .transform((text): Instant | null => {
    const year = new Date(text).getUTCFullYear();
    return year >= 2000 && year < 2200 ? toInstant(text) : null;
  })
  .nullish()
  .catch(null);

/** Exactly one of the two is given; what has no ISO code has no rate and no total. */
const currencyFields = { iso_currency_code: knownText, unofficial_currency_code: knownText };

const accountSchema = z.object({
  account_id: z.string().min(1),
  name: knownText,
  official_name: knownText,
  mask: knownText,
  type: knownText,
  /** The institution's own id across links; given by few. */
  persistent_account_id: knownText,
  balances: z
    .object({
      ...currencyFields,
      /** Of an investment account, all that it is worth, as the institution shows it. */
      current: knownAmount,
      /** Given by few. */
      last_updated_datetime: knownInstant,
    })
    .nullish()
    .catch(null),
});
export type PlaidAccount = z.output<typeof accountSchema>;

/** An entry that cannot be read costs no other. */
const listOf = <T extends z.ZodType>(entry: T) =>
  z.array(entry.nullable().catch(null)).transform((rows) => rows.filter((row) => row !== null));

const holdingSchema = z.object({
  account_id: z.string(),
  security_id: knownText,
  institution_price: knownAmount,
  institution_price_as_of: knownDate,
  institution_price_datetime: knownInstant,
  institution_value: knownAmount,
  quantity: knownAmount,
  /** Of the whole holding, not of a share. */
  cost_basis: knownAmount,
  ...currencyFields,
});
export type PlaidHolding = z.output<typeof holdingSchema>;

const securitySchema = z.object({
  security_id: z.string(),
  type: knownText,
  ticker_symbol: knownText,
  is_cash_equivalent: z.boolean().nullish().catch(null),
  close_price: knownAmount,
  close_price_as_of: knownDate,
  iso_currency_code: knownText,
});
export type PlaidSecurity = z.output<typeof securitySchema>;

/** Why Plaid cannot read the institution any more; null while it can. */
const itemError = z.object({ error_type: knownText, error_code: knownText }).nullish().catch(null);

export const holdingsSchema = z.object({
  /** An answer in which no account can be read is no answer. */
  accounts: z.array(z.unknown()).transform((rows, context): PlaidAccount[] => {
    const read = rows.flatMap((row) => accountSchema.safeParse(row).data ?? []);
    if (read.length > 0 || rows.length === 0) return read;
    context.addIssue({ code: 'custom', message: 'no account can be read' });
    return z.NEVER;
  }),
  /** One that cannot be read is a part of a total that is not known, so it stays in the list. */
  holdings: z.array(holdingSchema.nullable().catch(null)),
  securities: listOf(securitySchema),
  item: z.object({ institution_name: knownText, error: itemError }).nullish().catch(null),
});
export type PlaidHoldings = z.output<typeof holdingsSchema>;

export const itemSchema = z.object({
  item: z.object({
    item_id: z.string().min(1),
    institution_name: knownText,
    created_at: knownInstant,
    error: itemError,
  }),
  status: z
    .object({
      investments: z.object({ last_successful_update: knownInstant }).nullish().catch(null),
      last_webhook: z.object({ code_sent: knownText }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type PlaidItem = z.output<typeof itemSchema>;

const transactionSchema = z.object({
  investment_transaction_id: knownText,
  cancel_transaction_id: knownText,
  account_id: knownText,
  security_id: knownText,
  date: knownDate,
  name: knownText,
  quantity: knownAmount,
  amount: knownAmount,
  price: knownAmount,
  type: knownText,
  subtype: knownText,
  iso_currency_code: knownText,
});

export const transactionsPageSchema = z
  .object({
    investment_transactions: z.array(transactionSchema),
    total_investment_transactions: z.number().int().nonnegative(),
    securities: listOf(securitySchema).nullish().catch(null),
  })
  .transform(({ securities, ...page }) => {
    const byId = new Map(securities?.map((security) => [security.security_id, security]));
    const withSecurity = page.investment_transactions.map((row) => ({
      ...row,
      security: byId.get(row.security_id ?? '') ?? null,
    }));
    return { ...page, investment_transactions: withSecurity };
  });
export type PlaidTransaction = z.output<typeof transactionsPageSchema>['investment_transactions'][number];

/** The answer only confirms that it was done; nothing of it is read. */
export const doneSchema = z.object({});

/** An error body. */
export const errorBodySchema = z.object({
  error_type: z.string(),
  error_code: z.string(),
  request_id: knownText,
});

/** A session on Plaid's page. */
export const linkTokenSchema = z.object({ link_token: z.string().min(1), hosted_link_url: z.url() });

const exitSchema = z.object({
  error: z.object({ error_code: knownText }).nullish().catch(null),
  metadata: z.object({ status: knownText }).nullish().catch(null),
});

const linkedSchema = z.object({
  public_token: z.string().min(1),
  institution: z.object({ name: knownText }).nullish().catch(null),
});

/** What came of the sessions of a link token. */
export const linkSessionsSchema = z.object({
  link_sessions: z
    .array(
      z.object({
        finished_at: knownText,
        exit: exitSchema.nullish().catch(null),
        results: z
          .object({ item_add_results: listOf(linkedSchema) })
          .nullish()
          .catch(null),
      }),
    )
    .nullish()
    .transform((sessions) => sessions ?? []),
});
export type PlaidLinkSessions = z.output<typeof linkSessionsSchema>;

export const exchangeSchema = z.object({ access_token: z.string().min(1), item_id: z.string().min(1) });

/** A public key of Plaid's signatures. */
export const webhookKeySchema = z.object({
  key: z.object({
    alg: z.literal('ES256'),
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    kid: z.string(),
    x: z.string(),
    y: z.string(),
    /** Seconds since 1970; null while it is in use. */
    expired_at: z.number().nullish(),
  }),
});
