import type { Formats } from '@/components/format/formats';
import { type Amount, roundToAmount, subtractAmounts } from '@/lib/domain/amount';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryPoint } from '@/lib/history/document';
import type { DataPoint } from './data-points';

/** Places of a return; finer than any that is shown. */
const PLACES = 8;

/** What happened between two days, as far as the days themselves show. */
export interface RangeReading {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly valueChange: Amount | null;
  readonly netDeposits: Amount | null;
  readonly marketChange: Amount | null;
  readonly twr: Amount | null;
}

/**
 * Reads the days between two data points, both included, in whichever order they were chosen; null when they are one and the same
 * day. All figures run between the first and the last day without an estimate in it, as those of the summary do; only where
 * there are not two such days do the amounts run between any.
 */
export function readRange(dataPoints: readonly DataPoint[], one: number, other: number): RangeReading | null {
  const days = dataPoints
    .slice(Math.min(one, other), Math.max(one, other) + 1)
    .filter((dataPoint) => dataPoint.type === 'point' || dataPoint.type === 'gap');
  const [start, end] = [days[0], days.at(-1)];
  if (start === undefined || end === undefined || start === end) return null;
  const points = days.flatMap((dataPoint) => (dataPoint.type === 'point' ? [dataPoint.point] : []));
  const whole = points.filter((point) => point.kind !== 'estimated');
  const ends = whole.length < 2 ? points : whole;
  const [first, last] = [ends[0], ends.at(-1)];
  return {
    from: start.type === 'gap' ? start.band.gap.from : start.point.date,
    to: end.type === 'gap' ? end.band.gap.to : end.point.date,
    ...amountsBetween(first, last),
    twr: returnWithin(points),
  };
}

function amountsBetween(
  first: HistoryPoint | undefined,
  last: HistoryPoint | undefined,
): Pick<RangeReading, 'valueChange' | 'netDeposits' | 'marketChange'> {
  if (first === undefined || last === undefined || first === last)
    return { valueChange: null, netDeposits: null, marketChange: null };
  const valueChange = subtractAmounts(last.value, first.value);
  if (first.netDeposits === null || last.netDeposits === null)
    return { valueChange, netDeposits: null, marketChange: null };
  const netDeposits = subtractAmounts(last.netDeposits, first.netDeposits);
  return { valueChange, netDeposits, marketChange: subtractAmounts(valueChange, netDeposits) };
}

/** Growth is linked, so that of a part is the later growth over the earlier one. */
function returnWithin(points: readonly HistoryPoint[]): Amount | null {
  const growths = points.flatMap((point) => (point.twr === null ? [] : [1 + Number(point.twr)]));
  const [first, last] = [growths[0], growths.at(-1)];
  if (first === undefined || last === undefined || growths.length < 2 || first <= 0) return null;
  return roundToAmount(last / first - 1, PLACES);
}

/** A range in words: its dates, and its figures by the names that the headline uses for them. */
interface RangeWords {
  readonly when: string;
  readonly figures: readonly { readonly label: string; readonly value: string }[];
}

const NOT_KNOWN = 'not known';

/** Describes what happened between two days. */
export function describeRange(range: RangeReading, formats: Formats): RangeWords {
  const money = (amount: RangeReading['valueChange']) =>
    amount === null ? NOT_KNOWN : formats.signedMoney(amount);
  return {
    when: formats.dateRange(range.from, range.to),
    figures: [
      { label: 'Change', value: money(range.valueChange) },
      { label: 'Market change', value: money(range.marketChange) },
      { label: 'Net deposits', value: money(range.netDeposits) },
      { label: 'Return', value: range.twr === null ? NOT_KNOWN : formats.signedPercent(range.twr) },
    ],
  };
}

/** The same as one announcement. */
export function speakRange(range: RangeReading, formats: Formats): string {
  const { when, figures } = describeRange(range, formats);
  return [when, ...figures.map(({ label, value }) => `${label} ${value}`), 'Enter shows this range'].join(
    '. ',
  );
}
