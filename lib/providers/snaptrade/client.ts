import 'server-only';
import { Snaptrade, SnaptradeAuth } from 'snaptrade-typescript-sdk';
import type { z } from 'zod';
import { type Capability, type DateRange, ProviderError, type RequestGate } from '@/lib/providers/provider';
import {
  foldNetworkError,
  foldRefusal,
  isAboutCredentials,
  type Refusal,
  readRefusal,
  refusedKeys,
} from './errors';
import {
  accountSchema,
  accountsSchema,
  activitiesPageSchema,
  balanceHistorySchema,
  balancesSchema,
  connectionSchema,
  connectionsSchema,
  credentialsSchema,
  portalSchema,
  positionsSchema,
  reportingSchema,
  type SnapTradeCredentials,
  takenSchema,
} from './schema';

export interface SnapTradeClientOptions {
  readonly clientId: string;
  readonly consumerKey: string;
  /** Where SnapTrade is; its public host when left out. No path and no slash at the end. */
  readonly baseUrl?: string;
  /** The longest one request may take, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly gate: RequestGate;
}

export type SnapTradeClient = ReturnType<typeof createSnapTradeClient>;

/** The most rows SnapTrade gives on one page of activities. */
export const ACTIVITIES_PER_PAGE = 1000;

/** SnapTrade's calls as we use them: one request each, answers checked, every failure a `ProviderError`. */
export function createSnapTradeClient(options: SnapTradeClientOptions) {
  const sdk = new Snaptrade({
    auth: SnaptradeAuth.commercialApiKey({ clientId: options.clientId, consumerKey: options.consumerKey }),
    ...(options.baseUrl === undefined ? {} : { basePath: options.baseUrl }),
    baseOptions: {
      timeout: options.timeoutMs,
      // Every status is an answer to us. Left to itself, the SDK would sleep up to 35 seconds on a 429, log to
      // the console, and put headers and the address (with the user's secret) into its errors.
      validateStatus: () => true,
      // A redirect would carry the signed address to another host.
      maxRedirects: 0,
    },
  });

  /** Passes the gate, sends one request within the time limit, and checks the shape of the answer. */
  async function ask<T>(operation: string, schema: z.ZodType<T>, send: Send): Promise<Answer<T>> {
    await options.gate.pass();
    let wire: WireAnswer;
    try {
      wire = await send({ signal: AbortSignal.timeout(options.timeoutMs) });
    } catch (error) {
      throw foldNetworkError(operation, error, options.timeoutMs);
    }
    const refusal = readRefusal(wire.status, { ...wire.headers }, wire.data);
    if (isAboutCredentials(refusal)) await requireOwnKeys(operation, refusal);
    if (wire.status !== 200) return { given: false, operation, refusal };
    const parsed = schema.safeParse(wire.data);
    if (parsed.success) return { given: true, value: parsed.data };
    const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')} (${issue.code})`);
    const message = `SnapTrade's answer to ${operation} is not what we know: ${where.join(', ')}`;
    throw new ProviderError('bad_data', message, null, refusal.requestId);
  }

  /**
   * A wrong client id is refused just as a wrong user's secret is. A question about our own keys, which needs no user, tells
   * the two apart: while they are refused nothing is concluded about a user, and neither while that is not known.
   */
  async function requireOwnKeys(operation: string, refusal: Refusal): Promise<void> {
    if (operation !== OWN_KEYS) requireGiven(await ask(OWN_KEYS, takenSchema, askOwnKeys));
    else throw refusedKeys(operation, refusal);
  }
  const askOwnKeys: Send = (limits) => sdk.referenceData.getPartnerInfo(limits);

  return {
    /** Makes a user known; null when the id is taken. The secret in the answer is never shown again. */
    async registerUser(userId: string): Promise<SnapTradeCredentials | null> {
      const answer = await ask('registerSnapTradeUser', credentialsSchema, (limits) =>
        sdk.authentication.registerSnapTradeUser({ userId }, limits),
      );
      return !answer.given && isTaken(answer.refusal) ? null : requireGiven(answer);
    },

    /** Queues the deletion of a user with all their links; needs no secret. False when there is no such user. */
    async deleteUser(userId: string): Promise<boolean> {
      const answer = await ask('deleteSnapTradeUser', takenSchema, (limits) =>
        sdk.authentication.deleteSnapTradeUser({ userId }, limits),
      );
      if (!answer.given && answer.refusal.status === 404 && answer.refusal.code !== null) return false;
      requireGiven(answer);
      return true;
    },

    /** The address of the connection portal, valid for five minutes. */
    async openPortal(credentials: SnapTradeCredentials, customRedirect: string, reconnect: string | null) {
      const reconnection = reconnect === null ? {} : { reconnect };
      const answer = await ask('loginSnapTradeUser', portalSchema, (limits) =>
        sdk.authentication.loginSnapTradeUser(
          {
            ...credentials,
            ...reconnection,
            customRedirect,
            immediateRedirect: true,
            connectionType: 'read',
          },
          limits,
        ),
      );
      return requireGiven(answer);
    },

    async listConnections(credentials: SnapTradeCredentials) {
      const answer = await ask('listBrokerageAuthorizations', connectionsSchema, (limits) =>
        sdk.connections.listBrokerageAuthorizations(credentials, limits),
      );
      return requireGiven(answer);
    },

    /** Queues the deletion of a connection; it is carried out later. False when there is no such connection. */
    async deleteConnection(credentials: SnapTradeCredentials, connectionId: string): Promise<boolean> {
      const answer = await ask('deleteConnection', takenSchema, (limits) =>
        sdk.connections.deleteConnection({ ...credentials, connectionId }, limits),
      );
      if (!answer.given && answer.refusal.status === 404 && answer.refusal.code !== null) return false;
      requireGiven(answer);
      return true;
    },

    /** All accounts of a connection with their values: live on Real-time plans, else the broker's last sync. */
    async listAccounts(credentials: SnapTradeCredentials, authorizationId: string) {
      const answer = await ask('listBrokerageAuthorizationAccounts', accountsSchema, (limits) =>
        sdk.connections.listBrokerageAuthorizationAccounts({ ...credentials, authorizationId }, limits),
      );
      return requireGiven(answer);
    },

    async getAccount(credentials: SnapTradeCredentials, accountId: string) {
      const answer = await ask('getUserAccountDetails', accountSchema, (limits) =>
        sdk.accountInformation.getUserAccountDetails({ ...credentials, accountId }, limits),
      );
      return requireGiven(answer);
    },

    async getConnection(credentials: SnapTradeCredentials, authorizationId: string) {
      const answer = await ask('detailBrokerageAuthorization', connectionSchema, (limits) =>
        sdk.connections.detailBrokerageAuthorization({ ...credentials, authorizationId }, limits),
      );
      return requireGiven(answer);
    },

    /** Asks SnapTrade to read the broker of a connection anew. It does so later, and reports by webhook. */
    async refreshConnection(
      credentials: SnapTradeCredentials,
      authorizationId: string,
    ): Promise<Capability<void>> {
      const answer = await ask('refreshBrokerageAuthorization', takenSchema, (limits) =>
        sdk.connections.refreshBrokerageAuthorization({ ...credentials, authorizationId }, limits),
      );
      const taken: Answer<void> =
        answer.given || isJustRefreshed(answer.refusal) ? { given: true, value: undefined } : answer;
      // A connection that another customer shares with us is known to every call but this one.
      return toCapability(taken, (refusal) =>
        refusal.status === 404 ? 'not_supported' : lackOfFeature(refusal),
      );
    },

    /** Cash of an account, one row for each currency. */
    async getBalances(credentials: SnapTradeCredentials, accountId: string) {
      const answer = await ask('getUserAccountBalance', balancesSchema, (limits) =>
        sdk.accountInformation.getUserAccountBalance({ ...credentials, accountId }, limits),
      );
      return requireGiven(answer);
    },

    /** All positions of an account, of every kind. */
    async getPositions(credentials: SnapTradeCredentials, accountId: string) {
      const answer = await ask('getAllAccountPositions', positionsSchema, (limits) =>
        sdk.accountInformation.getAllAccountPositions({ ...credentials, accountId }, limits),
      );
      return requireGiven(answer);
    },

    /** Up to a year of closing values; takes no dates. */
    async getBalanceHistory(credentials: SnapTradeCredentials, accountId: string) {
      const answer = await ask('getAccountBalanceHistory', balanceHistorySchema, (limits) =>
        sdk.accountInformation.getAccountBalanceHistory({ ...credentials, accountId }, limits),
      );
      return toCapability(answer, lackOfFeature);
    },

    /** The retired reporting call, which still answers for some customers. */
    async getReporting(credentials: SnapTradeCredentials, accountId: string, range: DateRange) {
      const dates = { startDate: range.from, endDate: range.to };
      const answer = await ask('getReportingCustomRange', reportingSchema, (limits) =>
        sdk.transactionsAndReporting.getReportingCustomRange(
          { ...credentials, ...dates, accounts: accountId },
          limits,
        ),
      );
      return toCapability(answer, (refusal) =>
        refusal.status === 404 ? 'not_supported' : lackOfFeature(refusal),
      );
    },

    /** One page of activities, newest first. */
    async getActivities(
      credentials: SnapTradeCredentials,
      accountId: string,
      range: DateRange,
      offset: number,
    ) {
      const page = { startDate: range.from, endDate: range.to, offset, limit: ACTIVITIES_PER_PAGE };
      const answer = await ask('getAccountActivities', activitiesPageSchema, (limits) =>
        sdk.accountInformation.getAccountActivities({ ...credentials, accountId, ...page }, limits),
      );
      return toCapability(answer, lackOfFeature);
    },
  };
}

/** The part of an axios response that we read; the vendor's types are claims, not checks. */
interface WireAnswer {
  readonly status: number;
  readonly headers: object;
  readonly data: unknown;
}

type Send = (limits: { readonly signal: AbortSignal }) => Promise<WireAnswer>;

type Answer<T> =
  | { readonly given: true; readonly value: T }
  | { readonly given: false; readonly operation: string; readonly refusal: Refusal };

/** For calls that every customer has: any refusal is an error. */
function requireGiven<T>(answer: Answer<T>): T {
  if (answer.given) return answer.value;
  throw foldRefusal(answer.operation, answer.refusal);
}

/** For calls that a customer, a connection or a broker may lack: lacking it is an answer, the rest are errors. */
function toCapability<T>(
  answer: Answer<T>,
  findLack: (refusal: Refusal) => LackReason | null,
): Capability<T> {
  if (answer.given) return { available: true, value: answer.value };
  const reason = findLack(answer.refusal);
  if (reason !== null) return { available: false, reason };
  throw foldRefusal(answer.operation, answer.refusal);
}

/** The operation that is about our own keys alone. */
const OWN_KEYS = 'getPartnerInfo';

/** The id of a user is taken. Any other 400, such as that of Personal keys, registers nobody and is an error. */
function isTaken({ status, code }: Refusal): boolean {
  return status === 400 && code === '1010';
}

/** This 429 is not the rate limit: the connection was read so lately that SnapTrade will not read it again yet. */
function isJustRefreshed({ status, code }: Refusal): boolean {
  return status === 429 && code === 'throttled';
}

type LackReason = Extract<Capability<never>, { available: false }>['reason'];

/** Switched off for this customer or connection (1141), retired (410), or beyond this broker (501). */
function lackOfFeature({ status, code }: Refusal): LackReason | null {
  if (status === 403 && code === '1141') return 'feature_not_enabled';
  return status === 410 || status === 501 ? 'not_supported' : null;
}
