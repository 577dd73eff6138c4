import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Instant } from '@/lib/domain/trading-date';
import type { Operation, RequestFaults } from '../faults';
import { WireRefusal } from '../refusal';
import type { SandboxPlaidItem } from '../scenario';
import { applyAnswerEffect } from '../serve-call';
import type { SandboxKeys } from '../signature';
import type { SandboxState } from '../state';
import { isDisabled } from '../sync';
import { dateText } from '../texts';
import { renderHoldings, renderItemStatus } from './holdings';
import { listTransactions } from './transactions';
import type { PlaidWebhooks } from './webhooks';

export interface PlaidServer {
  readonly state: SandboxState;
  readonly keys: SandboxKeys;
  /** Ends waits when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** What one call is answered from. */
export interface PlaidCall {
  readonly state: SandboxState;
  readonly now: Instant;
  readonly body: unknown;
  readonly origin: string;
  readonly faults: RequestFaults;
}

interface ItemCall extends PlaidCall {
  readonly item: SandboxPlaidItem;
}

const REQUEST_ID = 'request-of-the-sandbox';

const tokenBody = z.object({ access_token: z.string() });
const transactionsBody = tokenBody.extend({
  start_date: dateText,
  end_date: dateText,
  options: z
    .object({
      account_ids: z.array(z.string()).optional(),
      count: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().nonnegative().default(0),
    })
    .prefault({}),
});

/** Plaid's API, as far as somebody reads investments with it: keys, items, shapes, paging and refusals. */
export function createPlaid(server: PlaidServer, webhooks: PlaidWebhooks): Hono {
  const app = new Hono();
  const onItem = (path: string, operation: Operation, respond: (call: ItemCall) => object): void => {
    app.post(path, (context) =>
      servePlaid(context, operation, server, (call) => {
        const item = findItem(call);
        if (operation !== 'plaidItem' && operation !== 'plaidRemoveItem' && isDisabled(item, call.now))
          throw new WireRefusal(400, 'ITEM_LOGIN_REQUIRED', 'the login details of this item have changed');
        return respond({ ...call, item });
      }),
    );
  };

  onItem('/investments/holdings/get', 'plaidHoldings', ({ item, state, now, faults }) =>
    renderHoldings({ item, market: state.market, now, faults }),
  );
  onItem('/item/get', 'plaidItem', ({ item, now }) => renderItemStatus(item, now));
  onItem('/investments/transactions/get', 'plaidTransactions', ({ item, state, now, body, faults }) => {
    const { start_date: from, end_date: to, options } = readBody(transactionsBody, body);
    const query = { from, to, accountIds: options.account_ids ?? null };
    const rows = listTransactions(item, state.market, now, query);
    const {
      accounts,
      securities,
      item: rendered,
    } = renderHoldings({ item, market: state.market, now, faults });
    const page = rows.slice(options.offset, options.offset + options.count);
    const held = new Set(page.map(({ security_id: id }) => id));
    return {
      item: rendered,
      accounts: accounts.filter(({ account_id: id }) => query.accountIds?.includes(id) ?? true),
      securities: securities.filter(({ security_id: id }) => held.has(id)),
      investment_transactions: page,
      total_investment_transactions: rows.length,
      request_id: REQUEST_ID,
      is_investments_fallback_item: false,
    };
  });
  onItem('/item/remove', 'plaidRemoveItem', ({ item, state }) => {
    state.putPlaidItem({ ...item, isRemoved: true });
    return { request_id: REQUEST_ID };
  });
  app.post('/webhook_verification_key/get', (context) =>
    servePlaid(context, 'plaidWebhookKey', server, async ({ body }) => ({
      key: await webhooks.readKey(readBody(z.object({ key_id: z.string() }), body).key_id),
      request_id: REQUEST_ID,
    })),
  );
  return app;
}

/** Answers one request, after the keys and the faults in force; and logs it. */
export async function servePlaid(
  context: Context,
  operation: Operation,
  { state, keys, closing }: PlaidServer,
  respond: (call: PlaidCall) => object | Promise<object>,
): Promise<Response> {
  const now = state.now();
  const headers = new Headers();
  const body: unknown = await context.req.json().catch(() => null);
  const itemId = itemOf(state, body)?.id ?? null;
  let status: number | null = null;
  try {
    requireKeys(context, keys);
    const faults = state.faults.open(now);
    const waitsUntil = AbortSignal.any([context.req.raw.signal, closing]);
    const target = { operation, userId: null, connectionId: itemId, accountId: null };
    for (const effect of faults.onAnswer(target)) {
      const outcome = await applyAnswerEffect(effect, waitsUntil, headers, documentedCodeOf);
      if (outcome === 'go_on') continue;
      status = outcome?.status ?? null;
      if (outcome !== null) outcome.headers.set('content-type', 'application/json');
      return outcome ?? new Response(null, { status: 499 });
    }
    status = 200;
    const { origin } = new URL(context.req.url);
    return Response.json(await respond({ state, now, body, origin, faults }), { headers });
  } catch (error) {
    const refusal =
      error instanceof WireRefusal
        ? error
        : new WireRefusal(500, 'INTERNAL_SERVER_ERROR', 'The sandbox failed.');
    status = refusal.status;
    return renderRefusal(refusal, headers);
  } finally {
    state.logRequest({
      at: now,
      operation,
      userId: null,
      connectionId: itemId,
      accountId: null,
      query: {},
      status,
    });
  }
}

function requireKeys(context: Context, { clientId, consumerKey }: SandboxKeys): void {
  const { req } = context;
  if (req.header('PLAID-CLIENT-ID') !== clientId || req.header('PLAID-SECRET') !== consumerKey)
    throw new WireRefusal(400, 'INVALID_API_KEYS', 'invalid client_id or secret provided');
  if (req.header('Plaid-Version') !== '2020-09-14')
    throw new WireRefusal(400, 'INVALID_HEADERS', 'the version of the API is missing');
}

function itemOf(state: SandboxState, body: unknown): SandboxPlaidItem | undefined {
  const token = tokenBody.safeParse(body).data?.access_token;
  return state.scenario.plaidItems.find(({ accessToken }) => accessToken === token);
}

export function findItem({ state, body }: Pick<PlaidCall, 'state' | 'body'>): SandboxPlaidItem {
  const item = itemOf(state, body);
  if (item === undefined)
    throw new WireRefusal(400, 'INVALID_ACCESS_TOKEN', 'could not find matching access token');
  if (item.isRemoved) throw new WireRefusal(400, 'ITEM_NOT_FOUND', 'the item has been removed');
  return item;
}

export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new WireRefusal(400, 'INVALID_FIELD', z.prettifyError(parsed.error));
}

/** The code that Plaid would most likely give with a status. */
function documentedCodeOf(status: number): string {
  if (status === 429) return 'INVESTMENT_HOLDINGS_GET_LIMIT';
  return status < 500 ? 'ITEM_LOGIN_REQUIRED' : 'INTERNAL_SERVER_ERROR';
}

/** The types under which Plaid documents its codes. */
const TYPES: Readonly<Record<string, string>> = {
  INTERNAL_SERVER_ERROR: 'API_ERROR',
  PLANNED_MAINTENANCE: 'API_ERROR',
  INVALID_API_KEYS: 'INVALID_INPUT',
  INVALID_ACCESS_TOKEN: 'INVALID_INPUT',
  INVALID_PUBLIC_TOKEN: 'INVALID_INPUT',
  INVALID_LINK_TOKEN: 'INVALID_INPUT',
  INVALID_PRODUCT: 'INVALID_INPUT',
  INVALID_FIELD: 'INVALID_REQUEST',
  INVALID_HEADERS: 'INVALID_REQUEST',
  ITEM_NOT_FOUND: 'ITEM_ERROR',
  INVESTMENT_HOLDINGS_GET_LIMIT: 'RATE_LIMIT_EXCEEDED',
};

export function typeOfCode(code: string): string {
  if (code.startsWith('INSTITUTION_')) return 'INSTITUTION_ERROR';
  return TYPES[code] ?? 'ITEM_ERROR';
}

function renderRefusal({ status, code, detail }: WireRefusal, headers: Headers): Response {
  if (code === null) {
    headers.set('content-type', 'text/html');
    return new Response(`<h1>${status}</h1>`, { status, headers });
  }
  const body = {
    error_type: typeOfCode(code),
    error_code: code,
    error_code_reason: null,
    error_message: detail,
    display_message: null,
    request_id: REQUEST_ID,
    documentation_url: 'https://plaid.com/docs/errors/',
    suggested_action: null,
  };
  return Response.json(body, { status, headers });
}
