import { describe, expect, it } from 'vitest';
import { createFormats } from '@/components/format/formats';
import {
  ageMinutes,
  describeAge,
  describeShown,
  describeSpan,
  explainDifference,
} from '@/components/portfolio/descriptions';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { HistoryAccount } from '@/lib/history/document';
import { amountOf, currencyOf } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));

function account(name: string, isShown: boolean): HistoryAccount {
  return { id: name, name, institution: 'Northwind', currency: null, closedOn: null, isShown };
}

describe('which accounts are shown', () => {
  it('needs no words when all are', () => {
    expect(describeShown([account('Individual', true), account('Roth IRA', true)])).toBeNull();
    expect(describeShown([])).toBeNull();
  });

  it('names one or two, and counts more', () => {
    const others = [account('401(k)', false), account('Joint', false)];
    expect(describeShown([account('Roth IRA', true), ...others])).toBe('Only Roth IRA at Northwind');
    expect(describeShown([account('Roth IRA', true), account('Individual', true), ...others])).toBe(
      'Only Roth IRA at Northwind and Individual at Northwind',
    );
    const three = ['A', 'B', 'C'].map((name) => account(name, true));
    expect(describeShown([...three, ...others])).toBe('Only 3 of 5 accounts');
  });
});

describe('the shown days', () => {
  const days = {
    knownFrom: toDate('2024-11-22'),
    from: toDate('2026-03-03'),
    to: toDate('2026-05-08'),
  };

  it('are a period by its name, and chosen dates by themselves', () => {
    expect(describeSpan({ period: '1Y', ...days }, formats)).toBe('over 1 year');
    expect(describeSpan({ period: 'custom', ...days }, formats)).toBe('Mar 3 – May 8, 2026');
  });

  it('are said by their first day where the history is shorter than the period, and of all time', () => {
    const short = { ...days, from: days.knownFrom };
    expect(describeSpan({ period: '5Y', ...short }, formats)).toBe('since Nov 22, 2024');
    expect(describeSpan({ period: 'ALL', ...short }, formats)).toBe('since Nov 22, 2024');
  });
});

describe('why the two returns differ', () => {
  const explain = (twr: string | null, mwr: string | null) =>
    explainDifference(
      { twr: twr === null ? null : amountOf(twr), mwr: mwr === null ? null : amountOf(mwr) },
      formats,
    );

  it('is said in the right direction, also below zero', () => {
    expect(explain('0.05', '0.04')).toContain('lower because more money was there on the weaker days');
    expect(explain('-0.02', '-0.01')).toContain('higher because more money was there on the better days');
  });

  it('needs no words where they read alike or one is not known', () => {
    expect(explain('0.050001', '0.050004')).toBeNull();
    expect(explain(null, '0.05')).toBeNull();
    expect(explain('0.05', null)).toBeNull();
  });
});

describe('an age', () => {
  const age = (now: string) => ageMinutes(toInstant('2026-11-20T15:00:00Z'), toInstant(now));

  it('is told in its largest whole unit', () => {
    expect(describeAge(age('2026-11-20T15:01:30Z'))).toBe('1 minute');
    expect(describeAge(age('2026-11-20T15:59:59Z'))).toBe('59 minutes');
    expect(describeAge(age('2026-11-20T17:00:00Z'))).toBe('2 hours');
    expect(describeAge(age('2026-11-23T14:00:00Z'))).toBe('2 days');
  });

  it('is never negative', () => {
    expect(age('2026-11-20T14:00:00Z')).toBe(0);
  });
});
