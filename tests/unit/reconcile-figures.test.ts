import { describe, expect, it } from 'vitest';
import { type Amount, addAmounts } from '@/lib/domain/money';
import { isExternal } from '@/lib/domain/reconcile/effects';
import type { AccountEvidence } from '@/lib/domain/reconcile/evidence';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { HistoryFlow, HistorySummary, StoredPoint } from '@/lib/history/document';
import { summarise, toSeries } from '@/lib/history/summary';
import { captured, conclude, days, lineOf, row, statement, USD } from '../support/account-evidence';

// From evidence to the figures that a user reads, for an account that is the whole portfolio.

const june = days('2026-06-01', '2026-06-19');
const atLevel = (levels: Readonly<Record<string, number>>) =>
  june.map((date) => {
    const [, total = 0] = Object.entries(levels).findLast(([from]) => from <= date) ?? [];
    return captured(date, total);
  });

function figuresOf(...accounts: readonly Partial<AccountEvidence>[]): HistorySummary {
  const lines = accounts.map(lineOf);
  const conclusions = accounts.map(conclude);
  const dates = [...new Set(lines.flatMap((line) => [...line.keys()]))].toSorted();
  const points: readonly StoredPoint[] = dates.map((date) => ({
    date: toDate(date),
    value: addAmounts(...lines.map((line) => (line.get(date) ?? '0') as Amount)),
    kind: 'daily_eod',
    source: 'snaptrade',
    asOf: toInstant(`${date}T21:30:00Z`),
    accountsExpected: lines.length,
    accountsPresent: lines.length,
    carried: [],
    leftOut: [],
  }));
  const external: readonly HistoryFlow[] = conclusions
    .flatMap(({ movements }) => movements)
    .flatMap((movement) =>
      isExternal(movement) && !movement.isWithdrawn && movement.amountInAccount !== null
        ? [{ date: movement.effectiveOn, amount: movement.amountInAccount }]
        : [],
    )
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const unknown = conclusions.flatMap(({ unknownSpans }) => unknownSpans);
  return summarise(toSeries(points, external, unknown), { external, unknown, provisional: false });
}

const told = (...rows: Parameters<typeof statement>[2]) => [statement('2026-05-15', '2026-06-19', rows)];

describe('the figures of a range', () => {
  it('count a renamed deposit once', () => {
    const statements = [
      statement('2026-05-15', '2026-06-10', [
        row('2026-06-10', 2_000, { description: 'PENDING ACH DEPOSIT' }),
      ]),
      statement('2026-05-15', '2026-06-12', [row('2026-06-10', 2_000, { description: 'ACH DEPOSIT' })]),
    ];
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-10': 12_000 });
    expect(figuresOf({ observations, statements })).toMatchObject({
      netDeposits: '2000',
      twr: '0',
      mwr: '0',
    });
  });

  it('forget a deposit that was reversed', () => {
    const statements = [
      statement('2026-05-15', '2026-06-12', [row('2026-06-10', 2_000)]),
      statement('2026-05-15', '2026-06-15', []),
    ];
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-10': 12_000, '2026-06-15': 10_000 });
    expect(figuresOf({ observations, statements })).toMatchObject({ netDeposits: '0', twr: '0' });
  });

  it('are not known but for the change of value where a transfer has no amount, or a movement no known type', () => {
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-10': 22_000 });
    const inKind = told(row('2026-06-10', '0', { kind: 'transfer' }));
    const journal = told(row('2026-06-10', 12_000, { kind: 'unclassified' }));
    for (const statements of [inKind, journal]) {
      expect(figuresOf({ observations, statements })).toMatchObject({
        valueChange: '12000',
        marketChange: null,
        netDeposits: null,
        twr: null,
        notAvailable: { twr: 'movement_unknown' },
      });
    }
  });

  it('know no fall before a deposit that shows a day after it was booked', () => {
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-11': 30_000 });
    expect(figuresOf({ observations, statements: told(row('2026-06-10', 20_000)) })).toMatchObject({
      netDeposits: '20000',
      twr: '0',
      maxDrawdown: '0',
    });
  });

  it('count a deposit once, beside an equal one that had funded the account before its first value', () => {
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-03': 20_000 });
    const statements = told(row('2026-06-01', 10_000), row('2026-06-03', 10_000));
    const { movements } = conclude({ observations, statements });
    expect(movements.map(({ bookedOn, effectiveOn }) => `${bookedOn} ${effectiveOn}`)).toEqual([
      '2026-06-01 2026-06-01',
      '2026-06-03 2026-06-03',
    ]);
  });

  it('bridge the days on which money was on its way', () => {
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-08': 0, '2026-06-12': 11_000 });
    const statements = told(row('2026-06-08', -10_000), row('2026-06-12', 10_000));
    expect(figuresOf({ observations, statements })).toMatchObject({ netDeposits: '0', twr: '0.1' });
  });

  it('count a dividend as a gain, however large beside a small account', () => {
    const main = { observations: atLevel({ '2026-06-01': 100_000 }) };
    const sweep = {
      observations: atLevel({ '2026-06-01': 0.4, '2026-06-09': 3.5 }),
      statements: told(row('2026-06-09', 3.1, { kind: 'dividend' })),
    };
    expect(figuresOf(main, sweep)).toMatchObject({
      valueChange: '3.1',
      netDeposits: '0',
      marketChange: '3.1',
    });
  });

  it('read deposits whose currency was not told in the account’s own', () => {
    const observations = atLevel({ '2026-06-01': 10_000, '2026-06-10': 12_000 });
    expect(observations.every(({ currency }) => currency === USD)).toBe(true);
    expect(
      figuresOf({ observations, statements: told(row('2026-06-10', 2_000, { currency: null })) }),
    ).toMatchObject({ valueChange: '2000', netDeposits: '2000', marketChange: '0', twr: '0' });
  });

  it('lose nothing when an account is split in two', () => {
    const old = {
      observations: atLevel({ '2026-06-01': 10_000, '2026-06-10': 1_000 }),
      statements: told(row('2026-06-10', -9_000, { kind: 'transfer' })),
    };
    const young = {
      observations: atLevel({ '2026-06-01': 0, '2026-06-10': 9_000 }),
      statements: told(row('2026-06-10', 9_000, { kind: 'transfer' })),
    };
    expect(figuresOf(old, young)).toMatchObject({ valueChange: '0', netDeposits: '0', twr: '0' });
  });
});
