import type { ExchangeRate } from '@/lib/domain/exchange-rate';
import type { Amount, Currency } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type {
  AccountEvidence,
  Decision,
  MovementRow,
  MovementStatement,
  Reading,
  Sighting,
} from '@/lib/domain/reconcile/evidence';
import { type Reconciliation, reconcile } from '@/lib/domain/reconcile/reconcile';
import type { Kind } from '@/lib/domain/states';
import { type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';

// Short ways to write down what was reported of one account. Ids are made of what is reported, so that a test can name them.

export const USD = 'USD' as Currency;
export const CAD = 'CAD' as Currency;

/** The trading days from one date to another. */
export const days = (from: string, to: string): readonly TradingDate[] =>
  tradingSessions(from, to).map(({ date }) => date);

/** A total read ninety minutes after a summer's close. */
export function captured(date: string, total: string | number, more: Partial<Reading> = {}): Reading {
  return {
    id: `${date} ${total}`,
    date: toDate(date),
    total: String(total) as Amount,
    currency: USD,
    kind: 'daily_eod',
    asOf: toInstant(`${date}T21:30:00Z`),
    ...more,
  };
}

/** One value of the broker's own history. */
export function past(date: string, total: string | number, more: Partial<Reading> = {}): Reading {
  const kind: Kind = 'reconstructed';
  return captured(date, total, {
    id: `${date} ${total} history`,
    kind,
    asOf: toInstant(`${date}T20:00:00Z`),
    ...more,
  });
}

export const capturedOn = (dates: readonly string[], total: string | number, more: Partial<Reading> = {}) =>
  dates.map((date) => captured(date, total, more));
export const pastOn = (dates: readonly string[], total: string | number) =>
  dates.map((date) => past(date, total));

export function row(
  date: string,
  amount: string | number | null,
  more: Partial<MovementRow> = {},
): MovementRow {
  const isOut = amount !== null && Number(amount) < 0;
  return {
    id: `${date} ${amount} ${more.description ?? ''}`,
    reference: null,
    kind: isOut ? 'withdrawal' : 'deposit',
    amount: amount === null ? null : (String(amount) as Amount),
    currency: null,
    date: toDate(date),
    description: null,
    ...more,
  };
}

/** A complete statement, read on the evening of its last day. */
export function statement(
  from: string,
  to: string,
  rows: readonly MovementRow[],
  more: Partial<MovementStatement> = {},
): MovementStatement {
  return {
    id: `${from} ${to}`,
    readAt: toInstant(`${to}T22:00:00Z`),
    from: toDate(from),
    to: toDate(to),
    isComplete: true,
    rows,
    ...more,
  };
}

export function sighting(date: string, more: Partial<Sighting> = {}): Sighting {
  return {
    id: `sighting ${date}`,
    at: toInstant(`${date}T21:30:00Z`),
    isListed: true,
    isOpen: true,
    category: 'investment',
    isPaper: false,
    currency: null,
    ...more,
  };
}

export const rate = (date: string, base: string, quote: string, value: string): ExchangeRate => ({
  date: toDate(date),
  base: base as Currency,
  quote: quote as Currency,
  rate: value as Amount,
});

export function evidenceOf(parts: Partial<AccountEvidence>): AccountEvidence {
  return {
    observations: [],
    statements: [],
    facts: [],
    corroboration: [],
    decisions: [],
    standsBefore: null,
    rates: [],
    homeCurrency: USD,
    immaterial: null,
    now: toInstant('2026-11-20T22:00:00Z'),
    ...parts,
  };
}

export const conclude = (parts: Partial<AccountEvidence>): Reconciliation => reconcile(evidenceOf(parts));

/** What was held, as `date total: reason`. */
export function heldOf(parts: Partial<AccountEvidence>): readonly string[] {
  const { observations } = evidenceOf(parts);
  const byId = new Map(observations.map((reading) => [reading.id, reading]));
  return conclude(parts).verdicts.flatMap(({ id, reason }) =>
    reason === null ? [] : [`${byId.get(id)?.date} ${byId.get(id)?.total}: ${reason}`],
  );
}

const RANK: Readonly<Record<Kind, number>> = { estimated: 0, reconstructed: 1, daily_eod: 2 };

/** The reading that stands for each day, by the rule that publishes: of the accepted ones the best kind, of that the newest. */
export function standingOf(
  readings: readonly Reading[],
  isAccepted: (id: string) => boolean,
): ReadonlyMap<TradingDate, Reading> {
  const standing = new Map<TradingDate, Reading>();
  for (const reading of readings) {
    const known = standing.get(reading.date);
    if (!isAccepted(reading.id)) continue;
    const isBetter =
      known === undefined ||
      RANK[reading.kind] > RANK[known.kind] ||
      (reading.kind === known.kind && reading.asOf > known.asOf);
    if (isBetter) standing.set(reading.date, reading);
  }
  return standing;
}

/** The believed total of each session. */
export function lineOf(parts: Partial<AccountEvidence>): ReadonlyMap<string, string> {
  const { observations } = evidenceOf(parts);
  const accepted = new Set(conclude(parts).verdicts.flatMap(({ id, accepted }) => (accepted ? [id] : [])));
  const line = standingOf(observations, (id) => accepted.has(id));
  return new Map([...line].toSorted().map(([date, { total }]) => [date, total]));
}

/** The movements that count, as `effective date amount`. */
export const flowsOf = (parts: Partial<AccountEvidence>): readonly string[] =>
  conclude(parts).movements.flatMap(({ isWithdrawn, effectiveOn, amountInAccount }) =>
    isWithdrawn ? [] : [`${effectiveOn} ${amountInAccount ?? 'unknown'}`],
  );

export const decideOn = (
  readingId: string,
  verdict: 'accept' | 'reject' | 'take_back',
  at = '2026-11-20T22:00:00Z',
): Decision => ({
  id: `${readingId} ${verdict}`,
  at: toInstant(at),
  about: 'reading',
  readingId,
  verdict,
});
