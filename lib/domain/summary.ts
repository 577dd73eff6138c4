import type { HistoryFlow, HistoryPoint, HistorySummary, SummaryFigure } from './history';
import { type Amount, addAmounts, subtractAmounts } from './money';
import {
  maximumDrawdown,
  moneyWeightedReturn,
  type ReturnFault,
  type ReturnFigure,
  timeWeightedReturn,
} from './returns';

/** Money that crossed the portfolio's border, and whether that of the last day is known yet. */
export interface SummaryFlows {
  /** By date, after the first point and up to the last; null when an amount cannot be told in the user's currency. */
  readonly external: readonly HistoryFlow[] | null;
  readonly provisional: boolean;
}

/**
 * What happened between the first and the last point, oldest first. Value change is market change plus net deposits, to
 * the cent. Estimated days enter no return: returns run from the first to the last day that is not estimated. The points
 * are `toSeries`'s of the same flows.
 */
export function summarise(points: readonly HistoryPoint[], flows: SummaryFlows): HistorySummary {
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last)
    return blank('too_few_days', flows.provisional);

  const valueChange = subtractAmounts(last.value, first.value);
  if (flows.external === null)
    return { ...blank('flows_unknown', flows.provisional), valueChange, notAvailable: FLOWS_UNKNOWN };

  const netDeposits = addAmounts(...flows.external.map((flow) => flow.amount));
  const trusted = points.filter((point) => point.kind !== 'estimated');
  const linked = trusted.map(({ twr, drawdown }) =>
    twr === null || drawdown === null ? null : { twr, drawdown },
  );
  const figures = {
    twr: timeWeightedReturn(linked),
    mwr: moneyWeightedReturn(trusted, flows.external),
    maxDrawdown: maximumDrawdown(linked),
  };
  return {
    valueChange,
    marketChange: subtractAmounts(valueChange, netDeposits),
    netDeposits,
    twr: amountOf(figures.twr),
    mwr: amountOf(figures.mwr),
    maxDrawdown: amountOf(figures.maxDrawdown),
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

const FLOWS_UNKNOWN = Object.fromEntries(
  FIGURES.filter((figure) => figure !== 'valueChange').map((figure) => [figure, 'flows_unknown' as const]),
);

function blank(reason: ReturnFault, provisional: boolean): HistorySummary {
  return {
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
