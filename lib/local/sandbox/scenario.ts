import { z } from 'zod';
import { isTradingDay } from '@/lib/domain/nyse-calendar';
import { faultSchema } from './faults';
import { DEFAULT_SHIFT_SESSIONS } from './market';
import { dateText, decimalText, instantText } from './texts';

/** One movement of an account. It takes effect at the close of its date, or of the next session. */
export const flowSchema = z.strictObject({
  date: dateText,
  /** Signed, inflow positive, as decimal text; `everything` empties the account to a true zero. */
  amount: z.union([decimalText, z.literal('everything')]),
  type: z.enum([
    'CONTRIBUTION',
    'WITHDRAWAL',
    'TRANSFER',
    'INTERNAL_CASH_TRANSFER_IN',
    'INTERNAL_CASH_TRANSFER_OUT',
    'EXTERNAL_ASSET_TRANSFER_IN',
    'EXTERNAL_ASSET_TRANSFER_OUT',
    'DIVIDEND',
    'INTEREST',
    'FEE',
    'TAX',
  ]),
  externalReferenceId: z.string().nullable().default(null),
  description: z.string().default(''),
  /** What the broker reports of it instead of the truth. */
  reported: z
    .strictObject({
      type: z.string().optional(),
      amount: decimalText.optional(),
      /** Null where none is reported. */
      currency: z.string().length(3).nullable().optional(),
      date: dateText.optional(),
    })
    .default({}),
});
export type SandboxFlow = z.output<typeof flowSchema>;

/** What the broker says the close of a day was; null when its history lacks that day. */
export const overridesSchema = z.record(dateText, decimalText.nullable());

export const accountSchema = z.strictObject({
  id: z.string().min(1),
  /** Survives a new link, when `id` does not. */
  institutionAccountId: z.string().nullable().default(null),
  name: z.string().nullable().default('Brokerage account'),
  number: z.string().default('***0001'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  /** `INVESTMENT`, `DEPOSIT`, `LOC`, or a word that nobody knows. */
  category: z.string().min(1).nullable().default('INVESTMENT'),
  isPaper: z.boolean().default(false),
  status: z.enum(['open', 'closed', 'archived', 'unavailable']).nullable().default('open'),
  openedOn: dateText,
  /** The instrument that the invested part of each deposit buys; null keeps everything in cash. */
  instrument: z.string().nullable().default('SANDBOX-500'),
  /** The part of each movement across the account's border that buys or sells the instrument; the rest is cash. */
  investedShare: z.number().min(0).max(1).default(1),
  flows: z.array(flowSchema).default([]),
  /** Whether `balanceHistory` answers; otherwise it refuses with 403, code 1141. */
  historyEnabled: z.boolean().default(true),
  overrides: overridesSchema.default({}),
  /** Days that its history lists without a value. */
  blankDays: z.array(dateText).default([]),
  /** When SnapTrade was through with its first reading of the movements, which lists only new ones before; null for long ago. */
  movementsCollectedAt: instantText.nullable().default(null),
  /** Whether the broker reports a total; otherwise it is to be put together from cash and positions. */
  totalReported: z.boolean().default(true),
  /** Cash in further currencies, for all time: told in the balances, and in no total that the broker reports. */
  otherCash: z.record(z.string().regex(/^[A-Z]{3}$/), decimalText).default({}),
});
export type SandboxAccount = z.output<typeof accountSchema>;

export const connectionSchema = z.strictObject({
  id: z.string().min(1),
  institution: z.strictObject({ name: z.string().min(1), slug: z.string().min(1) }).default({
    name: 'Sandbox Brokerage',
    slug: 'SANDBOX',
  }),
  /** `realtime` reads the broker at every call, `daily` answers with what was read at the last `syncTime`. */
  dataFreshness: z.enum(['realtime', 'daily']).default('realtime'),
  /** When a daily connection is synced, `HH:MM` in UTC, every calendar day. */
  syncTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('22:15'),
  /** Since when the broker no longer lets SnapTrade in; from then on the last state is repeated. */
  disabledSince: instantText.nullable().default(null),
  accounts: z.array(accountSchema).default([]),
});
export type SandboxConnection = z.output<typeof connectionSchema>;

export const userSchema = z.strictObject({
  userId: z.string().min(1),
  userSecret: z.string().min(1),
  connections: z.array(connectionSchema).default([]),
  /** Connections that were deleted; their accounts live on at the broker and come back under new ids when linked again. */
  formerConnections: z.array(connectionSchema).default([]),
});
export type SandboxUser = z.output<typeof userSchema>;

/** An account that Alpaca holds: its own keys open it, and the tokens that its owner allowed. */
export const alpacaAccountSchema = accountSchema.extend({
  /** Pairs that open it. One that may not read is known and refused with 403. */
  keys: z.array(
    z.strictObject({
      keyId: z.string().min(1),
      secretKey: z.string().min(1),
      revokedSince: instantText.nullable().default(null),
      mayRead: z.boolean().default(true),
    }),
  ),
  /** What its owner allowed on Alpaca's page. */
  tokens: z
    .array(z.strictObject({ token: z.string().min(1), revokedSince: instantText.nullable().default(null) }))
    .default([]),
  /** Whether the newest point of its history repeats the one before until the next open, as Alpaca's does at times. */
  repeatsNewest: z.boolean().default(false),
  /** Requests within any 60 seconds before 429; null for no limit. */
  rateLimitPerMinute: z.number().int().positive().nullable().default(null),
});
export type SandboxAlpacaAccount = z.output<typeof alpacaAccountSchema>;

/** One login of a user at one institution, as Plaid holds it; whoever has its access token reads it. */
export const plaidItemSchema = z.strictObject({
  id: z.string().min(1),
  accessToken: z.string().min(1),
  institution: z
    .strictObject({ id: z.string().min(1), name: z.string().min(1) })
    .default({ id: 'ins_1', name: 'Sandbox Institution' }),
  /** When it was linked; null for long ago. */
  createdAt: instantText.nullable().default(null),
  /** When Plaid reads the institution, `HH:MM` in UTC, every calendar day. */
  syncTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('21:30'),
  /** Since when Plaid can no longer sign in there; every question about it is refused then. */
  disabledSince: instantText.nullable().default(null),
  /** Since when Plaid gets no answer there; it repeats what it read before, and asks nobody for anything. */
  unreadSince: instantText.nullable().default(null),
  /** Removed by its owner or by us. Its accounts live on, and come back under new ids when linked again. */
  isRemoved: z.boolean().default(false),
  /** When Plaid was through with its first reading of the transactions; null for long ago. */
  historyReadyAt: instantText.nullable().default(null),
  /** What it answers before: that it is not ready, or the last 30 days as if they were all. */
  historyBefore: z.enum(['not_ready', 'last_30_days']).default('not_ready'),
  /** The code of the newest event about it, where one was sent. */
  lastWebhook: z.string().nullable().default(null),
  /** Whether the close of each security is given beside its price at the institution. */
  closePrices: z.boolean().default(true),
  /** Where its events are sent; null for nowhere. */
  webhook: z.url().nullable().default(null),
  accounts: z.array(accountSchema).default([]),
});
export type SandboxPlaidItem = z.output<typeof plaidItemSchema>;

export const instrumentSchema = z.strictObject({
  symbol: z.string().min(1),
  /** How many sessions after the real one a return of the S&P 500 is replayed. */
  shiftSessions: z.number().int().default(DEFAULT_SHIFT_SESSIONS),
  /** The level at the close of `baseDate`. */
  startLevel: decimalText.prefault('100'),
  baseDate: dateText.refine((date) => isTradingDay(date), 'not a trading day').prefault('2024-11-01'),
  /** Splits by their first day: how many units stand for each one before. Nobody's value changes by one. */
  splits: z.record(dateText, decimalText).default({}),
});

/** Everything the sandbox brokerage is and does, as one JSON document. */
export const scenarioSchema = z
  .strictObject({
    users: z.array(userSchema).default([]),
    /** Accounts at Alpaca; whose they are, their keys say. */
    alpacaAccounts: z.array(alpacaAccountSchema).default([]),
    /** Days of which Alpaca's calendar has other hours than the exchange, or with null no session. */
    calendar: z
      .record(dateText, z.strictObject({ open: z.string(), close: z.string() }).nullable())
      .default({}),
    /** What users have linked at Plaid. */
    plaidItems: z.array(plaidItemSchema).default([]),
    instruments: z.array(instrumentSchema).default([instrumentSchema.parse({ symbol: 'SANDBOX-500' })]),
    /** Requests within any 60 seconds before 429; null for no limit. */
    rateLimitPerMinute: z.number().int().positive().nullable().default(null),
    faults: z.array(faultSchema).default([]),
    /** The retired `/performance/custom`: gone (410), answering, or answering almost only zeros. */
    legacyReporting: z.enum(['off', 'on', 'mostly_zeros']).default('off'),
    /** Reference rates such as `"EUR-USD": "1.16"`, the worth of one euro in USD: one for all time, or by the date of its start. */
    exchangeRates: z
      .record(z.string().regex(/^EUR-[A-Z]{3}$/), z.union([decimalText, z.record(dateText, decimalText)]))
      .default({}),
    /** Where events are sent that follow from what happens here, such as a refresh; null for nowhere. */
    webhookUrl: z.url().nullable().default(null),
  })
  .superRefine((scenario, context) => {
    for (const problem of findProblems(scenario)) context.addIssue({ code: 'custom', message: problem });
  });
export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;

interface Checked {
  readonly users: readonly SandboxUser[];
  readonly alpacaAccounts?: readonly SandboxAlpacaAccount[];
  readonly plaidItems?: readonly SandboxPlaidItem[];
  readonly instruments: readonly { readonly symbol: string }[];
}

/** What one field alone cannot tell: ids given twice, unknown instruments, flows before the opening. */
export function findProblems({
  users,
  alpacaAccounts = [],
  plaidItems = [],
  instruments,
}: Checked): string[] {
  const connections = users.flatMap((user) => user.connections);
  const accounts = [...[...connections, ...plaidItems].flatMap((one) => one.accounts), ...alpacaAccounts];
  const symbols = new Set(instruments.map((instrument) => instrument.symbol));
  const ids = [
    users.map((user) => user.userId),
    connections.map(({ id }) => id),
    accounts.map(({ id }) => id),
    alpacaAccounts.flatMap(({ keys }) => keys.map(({ keyId }) => keyId)),
    alpacaAccounts.flatMap(({ tokens }) => tokens.map(({ token }) => token)),
    plaidItems.map(({ id }) => id),
    plaidItems.map(({ accessToken }) => accessToken),
  ];
  return [
    ...ids.flatMap(findRepeated).map((id) => `id given twice: ${id}`),
    ...accounts
      .filter(({ instrument }) => instrument !== null && !symbols.has(instrument))
      .map(({ id, instrument }) => `account ${id} holds an unknown instrument: ${instrument}`),
    ...accounts
      .filter(({ flows, openedOn }) => flows.some((flow) => flow.date < openedOn))
      .map(({ id }) => `account ${id} has a flow before it was opened`),
  ];
}

function findRepeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
