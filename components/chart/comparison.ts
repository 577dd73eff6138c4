import type { Formats } from '@/components/format/formats';
import { type Amount, roundToAmount } from '@/lib/domain/amount';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import { buildChartLayout } from './layout';

const ZERO = '0' as Amount;

/**
 * The portfolio, the index and by how much the one is ahead of the other, on the last whole day that both are known of: in
 * money where the index had the same deposits, and as returns. Null where there is nothing to compare.
 */
export function compareWithBenchmark(
  history: HistoryDocument,
  measure: Measure,
  formats: Formats,
): string | null {
  const { benchmark, series } = buildChartLayout(history, measure, formats);
  if (benchmark === null) return null;
  const last = series.dataPoints.findLast(
    (each) =>
      each.type === 'point' &&
      each.point.kind !== 'estimated' &&
      each.value !== null &&
      benchmark.values.has(each.index),
  );
  const own = last?.type === 'point' ? last.value : null;
  const index = last === undefined ? undefined : benchmark.values.get(last.index);
  if (last?.type !== 'point' || own === null || index === undefined) return null;
  const isMoney = measure === 'value';
  const write = (value: number) => {
    const amount = roundToAmount(value, isMoney ? 2 : 8) ?? ZERO;
    return isMoney ? formats.money(amount) : formats.signedPercent(amount);
  };
  const lead = own - index;
  const distance = isMoney ? write(Math.abs(lead)) : formats.points(Math.abs(lead));
  const words = lead === 0 ? 'level' : lead > 0 ? `ahead by ${distance}` : `behind by ${distance}`;
  return `You ${write(own)}, ${benchmark.name} ${write(index)}: ${words} on ${formats.date(last.point.date)}`;
}
