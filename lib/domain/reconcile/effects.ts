import type { TradingDate } from '../trading-date';
import { EARLY_SESSIONS_MAX, type EvidenceId, LATE_SESSIONS_MAX } from './evidence';
import type { PlacedReading } from './levels';
import { identityOf, isUnknown, type Movement, type MovementIdentity } from './movements';
import { fits, type Mover } from './movers';
import type { SessionLine } from './session-line';

/** What a movement is taken for, and the session on which it entered the account's total. */
export interface MovementEffect extends MovementIdentity {
  readonly key: string;
  readonly rowIds: readonly EvidenceId[];
  /** The booked date is kept for display; figures take the effective session. */
  readonly bookedOn: TradingDate;
  readonly effectiveOn: TradingDate;
  /** In the account's currency; null when no amount or no rate is known. */
  readonly amountInAccount: MovementIdentity['amount'];
  /** Whether the total is seen to move by it. What matches no jump stays on its booked date. */
  readonly isSeen: boolean;
  readonly isWithdrawn: boolean;
  /** Nobody knows what it was, or how much. */
  readonly isUnknown: boolean;
}

/** Whether a movement crosses the account's border and so enters net deposits; income and fees belong to the return. */
export function isExternal({ kind }: Pick<MovementEffect, 'kind'>): boolean {
  return kind === 'deposit' || kind === 'withdrawal' || kind === 'transfer';
}

/** Two neighbouring values between which a movement nobody knows makes every figure unknown. */
export interface UnknownSpan {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly movementKeys: readonly string[];
}

export interface Effects {
  readonly movements: readonly MovementEffect[];
  readonly unknownSpans: readonly UnknownSpan[];
}

/** The share of a total by which it moves on an ordinary day: a movement that changed no more than that hides nothing. */
const ORDINARY_DAY_SHARE = 0.05;

/** The share of a total up to which a known amount is let pass without anybody knowing what it was. */
const HIDDEN_SHARE_MAX = 0.005;

/** A movement is looked for on other days only where it stands out this far from what the account moves by itself. */
const STANDS_OUT_FACTOR = 4;

interface Span {
  readonly before: PlacedReading;
  readonly after: PlacedReading;
  /** The part of the change that no movement has been found for yet. */
  rest: number;
  readonly unknown: string[];
}

/** Finds for each movement the session on which the total moved by it. `current` is one believed reading a session. */
export function toEffects(
  movements: readonly Movement[],
  movers: readonly Mover[],
  current: readonly PlacedReading[],
  line: SessionLine,
): Effects {
  const spans = toSpans(current);
  const noise = noiseOf(spans);
  const seen = new Map<Movement, number>();
  // A movement that fits on its own day is not to lose it to one that looks for another day, such as the one that funded the
  // account before its first value. Those without an amount come last, so that they take only what the others leave.
  for (const spanOf of [bookedSpan, fittingSpan, likeliestSpan, widestSpan]) {
    for (const mover of movers.filter(({ movement }) => !seen.has(movement))) {
      const span = spanOf(mover, spans, noise);
      if (span === null) continue;
      const isHidden = mover.size === null || isUnknown(mover.movement);
      if (isHidden && hidesFigures(mover, span)) span.unknown.push(mover.movement.key);
      if (mover.size !== null) span.rest -= mover.size;
      seen.set(mover.movement, sessionIn(span, mover.booked));
    }
  }
  for (const mover of movers) {
    const span = seen.has(mover.movement) ? undefined : spans.find((one) => holds(one, mover.booked));
    if (span !== undefined && isUnknown(mover.movement) && mayHide(mover, span, noise))
      span.unknown.push(mover.movement.key);
  }
  const amounts = new Map(movers.map(({ movement, amount }) => [movement, amount]));
  return {
    movements: movements.map((movement) => ({
      ...identityOf(movement),
      key: movement.key,
      rowIds: movement.rowIds,
      bookedOn: movement.row.date,
      effectiveOn: line.dateAt(seen.get(movement) ?? line.at(movement.row.date)),
      amountInAccount: amounts.get(movement) ?? null,
      isSeen: seen.has(movement),
      isWithdrawn: movement.isWithdrawn,
      isUnknown: isUnknown(movement),
    })),
    unknownSpans: spans
      .filter(({ unknown }) => unknown.length > 0)
      .map(({ before, after, unknown }) => ({
        from: before.reading.date,
        to: after.reading.date,
        movementKeys: unknown.toSorted(),
      })),
  };
}

function toSpans(current: readonly PlacedReading[]): readonly Span[] {
  return current.slice(1).flatMap((after, index) => {
    const before = current[index];
    return before === undefined ? [] : [{ before, after, rest: after.value - before.value, unknown: [] }];
  });
}

/** By how much the total moves on half of all days, as a share of it. */
function noiseOf(spans: readonly Span[]): number {
  const shares = spans
    .filter(({ before }) => before.value !== 0)
    .map(({ before, rest }) => Math.abs(rest / before.value))
    .sort((a, b) => a - b);
  return shares[shares.length >> 1] ?? 0;
}

/** The span of the booked date, where the total moved by the amount. */
function bookedSpan({ booked, size }: Mover, spans: readonly Span[]): Span | null {
  const span = spans.find((one) => holds(one, booked)) ?? null;
  return span !== null && size !== null && fits(span.rest, size, false) ? span : null;
}

/** The span nearby in which the total moved by the amount best. */
function fittingSpan(mover: Mover, spans: readonly Span[], noise: number): Span | null {
  const { size, isFunding } = mover;
  return size === null ? null : bestSpan(mover, spans, noise, ({ rest }) => fits(rest, size, isFunding));
}

/** The span nearby whose change is least strange with the amount, where the market moved the other way and none shows it well. */
function likeliestSpan(mover: Mover, spans: readonly Span[], noise: number): Span | null {
  const { size, isFunding } = mover;
  if (size === null || isFunding) return null;
  return bestSpan(mover, spans, noise, ({ rest }) => Math.abs(rest - size) < Math.abs(rest));
}

/** Of spans nearby that may show an amount which stands out, the one that lies nearest to it. */
function bestSpan(
  mover: Mover,
  spans: readonly Span[],
  noise: number,
  mayShow: (span: Span) => boolean,
): Span | null {
  const size = mover.size ?? 0;
  const candidates = spansWithin(mover, spans).filter(
    (span) => mayShow(span) && Math.abs(size) >= STANDS_OUT_FACTOR * noise * Math.abs(span.before.value),
  );
  return (
    candidates.sort(
      (a, b) =>
        Math.abs(a.rest - size) - Math.abs(b.rest - size) ||
        distanceOf(a, mover.booked) - distanceOf(b, mover.booked) ||
        a.after.session - b.after.session,
    )[0] ?? null
  );
}

/** The span that needs an explanation most: an unknown amount is looked for there. */
function widestSpan(mover: Mover, spans: readonly Span[]): Span | null {
  if (mover.size !== null) return null;
  const window = spansWithin(mover, spans).filter(isBeyondOrdinary);
  return (
    window.sort(
      (a, b) =>
        Math.abs(b.rest) - Math.abs(a.rest) ||
        distanceOf(a, mover.booked) - distanceOf(b, mover.booked) ||
        a.after.session - b.after.session,
    )[0] ?? null
  );
}

/** Whether figures across a span would be wrong: the total moved as on no ordinary day, or by an amount that matters. */
function hidesFigures({ size }: Mover, span: Span): boolean {
  return isBeyondOrdinary(span) || Math.abs(size ?? 0) > Math.abs(span.before.value) * HIDDEN_SHARE_MAX;
}

/** Whether a movement that no total shows may have moved it nevertheless: with it the day is an ordinary one as well. */
function mayHide({ size }: Mover, { before, rest }: Span, noise: number): boolean {
  // What never moves by itself hides nothing.
  if (size === null || noise === 0) return false;
  const ordinary = Math.abs(before.value) * Math.max(ORDINARY_DAY_SHARE, STANDS_OUT_FACTOR * noise);
  return Math.abs(size) > Math.abs(before.value) * HIDDEN_SHARE_MAX && Math.abs(rest - size) <= ordinary;
}

function isBeyondOrdinary({ before, rest }: Span): boolean {
  return Math.abs(rest) > Math.abs(before.value) * ORDINARY_DAY_SHARE;
}

function spansWithin({ booked }: Mover, spans: readonly Span[]): Span[] {
  const [first, last] = [booked - EARLY_SESSIONS_MAX, booked + LATE_SESSIONS_MAX];
  return spans.filter(({ before, after }) => after.session >= first && before.session < last);
}

function holds({ before, after }: Span, session: number): boolean {
  return before.session < session && session <= after.session;
}

/** The session of a span that lies nearest to a booked date. */
function sessionIn({ before, after }: Span, booked: number): number {
  return Math.min(Math.max(booked, before.session + 1), after.session);
}

function distanceOf(span: Span, booked: number): number {
  return Math.abs(sessionIn(span, booked) - booked);
}
