import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@/lib/domain/trading-date';
import type { AnswerEffect, FaultTarget } from './faults';
import type { Call, SignedRoute } from './operations';
import { documentedCodeOf, refuseUnknownObject, WireRefusal } from './refusal';
import type { SandboxAccount, SandboxConnection, SandboxUser } from './scenario';
import { isSignedBy, type SandboxKeys } from './signature';
import type { SandboxState } from './state';
import type { Webhooks } from './webhooks';

/** What the path of a request names. */
export interface PathIds {
  readonly connectionId: string | null;
  readonly accountId: string | null;
}

export interface ServeOptions {
  readonly state: SandboxState;
  readonly keys: SandboxKeys;
  /** Real time for the rate limit, which must go on while the sandbox's clock is pinned. */
  readonly readWallClockMs: () => number;
  /** Ends waits when the sandbox closes. */
  readonly closing: AbortSignal;
  readonly webhooks: Webhooks;
}

/** Answers one signed request: signature, user, rate limit, target, faults, body; and logs it. */
export async function serveCall(
  request: Request,
  route: SignedRoute,
  ids: PathIds,
  options: ServeOptions,
): Promise<Response> {
  const { state } = options;
  const now = state.now();
  const url = new URL(request.url);
  const headers = new Headers({ 'X-Request-ID': randomUUID() });
  let status: number | null = null;
  try {
    const answer = await answerCall(request, url, route, ids, options, now, headers);
    status = answer?.status ?? null;
    // The client is gone, so whatever is sent here is not read by anyone.
    return answer ?? new Response(null, { status: 499 });
  } catch (error) {
    const refusal =
      error instanceof WireRefusal ? error : new WireRefusal(500, '1000', 'The sandbox failed.');
    status = refusal.status;
    return renderRefusal(refusal, headers);
  } finally {
    state.logRequest({
      at: now,
      operation: route.operation,
      userId: url.searchParams.get('userId'),
      connectionId: ids.connectionId ?? findConnectionId(state, ids.accountId),
      accountId: ids.accountId,
      query: withoutSecrets(url.searchParams),
      status,
    });
  }
}

/** Null when the request is never answered. */
async function answerCall(
  request: Request,
  url: URL,
  route: SignedRoute,
  ids: PathIds,
  options: ServeOptions,
  now: Instant,
  headers: Headers,
): Promise<Response | null> {
  const { state } = options;
  const content = await readSignedBody(request, url, options.keys);
  const user = route.isWithoutUser
    ? findNobody(url.searchParams, options)
    : findUser(url.searchParams, options);
  limitRate(options, headers);
  const target = findTarget(user.connections, ids);
  const faults = state.faults.open(now);
  const faultTarget: FaultTarget = {
    operation: route.operation,
    userId: user.userId,
    connectionId: target.connection?.id ?? null,
    accountId: target.account?.id ?? null,
  };
  const waitsUntil = AbortSignal.any([request.signal, options.closing]);
  for (const effect of faults.onAnswer(faultTarget)) {
    const outcome = await applyAnswerEffect(effect, waitsUntil, headers);
    if (outcome !== 'go_on') return outcome;
  }
  const call: Call = {
    state,
    now,
    user,
    ...target,
    query: url.searchParams,
    content,
    origin: url.origin,
    faults,
    webhooks: options.webhooks,
  };
  return Response.json(route.respond(call), { headers });
}

/** The body of a request whose signature is right; null when it has none. */
async function readSignedBody(request: Request, url: URL, keys: SandboxKeys): Promise<unknown> {
  const text = await request.text();
  const content = text === '' || text === '{}' ? null : parseJson(text);
  const signed = { content, path: url.pathname, query: url.search.slice(1) };
  if (!isSignedBy(signed, request.headers.get('Signature') ?? '', keys.consumerKey)) {
    throw new WireRefusal(401, '1076', 'Unable to verify signature sent');
  }
  if (!/^\d+$/.test(url.searchParams.get('timestamp') ?? '')) {
    throw new WireRefusal(401, '1076', 'Invalid timestamp');
  }
  return content;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireRefusal(400, '1006', 'The body is no JSON.');
  }
}

function findUser(query: URLSearchParams, { state, keys }: ServeOptions) {
  const user = state.scenario.users.find(({ userId }) => userId === query.get('userId'));
  const isKnown = query.get('clientId') === keys.clientId && user?.userSecret === query.get('userSecret');
  if (user === undefined || !isKnown) throw refuseCredentials();
  return user;
}

/** The same for a client id, a user and a user's secret that SnapTrade does not know. */
function refuseCredentials(): WireRefusal {
  return new WireRefusal(401, '1083', 'Unable to verify the client id or the credentials of the user');
}

/** For calls that are asked with the keys alone. */
function findNobody(query: URLSearchParams, { keys }: ServeOptions): SandboxUser {
  if (query.get('clientId') !== keys.clientId) throw refuseCredentials();
  return { userId: '', userSecret: '', connections: [], formerConnections: [] };
}

function limitRate({ state, readWallClockMs }: ServeOptions, headers: Headers): void {
  const limitPerMinute = state.scenario.rateLimitPerMinute;
  if (limitPerMinute === null) return;
  const answer = state.rateLimit.take(readWallClockMs(), limitPerMinute);
  headers.set('X-RateLimit-Limit', String(answer.limit));
  headers.set('X-RateLimit-Remaining', String(answer.remaining));
  headers.set('X-RateLimit-Reset', String(answer.resetSeconds));
  if (answer.allowed) return;
  const detail = `Request was throttled. Expected available in ${answer.resetSeconds} seconds.`;
  throw new WireRefusal(429, '0000', detail);
}

function findTarget(connections: readonly SandboxConnection[], { connectionId, accountId }: PathIds) {
  const none: { connection: SandboxConnection | null; account: SandboxAccount | null } = {
    connection: null,
    account: null,
  };
  if (connectionId === null && accountId === null) return none;
  for (const connection of connections) {
    const account = connection.accounts.find(({ id }) => id === accountId) ?? null;
    if (connection.id === connectionId || account !== null) return { connection, account };
  }
  throw refuseUnknownObject();
}

/** SnapTrade says in this text how long to wait. */
const DOCUMENTED_DETAILS: Readonly<Record<number, string>> = {
  429: 'Request was throttled. Expected available in 7 seconds.',
};

/** What a fault makes of an answer: nothing, another answer, or null for none at all. Throws `WireRefusal`. */
export async function applyAnswerEffect(
  effect: AnswerEffect,
  waitsUntil: AbortSignal,
  headers: Headers,
  codeOf = documentedCodeOf,
): Promise<Response | null | 'go_on'> {
  if (effect.type === 'status') {
    const code = effect.code === undefined ? codeOf(effect.status) : effect.code;
    throw new WireRefusal(
      effect.status,
      code,
      DOCUMENTED_DETAILS[effect.status] ?? 'The scenario asked for this.',
    );
  }
  if (effect.type === 'malformed') return new Response('{"accounts": [', { headers });
  if (effect.type === 'delay') {
    // A client that leaves early ends the wait; its request is then answered to nobody.
    const stayed = await sleep(effect.ms, true, { signal: waitsUntil }).catch(() => false);
    return stayed ? 'go_on' : null;
  }
  await untilAborted(waitsUntil);
  return null;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function renderRefusal({ status, code, detail }: WireRefusal, headers: Headers): Response {
  if (code === null) return new Response(`<h1>${status}</h1>`, { status, headers });
  return Response.json(bodyOf(status, code, detail), { status, headers });
}

/** SnapTrade's documents show a refusal in one of these spellings, by its status. */
function bodyOf(status: number, code: string, detail: string): object {
  switch (status) {
    case 400:
    case 401:
    case 404:
      return { default_detail: detail, default_code: code };
    case 402:
    case 425:
      return { detail, code };
    case 403:
      return code === '1141'
        ? { detail, default_code: code }
        : { default_detail: detail, default_code: code };
    case 410:
      return { detail };
    case 501:
      return { error: detail };
    default:
      return { detail, status_code: status, code };
  }
}

function findConnectionId(state: SandboxState, accountId: string | null): string | null {
  const connections = state.scenario.users.flatMap((user) => user.connections);
  const owner = connections.find(({ accounts }) => accounts.some(({ id }) => id === accountId));
  return owner?.id ?? null;
}

const SECRET_PARAMETERS: ReadonlySet<string> = new Set(['clientId', 'timestamp', 'userId', 'userSecret']);

function withoutSecrets(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !SECRET_PARAMETERS.has(name)));
}
