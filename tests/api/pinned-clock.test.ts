import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { serviceClient } from '../support/api';
import { changeStack } from '../support/sandbox-control';

/** A whole run on a slow machine takes less; every other clock is days away. */
const A_RUN_MS = 60 * 60_000;

function expectSoonAfterStart(instant: string): void {
  const sinceStartMs = Date.parse(instant) - Date.parse(inject('testApp').startedAt);
  expect(sinceStartMs).toBeGreaterThanOrEqual(0);
  expect(sinceStartMs).toBeLessThan(A_RUN_MS);
}

it('the app, which ran its first tick on the pinned day, believes in the pinned clock', async () => {
  const { data } = await serviceClient()
    .from('runs')
    .select('started_at, trading_day')
    .order('started_at')
    .limit(1);

  expect(data).toMatchObject([{ trading_day: '2026-11-20' }]);
  expectSoonAfterStart(String(data?.[0]?.started_at));
});

it('the brokerage believes in the same clock, and its time goes on', async () => {
  const read = async (): Promise<string> => {
    const state = await changeStack(inject('testApp').status, 'GET', '/state');
    return z.object({ now: z.string() }).parse(state).now;
  };
  const first = await read();
  expectSoonAfterStart(first);
  await expect.poll(read).not.toBe(first);
});
