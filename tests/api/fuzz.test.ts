import { expect, inject, it } from 'vitest';
import { viewerId } from '@/lib/http/session';
import { signEvent } from '@/lib/local/sandbox/webhooks';
import { SANDBOX_KEYS } from '@/lib/local/stack';
import { bearer, linkApiUser, openDatabase, post, signIn, signInWithCookie } from '../support/api';
import { listEndpoints, readActions } from '../support/endpoints';
import { readWhatIsKept } from '../support/kept-rows';
import {
  type Credentials,
  oddEvent,
  oddRequest,
  type RequestTarget,
  randomFrom,
} from '../support/odd-requests';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request';

/** `FUZZ_REQUESTS=40000 FUZZ_SEED=7 npm run test:api -- tests/api/fuzz.test.ts` asks for longer and for others. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const WORKERS = 8;
/** On a slow machine fewer requests are sent, never fewer than these and one at each endpoint. */
const REQUESTS_MIN = Math.min(2_000, REQUESTS);
const TIME_LIMIT_MS = REQUESTS > 3_000 ? 3_600_000 : 60_000;
const PROBLEM_BYTES_MAX = 2_000;

/** A service that is not well says so with this status, and that is no fault. */
const MAY_BE_UNAVAILABLE = '/api/health';

it('no odd request is answered with a fault of ours, without the security headers or at length, and none changes anything', {
  timeout: TIME_LIMIT_MS + 240_000,
}, async () => {
  const { appUrl } = inject('testApp').status;
  // Somebody of our own, whose limits nobody else needs; their day is captured, so that asking for it again brings nothing.
  const own = await linkApiUser();
  for (const path of ['/api/snaptrade/capture-daily-snapshot', '/api/connections/link'])
    expect((await post(path, {}, bearer(own.accessToken))).status).toBe(200);
  // The administrator has begun to link once, too: of thousands of odd requests some are none, and begin it.
  const administrator = bearer(await signIn('admin'));
  expect((await post('/api/connections/link', {}, administrator)).status).toBe(200);
  const targets = listTargets(viewerId(own.id));
  const callers = {
    own: await signInWithCookie(own),
    steady: await signInWithCookie('steady'),
    admin: await signInWithCookie('admin'),
    token: administrator,
  };
  const isSecretIn = secretFinder();
  const sql = openDatabase();
  const before = await readWhatIsKept(sql);
  const random = randomFrom(SEED);
  const endsAt = Date.now() + TIME_LIMIT_MS;
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  let sent = 0;

  const ask = async (target: FuzzTarget): Promise<void> => {
    const odd = oddRequest(target, random, callersOf(target, callers));
    const request = target.path === WEBHOOKS ? signed(odd, oddEvent(random, own.connectionId)) : odd;
    const answer = await sendRaw(appUrl, request).catch((error: unknown) => String(error));
    sent += 1;
    if (typeof answer === 'string') {
      faults.push(`${request.method} ${request.path}: ${answer}`);
      return;
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const fault = findFault(request, answer) ?? (isSecretIn(answer) ? 'a secret in the answer' : null);
    if (fault !== null)
      faults.push(
        `${fault}: ${JSON.stringify({ ...request, body: String(request.body).slice(0, 120) }).slice(0, 700)}`,
      );
  };
  const workerLoop = async (next: () => FuzzTarget | undefined): Promise<void> => {
    for (let target = next(); target !== undefined; target = next()) await ask(target);
  };
  let asked = 0;
  const floor = Math.max(REQUESTS_MIN, targets.length);
  const next = (): FuzzTarget | undefined => {
    const isOver = asked >= REQUESTS || (asked >= floor && Date.now() > endsAt);
    const target = isOver ? undefined : targets[asked % targets.length];
    asked += 1;
    return target;
  };
  await Promise.all(Array.from({ length: WORKERS }, () => workerLoop(next)));

  const counts = [...statuses].toSorted(([one], [other]) => one - other);
  process.stdout.write(
    `${sent} odd requests at ${targets.length} targets: ${counts.map((pair) => pair.join(' × ')).join(', ')}\n`,
  );
  expect(faults).toEqual([]);
  expect(await readWhatIsKept(sql)).toEqual(before);
  await sql.end();
  expect(sent).toBeGreaterThanOrEqual(floor);
  await own.remove();
});

const WEBHOOKS = '/api/webhooks/snaptrade';

/** Every other webhook is one that the provider really signed, whatever stands in it. */
function signed(request: RawRequest, event: Readonly<Record<string, unknown>>): RawRequest {
  if (request.method !== 'POST' || request.body === undefined || request.body.length % 2 === 0)
    return request;
  const headers = {
    'content-type': 'application/json',
    signature: signEvent(event, SANDBOX_KEYS.consumerKey),
  };
  return { ...request, headers, body: JSON.stringify(event) };
}

/** Whether an answer holds something that no answer may hold. */
function secretFinder(): (answer: RawAnswer) => boolean {
  const { status, jwtSecret, credentialsKey } = inject('testApp');
  const secrets = [status.cronSecret, status.secretKey, jwtSecret, credentialsKey, SANDBOX_KEYS.consumerKey];
  if (status.apiKey !== null) secrets.push(status.apiKey);
  return ({ body, headers }) =>
    secrets.some((secret) => `${JSON.stringify(headers)}${body}`.includes(secret));
}

interface Callers {
  readonly own: Credentials;
  readonly steady: Credentials;
  readonly admin: Credentials;
  readonly token: Credentials;
}

/** Actions that do to whoever calls them what they ask for, and are asked for by nobody. */
const ACTS_ON_CALLER = /^(?:signOut|signOutEverywhereAction|deleteEverythingAction)$/;

/** Every page, every method of every route, those that are not there, and every action on every page. */
function listTargets(viewer: string): readonly FuzzTarget[] {
  const own = listEndpoints().flatMap(({ path, method }) =>
    path === null ? [] : [{ path, method, action: null, isForNobody: false }],
  );
  const unknown = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
    path: '/api/[unknown]',
    method,
    action: null,
    isForNobody: false,
  }));
  const pages = listEndpoints().flatMap(({ kind, path }) => (kind === 'page' && path !== null ? [path] : []));
  const actions = pages.flatMap((path) =>
    readActions().map(({ id, name }) => ({
      path,
      method: 'POST',
      action: id,
      viewer,
      isForNobody: ACTS_ON_CALLER.test(name),
    })),
  );
  return [...own, ...unknown, ...actions];
}

interface FuzzTarget extends RequestTarget {
  /** Whether nobody who is signed in may ask, since it would do what it is there for. */
  readonly isForNobody: boolean;
}

/** What acts for its caller, or starts a run of the worker for them, is asked by the user of our own. */
function callersOf(
  { action, path, isForNobody }: FuzzTarget,
  { own, steady, admin, token }: Callers,
): readonly Credentials[] {
  if (isForNobody) return [{}];
  return action !== null || path.includes('snaptrade') ? [{}, own] : [{}, own, steady, admin, token];
}

function findFault({ path }: RawRequest, { status, headers, body }: RawAnswer): string | null {
  const isApi = /^\/api(?:[/?]|$)/.test(path);
  if (status >= 500 && !(status === 503 && path.startsWith(MAY_BE_UNAVAILABLE))) return `answered ${status}`;
  if (headers['x-content-type-options'] !== 'nosniff') return 'lacks nosniff';
  if (headers['cross-origin-opener-policy'] !== 'same-origin') return 'lacks the opener policy';
  if (headers['strict-transport-security'] !== 'max-age=31536000') return 'lacks HSTS';
  if (
    headers['content-type'] !== undefined &&
    !headers['content-type'].startsWith('text/html') &&
    /node_modules|\.[jt]sx?:\d+|\bat .+\(/.test(body)
  )
    return 'a stack trace';
  if (!String(headers['content-security-policy']).includes("frame-ancestors 'none'")) return 'may be framed';
  if (!isApi || status < 400 || path.startsWith(MAY_BE_UNAVAILABLE)) return null;
  if (headers['content-type'] !== 'application/problem+json') return `${status} is no problem document`;
  return body.length > PROBLEM_BYTES_MAX ? `a problem document of ${body.length} characters` : null;
}
