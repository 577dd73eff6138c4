import { describe, expect, it } from 'vitest';
import { type Amount, addAmounts } from '@/lib/domain/money';
import type { Kind } from '@/lib/domain/states';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { StoredPoint } from '@/lib/history/document';
import { type SummaryFlows, summarise, toSeries } from '@/lib/history/summary';

function point(date: string, value: string, kind: Kind = 'daily_eod'): StoredPoint {
  return {
    date: toDate(date),
    value: value as Amount,
    kind,
    source: 'snaptrade',
    asOf: toInstant(`${date}T21:30:00Z`),
    accountsExpected: 1,
    accountsPresent: 1,
    carried: [],
    leftOut: [],
  };
}

const flow = (date: string, amount: string) => ({ date: toDate(date), amount: amount as Amount });

const summariseOf = (points: readonly StoredPoint[], flows: SummaryFlows) =>
  summarise(toSeries(points, flows.external), flows);

describe('the summary of a range', () => {
  it('splits the change into market and deposits, to the cent', () => {
    const points = [
      point('2026-11-16', '1000.10'),
      point('2026-11-17', '1010.20'),
      point('2026-11-18', '1521.35'),
    ];
    const summary = summariseOf(points, { external: [flow('2026-11-18', '499.99')], provisional: true });
    expect(summary).toMatchObject({
      valueChange: '521.25',
      netDeposits: '499.99',
      marketChange: '21.26',
      provisional: true,
      notAvailable: {},
    });
    expect(addAmounts(summary.netDeposits as Amount, summary.marketChange as Amount)).toBe(
      summary.valueChange,
    );
  });

  it('lets no estimated day into a figure', () => {
    const known = [point('2026-11-16', '100'), point('2026-11-18', '110')];
    const [first, last] = known as [StoredPoint, StoredPoint];
    const flows = { external: [], provisional: false };
    const withEstimate = summariseOf([first, point('2026-11-17', '900', 'estimated'), last], flows);
    expect(withEstimate).toEqual(summariseOf(known, flows));

    const endsEstimated = summariseOf([...known, point('2026-11-19', '500', 'estimated')], flows);
    expect(endsEstimated).toMatchObject({ valueChange: '10', twr: '0.1', maxDrawdown: '0' });
  });

  it('begins and ends its amounts where its returns begin and end, on whole days that it names', () => {
    const points = [
      point('2026-11-13', '70', 'estimated'),
      point('2026-11-16', '100'),
      point('2026-11-17', '115'),
      point('2026-11-18', '400', 'estimated'),
    ];
    const external = [flow('2026-11-16', '20'), flow('2026-11-17', '5'), flow('2026-11-18', '250')];
    const whole = { from: '2026-11-16', to: '2026-11-17', valueChange: '15', netDeposits: '5' };
    expect(summariseOf(points, { external, provisional: false })).toMatchObject({
      ...whole,
      marketChange: '10',
    });
  });

  it('has amounts but no return where there are not two whole days', () => {
    const points = [point('2026-11-17', '115'), point('2026-11-18', '400', 'estimated')];
    expect(summariseOf(points, { external: [], provisional: false })).toMatchObject({
      from: '2026-11-17',
      to: '2026-11-18',
      valueChange: '285',
      twr: null,
      notAvailable: { twr: 'too_few_days' },
    });
  });

  it('says why figures are missing: a single day, unknown deposits, nothing to grow from', () => {
    expect(summariseOf([point('2026-11-16', '100')], { external: [], provisional: false })).toMatchObject({
      valueChange: null,
      twr: null,
      notAvailable: { valueChange: 'too_few_days', twr: 'too_few_days' },
    });
    const points = [point('2026-11-16', '100'), point('2026-11-17', '110')];
    expect(summariseOf(points, { external: null, provisional: false })).toMatchObject({
      valueChange: '10',
      netDeposits: null,
      marketChange: null,
      twr: null,
      notAvailable: { netDeposits: 'flows_unknown', twr: 'flows_unknown' },
    });
    const fromNothing = [point('2026-11-16', '0'), point('2026-11-17', '110')];
    expect(summariseOf(fromNothing, { external: [], provisional: false })).toMatchObject({
      valueChange: '110',
      twr: null,
      notAvailable: { twr: 'base_not_positive' },
    });
  });

  it('knows only the change of value across a movement that nobody knows, and ranges without it keep their figures', () => {
    const points = [point('2026-11-16', '10000'), point('2026-11-17', '22000'), point('2026-11-18', '22000')];
    const unknown = [{ from: toDate('2026-11-16'), to: toDate('2026-11-17') }];
    const flows = { external: [], provisional: false, unknown };
    expect(summarise(toSeries(points, [], unknown), flows)).toMatchObject({
      valueChange: '12000',
      marketChange: null,
      netDeposits: null,
      twr: null,
      notAvailable: { twr: 'movement_unknown', marketChange: 'movement_unknown' },
    });
    const later = points.slice(1);
    expect(summarise(toSeries(later, [], unknown), flows)).toMatchObject({ twr: '0', notAvailable: {} });
  });

  it('withholds what the market did while the movements of a day that jumped are not booked', () => {
    const points = (last: string) => [point('2026-11-16', '10000'), point('2026-11-17', last)];
    expect(summariseOf(points('12100'), { external: [], provisional: true })).toMatchObject({
      valueChange: '2100',
      netDeposits: '0',
      marketChange: null,
      twr: null,
      provisional: true,
      notAvailable: { twr: 'movements_not_booked' },
    });
    expect(summariseOf(points('11900'), { external: [], provisional: true })).toMatchObject({ twr: '0.19' });
    expect(summariseOf(points('12100'), { external: [], provisional: false })).toMatchObject({ twr: '0.21' });
  });

  it('says since when a return runs that does not reach back to the first point', () => {
    const points = ['100', '0', '100', '110'].map((value, day) => point(`2026-11-${16 + day}`, value));
    expect(summariseOf(points, { external: [], provisional: false })).toMatchObject({
      twr: '0.1',
      returnSince: '2026-11-18',
    });
  });
});
