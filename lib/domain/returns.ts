import { xirr } from 'node-irr';
import { type Amount, Exact, isZero } from './money';
import { tradingSessions } from './nyse-calendar';
import { addDays, daysBetween, type TradingDate } from './trading-date';

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

/** Two neighbouring values between which a movement happened that nobody knows, so that no figure about them is known. */
export interface UnknownRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** Why a return is not available: an honest blank instead of an absurd percentage. */
export type ReturnFault =
  | 'too_few_days'
  | 'flows_unknown'
  | 'base_not_positive'
  | 'no_solution'
  | 'movement_unknown'
  | 'movements_not_booked'
  | 'invested_too_briefly';

/**
 * A decimal fraction such as `0.0523` (5.23 %), not annualised, or why there is none. `since` is there where the figure does not
 * reach back to the first point: before that day there was nothing to grow from.
 */
export type ReturnFigure =
  | { readonly available: true; readonly value: Amount; readonly since?: TradingDate }
  | { readonly available: false; readonly reason: ReturnFault };

const PLACES = 8;
const NOTHING = '0' as Amount;

/** What has become of the first point by a later one, or by itself: decimal fractions. */
export interface LinkedReturn {
  /** The point from which the chain runs where that is not the first one. */
  readonly since?: TradingDate;
  /** Time-weighted return since the first point. */
  readonly twr: Amount;
  /** The fall from the highest growth so far, zero or negative. */
  readonly drawdown: Amount;
}

/** One for each point; null from a movement on that nobody knows, since nothing can be linked across it. */
export type LinkedReturns = readonly (LinkedReturn | null)[];

/**
 * The time-weighted return from the first point to each one: the growth of each sub-period between neighbouring points,
 * linked, so that the size of deposits does not matter. The drawdown follows from the same growth, so that a withdrawal is
 * no fall and a deposit no recovery.
 *
 * Convention: a deposit works from the start of its day, a withdrawal until the end of its day. Between neighbouring
 * sessions growth is then `(V1 + withdrawals) / (V0 + deposits)`. Where days are missing in between, a sub-period spans
 * several sessions and flows count for the part of it that they were there (Modified Dietz):
 * `1 + (V1 - V0 - F) / (V0 + sum of w * f)`. Points are oldest first; flows outside them are ignored.
 *
 * From nothing to nothing without movements grew by nothing. Out of any other base that is not positive nothing grows: the
 * chain starts anew at the next point, and says since when it runs.
 */
export function linkReturns(
  points: readonly ReturnPoint[],
  flows: readonly ReturnFlow[],
  unknown: readonly UnknownRange[] = [],
): LinkedReturns {
  let peak = new Exact(1);
  let since: TradingDate | undefined;
  return linkGrowth(points, flows, unknown).map((link) => {
    if (link === null) return null;
    if (link.since !== since) peak = new Exact(1);
    since = link.since;
    if (link.level.gt(peak)) peak = link.level;
    return {
      twr: fraction(link.level.minus(1)),
      drawdown: fraction(link.level.div(peak).minus(1)),
      ...(since === undefined ? {} : { since }),
    };
  });
}

/** Time-weighted return from the first point to the last, or since the chain last started anew. */
export function timeWeightedReturn(linked: LinkedReturns): ReturnFigure {
  const chain = lastChain(linked);
  if (!Array.isArray(chain)) return unavailable(chain);
  return available(chain.at(-1)?.twr ?? NOTHING, chain[0]?.since);
}

/** Maximum drawdown: the deepest fall from an earlier peak, zero or negative, of the same points. */
export function maximumDrawdown(linked: LinkedReturns): ReturnFigure {
  const chain = lastChain(linked);
  if (!Array.isArray(chain)) return unavailable(chain);
  let deepest = NOTHING;
  for (const { drawdown } of chain) if (Number(drawdown) < Number(deepest)) deepest = drawdown;
  return available(deepest, chain[0]?.since);
}

/** The points since the chain last started anew, or why there is no figure about them. */
function lastChain(linked: LinkedReturns): LinkedReturn[] | ReturnFault {
  if (linked.length < 2) return 'too_few_days';
  const last = linked.at(-1) ?? null;
  if (last === null) return 'movement_unknown';
  const chain = linked.filter((one) => one !== null).filter(({ since }) => since === last.since);
  // A chain that has only just started says nothing yet.
  return chain.length < 2 ? 'base_not_positive' : chain;
}

/** Below this share of its peak, the average capital of a range is too little for one rate to say anything about the range. */
const AVERAGE_CAPITAL_SHARE_MIN = 0.2;

/**
 * Money-weighted return from the first point to the last: the one rate at which the first value and all flows grow into
 * the last value (internal rate of return), over the period and not annualised. It weighs each day by the money that
 * was there, so it differs from the time-weighted return when deposits met good or bad days. Time during which no money was
 * there does not count.
 */
export function moneyWeightedReturn(
  points: readonly ReturnPoint[],
  flows: readonly ReturnFlow[],
): ReturnFigure {
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined || first.date === last.date)
    return unavailable('too_few_days');
  if (Number(first.value) < 0) return unavailable('base_not_positive');
  const { payments, days, averageShare } = layOut(first, points, flows);
  if (days === 0 || averageShare < AVERAGE_CAPITAL_SHARE_MIN) return unavailable('invested_too_briefly');
  try {
    const { rate } = xirr([...payments], { epsilon: 1e-13, maxIterations: 500 });
    const total = (1 + rate) ** days - 1;
    return Number.isFinite(total) && total > -1 && isSolution(payments, rate)
      ? available(fraction(new Exact(total)))
      : unavailable('no_solution');
  } catch {
    return unavailable('no_solution');
  }
}

interface Payment {
  readonly date: TradingDate;
  readonly amount: number;
}

/** The payments of a range on a line of time from which the days without money are cut out. */
function layOut(
  first: ReturnPoint,
  points: readonly ReturnPoint[],
  flows: readonly ReturnFlow[],
): { readonly payments: readonly Payment[]; readonly days: number; readonly averageShare: number } {
  const payments: Payment[] = [{ date: first.date, amount: -Number(first.value) }];
  let [days, calendarDays, capitalDays, peak] = [0, 0, 0, 0];
  let before = first;
  for (const after of points.slice(1)) {
    const span = daysBetween(before.date, after.date);
    const inside = flows.filter(({ date }) => date > before.date && date <= after.date);
    const capital = Math.max(0, baseOf(before, after, inside).base.toNumber());
    capitalDays += capital * span;
    calendarDays += span;
    peak = Math.max(peak, capital);
    // Into an empty account money comes with its first movement.
    const arrival = isZero(before.value) ? (earliest(inside)?.date ?? after.date) : before.date;
    for (const { date, amount } of inside)
      payments.push({
        date: addDays(first.date, days + daysBetween(arrival, date)),
        amount: -Number(amount),
      });
    days += daysBetween(arrival, after.date);
    before = after;
  }
  payments.push({ date: addDays(first.date, days), amount: Number(before.value) });
  return { payments, days, averageShare: peak === 0 ? 1 : capitalDays / calendarDays / peak };
}

function earliest(flows: readonly ReturnFlow[]): ReturnFlow | undefined {
  return flows.toSorted((a, b) => (a.date < b.date ? -1 : 1))[0];
}

/** A root finder may stop anywhere; only a rate at which the payments cancel out is an answer. */
function isSolution(payments: readonly Payment[], rate: number): boolean {
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

interface Link {
  readonly level: Level;
  /** Where the chain started anew. */
  readonly since?: TradingDate;
}

/** The growth from the start of its chain to each point, itself included; null from an unknown movement on. */
function linkGrowth(
  points: readonly ReturnPoint[],
  flows: readonly ReturnFlow[],
  unknown: readonly UnknownRange[],
): readonly (Link | null)[] {
  const sorted = flows.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const links: (Link | null)[] = [];
  let link: Link | null = { level: new Exact(1) };
  let next = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const inside: ReturnFlow[] = [];
    for (let flow = sorted[next]; flow !== undefined && flow.date <= point.date; flow = sorted[next]) {
      inside.push(flow);
      next += 1;
    }
    if (before !== undefined && link !== null)
      link = isWithin(unknown, before, point) ? null : grow(link, before, point, inside);
    links.push(link);
  }
  return links;
}

function grow(link: Link, before: ReturnPoint, point: ReturnPoint, flows: readonly ReturnFlow[]): Link {
  const growth = growthBetween(before, point, flows);
  return growth === null
    ? { level: new Exact(1), since: point.date }
    : { ...link, level: link.level.times(growth) };
}

/** Whether a movement that nobody knows lies between two points. */
function isWithin(unknown: readonly UnknownRange[], before: ReturnPoint, after: ReturnPoint): boolean {
  return unknown.some(({ from, to }) => from < after.date && to > before.date);
}

function growthBetween(before: ReturnPoint, after: ReturnPoint, flows: readonly ReturnFlow[]): Level | null {
  if (flows.length === 0 && isZero(before.value) && isZero(after.value)) return new Exact(1);
  const { base, net } = baseOf(before, after, flows);
  if (base.lte(0)) return null;
  return new Exact(after.value).minus(before.value).minus(net).div(base).plus(1);
}

/** The money that worked between two points, each flow for the part of the time that it was there; and the net of flows. */
function baseOf(
  before: ReturnPoint,
  after: ReturnPoint,
  flows: readonly ReturnFlow[],
): { readonly base: Level; readonly net: Level } {
  const sessions = flows.length === 0 ? [] : tradingSessions(before.date, after.date).slice(1);
  let net = new Exact(0);
  let base = new Exact(before.value);
  for (const { date, amount } of flows) {
    const ordinal = sessions.findIndex((session) => session.date >= date) + 1;
    const there = sessions.length - ordinal + (Number(amount) > 0 ? 1 : 0);
    net = net.plus(amount);
    base = base.plus(new Exact(amount).times(there).div(sessions.length));
  }
  return { base, net };
}

function fraction(value: Level): Amount {
  return value.toDecimalPlaces(PLACES).toFixed() as Amount;
}

function available(value: Amount, since?: TradingDate): ReturnFigure {
  return since === undefined ? { available: true, value } : { available: true, value, since };
}

function unavailable(reason: ReturnFault): ReturnFigure {
  return { available: false, reason };
}
