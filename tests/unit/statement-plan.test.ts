import { describe, expect, it } from 'vitest';
import { toAmount, toCurrency } from '@/lib/domain/money';
import { entersReturns } from '@/lib/domain/statement-values';
import { toDate } from '@/lib/domain/trading-date';
import type { ImportAccount } from '@/lib/imports/document';
import { planImport } from '@/lib/imports/plan';
import type { FileRow } from '@/lib/imports/statement-file';

const ISA: ImportAccount = { id: 'id-isa', name: 'ISA', institution: 'North', currency: toCurrency('USD') };
const ROTH: ImportAccount = { id: 'id-roth', name: 'Roth', institution: 'North', currency: null };
const OTHER_ISA: ImportAccount = {
  id: 'id-other',
  name: 'ISA',
  institution: 'South',
  currency: toCurrency('EUR'),
};

function row(date: string, value = '1', parts: Partial<FileRow> = {}): FileRow {
  const amount = toAmount(value);
  if (amount === null) throw new Error(value);
  return { line: 2, date: toDate(date), value: amount, currency: null, account: null, ...parts };
}

const planned = (...rows: FileRow[]) =>
  planImport(rows, [ISA, ROTH], ISA.id).rows?.map(
    ({ account, date, currency }) => `${account.name} ${date} ${currency}`,
  );

describe('the place of a value', () => {
  it.each([
    ['2025-12-31', '2025-12-31'],
    // A Sunday, and a Monday that is Labor Day.
    ['2025-08-31', '2025-08-29'],
    ['2025-09-01', '2025-08-29'],
    ['1999-12-31', null],
    ['2000-01-02', null],
    ['2036-01-01', null],
  ])('%s is the close before it: %s', (written, session) => {
    expect(planned(row(written))).toEqual([`ISA ${session} USD`]);
  });

  it('has the currency of its row, of its account, or the product’s own', () => {
    expect(planned(row('2025-12-31', '1', { currency: toCurrency('GBP') }))).toEqual(['ISA 2025-12-31 GBP']);
    expect(planned(row('2025-12-31', '1', { account: 'Roth' }))).toEqual(['Roth 2025-12-31 USD']);
  });

  it.each(['isa', ' North  ISA ', 'north isa', 'North · ISA', 'id-isa'])(
    'names its account as %j',
    (account) => {
      expect(planned(row('2025-12-31', '1', { account }))).toEqual(['ISA 2025-12-31 USD']);
    },
  );

  it('is refused where the account is unknown, not unique, or not named', () => {
    const faults = (rows: FileRow[], accounts: ImportAccount[], chosen: string | null = null) =>
      planImport(rows, accounts, chosen).faults?.map(({ message }) => message);
    expect(faults([row('2025-12-31', '1', { account: 'Pension' })], [ISA])).toEqual([
      'You have no account called “Pension”. Yours are: North ISA.',
    ]);
    expect(faults([row('2025-12-31', '1', { account: 'ISA' })], [ISA, OTHER_ISA])).toEqual([
      'More than one account is called “ISA”. Put its institution in front: North ISA, South ISA.',
    ]);
    expect(faults([row('2025-12-31')], [ISA])).toEqual([
      'It names no account. Name one, or choose one for the file.',
    ]);
    expect(faults([row('2025-12-31')], [ISA], 'somebody else’s')).toHaveLength(1);
  });

  it('is once for each account and trading day, and a contradiction is a fault', () => {
    expect(
      planned(row('2025-08-29'), row('2025-08-31'), row('2025-08-31', '1', { account: 'Roth' })),
    ).toEqual(['ISA 2025-08-29 USD', 'Roth 2025-08-29 USD']);
    const contradiction = planImport([row('2025-08-29'), row('2025-08-31', '2', { line: 3 })], [ISA], ISA.id);
    expect(contradiction.faults).toEqual([
      {
        line: 3,
        column: 'value',
        message: 'Line 2 gives another value of ISA for the same trading day, 2025-08-29.',
      },
    ]);
  });
});

describe('a day enters returns', () => {
  it.each([
    ['daily_eod', 'snaptrade', true],
    ['reconstructed', 'snaptrade', true],
    ['estimated', 'snaptrade', false],
    ['estimated', 'statement', false],
    ['estimated', 'snaptrade,statement', false],
    ['estimated', 'official_statement', true],
    ['estimated', 'official_statement,snaptrade', true],
  ])('as %s from %s: %s', (kind, source, enters) => {
    expect(entersReturns({ kind, source })).toBe(enters);
  });
});
