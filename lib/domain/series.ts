import type { HistoryFlow, HistoryPoint, StoredPoint } from './history';
import { type Amount, addAmounts } from './money';
import { linkReturns, type UnknownRange } from './returns';
import type { TradingDate } from './trading-date';

const NOTHING = '0' as Amount;

/**
 * Each point with its return, drawdown and net deposits since the first point of the range, so that a chart can draw them
 * as lines. The rules are those of the summary: estimated days enter no return, and the last figures are the summary's own.
 * Points and flows are oldest first; `flows` is null when an amount cannot be told, which leaves every figure unknown. A
 * movement that nobody knows leaves every figure after it unknown.
 */
export function toSeries(
  points: readonly StoredPoint[],
  flows: readonly HistoryFlow[] | null,
  unknown: readonly UnknownRange[] = [],
): readonly HistoryPoint[] {
  if (flows === null)
    return points.map((point) => ({ ...point, twr: null, drawdown: null, netDeposits: null }));
  const returns = returnsByDate(points, flows, unknown);
  const deposits = netDepositsAt(points, flows, unknown);
  return points.map((point, index) => {
    const linked = returns.get(point.date) ?? null;
    return {
      ...point,
      twr: linked?.twr ?? null,
      drawdown: linked?.drawdown ?? null,
      ...(linked?.since === undefined ? {} : { returnSince: linked.since }),
      netDeposits: deposits[index] ?? null,
    };
  });
}

function returnsByDate(
  points: readonly StoredPoint[],
  flows: readonly HistoryFlow[],
  unknown: readonly UnknownRange[],
) {
  const trusted = points.filter((point) => point.kind !== 'estimated');
  const linked = linkReturns(trusted, flows, unknown);
  return new Map<TradingDate, (typeof linked)[number]>(
    trusted.map(({ date }, index) => [date, linked[index] ?? null]),
  );
}

/** The running sum of what came in after the first point, at each point. */
function netDepositsAt(
  points: readonly StoredPoint[],
  flows: readonly HistoryFlow[],
  unknown: readonly UnknownRange[],
): readonly (Amount | null)[] {
  const start = points.at(0)?.date;
  const counted = flows.filter((flow) => start !== undefined && flow.date > start);
  let next = 0;
  let sum = NOTHING;
  return points.map(({ date }) => {
    if (start !== undefined && unknown.some(({ from, to }) => from < date && to > start)) return null;
    for (let flow = counted[next]; flow !== undefined && flow.date <= date; flow = counted[next]) {
      sum = addAmounts(sum, flow.amount);
      next += 1;
    }
    return sum;
  });
}
