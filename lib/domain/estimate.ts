import type Decimal from 'decimal.js';
import { type Amount, Exact } from './money';
import { tradingSessions } from './nyse-calendar';
import { addDays, type TradingDate } from './trading-date';

/** What an account held at the close of a trading day, and what it is believed to have been worth then. */
export interface EstimateAnchor {
  readonly date: TradingDate;
  readonly value: Amount;
  readonly cash: Amount;
  /** Units as they were traded then; negative where they were sold short. */
  readonly positions: readonly { readonly symbol: string; readonly units: Amount }[];
}

/** What changed the holdings of an account on a day: a trade, a transfer, a deposit, a dividend, a spin-off, a fee. */
export interface HoldingsChange {
  readonly date: TradingDate;
  /** Null where only cash moved. */
  readonly symbol: string | null;
  /** What came in, as units were traded on that day; negative for what went out. Splits are told by the prices, never here. */
  readonly units: Amount;
  /** What came in as cash, fees taken off; negative for what went out. */
  readonly cash: Amount;
}

/** A split: from this day on, `ratio` units stand for each one before; below 1 where units were put together. */
export interface Split {
  readonly symbol: string;
  readonly date: TradingDate;
  readonly ratio: Amount;
}

/** Closes as they were traded, and the splits that lie between them. */
export interface PriceBook {
  readonly closes: ReadonlyMap<string, ReadonlyMap<TradingDate, Amount>>;
  readonly splits: readonly Split[];
}

/** What the total of an account can be worked out from, all in the account's currency. */
export interface EstimateCase {
  readonly anchor: EstimateAnchor;
  /** Everything that changed the holdings since `since`; null where nobody knows, so that today's holdings have to do. */
  readonly changes: readonly HoldingsChange[] | null;
  /** The first day on which the account is known to have been active, or from which on its changes are known. */
  readonly since: TradingDate;
  readonly prices: PriceBook;
}

/** `replay`: from the changes of its holdings; `holdings`: from what it held at the anchor, as if nothing had changed. */
export type EstimateBasis = 'replay' | 'holdings';

export interface Estimate {
  readonly date: TradingDate;
  readonly value: Amount;
  readonly basis: EstimateBasis;
  /** Symbols without a close of that day, whose price is carried from an earlier one. */
  readonly carried: readonly string[];
}

/** For how many sessions a missing close is carried. What lacks one for longer has no price, and its account no estimate. */
export const PRICE_CARRY_SESSIONS_MAX = 5;

/** By how much of the believed value the holdings may miss it at the anchor; by more, they are not what the account holds. */
export const ANCHOR_SHARE_MAX = '0.02';

/**
 * What an account was worth at each close before its anchor, newest first, from a day on: its holdings, taken back change by change and
 * split by split, at the closes of the day. What they miss of the anchor's believed value at its own closes is missed on every day, so the
 * line ends in that value.
 *
 * Nothing is estimated before the account was active, of a day on which something has no price, before a day on which it would have held
 * less than nothing of something that it is not short of (a change is missing), and from an anchor that the holdings do not explain.
 */
export function estimateDays(
  { anchor, changes, since, prices }: EstimateCase,
  from: TradingDate,
): readonly Estimate[] {
  const first = from < since ? since : from;
  const sessions = tradingSessions(first, anchor.date)
    .map(({ date }) => date)
    .toReversed();
  if (sessions[0] !== anchor.date) return [];
  const valueAt = createValuation(prices, sessionsBefore(addDays(first, -CARRY_DAYS_MAX), anchor.date));
  const book = new Holdings(anchor);
  const atAnchor = valueAt(book, anchor.date);
  if (atAnchor === null) return [];
  const missed = new Exact(anchor.value).minus(atAnchor.value);
  if (missed.abs().greaterThan(new Exact(anchor.value).abs().times(ANCHOR_SHARE_MAX))) return [];

  const basis = changes === null ? 'holdings' : 'replay';
  const steps = stepsBack(changes ?? [], prices.splits);
  const estimates: Estimate[] = [];
  for (const date of sessions.slice(1)) {
    for (let step = steps.at(-1); step !== undefined && step.date > date; step = steps.at(-1)) {
      steps.pop();
      if (step.date <= anchor.date) step.undo(book);
    }
    if (book.isImpossible()) break;
    const valued = valueAt(book, date);
    if (valued === null) continue;
    const value = valued.value.plus(missed).toDecimalPlaces(VALUE_DECIMALS).toFixed() as Amount;
    estimates.push({ date, value, basis, carried: valued.carried });
  }
  return estimates;
}

/** An estimate is no more exact than this, however many digits a division gave. */
const VALUE_DECIMALS = 2;

/** Cash and units, as they were traded, while they are taken back day by day. */
class Holdings {
  private readonly units = new Map<string, Decimal>();
  private readonly short = new Set<string>();
  private cash: Decimal;

  constructor({ cash, positions }: EstimateAnchor) {
    this.cash = new Exact(cash);
    for (const { symbol, units } of positions) {
      this.add(symbol, new Exact(units));
      if (new Exact(units).isNegative()) this.short.add(symbol);
    }
  }

  takeBack({ symbol, units, cash }: HoldingsChange): void {
    this.cash = this.cash.minus(cash);
    if (symbol !== null) this.add(symbol, new Exact(units).negated());
  }

  takeBackSplit({ symbol, ratio }: Split): void {
    const held = this.units.get(symbol);
    if (held !== undefined) this.units.set(symbol, held.div(ratio));
  }

  /** Whether something is held less than nothing of, though it is not sold short. */
  isImpossible(): boolean {
    return [...this.units].some(([symbol, units]) => units.lessThan(-DUST) && !this.short.has(symbol));
  }

  get heldCash(): Decimal {
    return this.cash;
  }

  get held(): readonly (readonly [string, Decimal])[] {
    return [...this.units].filter(([, units]) => units.abs().greaterThan(DUST));
  }

  private add(symbol: string, units: Decimal): void {
    this.units.set(symbol, (this.units.get(symbol) ?? new Exact(0)).plus(units));
  }
}

/** What is left of a position by rounding. */
const DUST = 0.000_001;

/** A change or a split, in the order in which they happened. */
interface Step {
  readonly date: TradingDate;
  undo(holdings: Holdings): void;
}

/** Splits take effect before the open, so what was traded on their day was traded in new units. */
function stepsBack(changes: readonly HoldingsChange[], splits: readonly Split[]): Step[] {
  const steps = [
    ...splits.map((split): Step => ({ date: split.date, undo: (holdings) => holdings.takeBackSplit(split) })),
    ...changes.map((change): Step => ({ date: change.date, undo: (holdings) => holdings.takeBack(change) })),
  ];
  return steps.toSorted((one, other) => (one.date < other.date ? -1 : Number(one.date > other.date)));
}

type Valuation = (
  holdings: Holdings,
  date: TradingDate,
) => { readonly value: Decimal; readonly carried: readonly string[] } | null;

/** Values holdings at the closes of a day; null where something has no price that could be used. */
function createValuation({ closes, splits }: PriceBook, before: SessionsBefore): Valuation {
  return (holdings, date) => {
    const carried: string[] = [];
    let value = holdings.heldCash;
    for (const [symbol, units] of holdings.held) {
      const known = closes.get(symbol);
      const priced = [date, ...before(date)].find((day) => known?.has(day) === true);
      const close = priced === undefined ? undefined : known?.get(priced);
      if (priced === undefined || close === undefined) return null;
      if (priced !== date) carried.push(symbol);
      // A close from before a split is that of old units.
      const ratio = splits
        .filter((split) => split.symbol === symbol && split.date > priced && split.date <= date)
        .reduce((product, split) => product.times(split.ratio), new Exact(1));
      value = value.plus(units.times(close).div(ratio));
    }
    return { value, carried };
  };
}

type SessionsBefore = (date: TradingDate) => readonly TradingDate[];

/** Within so many calendar days there are as many sessions as a close may be carried, whatever holidays there are. */
const CARRY_DAYS_MAX = 3 * PRICE_CARRY_SESSIONS_MAX;

/** The sessions from which a close may be carried to a day, nearest first. */
function sessionsBefore(from: TradingDate, to: TradingDate): SessionsBefore {
  const sessions = tradingSessions(from, to)
    .map(({ date }) => date)
    .toReversed();
  const places = new Map(sessions.map((date, index) => [date, index]));
  return (date) => {
    const place = places.get(date);
    return place === undefined ? [] : sessions.slice(place + 1, place + 1 + PRICE_CARRY_SESSIONS_MAX);
  };
}
