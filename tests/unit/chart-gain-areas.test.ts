import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GainArea, type PairedPoint, splitGainAreas } from '@/components/chart/segments';

const paired = (...places: readonly (readonly [number, number])[]): PairedPoint[] =>
  places.map(([value, paidIn], index) => ({ index, value, paidIn }));

/** The area of an outline, by the shoelace formula. */
function sizeOf({ outline }: GainArea): number {
  const twice = outline.reduce((sum, here, at) => {
    const next = outline[(at + 1) % outline.length] ?? here;
    return sum + here.index * next.value - next.index * here.value;
  }, 0);
  return Math.abs(twice / 2);
}

describe('the space between value and what was put in', () => {
  test('is one gain while the value stays above', () => {
    expect(splitGainAreas(paired([110, 100], [120, 100])).map(({ side }) => side)).toEqual(['gain']);
  });

  test('is cut where the lines cross, between two days', () => {
    const areas = splitGainAreas(paired([110, 100], [90, 100], [95, 100]));
    expect(areas.map(({ side }) => side)).toEqual(['gain', 'loss']);
    expect(areas.map(({ outline }) => outline)).toEqual([
      [
        { index: 0, value: 110 },
        { index: 0.5, value: 100 },
        { index: 0.5, value: 100 },
        { index: 0, value: 100 },
      ],
      [
        { index: 0.5, value: 100 },
        { index: 1, value: 90 },
        { index: 2, value: 95 },
        { index: 2, value: 100 },
        { index: 1, value: 100 },
        { index: 0.5, value: 100 },
      ],
    ]);
  });

  test('is nothing where the value is what was put in', () => {
    expect(splitGainAreas(paired([100, 100], [100, 100]))).toEqual([]);
  });

  test('is neither gain nor loss twice: gains less losses are the space between the lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), {
          minLength: 2,
          maxLength: 30,
        }),
        (places) => {
          const points = paired(...places);
          const net = splitGainAreas(points).reduce(
            (sum, area) => sum + (area.side === 'gain' ? 1 : -1) * sizeOf(area),
            0,
          );
          const between = points.slice(1).reduce((sum, here, at) => {
            const before = points[at] ?? here;
            return sum + (before.value - before.paidIn + here.value - here.paidIn) / 2;
          }, 0);
          expect(net).toBeCloseTo(between, 4);
        },
      ),
    );
  });
});
