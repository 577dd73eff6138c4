import type { Measure } from '@/lib/domain/states';
import type { Benchmark } from '@/lib/history/document';
import type { ChartSeries } from './chart-series';
import type { PairedPoint } from './gain-areas';
import type { PlotPoint } from './line-segments';
import { isComparable } from './measure-point';
import type { PointStop, Stop } from './stops';

/**
 * Value and what was put in, over the days on which both are known, in connected parts. Put in is the first value and the
 * net deposits since. `runs` are the connected parts of the value's line.
 */
export function pairWithDeposits(
  runs: readonly (readonly PlotPoint[])[],
  stops: readonly Stop[],
): PairedPoint[][] {
  const days = stops.filter(isPointStop);
  const first = Number(days[0]?.point.value);
  const deposits = new Map(days.map(({ index, point }) => [index, point.netDeposits]));
  const parts: PairedPoint[][] = [];
  for (const run of runs) {
    let open: PairedPoint[] = [];
    for (const { index, value } of run) {
      const netDeposits = deposits.get(index) ?? null;
      if (netDeposits !== null) open.push({ index, value, paidIn: first + Number(netDeposits) });
      else if (open.length > 0) {
        parts.push(open);
        open = [];
      }
    }
    if (open.length > 0) parts.push(open);
  }
  return parts;
}

/**
 * The benchmark as if the portfolio had followed it since its first trusted day: in money beside values, as a fraction
 * beside returns, and not at all beside other measures, which it has no meaning for.
 */
export function placeBenchmark(
  benchmark: Benchmark,
  { rows, stops }: Pick<ChartSeries, 'rows' | 'stops'>,
  measure: Measure,
): PlotPoint[] {
  if (!isComparable(measure)) return [];
  const closes = new Map(benchmark.points.map(({ date, close }) => [date, Number(close)]));
  const base = stops
    .filter(isPointStop)
    .find(({ point }) => point.kind !== 'estimated' && closes.has(point.date))?.point;
  if (base === undefined) return [];
  const baseClose = closes.get(base.date) ?? Number.NaN;
  return rows.flatMap(({ index, date }) => {
    const close = closes.get(date);
    if (close === undefined || date < base.date) return [];
    const growth = close / baseClose;
    return [{ index, value: measure === 'value' ? Number(base.value) * growth : growth - 1 }];
  });
}

function isPointStop(stop: Stop): stop is PointStop {
  return stop.type === 'point';
}
