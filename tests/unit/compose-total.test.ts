import { describe, expect, it } from 'vitest';
import { composeTotal } from '@/lib/providers/snaptrade/compose-total';
import { balancesSchema, positionsSchema } from '@/lib/providers/snaptrade/schema';

interface PositionParts {
  kind?: string;
  multiplier?: string | null;
  units?: string | null;
  price?: string | null;
  cost_basis?: string | null;
  currency?: string | null;
  cash_equivalent?: boolean;
}

/** Ten shares at 5.5 that cost 4 each, unless said otherwise. */
function position({ kind = 'stock', multiplier, ...parts }: PositionParts = {}) {
  const instrument = { kind, id: 'instrument', ...(multiplier === undefined ? {} : { multiplier }) };
  return { instrument, units: '10', price: '5.5', cost_basis: '4', currency: 'USD', ...parts };
}

const row = (cash: number | null, code: string | null = 'USD') => ({ currency: { code }, cash });

function compose(balances: readonly unknown[], positions: readonly unknown[]) {
  return composeTotal(balancesSchema.parse(balances), positionsSchema.parse({ results: positions }).results);
}

const part = (total: string, costBasis: string | null, cash = '100', currency = 'USD') => ({
  total,
  cash,
  costBasis,
  currency,
});
const composed = (...[total, costBasis, cash]: Parameters<typeof part>) => [part(total, costBasis, cash)];

describe('a composed total', () => {
  it.each([
    ['is cash and units times price', [position()], composed('155', '140')],
    ['of an account without positions is its cash', [], composed('100', '100')],
    [
      'counts an option’s units as contracts of a hundred shares',
      [position({ kind: 'option', units: '2', price: '1.25', cost_basis: '1.10', multiplier: '100' })],
      composed('350', '320'),
    ],
    [
      'takes an option for a standard one when its size is not given',
      [position({ kind: 'option', units: '2', price: '1.25', cost_basis: null })],
      composed('350', null),
    ],
    [
      'counts a mini option with its own multiplier',
      [position({ kind: 'option', units: '2', price: '1.25', cost_basis: '1.10', multiplier: '10' })],
      composed('125', '122'),
    ],
    [
      'subtracts what was sold short, and what it brought from the cost',
      [position({ units: '-10' })],
      composed('45', '60'),
    ],
    [
      'counts a money-market fund once, as the cash that it is',
      [position(), position({ kind: 'mutualfund', units: '100', price: '1', cash_equivalent: true })],
      composed('155', '140'),
    ],
    [
      'does not need the price of what is cash already',
      [position({ price: null, currency: null, cash_equivalent: true })],
      composed('100', '100'),
    ],
    [
      'is told without a cost when the cost of one position is not known',
      [position(), position({ cost_basis: null })],
      composed('210', null),
    ],
    [
      'is exact where binary floating point is not',
      [position({ units: '0.1', price: '0.2' }), position({ units: '3', price: '0.1', cost_basis: '0.7' })],
      composed('100.32', '102.5'),
    ],
    [
      'of very small and very large parts loses no digit',
      [
        position({ units: '0.000000000000000001', price: '3' }),
        position({ units: '1000000000000', price: '1' }),
      ],
      composed('1000000000100.000000000000000003', '4000000000100.000000000000000004'),
    ],
  ])('%s', (_claim, positions, expected) => {
    expect(compose([row(100)], positions)).toEqual(expected);
  });

  it('lets borrowed cash count against the positions', () => {
    expect(compose([row(-30.25)], [position()])).toEqual(composed('24.75', '9.75', '-30.25'));
  });

  it('adds up all cash of the one currency', () => {
    expect(compose([row(0.1), row(0.2)], [])).toEqual(composed('0.3', '0.3', '0.3'));
  });

  it.each([
    ['cash', [row(100), row(50, 'CAD')], [], part('50', '50', '50', 'CAD')],
    ['a position', [row(100)], [position({ currency: 'CAD' })], part('55', '40', '0', 'CAD')],
    [
      'cash and positions, a debt too',
      [row(100), row(-60, 'CAD')],
      [position({ currency: 'CAD' }), position({ currency: 'CAD', cost_basis: null })],
      part('50', null, '-60', 'CAD'),
    ],
  ])('comes in one part for each currency: %s', (_what, balances, positions, second) => {
    expect(compose(balances, positions)).toEqual([part('100', '100'), second]);
  });

  it('is in one currency when nothing is held in the other one', () => {
    expect(compose([row(0, 'CAD'), row(100)], [])).toEqual(composed('100', '100'));
  });

  it('is a true zero when the account holds nothing', () => {
    expect(compose([row(0)], [])).toEqual(composed('0', '0', '0'));
  });
});

describe('no total is composed', () => {
  it.each([
    ['when the units of a position are not known', [row(100)], [position({ units: null })]],
    ['when the price of a position is not known', [row(100)], [position(), position({ price: null })]],
    ['when the currency of a position is not known', [row(100)], [position({ currency: null })]],
    [
      'of a future, whose price times its size is not its worth',
      [row(100)],
      [position({ kind: 'future', multiplier: '50' })],
    ],
    ['of a contract for difference', [row(100)], [position({ kind: 'cfd' })]],
    ['when what is held in one of two currencies is not known', [row(100), row(null, 'CAD')], []],
    ['when cash is not known', [row(null)], [position()]],
    ['when some of the cash is not known', [row(100), row(null)], []],
    ['when the currency of cash is not known', [row(100, null)], []],
    ['when nothing was said of cash', [], [position()]],
    ['when nothing was said at all', [], []],
  ])('%s', (_claim, balances, positions) => {
    expect(compose(balances, positions)).toBeNull();
  });
});
