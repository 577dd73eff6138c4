import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import type { Operation, RequestFaults } from '../faults';
import { RollingRateLimit } from '../rate-limit';
import { WireRefusal } from '../refusal';
import type { SandboxAlpacaAccount } from '../scenario';
import { applyAnswerEffect } from '../serve-call';
import type { SandboxState } from '../state';
import { historyRange, renderAccount, renderHistory } from './account';
import { renderActivities } from './activities';

interface AlpacaServer {
  readonly state: SandboxState;
  readonly readWallClockMs: () => number;
  /** Ends waits when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** What one call is answered from. */
interface AlpacaCall {
  readonly state: SandboxState;
  readonly account: SandboxAlpacaAccount;
  readonly now: Instant;
  readonly query: Readonly<Record<string, string>>;
  readonly faults: RequestFaults;
}

const NOT_AUTHORIZED = new WireRefusal(401, '40110000', 'request is not authorized');
const FORBIDDEN = new WireRefusal(403, '40310000', 'forbidden.');

const instantText = z.iso.datetime({ offset: true }).transform((text) => toInstant(text));
const historyQuery = z.object({
  timeframe: z.literal('1D'),
  start: instantText.optional(),
  end: instantText.optional(),
});
const activitiesQuery = z.object({
  category: z.enum(['trade_activity', 'non_trade_activity']).optional(),
  after: instantText.optional(),
  until: instantText.optional(),
  direction: z.enum(['asc', 'desc']).default('desc'),
  page_size: z.coerce.number().int().min(1).max(100).default(100),
  page_token: z.string().optional(),
});

/** Alpaca's trading API, as far as somebody reads an account with it: keys and tokens, shapes, paging, limits and refusals. */
export function createAlpaca(server: AlpacaServer): Hono {
  const app = new Hono();
  const limits = new Map<string, RollingRateLimit>();
  const on = (path: string, operation: Operation, respond: (call: AlpacaCall) => object): void => {
    app.get(path, (context) => serve(context, operation, respond, server, limits));
  };

  on('/', 'alpacaAccount', ({ account, state, now, faults }) =>
    renderAccount(account, state.market, now, faults.onValue(targetOf('alpacaAccount', account))),
  );
  on('/portfolio/history', 'alpacaHistory', ({ account, state, now, query }) => {
    const { start, end } = readQuery(historyQuery, query);
    return renderHistory(account, state.market, now, historyRange(start, end, now));
  });
  on('/activities', 'alpacaActivities', ({ account, state, now, query }) => {
    const { category, after, until, direction, page_size, page_token } = readQuery(activitiesQuery, query);
    return renderActivities(account, state.market, now, {
      category: category ?? null,
      after: after ?? null,
      until: until ?? null,
      direction,
      pageSize: page_size,
      pageToken: page_token ?? null,
    });
  });
  return app;
}

/** Answers one request, after the credentials, the limit of the account and the faults in force; and logs it. */
async function serve(
  context: Context,
  operation: Operation,
  respond: (call: AlpacaCall) => object,
  { state, readWallClockMs, closing }: AlpacaServer,
  limits: Map<string, RollingRateLimit>,
): Promise<Response> {
  const now = state.now();
  const headers = new Headers({ 'X-Request-ID': randomUUID() });
  const query = context.req.query();
  const account = findAccount(state, context.req.raw.headers);
  let status: number | null = null;
  try {
    requireAccess(account, context.req.raw.headers, now);
    limitRate(account, readWallClockMs(), limits, headers);
    const faults = state.faults.open(now);
    const waitsUntil = AbortSignal.any([context.req.raw.signal, closing]);
    for (const effect of faults.onAnswer(targetOf(operation, account))) {
      const outcome = await applyAnswerEffect(effect, waitsUntil, headers);
      if (outcome === 'go_on') continue;
      status = outcome?.status ?? null;
      if (outcome !== null) outcome.headers.set('content-type', 'application/json; charset=UTF-8');
      return outcome ?? new Response(null, { status: 499 });
    }
    status = 200;
    return Response.json(respond({ state, account, now, query, faults }), { headers });
  } catch (error) {
    const refusal =
      error instanceof WireRefusal ? error : new WireRefusal(500, '1000', 'The sandbox failed.');
    status = refusal.status;
    if (status === 429) headers.set('X-RateLimit-Reset', String(Math.ceil(Date.now() / 1000) + 7));
    return renderRefusal(refusal, headers);
  } finally {
    const accountId = account?.id ?? null;
    state.logRequest({ at: now, operation, userId: null, connectionId: null, accountId, query, status });
  }
}

function targetOf(operation: Operation, account: SandboxAlpacaAccount) {
  return { operation, userId: null, connectionId: null, accountId: account.id };
}

/** What of an account the credentials of a request are. */
function accessOf(account: SandboxAlpacaAccount | undefined, headers: Headers) {
  const key = account?.keys.find(
    ({ keyId, secretKey }) =>
      keyId === headers.get('APCA-API-KEY-ID') && secretKey === headers.get('APCA-API-SECRET-KEY'),
  );
  const token = account?.tokens.find((one) => headers.get('Authorization') === `Bearer ${one.token}`);
  return key ?? (token && { ...token, mayRead: true });
}

function findAccount(state: SandboxState, headers: Headers): SandboxAlpacaAccount | undefined {
  return state.scenario.alpacaAccounts.find((account) => accessOf(account, headers) !== undefined);
}

function requireAccess(
  account: SandboxAlpacaAccount | undefined,
  headers: Headers,
  now: Instant,
): asserts account is SandboxAlpacaAccount {
  const access = accessOf(account, headers);
  if (access === undefined || (access.revokedSince !== null && access.revokedSince <= now))
    throw NOT_AUTHORIZED;
  if (!access.mayRead) throw FORBIDDEN;
}

/** The limit is the account's, and its end an instant in seconds, not a span. */
function limitRate(
  { id, rateLimitPerMinute }: SandboxAlpacaAccount,
  nowMs: number,
  limits: Map<string, RollingRateLimit>,
  headers: Headers,
): void {
  if (rateLimitPerMinute === null) return;
  const limit = limits.get(id) ?? new RollingRateLimit();
  limits.set(id, limit);
  const answer = limit.take(nowMs, rateLimitPerMinute);
  headers.set('X-RateLimit-Limit', String(answer.limit));
  headers.set('X-RateLimit-Remaining', String(answer.remaining));
  headers.set('X-RateLimit-Reset', String(Math.ceil(nowMs / 1000) + answer.resetSeconds));
  if (!answer.allowed) throw new WireRefusal(429, '42910000', 'rate limit exceeded');
}

function readQuery<T>(schema: z.ZodType<T>, query: Readonly<Record<string, string>>): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new WireRefusal(422, '42210000', 'invalid query');
}

/** The codes that Alpaca documents begin with the status. */
function renderRefusal({ status, code, detail }: WireRefusal, headers: Headers): Response {
  if (code === null) {
    headers.set('content-type', 'text/html');
    return new Response(`<h1>${status}</h1>`, { status, headers });
  }
  return Response.json({ code: status * 100_000 + 10_000, message: detail }, { status, headers });
}
