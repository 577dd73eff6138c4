import { expect, test } from 'vitest';
import type { Extreme, PlotArea } from '@/components/chart/layout';
import { labelEnd, labelExtremes } from '@/components/chart/point-labels';

const plotArea: PlotArea = {
  x: (index) => 10 + index,
  y: (value) => 200 - value,
  left: 10,
  top: 0,
  width: 300,
  height: 200,
};
const low = (index: number, value: number): Extreme => ({ name: 'low', index, value, label: '$209,094' });

test('the highest and the lowest day are labelled above and below their points, inside the plot', () => {
  const high: Extreme = { name: 'high', index: 2, value: 150, label: '$254,075' };
  const [above, below] = labelExtremes([high, low(150, 100)], plotArea);
  expect(above).toMatchObject({ text: 'High $254,075', y: 42, anchor: 'middle' });
  expect(above?.x).toBeGreaterThan(plotArea.x(high.index));
  expect(below).toEqual({ text: 'Low $209,094', x: 160, y: 117, anchor: 'middle' });
});

test('a lowest day at the bottom is labelled beside its point, clear of the deposits that stand there', () => {
  expect(labelExtremes([low(30, 15)], plotArea)).toEqual([
    { text: 'Low $209,094', x: 48, y: 189, anchor: 'start' },
  ]);
  expect(labelExtremes([low(290, 15)], plotArea)).toEqual([
    { text: 'Low $209,094', x: 292, y: 189, anchor: 'end' },
  ]);
});

test('the name of a line keeps clear of the lowest day and of its label: on its other side, or further away', () => {
  const lowest = [low(280, 100)];
  const nameAt = (y: number) => labelEnd('S&P 500', { x: 310, y }, false, lowest, plotArea).y;
  expect(nameAt(60)).toBe(77);
  // The label of the lowest day is below its point at 100, the point itself above that.
  expect(nameAt(96)).toBe(88);
  expect(nameAt(108)).toBe(140);
});
