import { type Amount, addAmounts, subtractAmounts } from '@/lib/domain/money';
import {
  type LinkedReturns,
  linkReturns,
  maximumDrawdown,
  moneyWeightedReturn,
  type ReturnFault,
  type ReturnFigure,
  timeWeightedReturn,
  type UnknownRange,
} from '@/lib/domain/returns';
import { entersReturns } from '@/lib/domain/statement-values';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryFlow, HistoryPoint, HistorySummary, StoredPoint, SummaryFigure } from './document';

/** Money that crossed the portfolio's border, and whether that of the last day is known yet. */
export interface SummaryFlows {
  /** By date, after the first point and up to the last; null when an amount cannot be converted to the user's currency. */
  readonly external: readonly HistoryFlow[] | null;
  readonly provisional: boolean;
  /** Where a movement happened that nobody knows; none when left out. */
  readonly unknown?: readonly UnknownRange[];
}

/** A jump by more than this on a day whose movements are not booked yet is no return that anybody would believe. */
const PROVISIONAL_JUMP_MAX = 0.2;

/**
 * What happened between the first and the last day that enters returns (no estimated day does, but for those that official
 * values of statements confirm); the points are oldest first. Value change is market change plus net deposits, to the cent,
 * and all figures, returns too, are of the same days. With fewer than two such days there is no return, and the amounts are
 * of all days. The points are `toSeries`'s of the same flows. A range that contains a movement nobody knows has no figure but its value change; while the
 * movements of a day that jumped are not booked, what the market did is not known either.
 */
export function summarise(points: readonly HistoryPoint[], flows: SummaryFlows): HistorySummary {
  const trusted = points.filter(entersReturns);
  const ends = trusted.length < 2 ? points : trusted;
  const first = ends.at(0);
  const last = ends.at(-1);
  if (first === undefined || last === undefined || first === last)
    return blank('too_few_days', flows.provisional);

  const days = { from: first.date, to: last.date };
  const valueChange = subtractAmounts(last.value, first.value);
  if (flows.external === null)
    return {
      ...blank('flows_unknown', flows.provisional),
      ...days,
      valueChange,
      notAvailable: allBut('flows_unknown'),
    };
  if (flows.unknown?.some(({ from, to }) => from < last.date && to > first.date))
    return {
      ...blank('movement_unknown', flows.provisional),
      ...days,
      valueChange,
      notAvailable: allBut('movement_unknown'),
    };

  const inside = flows.external.filter(({ date }) => date > first.date && date <= last.date);
  const netDeposits = addAmounts(...inside.map((flow) => flow.amount));
  const linked = trusted.map(({ twr, drawdown, returnSince }) =>
    twr === null || drawdown === null
      ? null
      : { twr, drawdown, ...(returnSince === undefined ? {} : { since: returnSince }) },
  );
  if (flows.provisional && jumpOf(linked) > PROVISIONAL_JUMP_MAX)
    return {
      ...blank('movements_not_booked', true),
      ...days,
      valueChange,
      netDeposits,
      notAvailable: Object.fromEntries(
        FIGURES.filter((figure) => figure !== 'valueChange' && figure !== 'netDeposits').map((figure) => [
          figure,
          'movements_not_booked' as const,
        ]),
      ),
    };
  const figures = {
    twr: timeWeightedReturn(linked),
    mwr: moneyWeightedReturn(trusted, flows.external),
    maxDrawdown: maximumDrawdown(linked),
  };
  return {
    ...days,
    valueChange,
    marketChange: subtractAmounts(valueChange, netDeposits),
    netDeposits,
    twr: amountOf(figures.twr),
    mwr: amountOf(figures.mwr),
    maxDrawdown: amountOf(figures.maxDrawdown),
    ...sinceOf(figures.twr),
    provisional: flows.provisional,
    notAvailable: faultsOf(figures),
  };
}

const FIGURES: readonly SummaryFigure[] = [
  'valueChange',
  'marketChange',
  'netDeposits',
  'twr',
  'mwr',
  'maxDrawdown',
];

/** One reason for every figure but the change of value, which needs no movements. */
function allBut(reason: ReturnFault): HistorySummary['notAvailable'] {
  return Object.fromEntries(
    FIGURES.filter((figure) => figure !== 'valueChange').map((figure) => [figure, reason]),
  );
}

/** By how much the last session grew or fell beyond what is known to have moved, as a fraction without sign. */
function jumpOf(linked: LinkedReturns): number {
  const [before, last] = linked.slice(-2);
  if (!before || !last || before.since !== last.since) return 0;
  return Math.abs((1 + Number(last.twr)) / (1 + Number(before.twr)) - 1);
}

function sinceOf(figure: ReturnFigure): Pick<HistorySummary, 'returnSince'> {
  return figure.available && figure.since !== undefined ? { returnSince: figure.since } : {};
}

function blank(reason: ReturnFault, provisional: boolean): HistorySummary {
  return {
    from: null,
    to: null,
    valueChange: null,
    marketChange: null,
    netDeposits: null,
    twr: null,
    mwr: null,
    maxDrawdown: null,
    provisional,
    notAvailable: Object.fromEntries(FIGURES.map((figure) => [figure, reason])),
  };
}

function amountOf(figure: ReturnFigure): Amount | null {
  return figure.available ? figure.value : null;
}

function faultsOf(figures: Readonly<Record<string, ReturnFigure>>): Readonly<Record<string, ReturnFault>> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, figure]) => (figure.available ? [] : [[name, figure.reason]])),
  );
}

const NOTHING = '0' as Amount;

/**
 * Each point with its return, drawdown and net deposits since the first point of the range, so that a chart can draw them
 * as lines. The rules are those of the summary: estimated days enter no return, and the last figures are the summary's own.
 * Points and flows are oldest first; `flows` is null when an amount cannot be converted, which leaves every figure unknown. A
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
  const trusted = points.filter(entersReturns);
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
