import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { KINDS } from '@/lib/domain/states';
import { addDays, toDate } from '@/lib/domain/trading-date';
import type { HistoryFlow, StoredPoint } from '@/lib/history/document';
import { summarise, toSeries } from '@/lib/history/summary';
import { amountOf, makePoint } from '../support/chart-history';

const SESSIONS = tradingSessions('2026-10-01', '2026-11-20').map(({ date }) => date);
const FIRST_DAY = toDate('2026-10-01');

const flow = (date: string, amount: string): HistoryFlow => ({
  date: toDate(date),
  amount: amountOf(amount),
});
const cents = (count: number) => (count / 100).toFixed(2);

/** Some days of two months, of any kind, and money that moved on any date, also outside the points. */
const anyHistory = fc
  .record({
    days: fc.subarray(SESSIONS, { minLength: 1 }),
    worth: fc.array(fc.tuple(fc.integer({ min: -2_000_00, max: 900_000_00 }), fc.constantFrom(...KINDS)), {
      minLength: SESSIONS.length,
      maxLength: SESSIONS.length,
    }),
    flows: fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -9_000_00, max: 9_000_00 })),
      {
        selector: ([day]) => day,
        maxLength: 6,
      },
    ),
  })
  .map(({ days, worth, flows }) => {
    const points: readonly StoredPoint[] = days.map((date, index) => {
      const [count, kind] = worth[index] ?? [100, 'daily_eod'];
      return makePoint(date, cents(count), kind);
    });
    const moved = flows
      .map(([day, count]) => flow(addDays(FIRST_DAY, day), cents(count)))
      .filter(({ date }) => date > (days.at(0) ?? '') && date <= (days.at(-1) ?? ''))
      .toSorted((one, other) => (one.date < other.date ? -1 : 1));
    return { points, flows: moved };
  });

describe('the lines of a history', () => {
  it('tell return, fall and deposits of each day since the first', () => {
    const points = [
      makePoint('2026-11-16', '1000'),
      makePoint('2026-11-17', '1100'),
      makePoint('2026-11-18', '1545'),
      makePoint('2026-11-19', '1620'),
    ];
    const told = toSeries(points, [flow('2026-11-18', '500'), flow('2026-11-19', '-200')]);
    expect(told.map(({ twr, drawdown, netDeposits }) => [twr, drawdown, netDeposits])).toEqual([
      ['0', '0', '0'],
      ['0.1', '0', '0'],
      // 1,600 were there in the morning.
      ['0.0621875', '-0.034375', '500'],
      ['0.25125', '0', '300'],
    ]);
  });

  it('break on an estimated day, which has a value and deposits but no return', () => {
    const points = [
      makePoint('2026-11-16', '100'),
      makePoint('2026-11-17', '900', 'estimated'),
      makePoint('2026-11-18', '160'),
    ];
    const told = toSeries(points, [flow('2026-11-17', '50')]);
    expect(told.map(({ twr, drawdown, netDeposits }) => [twr, drawdown, netDeposits])).toEqual([
      ['0', '0', '0'],
      [null, null, '50'],
      [expect.stringMatching(/^0\.0\d+$/), '0', '50'],
    ]);
  });

  it('start anew where there was nothing to grow from, and say since when they run', () => {
    const points = ['100', '0', '50', '60'].map((value, day) => makePoint(`2026-11-${16 + day}`, value));
    expect(toSeries(points, []).map(({ twr, returnSince }) => [twr, returnSince])).toEqual([
      ['0', undefined],
      ['-1', undefined],
      ['0', '2026-11-18'],
      ['0.2', '2026-11-18'],
    ]);
  });

  it('are unknown from a movement on that nobody knows', () => {
    const points = ['100', '220', '231'].map((value, day) => makePoint(`2026-11-${16 + day}`, value));
    const unknown = [{ from: toDate('2026-11-16'), to: toDate('2026-11-17') }];
    const told = toSeries(points, [], unknown);
    expect(told.map(({ twr, netDeposits }) => [twr, netDeposits])).toEqual([
      ['0', '0'],
      [null, null],
      [null, null],
    ]);
    expect(toSeries(points.slice(1), [], unknown).map(({ twr }) => twr)).toEqual(['0', '0.05']);
  });

  it('are unknown when the deposits are', () => {
    const [point] = toSeries([makePoint('2026-11-16', '100')], null);
    expect(point).toMatchObject({ value: '100', twr: null, drawdown: null, netDeposits: null });
  });

  it('at each day say what the summary of the history up to that day says', () => {
    fc.assert(
      fc.property(anyHistory, ({ points, flows }) => {
        const told = toSeries(points, flows);
        const beginning = points.findIndex(({ kind }) => kind !== 'estimated');
        for (const [index, point] of told.entries()) {
          if (index === 0) continue;
          const until = points.slice(0, index + 1);
          const known = flows.filter(({ date }) => date <= point.date);
          const summary = summarise(toSeries(until, known), { external: known, provisional: false });
          // The summary is of the days between its first and last whole one, the line of all since its first point.
          if (summary.from === points[0]?.date && summary.to === point.date)
            expect(point.netDeposits).toBe(summary.netDeposits);
          // Where the chain starts anew it has said nothing yet.
          const isAnew = point.returnSince === point.date;
          if (point.kind !== 'estimated' && index > beginning)
            expect(isAnew ? null : point.twr).toBe(summary.twr);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have their deepest fall where the summary has it', () => {
    fc.assert(
      fc.property(anyHistory, ({ points, flows }) => {
        const told = toSeries(points, flows);
        const { maxDrawdown, returnSince } = summarise(told, { external: flows, provisional: false });
        const chain = told.filter((point) => point.returnSince === returnSince);
        const falls = chain.flatMap(({ drawdown }) => (drawdown === null ? [] : [Number(drawdown)]));
        fc.pre(maxDrawdown !== null);
        expect(Math.min(...falls)).toBe(Number(maxDrawdown));
      }),
    );
  });
});
