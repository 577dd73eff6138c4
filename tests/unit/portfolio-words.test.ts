import { describe, expect, it } from 'vitest';
import { createFormats } from '@/components/format/formats';
import { describeAccountState, shareOf } from '@/components/portfolio/account-states';
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
  return {
    id: name,
    name,
    institution: 'Northwind',
    currency: null,
    closedOn: null,
    brokenSince: null,
    first: null,
    last: null,
    isShown,
  };
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

describe('an account under the chart', () => {
  const worth = (value: string, date = '2026-11-20') => ({ value: amountOf(value), date: toDate(date) });
  const [ira, roth] = [account('IRA', true), account('Roth IRA', true)];
  const lastDay = toDate('2026-11-20');

  it('has no state when it is known to the last day, and otherwise says what keeps it', () => {
    const state = (changes: Partial<HistoryAccount>) =>
      describeAccountState({ ...ira, ...changes }, lastDay, formats);
    expect(state({ last: worth('5') })).toBeNull();
    expect(state({ last: worth('5', '2026-11-12') })).toBe('Last value Nov 12, 2026');
    expect(state({ last: worth('5', '2026-11-12'), brokenSince: toDate('2026-11-13') })).toBe(
      'Reconnect needed, last value Nov 12, 2026',
    );
    expect(state({ last: worth('5'), closedOn: toDate('2026-11-02') })).toBe('Closed Nov 2, 2026');
  });

  it('has its share of what is open together, and none where a share would mean nothing', () => {
    const share = (one: Partial<HistoryAccount>, other: Partial<HistoryAccount>) =>
      shareOf(
        { ...ira, ...one },
        [
          { ...ira, ...one },
          { ...roth, ...other },
        ],
        formats,
      );
    expect(share({ last: worth('250') }, { last: worth('750') })).toBe('25%');
    expect(share({ last: worth('250') }, { last: worth('750'), closedOn: lastDay })).toBe('100%');
    expect(share({ last: worth('250') }, { last: worth('-50') })).toBe('');
    expect(share({ last: null }, { last: worth('50') })).toBe('');
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
    expect(explain('0.05', '0.04')).toContain(
      'lower because more of your money was invested on the weaker days',
    );
    expect(explain('-0.02', '-0.01')).toContain(
      'higher because more of your money was invested on the better days',
    );
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
