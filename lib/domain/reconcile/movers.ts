import type { CurrencyPair, ExchangeRate } from '../exchange-rate';
import { type Amount, type Currency, Exact } from '../money';
import { daysBetween, type TradingDate } from '../trading-date';
import { EARLY_SESSIONS_MAX, LATE_SESSIONS_MAX } from './evidence';
import { identityOf, type Movement } from './movements';
import type { SessionLine } from './session-line';

/** A movement as a force on the account's total. */
export interface Mover {
  readonly movement: Movement;
  /** The session of its booked date. */
  readonly booked: number;
  /** In the account's currency; null when no amount or no rate is known. */
  readonly amount: Amount | null;
  readonly size: number | null;
  /** Booked no later than the first reading, which most likely holds it already. */
  readonly isFunding: boolean;
}

/** How far a change may lie from a movement that is most likely in the first reading already, as a share of the movement. */
const FUNDING_REST_SHARE_MAX = 0.05;

/** Whether a change comes nearer to none by most of a movement's size, or by all of it where the movement is long over. */
export function fits(change: number, size: number, isFunding: boolean): boolean {
  const rest = Math.abs(change - size);
  if (isFunding) return rest <= Math.abs(size) * FUNDING_REST_SHARE_MAX;
  return Math.abs(change) - rest >= Math.abs(size) / 2;
}

/** The movements that can move a total, largest first. */
export interface Movers {
  readonly movers: readonly Mover[];
  /** Those that were listed once and are no more: they move nothing, but may have done so for a while. */
  readonly takenBack: readonly Mover[];
}

/** Which movements can move a total: purchases and sales do not. */
export function toMovers(
  movements: readonly Movement[],
  currency: Currency | null,
  rates: readonly ExchangeRate[],
  line: SessionLine,
  /** The session of the first reading. */
  first: number,
): Movers {
  const moving = movements
    .filter((movement) => identityOf(movement).kind !== 'other')
    .map((movement) => {
      const amount = amountIn(movement, currency, rates);
      const booked = line.at(movement.row.date);
      return {
        movement,
        booked,
        isFunding: booked <= first,
        amount,
        size: amount === null ? null : Number(amount),
      };
    })
    .toSorted(
      (a, b) =>
        Math.abs(b.size ?? 0) - Math.abs(a.size ?? 0) ||
        a.booked - b.booked ||
        (a.movement.key < b.movement.key ? -1 : 1),
    );
  return {
    movers: moving.filter(({ movement }) => !movement.isWithdrawn),
    takenBack: moving.filter(({ movement }) => movement.isWithdrawn),
  };
}

/** Whether the total may show a movement in some session of `(after, upTo]`. */
export function mayShowIn({ booked }: Mover, after: number, upTo: number): boolean {
  return booked - EARLY_SESSIONS_MAX <= upTo && booked + LATE_SESSIONS_MAX > after;
}

/** Movements that a change between two sessions shows: those that, the largest first, bring the rest nearer to none by most of their size. */
export function shownMovers(
  change: number,
  movers: readonly Mover[],
  after: number,
  upTo: number,
): readonly Mover[] {
  let rest = change;
  return movers.filter((mover) => {
    if (mover.size === null || !mayShowIn(mover, after, upTo)) return false;
    if (!fits(rest, mover.size, mover.isFunding)) return false;
    rest -= mover.size;
    return true;
  });
}

/** How much of a change between two sessions movements account for. */
export function explainedPart(change: number, movers: readonly Mover[], after: number, upTo: number): number {
  return shownMovers(change, movers, after, upTo).reduce((sum, { size }) => sum + (size ?? 0), 0);
}

/** Whether a movement of which no amount or no rate is known may stand behind a change between two sessions. */
export function mayBeUnknownMovement(movers: readonly Mover[], after: number, upTo: number): boolean {
  return movers.some((mover) => mover.size === null && mayShowIn(mover, after, upTo));
}

/** A movement's amount in the account's currency, at the rate known nearest to its day; a missing rate is never 1. */
function amountIn(
  movement: Movement,
  currency: Currency | null,
  rates: readonly ExchangeRate[],
): Mover['amount'] {
  const { amount, currency: own } = identityOf(movement);
  if (amount === null || own === null || currency === null || own === currency) return amount;
  return convertOn(amount, movement.row.date, { base: own, quote: currency }, rates);
}

/** An amount in another currency, at the rate known nearest to a day, the earlier of two; null when none is known. */
export function convertOn(
  amount: Amount,
  date: TradingDate,
  pair: CurrencyPair,
  rates: readonly ExchangeRate[],
): Amount | null {
  const usable = rates.filter(
    ({ base, quote }) =>
      (base === pair.base && quote === pair.quote) || (base === pair.quote && quote === pair.base),
  );
  const distance = (rate: ExchangeRate): number => Math.abs(daysBetween(date, rate.date));
  const [best] = usable.toSorted(
    (a, b) => distance(a) - distance(b) || (a.date < b.date ? -1 : a.date > b.date ? 1 : 0),
  );
  if (best === undefined) return null;
  const isTurned = best.base !== pair.base;
  const converted = isTurned ? new Exact(amount).div(best.rate) : new Exact(amount).times(best.rate);
  return converted.toSignificantDigits(CONVERTED_DIGITS).toFixed() as Amount;
}

/** Digits of an amount that was divided: far more than any currency has. */
const CONVERTED_DIGITS = 18;
