import { describe, expect, it } from 'vitest';
import { type EstimateCase, estimateDays, type HoldingsChange } from '@/lib/domain/estimate';
import type { Amount } from '@/lib/domain/money';
import { toDate } from '@/lib/domain/trading-date';

/* The week of Monday, 2026-11-16. Every figure is worked out by hand beside it; the anchor is Friday's close. */
const day = (date: number) => toDate(`2026-11-${String(date).padStart(2, '0')}`);
const MONDAY = day(16);
const FRIDAY = day(20);

const amount = (text: string | number) => String(text) as Amount;

/** Closes of symbols by the days of November. */
function closesOf(symbols: Readonly<Record<string, Readonly<Record<number, number>>>>) {
  return new Map(
    Object.entries(symbols).map(([symbol, closes]) => [
      symbol,
      new Map(Object.entries(closes).map(([date, close]) => [day(Number(date)), amount(close)])),
    ]),
  );
}

interface Parts {
  readonly value: number;
  readonly cash?: number;
  readonly held?: Readonly<Record<string, number>>;
  readonly changes?: readonly HoldingsChange[] | null;
  readonly closes?: Parameters<typeof closesOf>[0];
  readonly splits?: readonly { readonly symbol: string; readonly date: number; readonly ratio: string }[];
  readonly since?: number;
}

function caseOf({
  value,
  cash = 0,
  held = {},
  changes = [],
  closes = {},
  splits = [],
  since = 1,
}: Parts): EstimateCase {
  return {
    anchor: {
      date: FRIDAY,
      value: amount(value),
      cash: amount(cash),
      positions: Object.entries(held).map(([symbol, units]) => ({ symbol, units: amount(units) })),
    },
    changes,
    since: day(since),
    prices: {
      closes: closesOf(closes),
      splits: splits.map((split) => ({ ...split, date: day(split.date), ratio: amount(split.ratio) })),
    },
  };
}

const change = (date: number, cash: number, symbol: string | null = null, units = 0): HoldingsChange => ({
  date: day(date),
  symbol,
  units: amount(units),
  cash: amount(cash),
});

/** As `20 230 A`: the day of November, the value, and whose price is carried. */
const estimate = (parts: Parts, from = MONDAY) =>
  estimateDays(caseOf(parts), from).map(({ date, value, carried }) =>
    [Number(date.slice(8)), value, ...carried].join(' '),
  );

const A = { 16: 10, 17: 11, 18: 12, 19: 13, 20: 14 };

describe('an estimate from the changes of the holdings', () => {
  it('is what was held at the closes of the day, with the cash', () => {
    // 100 + 10 × 13, 12, 11, 10
    expect(estimate({ value: 240, cash: 100, held: { A: 10 }, closes: { A } })).toEqual([
      '19 230',
      '18 220',
      '17 210',
      '16 200',
    ]);
  });

  it('takes a split back: before it there were fewer units at a higher price', () => {
    // Two for one on Wednesday: 20 × 13, 20 × 12, then 10 × 22, 10 × 20.
    const closes = { A: { 16: 20, 17: 22, 18: 12, 19: 13, 20: 14 } };
    const splits = [{ symbol: 'A', date: 18, ratio: '2' }];
    expect(estimate({ value: 280, held: { A: 20 }, closes, splits })).toEqual([
      '19 260',
      '18 240',
      '17 220',
      '16 200',
    ]);
  });

  it('takes a trade of the day of a split back in new units, and a reverse split as well', () => {
    // 4 new units for 48 on Wednesday: 24 × 12 = 288; before, 20 / 2 = 10 × 22 + 48 = 268.
    const closes = { A: { 17: 22, 18: 12, 19: 13, 20: 14 } };
    const splits = [{ symbol: 'A', date: 18, ratio: '2' }];
    const changes = [change(18, -48, 'A', 4)];
    expect(estimate({ value: 336, held: { A: 24 }, changes, closes, splits }, day(17))).toEqual([
      '19 312',
      '18 288',
      '17 268',
    ]);
    // One for ten on Wednesday: 2 × 120; before, 20 × 11.
    const merged = { A: { 17: 11, 18: 120, 19: 130, 20: 140 } };
    const reverse = [{ symbol: 'A', date: 18, ratio: '0.1' }];
    expect(estimate({ value: 280, held: { A: 2 }, closes: merged, splits: reverse }, day(17))).toEqual([
      '19 260',
      '18 240',
      '17 220',
    ]);
  });

  it('knows what was sold since: a position that is gone counts while it was there', () => {
    // 5 B sold for 150 on Thursday: cash 150; before, 5 × 29 and 5 × 28.
    const closes = { B: { 17: 28, 18: 29 } };
    const changes = [change(19, 150, 'B', -5)];
    expect(estimate({ value: 150, cash: 150, changes, closes }, day(17))).toEqual([
      '19 150',
      '18 145',
      '17 140',
    ]);
  });

  it('has no deposit before it came', () => {
    expect(estimate({ value: 300, cash: 300, changes: [change(18, 100)] }, day(17))).toEqual([
      '19 300',
      '18 300',
      '17 200',
    ]);
  });

  it('knows a spin-off: before it, the parent alone was worth as much', () => {
    // 2 S came on Wednesday: 10 × 41 + 2 × 51, 10 × 40 + 2 × 50, and 10 × 50 before.
    const closes = { P: { 17: 50, 18: 40, 19: 41, 20: 42 }, S: { 18: 50, 19: 51, 20: 52 } };
    const changes = [change(18, 0, 'S', 2)];
    expect(estimate({ value: 524, held: { P: 10, S: 2 }, changes, closes }, day(17))).toEqual([
      '19 512',
      '18 500',
      '17 500',
    ]);
  });

  it('takes back on Friday’s close what happened on the weekend after it', () => {
    const changes = [change(14, 50)];
    expect(estimate({ value: 100, cash: 100, changes }, day(13)).slice(-2)).toEqual(['16 100', '13 50']);
  });
});

describe('a close that is missing', () => {
  it('is carried from the session before, by name', () => {
    const closes = { A: { 16: 10, 17: 11, 19: 13, 20: 14 } };
    expect(estimate({ value: 140, held: { A: 10 }, closes })).toEqual([
      '19 130',
      '18 110 A',
      '17 110',
      '16 100',
    ]);
  });

  it('is carried over a split in units of its own day', () => {
    // Wednesday has no close: Tuesday's 22 for one old unit is 11 for each of two new ones, and 20 × 11 = 220.
    const closes = { A: { 17: 22, 19: 13, 20: 14 } };
    const splits = [{ symbol: 'A', date: 18, ratio: '2' }];
    expect(estimate({ value: 280, held: { A: 20 }, closes, splits }, day(17))).toEqual([
      '19 260',
      '18 220 A',
      '17 220',
    ]);
  });

  it('is carried for five sessions and never zero: after that the day has no estimate', () => {
    // Known on Monday the 9th and on Thursday the 19th: the 10th to the 16th are carried, the 17th and 18th are not.
    const closes = { A: { 9: 10, 19: 13, 20: 14 } };
    expect(estimate({ value: 140, held: { A: 10 }, closes }, day(9))).toEqual([
      '19 130',
      '16 100 A',
      '13 100 A',
      '12 100 A',
      '11 100 A',
      '10 100 A',
      '9 100',
    ]);
  });

  it('of a symbol that was delisted is carried until it was paid out', () => {
    // Last traded on Tuesday at 29; 3 units were paid out at 30 on Thursday.
    const closes = { D: { 16: 28, 17: 29 } };
    const changes = [change(19, 90, 'D', -3)];
    expect(estimate({ value: 90, cash: 90, changes, closes })).toEqual([
      '19 90',
      '18 87 D',
      '17 87',
      '16 84',
    ]);
  });

  it('on the day of the anchor leaves nothing to begin with', () => {
    expect(estimate({ value: 140, held: { A: 10 }, closes: { A: { 9: 10 } } })).toEqual([]);
  });
});

describe('nothing is estimated', () => {
  it('before the account was active', () => {
    expect(estimate({ value: 240, cash: 100, held: { A: 10 }, closes: { A }, since: 18 })).toEqual([
      '19 230',
      '18 220',
    ]);
  });

  it('from holdings that do not explain the believed value', () => {
    expect(estimate({ value: 300, cash: 100, held: { A: 10 }, closes: { A } })).toEqual([]);
  });

  it('before a day on which more was sold than was there', () => {
    // 12 A bought on Thursday of which 10 are left: a sale is missing.
    const changes = [change(19, -156, 'A', 12)];
    expect(estimate({ value: 140, held: { A: 10 }, changes, closes: { A } })).toEqual(['19 130']);
  });

  it('of a day that is no session, nor after the anchor', () => {
    const changes = [change(23, 1_000)];
    const dates = estimateDays(caseOf({ value: 10, cash: 10, changes }), day(13)).map(({ date }) => date);
    expect(dates).toEqual([day(19), day(18), day(17), day(16), day(13)]);
  });
});

it('what is sold short is worth less than nothing', () => {
  // 500 − 10 × 13 and so on.
  expect(estimate({ value: 360, cash: 500, held: { A: -10 }, closes: { A } }).slice(0, 2)).toEqual([
    '19 370',
    '18 380',
  ]);
});

it('the line ends in the believed value: what the closes miss of it is missed on every day', () => {
  expect(estimate({ value: 242, cash: 100, held: { A: 10 }, closes: { A } }).slice(0, 2)).toEqual([
    '19 232',
    '18 222',
  ]);
});

it('without the changes, what is held now stands for what was, and is called so', () => {
  const closes = { A: { 17: 22, 18: 12, 19: 13, 20: 14 } };
  const splits = [{ symbol: 'A', date: 18, ratio: '2' }];
  const parts = { value: 280, held: { A: 20 }, closes, splits };
  const [held] = estimateDays(caseOf({ ...parts, changes: null }), day(17));
  const [replayed] = estimateDays(caseOf(parts), day(17));
  expect([held?.basis, replayed?.basis]).toEqual(['holdings', 'replay']);
  expect(held?.value).toBe(replayed?.value);
});

it('fractions of units and cents stay exact', () => {
  const closes = { A: { 19: 0.1, 20: 0.3 } };
  expect(estimate({ value: 0.3, held: { A: 1 }, closes }, day(19))).toEqual(['19 0.1']);
});
