import { expect, test } from 'vitest';
import { minutesAtLimit } from '@/lib/backfill/read';

test('a backfill takes as long as the provider that takes longest, each at its own limit', () => {
  const limits = { snaptrade: 150, alpaca: 360 };
  expect(minutesAtLimit({ requestsByProvider: {} }, limits)).toBe(0);
  expect(minutesAtLimit({ requestsByProvider: { snaptrade: 151 } }, limits)).toBe(2);
  expect(minutesAtLimit({ requestsByProvider: { alpaca: 360 } }, limits)).toBe(1);
  expect(minutesAtLimit({ requestsByProvider: { snaptrade: 150, alpaca: 1_081 } }, limits)).toBe(4);
});
