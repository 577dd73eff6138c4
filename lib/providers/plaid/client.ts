import 'server-only';
import { Configuration, type LinkTokenCreateRequest, PlaidApi, PlaidEnvironments } from 'plaid';
import type { z } from 'zod';
import { type DateRange, ProviderError, type RequestGate } from '@/lib/providers/provider';
import { foldNetworkError, foldRefusal, isNotReady, type Refusal, readRefusal } from './errors';
import {
  doneSchema,
  exchangeSchema,
  holdingsSchema,
  itemSchema,
  linkSessionsSchema,
  linkTokenSchema,
  type PlaidCredentials,
  transactionsPageSchema,
  webhookKeySchema,
} from './schema';

export interface PlaidClientOptions {
  readonly clientId: string;
  readonly secret: string;
  /** Where Plaid is; its production host when left out. No slash at the end. */
  readonly baseUrl?: string;
  /** The longest one request may take, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly gate: RequestGate;
}

export type PlaidClient = ReturnType<typeof createPlaidClient>;

/** The most rows that Plaid gives on one page of investment transactions. */
export const TRANSACTIONS_PER_PAGE = 500;

/** Plaid's calls as we use them: one request each, answers checked, every failure a `ProviderError`. */
export function createPlaidClient({ clientId, secret, baseUrl, timeoutMs, gate }: PlaidClientOptions) {
  const sdk = new PlaidApi(
    new Configuration({
      basePath: baseUrl ?? PlaidEnvironments.production ?? '',
      baseOptions: {
        headers: { 'PLAID-CLIENT-ID': clientId, 'PLAID-SECRET': secret },
        timeout: timeoutMs,
        // Every status is an answer to us; left to itself, axios puts keys and access token into its errors.
        validateStatus: () => true,
        // The keys are for this host alone.
        maxRedirects: 0,
      },
    }),
  );

  /** Passes the gate, sends one request within the time limit, and checks the shape of the answer. */
  async function ask<T>(operation: string, schema: z.ZodType<T>, send: Send): Promise<Answer<T>> {
    await gate.pass();
    let wire: WireAnswer;
    try {
      wire = await send({ signal: AbortSignal.timeout(timeoutMs) });
    } catch {
      throw foldNetworkError(operation, timeoutMs);
    }
    const refusal = readRefusal(wire.status, wire.data);
    if (wire.status !== 200) return { given: false, operation, refusal };
    const parsed = schema.safeParse(wire.data);
    if (parsed.success) return { given: true, value: parsed.data };
    const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')} (${issue.code})`);
    const message = `Plaid's answer to ${operation} is not what we know: ${where.join(', ')}`;
    throw new ProviderError('bad_data', message, null, refusal.requestId);
  }

  return {
    /** All accounts of an item, with what its investment accounts hold, as Plaid read it last. */
    async getHoldings({ accessToken }: PlaidCredentials) {
      const answer = await ask('investmentsHoldingsGet', holdingsSchema, (limits) =>
        sdk.investmentsHoldingsGet({ access_token: accessToken }, limits),
      );
      return requireGiven(answer);
    },

    /** The item itself: whether Plaid can still read the institution, and when it last did. */
    async getItem({ accessToken }: PlaidCredentials) {
      const answer = await ask('itemGet', itemSchema, (limits) =>
        sdk.itemGet({ access_token: accessToken }, limits),
      );
      return requireGiven(answer);
    },

    /** One page of an account's transactions, newest first; null while Plaid has not read them yet. */
    async getTransactions(
      { accessToken }: PlaidCredentials,
      accountId: string,
      range: DateRange,
      offset: number,
    ) {
      const options = { account_ids: [accountId], count: TRANSACTIONS_PER_PAGE, offset };
      const answer = await ask('investmentsTransactionsGet', transactionsPageSchema, (limits) =>
        sdk.investmentsTransactionsGet(
          { access_token: accessToken, start_date: range.from, end_date: range.to, options },
          limits,
        ),
      );
      return !answer.given && isNotReady(answer.refusal) ? null : requireGiven(answer);
    },

    /** Ends an item and its access token. False when Plaid knows no such item, or no longer. */
    async removeItem({ accessToken }: PlaidCredentials): Promise<boolean> {
      const answer = await ask('itemRemove', doneSchema, (limits) =>
        sdk.itemRemove({ access_token: accessToken }, limits),
      );
      if (!answer.given && isGone(answer.refusal)) return false;
      requireGiven(answer);
      return true;
    },

    /** Opens a session on Plaid's hosted page; for one login anew where it is to be updated. */
    async createLinkToken(request: LinkTokenCreateRequest) {
      const answer = await ask('linkTokenCreate', linkTokenSchema, (limits) =>
        sdk.linkTokenCreate(request, limits),
      );
      return requireGiven(answer);
    },

    /** What came of the sessions of a link token, for hours after their end. */
    async getLinkToken(linkToken: string) {
      const answer = await ask('linkTokenGet', linkSessionsSchema, (limits) =>
        sdk.linkTokenGet({ link_token: linkToken }, limits),
      );
      return requireGiven(answer);
    },

    /** Takes an access token for a public token, which is good once. */
    async exchangePublicToken(publicToken: string) {
      const answer = await ask('itemPublicTokenExchange', exchangeSchema, (limits) =>
        sdk.itemPublicTokenExchange({ public_token: publicToken }, limits),
      );
      return requireGiven(answer);
    },

    /** The public key of Plaid's signatures by its id; null for an id that Plaid does not know. */
    async getWebhookKey(keyId: string) {
      const answer = await ask('webhookVerificationKeyGet', webhookKeySchema, (limits) =>
        sdk.webhookVerificationKeyGet({ key_id: keyId }, limits),
      );
      return !answer.given && isUnknownKey(answer.refusal) ? null : requireGiven(answer).key;
    },
  };
}

/** The part of an axios response that we read; the vendor's types are claims, not checks. */
interface WireAnswer {
  readonly status: number;
  readonly data: unknown;
}

type Send = (limits: { readonly signal: AbortSignal }) => Promise<WireAnswer>;

type Answer<T> =
  | { readonly given: true; readonly value: T }
  | { readonly given: false; readonly operation: string; readonly refusal: Refusal };

function requireGiven<T>(answer: Answer<T>): T {
  if (answer.given) return answer.value;
  throw foldRefusal(answer.operation, answer.refusal);
}

function isUnknownKey({ code }: Refusal): boolean {
  return code === 'INVALID_WEBHOOK_VERIFICATION_KEY_ID' || code === 'INVALID_FIELD';
}

function isGone({ code }: Refusal): boolean {
  return code === 'ITEM_NOT_FOUND' || code === 'INVALID_ACCESS_TOKEN' || code === 'ITEM_CONCURRENTLY_DELETED';
}
