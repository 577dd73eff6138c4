import type { Measure } from '@/lib/domain/states';
import type { HistoryPoint } from '@/lib/history/document';

/** What a measure says of a day, as a number for pixels; null where it cannot be told. */
export function measurePoint(point: HistoryPoint, measure: Measure): number | null {
  switch (measure) {
    case 'value':
    case 'deposits':
      return Number(point.value);
    case 'return':
      return point.twr === null ? null : Number(point.twr);
    case 'drawdown':
      return point.drawdown === null ? null : Number(point.drawdown);
  }
}

/** True when the measure is an amount of money, and false when it is a fraction. */
export function isOfMoney(measure: Measure): boolean {
  return measure === 'value' || measure === 'deposits';
}

/** True when an index can be drawn beside the measure; beside deposits and falls it would have no meaning. */
export function isComparable(measure: Measure): boolean {
  return measure === 'value' || measure === 'return';
}
