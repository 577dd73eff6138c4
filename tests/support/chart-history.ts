import fc from 'fast-check';
import { type Amount, type Currency, toAmount, toCurrency } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { GAP_REASONS, type GapReason, KINDS, type Kind } from '@/lib/domain/states';
import { type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';
import type { HistoryDocument, HistoryGap, HistoryPoint, LiveValue } from '@/lib/history/document';

/** Decimal text as an amount; throws on anything else, since a test wrote it. */
export function amountOf(text: string): Amount {
  const amount = toAmount(text);
  if (amount === null) throw new RangeError(`not an amount: ${text}`);
  return amount;
}

export function currencyOf(text: string): Currency {
  const currency = toCurrency(text);
  if (currency === null) throw new RangeError(`not a currency: ${text}`);
  return currency;
}

/** A point that is complete and captured, unless named otherwise. */
export function makePoint(
  date: string,
  value: string,
  kind: Kind = 'daily_eod',
  changes: Partial<HistoryPoint> = {},
): HistoryPoint {
  return {
    date: toDate(date),
    value: amountOf(value),
    kind,
    source: 'snaptrade',
    asOf: toInstant(`${date}T21:32:00Z`),
    accountsExpected: 2,
    accountsPresent: 2,
    carried: [],
    leftOut: [],
    twr: null,
    drawdown: null,
    netDeposits: null,
    ...changes,
  };
}

export function makeGap(
  from: string,
  to: string,
  reason: GapReason = 'unavailable',
  changes: Partial<HistoryGap> = {},
): HistoryGap {
  const days = tradingSessions(from, to).length;
  return {
    from: toDate(from),
    to: toDate(to),
    days,
    reason,
    final: false,
    nextAttemptAt: null,
    attempts: 0,
    ...changes,
  };
}

export const LIVE: LiveValue = {
  value: amountOf('104.5'),
  asOf: toInstant('2026-11-23T19:32:00Z'),
  source: 'snaptrade',
};

/** A whole document around some points and gaps. */
export function makeHistory(changes: Partial<HistoryDocument>): HistoryDocument {
  return {
    period: '1M',
    knownFrom: toDate('2024-11-19'),
    from: toDate('2026-10-20'),
    to: toDate('2026-11-20'),
    currency: currencyOf('USD'),
    points: [],
    gaps: [],
    flows: [],
    corrections: [],
    accounts: [],
    intraday: [],
    benchmark: null,
    split: null,
    market: { isOpen: false, changesAt: toInstant('2026-11-23T14:30:00Z') },
    live: null,
    summary: {
      from: null,
      to: null,
      valueChange: null,
      netDeposits: null,
      marketChange: null,
      twr: null,
      mwr: null,
      maxDrawdown: null,
      provisional: false,
      notAvailable: {},
    },
    coverage: { expectedDays: 0, presentDays: 0, byKind: { daily_eod: 0, reconstructed: 0, estimated: 0 } },
    connections: [],
    dataNotice: null,
    ...changes,
  };
}

export type PointsAndGaps = Pick<HistoryDocument, 'points' | 'gaps'>;

const SESSIONS = tradingSessions('2026-01-02', '2026-06-30').map((session) => session.date);

/** Every expected day of a range is either a point of some kind or part of a gap for some reason. */
export const pointsAndGaps: fc.Arbitrary<PointsAndGaps> = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        cents: fc.integer({ min: -5_000_000, max: 500_000_000 }),
      }),
      fc.record({ reason: fc.constantFrom(...GAP_REASONS.slice(0, 3)) }),
    ),
    { maxLength: 60 },
  )
  .map(layOutDays);

type Day = { readonly kind: Kind; readonly cents: number } | { readonly reason: GapReason };

function layOutDays(days: readonly Day[]): PointsAndGaps {
  const points: HistoryPoint[] = [];
  const gaps: { from: TradingDate; to: TradingDate; reason: GapReason }[] = [];
  days.forEach((day, at) => {
    const date = SESSIONS[at];
    if (date === undefined) return;
    const open = gaps.at(-1);
    if ('kind' in day) points.push(makePoint(date, (day.cents / 100).toFixed(2), day.kind));
    else if (open !== undefined && open.reason === day.reason && open.to === SESSIONS[at - 1]) open.to = date;
    else gaps.push({ from: date, to: date, reason: day.reason });
  });
  return { points, gaps: gaps.map((gap) => makeGap(gap.from, gap.to, gap.reason)) };
}
