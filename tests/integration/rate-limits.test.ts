import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countRequest, releaseRequest } from '@/lib/http/limits';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());
beforeEach(() => stack.sql`truncate rate_limits`);

const NOON = '2026-11-20T17:00:00.000Z';
const TEN_A_MINUTE = { operation: 'link', subject: 'somebody', max: 10, seconds: 60 };

const count = (at: string, parts: Partial<typeof TEN_A_MINUTE> = {}) =>
  countRequest(stack.admin, { ...TEN_A_MINUTE, ...parts }, new Date(at));
const countMany = (at: string, times: number, parts: Partial<typeof TEN_A_MINUTE> = {}) =>
  Promise.all(Array.from({ length: times }, () => count(at, parts)));
const granted = (waits: readonly number[]) => waits.filter((waitMs) => waitMs === 0).length;

describe('a limit', () => {
  it('grants what it says to requests at the same instant, and tells the others when to come again', async () => {
    const waits = await countMany(NOON, 40);
    expect(granted(waits)).toBe(10);
    expect(new Set(waits)).toEqual(new Set([0, 6_000]));
  });

  it('comes back one by one, and never more than the whole', async () => {
    await countMany(NOON, 10);
    expect(await count('2026-11-20T17:00:05.999Z')).toBe(1);
    expect(await count('2026-11-20T17:00:06.000Z')).toBe(0);
    expect(await count('2026-11-20T17:00:06.000Z')).toBe(6_000);
    expect(granted(await countMany('2026-11-20T18:00:00.000Z', 20))).toBe(10);
  });

  it('is not used up by what it refused', async () => {
    await countMany(NOON, 60);
    expect(await count('2026-11-20T17:00:06.000Z')).toBe(0);
  });

  it('is its own for every caller and every operation', async () => {
    await countMany(NOON, 20);
    expect(await count(NOON, { subject: 'somebody else' })).toBe(0);
    expect(await count(NOON, { operation: 'export' })).toBe(0);
  });

  it('does not count what was released', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      expect(await count(NOON)).toBe(0);
      await releaseRequest(stack.admin, TEN_A_MINUTE);
    }
    expect(granted(await countMany(NOON, 20))).toBe(10);
  });

  it('holds for servers whose clocks differ: one that is behind grants nothing more', async () => {
    await countMany(NOON, 10);
    expect(granted(await countMany('2026-11-20T16:59:30.000Z', 20))).toBe(0);
  });
});

it('rows of callers who stopped asking go by themselves', async () => {
  for (let caller = 0; caller < 30; caller += 1) await count(NOON, { subject: `caller-${caller}` });
  await count('2026-11-20T19:00:00.000Z', { subject: 'later' });
  await count('2026-11-20T19:00:00.000Z', { subject: 'and later' });
  expect(await stack.sql`select subject from rate_limits order by subject`).toEqual([
    { subject: 'and later' },
    { subject: 'later' },
  ]);
});
