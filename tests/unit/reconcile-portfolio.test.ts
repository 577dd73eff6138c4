import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amount } from '@/lib/domain/money';
import {
  type AccountOnSession,
  countedOutAt,
  immaterialOf,
  totalOfSession,
} from '@/lib/domain/reconcile/portfolio';
import { realId } from '@/lib/domain/reconcile/real-id';
import { toDate } from '@/lib/domain/trading-date';

const amount = (value: string | number): Amount => String(value) as Amount;
const account = (accountId: string, value: number | null, age = 0): AccountOnSession => ({
  accountId,
  value: value === null ? null : amount(value),
  age,
});

describe('a doubt must matter', () => {
  it('by both half a per cent of the user’s total and a small sum', () => {
    expect(immaterialOf(amount(100_000))).toBe('25');
    expect(immaterialOf(amount(1_000))).toBe('5');
    expect(immaterialOf(null)).toBeNull();
  });
});

describe('one account never ends the line', () => {
  it('carries any account for five sessions, and a small one for sixty', () => {
    expect(totalOfSession([account('a', 100), account('b', 900, 5)])).toEqual({
      known: true,
      total: '1000',
      carried: ['b'],
    });
    expect(totalOfSession([account('a', 960), account('b', 40, 60)])).toMatchObject({ carried: ['b'] });
    expect(totalOfSession([account('a', 960), account('b', 40, 61)])).toEqual({
      known: false,
      because: ['b'],
    });
    expect(totalOfSession([account('a', 100), account('b', 900, 6)])).toEqual({
      known: false,
      because: ['b'],
    });
  });

  it('is a gap for an account that was never known, and complete when all are of the session', () => {
    expect(totalOfSession([account('a', 100), account('b', null)])).toEqual({ known: false, because: ['b'] });
    expect(totalOfSession([account('a', 100)])).toEqual({ known: true, total: '100', carried: [] });
  });

  it('adds another account that is known without changing what is carried of the others', () => {
    const anyAccounts = fc.array(
      fc.record({ value: fc.integer({ min: 1, max: 1_000 }), age: fc.integer({ min: 0, max: 5 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(anyAccounts, fc.integer({ min: 0, max: 10_000 }), (some, value) => {
        const accounts = some.map((one, index) => account(`a${index}`, one.value, one.age));
        const alone = totalOfSession(accounts);
        const together = totalOfSession([account('another', value), ...accounts.toReversed()]);
        expect(alone.known && together.known).toBe(true);
        if (alone.known && together.known) {
          expect(together.carried).toEqual(alone.carried);
          expect(Number(together.total)).toBe(Number(alone.total) + value);
        }
      }),
    );
  });
});

describe('when an account ends', () => {
  it('counts out its last value and the movements after it, so that nothing leaves twice', () => {
    const last = { date: toDate('2026-06-08'), value: amount(5_000) };
    const out = { effectiveOn: toDate('2026-06-09'), amount: amount(-5_000) };
    expect(countedOutAt(last, [out], toDate('2026-06-11'))).toBe('0');
    expect(countedOutAt(last, [], toDate('2026-06-11'))).toBe('5000');
    expect(countedOutAt(null, [out], toDate('2026-06-11'))).toBe('0');
  });
});

describe('identity needs a real id', () => {
  it.each(['', ' ', '0', '0000-0000', '****1234', 'XXXX1234', '••••1234', null])('%j is none', (id) => {
    expect(realId(id)).toBeNull();
  });
  it.each(['1234', '0001234', 'U1234567', 'AX-77'])('%j is one', (id) => {
    expect(realId(id)).toBe(id);
  });
});
