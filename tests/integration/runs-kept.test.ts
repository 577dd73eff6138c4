import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(() => stack.sql`delete from runs`);
afterAll(() => stack.close());

const NOTHING = { connections: 0, captured: 0, requests: 0, waitedMs: 0 };

/** A run that opens and ends a second later. */
async function run(
  startedAt: string,
  {
    counts = NOTHING,
    status = 'complete',
    trigger = 'cron',
    reasons = {},
  }: { counts?: object; status?: string; trigger?: string; reasons?: Record<string, number> } = {},
): Promise<string> {
  const id = randomUUID();
  const endedAt = new Date(Date.parse(startedAt) + 1000).toISOString();
  await stack.service`select open_run(${id}, ${trigger}, '2026-11-20', null, ${startedAt}, 900)`;
  await stack.service`select finish_run(${id}, ${status}, ${stack.service.json({ ...counts })}, ${stack.service.json(reasons)}, ${endedAt})`;
  return id;
}

const minute = (index: number) => new Date(Date.parse('2026-11-20T21:30:00Z') + index * 60_000).toISOString();
const listRuns = () =>
  stack.sql<{ id: string; calls: number }[]>`select id, calls from runs order by started_at`;

test('calls that found nothing are counted in one row, the newest of them', async () => {
  let last = '';
  for (let call = 0; call < 20; call += 1) last = await run(minute(call));
  expect(await listRuns()).toEqual([{ id: last, calls: 20 }]);
});

test('calls that find the same reason again are one row, and another reason begins another', async () => {
  const missing = { reasons: { rate_missing: 1 } };
  for (let call = 0; call < 19; call += 1) await run(minute(call), missing);
  const still = await run(minute(19), missing);
  const healed = await run(minute(20));
  const again = await run(minute(21), { reasons: { rate_missing: 2 } });
  expect(await listRuns()).toEqual([
    { id: still, calls: 20 },
    { id: healed, calls: 1 },
    { id: again, calls: 1 },
  ]);
});

test('a run that found something, failed or was asked by another scheduler stays a row of its own', async () => {
  const kept = [
    await run(minute(0), { counts: { ...NOTHING, captured: 1 } }),
    await run(minute(1), { status: 'failed' }),
    await run(minute(2), { trigger: 'api_key' }),
  ];
  await run(minute(3));
  const newest = await run(minute(4));
  expect(await listRuns()).toEqual([...kept.map((id) => ({ id, calls: 1 })), { id: newest, calls: 2 }]);
});

test('calls that find nothing at the same time are all counted', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, index) => run(minute(index))));
  await run(minute(20));
  const rows = await listRuns();
  expect(rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(13);
});

test('a run is forgotten after ninety days, and the next call forgets it', async () => {
  const found = { counts: { ...NOTHING, captured: 1 } };
  await run('2026-08-01T21:30:00Z', found);
  const recent = await run('2026-11-01T21:30:00Z', found);
  const now = await run(minute(0), found);
  expect((await listRuns()).map(({ id }) => id)).toEqual([recent, now]);
});
