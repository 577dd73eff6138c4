import { createHash } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { bearer, serviceClient, signIn, signInWithCookie } from '../support/api';
import { type Credentials, oddRequest, randomFrom } from '../support/odd-requests';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request';
import { type Door, listDoors } from '../support/request-doors';

/** `FUZZ_REQUESTS=40000 FUZZ_SEED=7 npm run test:api -- tests/api/fuzz.test.ts` asks for longer and for others. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const WORKERS = 8;
/** On a slow machine fewer requests are sent, never fewer than one at each door. */
const TIME_LIMIT_MS = REQUESTS > 3_000 ? 3_600_000 : 60_000;
const PROBLEM_BYTES_MAX = 2_000;

/** A service that is not well says so with this status, and that is no fault. */
const MAY_BE_UNAVAILABLE = '/api/health';

it('no odd request is answered with a fault of ours, without the security headers or at length, and none changes anything', {
  timeout: TIME_LIMIT_MS + 240_000,
}, async () => {
  const { appUrl } = inject('testApp').status;
  const doors = listDoors();
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

  const ask = async (door: Door): Promise<void> => {
    const request = oddRequest(door, random, callersOf(door, { steady, admin, token: bearer(token) }));
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
  const workerLoop = async (next: () => Door | undefined): Promise<void> => {
    for (let door = next(); door !== undefined; door = next()) await ask(door);
  };
  let asked = 0;
  const next = (): Door | undefined => {
    const isOver = asked >= REQUESTS || (asked >= doors.length && Date.now() > endsAt);
    const door = isOver ? undefined : doors[asked % doors.length];
    asked += 1;
    return door;
  };
  await Promise.all(Array.from({ length: WORKERS }, () => workerLoop(next)));

  const counts = [...statuses].toSorted(([one], [other]) => one - other);
  process.stdout.write(
    `${sent} odd requests at ${doors.length} doors: ${counts.map((pair) => pair.join(' × ')).join(', ')}\n`,
  );
  expect(faults).toEqual([]);
  expect(await readWhatIsKept()).toEqual(before);
  expect(sent).toBeGreaterThanOrEqual(doors.length);
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

/** Actions are asked by nobody, since one of them ends the session, and what starts a run of the worker likewise. */
function callersOf({ kind, path }: Door, { steady, admin, token }: Callers): readonly Credentials[] {
  return kind === 'action' || path.includes('snaptrade') ? [{}] : [{}, steady, admin, token];
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
