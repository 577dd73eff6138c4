import { describe, expect, it } from 'vitest';
import { readRange } from '@/lib/domain/period';

describe('two typed dates', () => {
  it('are a range when they run forwards, also when they are one day', () => {
    expect(readRange('2026-03-03', '2026-05-09').range).toEqual({ from: '2026-03-03', to: '2026-05-09' });
    expect(readRange('2026-03-03', '2026-03-03').range).toEqual({ from: '2026-03-03', to: '2026-03-03' });
  });

  it.each([
    ['', '2026-05-09', 'from_missing'],
    ['2026-03-03', '', 'to_missing'],
    ['3/3/2026', '2026-05-09', 'from_not_a_date'],
    ['2026-03-03', '2026-02-30', 'to_not_a_date'],
    ['1999-12-31', '2026-05-09', 'from_outside'],
    ['2026-03-03', '2036-01-01', 'to_outside'],
    ['2026-05-09', '2026-05-08', 'backwards'],
    ['2001-01-01', '2026-05-09', 'too_long'],
  ])('%s to %s is refused as %s', (from, to, fault) => {
    expect(readRange(from, to)).toEqual({ range: null, fault });
  });
});
