import { createHash } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { bearer, serviceClient, signIn, signInWithCookie } from '../support/api';
import { listEndpoints, readActionIds } from '../support/endpoints';
import { type Credentials, oddRequest, type RequestTarget, randomFrom } from '../support/odd-requests';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request';

/** `FUZZ_REQUESTS=40000 FUZZ_SEED=7 npm run test:api -- tests/api/fuzz.test.ts` asks for longer and for others. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const WORKERS = 8;
/** On a slow machine fewer requests are sent, never fewer than one at each endpoint. */
const TIME_LIMIT_MS = REQUESTS > 3_000 ? 3_600_000 : 60_000;
const PROBLEM_BYTES_MAX = 2_000;

/** A service that is not well says so with this status, and that is no fault. */
const MAY_BE_UNAVAILABLE = '/api/health';

it('no odd request is answered with a fault of ours, without the security headers or at length, and none changes anything', {
  timeout: TIME_LIMIT_MS + 240_000,
}, async () => {
  const { appUrl } = inject('testApp').status;
  const targets = listTargets();
  const [steady, admin, token] = await Promise.all([
    signInWithCookie('steady'),
    signInWithCookie('admin'),
    signIn('admin'),
  ]);
  const before = await readWhatIsKept();
  const random = randomFrom(SEED);
  const endsAt = Date.now() + TIME_LIMIT_MS;
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  let sent = 0;

  const ask = async (target: RequestTarget): Promise<void> => {
    const request = oddRequest(target, random, callersOf(target, { steady, admin, token: bearer(token) }));
    const answer = await sendRaw(appUrl, request).catch((error: unknown) => String(error));
    sent += 1;
    if (typeof answer === 'string') {
      faults.push(`${request.method} ${request.path}: ${answer}`);
      return;
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const fault = findFault(request, answer);
    if (fault !== null)
      faults.push(
        `${fault}: ${JSON.stringify({ ...request, body: String(request.body).slice(0, 120) }).slice(0, 700)}`,
      );
  };
  const workerLoop = async (next: () => RequestTarget | undefined): Promise<void> => {
    for (let target = next(); target !== undefined; target = next()) await ask(target);
  };
  let asked = 0;
  const next = (): RequestTarget | undefined => {
    const isOver = asked >= REQUESTS || (asked >= targets.length && Date.now() > endsAt);
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
  expect(await readWhatIsKept()).toEqual(before);
  expect(sent).toBeGreaterThanOrEqual(targets.length);
});

/** What no bad input may change, by table: who is who, what was observed and decided, and what was asked of an operator. */
const KEPT = {
  portfolios: 'user_id, currency',
  brokerage_connections: 'id, user_id, external_id, status',
  accounts: 'id, line_id, name, category, is_counted, closed_on',
  account_values: 'id, total_value',
  movement_rows: 'id',
  decisions: 'id',
  verdict_changes: 'id',
  account_match_proposals: 'id, status',
  account_line_changes: 'id',
  user_portfolio_history: 'user_id, value_date, total_value',
  backfill_requests: 'id',
  provider_users: 'user_id',
} as const;

/** The number of rows of each table and a digest of them, in any order. */
async function readWhatIsKept(): Promise<Readonly<Record<string, string>>> {
  const client = serviceClient();
  const found = Object.entries(KEPT).map(async ([table, columns]) => {
    const rows: string[] = [];
    for (let from = 0; ; from += PAGE_ROWS) {
      const { data, error } = await client
        .from(table as 'accounts')
        .select(columns)
        .range(from, from + PAGE_ROWS - 1);
      if (error !== null) throw new Error(`${table} cannot be read: ${error.message}`);
      rows.push(...data.map((row) => JSON.stringify(row)));
      if (data.length < PAGE_ROWS) break;
    }
    const digest = createHash('sha256').update(rows.toSorted().join('\n')).digest('hex');
    return [table, `${rows.length} rows ${digest}`] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

const PAGE_ROWS = 1_000;

interface Callers {
  readonly steady: Credentials;
  readonly admin: Credentials;
  readonly token: Credentials;
}

/** Every page, every method of every route, those that are not there, and every action on every page. */
function listTargets(): readonly RequestTarget[] {
  const own = listEndpoints().flatMap(({ path, method }) =>
    path === null ? [] : [{ path, method, action: null }],
  );
  const unknown = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
    path: '/api/[unknown]',
    method,
    action: null,
  }));
  const pages = listEndpoints().flatMap(({ kind, path }) => (kind === 'page' && path !== null ? [path] : []));
  const actions = pages.flatMap((path) =>
    readActionIds().map((action) => ({ path, method: 'POST', action })),
  );
  return [...own, ...unknown, ...actions];
}

/** Actions are asked by nobody, since one of them ends the session, and what starts a run of the worker likewise. */
function callersOf(
  { action, path }: RequestTarget,
  { steady, admin, token }: Callers,
): readonly Credentials[] {
  return action !== null || path.includes('snaptrade') ? [{}] : [{}, steady, admin, token];
}

function findFault({ path }: RawRequest, { status, headers, body }: RawAnswer): string | null {
  const isApi = /^\/api(?:[/?]|$)/.test(path);
  if (status >= 500 && !(status === 503 && path.startsWith(MAY_BE_UNAVAILABLE))) return `answered ${status}`;
  if (headers['x-content-type-options'] !== 'nosniff') return 'lacks nosniff';
  if (headers['cross-origin-opener-policy'] !== 'same-origin') return 'lacks the opener policy';
  if (!String(headers['content-security-policy']).includes("frame-ancestors 'none'")) return 'may be framed';
  if (!isApi || status < 400 || path.startsWith(MAY_BE_UNAVAILABLE)) return null;
  if (headers['content-type'] !== 'application/problem+json') return `${status} is no problem document`;
  return body.length > PROBLEM_BYTES_MAX ? `a problem document of ${body.length} characters` : null;
}
