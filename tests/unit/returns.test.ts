import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amount } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import {
  linkReturns,
  maximumDrawdown,
  moneyWeightedReturn,
  type ReturnFigure,
  type ReturnFlow,
  type ReturnPoint,
  timeWeightedReturn,
} from '@/lib/domain/returns';
import { toDate } from '@/lib/domain/trading-date';

const point = (date: string, value: string): ReturnPoint => ({ date: toDate(date), value: value as Amount });
const flow = (date: string, amount: string): ReturnFlow => ({ date: toDate(date), amount: amount as Amount });
const numberOf = (figure: ReturnFigure): number => (figure.available ? Number(figure.value) : Number.NaN);

const timeWeighted = (points: readonly ReturnPoint[], flows: readonly ReturnFlow[]) =>
  timeWeightedReturn(linkReturns(points, flows));
const deepestFall = (points: readonly ReturnPoint[], flows: readonly ReturnFlow[]) =>
  maximumDrawdown(linkReturns(points, flows));

const week = tradingSessions('2026-11-16', '2026-11-20').map((session) => session.date);

describe('time-weighted return', () => {
  it('is the plain growth when no money moved', () => {
    expect(timeWeighted([point('2026-11-16', '100'), point('2026-11-20', '110')], [])).toEqual({
      available: true,
      value: '0.1',
    });
  });

  it('links the days, so that a deposit between them is no gain', () => {
    // 100 grows by 10 % to 110; 890 come in and are there all day; 1,000 fall by 5 % to 950.
    const points = [point('2026-11-16', '100'), point('2026-11-17', '110'), point('2026-11-18', '950')];
    expect(numberOf(timeWeighted(points, [flow('2026-11-18', '890')]))).toBeCloseTo(1.1 * 0.95 - 1, 8);
  });

  it('lets a withdrawal work until the end of its day', () => {
    // 1,000 grow by 2 % to 1,020, of which 500 leave in the evening.
    const points = [point('2026-11-16', '1000'), point('2026-11-17', '520')];
    expect(timeWeighted(points, [flow('2026-11-17', '-500')])).toEqual({
      available: true,
      value: '0.02',
    });
  });

  it('counts a flow on a weekend on the next session', () => {
    const points = [point('2026-11-13', '100'), point('2026-11-16', '220')];
    expect(numberOf(timeWeighted(points, [flow('2026-11-15', '100')]))).toBeCloseTo(0.1, 8);
  });

  it('leaves out flows on or before the first point and after the last', () => {
    const points = [point('2026-11-16', '100'), point('2026-11-20', '110')];
    expect(timeWeighted(points, [flow('2026-11-16', '50'), flow('2026-11-21', '70')])).toEqual({
      available: true,
      value: '0.1',
    });
  });

  it('is blank rather than absurd: too few days, nothing to grow from', () => {
    expect(timeWeighted([point('2026-11-16', '100')], [])).toEqual({
      available: false,
      reason: 'too_few_days',
    });
    const fromNothing = [point('2026-11-16', '0'), point('2026-11-17', '100')];
    expect(timeWeighted(fromNothing, [])).toEqual({ available: false, reason: 'base_not_positive' });
    const fromDebt = [point('2026-11-16', '-50'), point('2026-11-17', '100')];
    expect(timeWeighted(fromDebt, [])).toEqual({ available: false, reason: 'base_not_positive' });
  });

  it('is not changed by a deposit of any size on a flat day', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (percents, flatDay, deposit) => {
          const growth = percents.map((percent, day) => (day === flatDay ? 1 : 1 + percent / 100));
          const walk = (paidIn: number) => {
            let value = 1_000;
            return week.map((date, day) => {
              value = value * (growth[day] ?? 1) + (day === flatDay ? paidIn : 0);
              return point(date, value.toFixed(12));
            });
          };
          const start = point('2026-11-13', '1000');
          const without = timeWeighted([start, ...walk(0)], []);
          const withIt = timeWeighted(
            [start, ...walk(deposit)],
            [flow(String(week[flatDay]), String(deposit))],
          );
          expect(numberOf(withIt)).toBeCloseTo(numberOf(without), 5);
        },
      ),
    );
  });
});

describe('a time-weighted return across nothing', () => {
  it('grows by nothing from zero to zero', () => {
    const points = ['10000', '0', '0', '0', '11000'].map((value, day) => point(String(week[day]), value));
    const flows = [flow(String(week[1]), '-10000'), flow(String(week[4]), '10000')];
    expect(timeWeighted(points, flows)).toEqual({ available: true, value: '0.1' });
    expect(deepestFall(points, flows)).toEqual({ available: true, value: '0' });
  });

  it('starts anew after a base that is not positive, and says since when it runs', () => {
    const points = ['100', '-50', '100', '110'].map((value, day) => point(String(week[day]), value));
    expect(timeWeighted(points, [])).toEqual({ available: true, value: '0.1', since: week[2] });
    expect(deepestFall(points, [])).toEqual({ available: true, value: '0', since: week[2] });
  });
});

describe('money-weighted return', () => {
  it('counts only the time during which money was there', () => {
    const points = [
      point('2026-11-12', '0'),
      point('2026-11-13', '0'),
      point('2026-11-16', '0'),
      point('2026-11-17', '10000'),
      point('2026-11-18', '11000'),
    ];
    expect(numberOf(moneyWeightedReturn(points, [flow('2026-11-17', '10000')]))).toBeCloseTo(0.1, 6);

    const awayAndBack = ['10000', '0', '0', '0', '11000'].map((value, day) =>
      point(String(week[day]), value),
    );
    const flows = [flow(String(week[1]), '-10000'), flow(String(week[4]), '10000')];
    expect(numberOf(moneyWeightedReturn(awayAndBack, flows))).toBeCloseTo(0.1, 6);
  });

  it('is blank when money was there too briefly to speak of the range', () => {
    const points = tradingSessions('2025-11-20', '2026-11-20').map(({ date }) =>
      point(date, date < '2025-11-28' ? '10000' : '0'),
    );
    expect(moneyWeightedReturn(points, [flow('2025-11-28', '-11000')])).toEqual({
      available: false,
      reason: 'invested_too_briefly',
    });
  });

  it('equals the time-weighted one when no money moved', () => {
    const points = [point('2025-11-20', '100'), point('2026-11-20', '110')];
    expect(numberOf(moneyWeightedReturn(points, []))).toBeCloseTo(0.1, 6);
  });

  it('is lower when the money came before a fall', () => {
    const points = [point('2026-01-02', '100'), point('2026-06-30', '1210'), point('2026-11-20', '605')];
    const flows = [flow('2026-06-30', '1100')];
    expect(numberOf(moneyWeightedReturn(points, flows))).toBeLessThan(numberOf(timeWeighted(points, flows)));
  });

  it('satisfies its own equation', () => {
    const points = [point('2026-01-02', '1000'), point('2026-11-20', '1900')];
    const rate = numberOf(moneyWeightedReturn(points, [flow('2026-06-15', '700')]));
    const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
    const part = days('2026-06-15', '2026-11-20') / days('2026-01-02', '2026-11-20');
    expect(1000 * (1 + rate) + 700 * (1 + rate) ** part).toBeCloseTo(1900, 3);
  });

  it('says so when no rate can explain the payments', () => {
    const lost = [point('2026-01-02', '1000'), point('2026-11-20', '-50')];
    expect(moneyWeightedReturn(lost, [])).toEqual({ available: false, reason: 'no_solution' });
  });
});

describe('maximum drawdown', () => {
  it('is the deepest fall from an earlier peak', () => {
    const points = ['100', '120', '90', '130', '117'].map((value, day) => point(String(week[day]), value));
    expect(deepestFall(points, [])).toEqual({ available: true, value: '-0.25' });
  });

  it('is zero when the value only rose', () => {
    const points = ['100', '120', '121'].map((value, day) => point(String(week[day]), value));
    expect(deepestFall(points, [])).toEqual({ available: true, value: '0' });
  });

  it('takes a withdrawal for no fall', () => {
    const points = ['100', '100', '40', '40'].map((value, day) => point(String(week[day]), value));
    expect(deepestFall(points, [flow(String(week[2]), '-60')])).toEqual({ available: true, value: '0' });
  });
});
