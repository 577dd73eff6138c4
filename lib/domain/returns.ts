import { xirr } from 'node-irr';
import { tradingSessions } from './market-calendar';
import { type Amount, Exact } from './money';
import { daysBetween, type TradingDate } from './trading-date';

/** A user's total on a trading day that may enter a return: captured or reconstructed, never estimated. */
export interface ReturnPoint {
  readonly date: TradingDate;
  readonly value: Amount;
}

/** Deposits less withdrawals of one date, transfers between the user's own accounts already cancelled out. */
export interface ReturnFlow {
  readonly date: TradingDate;
  readonly amount: Amount;
}

/** Why a return cannot be told: an honest blank instead of an absurd percentage. */
export type ReturnFault = 'too_few_days' | 'flows_unknown' | 'base_not_positive' | 'no_solution';

/** A decimal fraction such as `0.0523` (5.23 %), not annualised, or why there is none. */
export type ReturnFigure =
  | { readonly available: true; readonly value: Amount }
  | { readonly available: false; readonly reason: ReturnFault };

const PLACES = 8;
const NOTHING = '0' as Amount;

/** What has become of the first point by a later one, or by itself: decimal fractions. */
export interface LinkedReturn {
  /** Time-weighted return since the first point. */
  readonly twr: Amount;
  /** The fall from the highest growth so far, zero or negative. */
  readonly drawdown: Amount;
}

/** One for each point; null from where a base is not positive, since nothing can be linked to it any more. */
export type LinkedReturns = readonly (LinkedReturn | null)[];

/**
 * The time-weighted return from the first point to each one: the growth of each sub-period between neighbouring points,
 * linked, so that the size of deposits does not matter. The drawdown is told from the same growth, so that a withdrawal is
 * no fall and a deposit no recovery.
 *
 * Convention: a deposit works from the start of its day, a withdrawal until the end of its day. Between neighbouring
 * sessions growth is then `(V1 + withdrawals) / (V0 + deposits)`. Where days are missing in between, a sub-period spans
 * several sessions and flows count for the part of it that they were there (Modified Dietz):
 * `1 + (V1 - V0 - F) / (V0 + sum of w * f)`. Points are oldest first; flows outside them are ignored.
 */
export function linkReturns(points: readonly ReturnPoint[], flows: readonly ReturnFlow[]): LinkedReturns {
  let peak = new Exact(1);
  return linkGrowth(points, flows).map((level) => {
    if (level === null) return null;
    if (level.gt(peak)) peak = level;
    return { twr: fraction(level.minus(1)), drawdown: fraction(level.div(peak).minus(1)) };
  });
}

/** Time-weighted return from the first point to the last. */
export function timeWeightedReturn(linked: LinkedReturns): ReturnFigure {
  if (linked.length < 2) return unavailable('too_few_days');
  const last = linked.at(-1) ?? null;
  return last === null ? unavailable('base_not_positive') : told(last.twr);
}

/** Maximum drawdown from the first point to the last: the deepest fall from an earlier peak, zero or negative. */
export function maximumDrawdown(linked: LinkedReturns): ReturnFigure {
  if (linked.length < 2) return unavailable('too_few_days');
  let deepest = NOTHING;
  for (const one of linked) {
    if (one === null) return unavailable('base_not_positive');
    if (Number(one.drawdown) < Number(deepest)) deepest = one.drawdown;
  }
  return told(deepest);
}

/**
 * Money-weighted return from the first point to the last: the one rate at which the first value and all flows grow into
 * the last value (internal rate of return), over the period and not annualised. It weighs each day by the money that
 * was there, so it differs from the time-weighted return when deposits met good or bad days.
 */
export function moneyWeightedReturn(
  points: readonly ReturnPoint[],
  flows: readonly ReturnFlow[],
): ReturnFigure {
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined || first.date === last.date)
    return unavailable('too_few_days');
  const inside = flows.filter((flow) => flow.date > first.date && flow.date <= last.date);
  const payments = [
    { date: first.date, amount: -Number(first.value) },
    ...inside.map((flow) => ({ date: flow.date, amount: -Number(flow.amount) })),
    { date: last.date, amount: Number(last.value) },
  ];
  if (Number(first.value) < 0) return unavailable('base_not_positive');
  try {
    const { rate } = xirr(payments, { epsilon: 1e-13, maxIterations: 500 });
    const total = (1 + rate) ** daysBetween(first.date, last.date) - 1;
    return Number.isFinite(total) && total > -1 && isSolution(payments, rate)
      ? told(fraction(new Exact(total)))
      : unavailable('no_solution');
  } catch {
    return unavailable('no_solution');
  }
}

/** A root finder may stop anywhere; only a rate at which the payments cancel out is an answer. */
function isSolution(
  payments: readonly { readonly date: string; readonly amount: number }[],
  rate: number,
): boolean {
  const last = payments.at(-1);
  if (last === undefined) return false;
  const end = Date.parse(last.date);
  const grown = payments.map(
    ({ date, amount }) => amount * (1 + rate) ** ((end - Date.parse(date)) / 86_400_000),
  );
  const size = payments.reduce((sum, { amount }) => sum + Math.abs(amount), 0);
  return Math.abs(grown.reduce((sum, amount) => sum + amount, 0)) <= size * 1e-6;
}

type Level = InstanceType<typeof Exact>;

/** The growth from the first point to each one, itself included; null from where a base is not positive. */
function linkGrowth(points: readonly ReturnPoint[], flows: readonly ReturnFlow[]): readonly (Level | null)[] {
  const sorted = flows.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const levels: (Level | null)[] = [];
  let level: Level | null = new Exact(1);
  let next = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) {
      while ((sorted[next]?.date ?? '9999') <= point.date) next += 1;
      levels.push(level);
      continue;
    }
    const inside: ReturnFlow[] = [];
    for (let flow = sorted[next]; flow !== undefined && flow.date <= point.date; flow = sorted[next]) {
      inside.push(flow);
      next += 1;
    }
    const growth = growthBetween(before, point, inside);
    level = level === null || growth === null ? null : level.times(growth);
    levels.push(level);
  }
  return levels;
}

function growthBetween(before: ReturnPoint, after: ReturnPoint, flows: readonly ReturnFlow[]): Level | null {
  const sessions = flows.length === 0 ? [] : tradingSessions(before.date, after.date).slice(1);
  let net = new Exact(0);
  let base = new Exact(before.value);
  for (const { date, amount } of flows) {
    const ordinal = sessions.findIndex((session) => session.date >= date) + 1;
    const there = sessions.length - ordinal + (Number(amount) > 0 ? 1 : 0);
    net = net.plus(amount);
    base = base.plus(new Exact(amount).times(there).div(sessions.length));
  }
  if (base.lte(0)) return null;
  return new Exact(after.value).minus(before.value).minus(net).div(base).plus(1);
}

function fraction(value: Level): Amount {
  return value.toDecimalPlaces(PLACES).toFixed() as Amount;
}

function told(value: Amount): ReturnFigure {
  return { available: true, value };
}

function unavailable(reason: ReturnFault): ReturnFigure {
  return { available: false, reason };
}
