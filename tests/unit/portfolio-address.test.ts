import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  keepOffered,
  type PortfolioAddress,
  parseAddress,
  writeAddress,
  writeHistorySearch,
} from '@/components/portfolio/portfolio-address';
import { PERIODS } from '@/lib/domain/period';
import { MEASURES } from '@/lib/domain/states';
import { addDays, toDate } from '@/lib/domain/trading-date';

const parse = (search: string): PortfolioAddress => parseAddress(new URLSearchParams(search));

const DEFAULTS: PortfolioAddress = {
  span: '1M',
  accounts: [],
  measure: 'value',
  isBenchmarkShown: false,
  view: 'chart',
};

const ISA = '0b5f1c5e-6a63-4f0c-9f0e-0f8a7f0f2a01';
const MARGIN = 'd3b0c442-98fc-4c14-8afb-f4c8996fb924';

const span = fc.oneof(
  fc.constantFrom(...PERIODS),
  fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 3_000 })).map(([start, days]) => {
    const from = addDays(toDate('2001-01-01'), start);
    return { from, to: addDays(from, days) };
  }),
);
const address: fc.Arbitrary<PortfolioAddress> = fc.record({
  span,
  accounts: fc.uniqueArray(fc.uuid(), { maxLength: 4 }).map((ids) => ids.sort()),
  measure: fc.constantFrom(...MEASURES),
  isBenchmarkShown: fc.boolean(),
  view: fc.constantFrom('chart', 'table'),
});

describe('the address of a view', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(address, (view) => {
        expect(parse(writeAddress(view))).toEqual(view);
      }),
    );
  });

  it('asks the server only for what changes the numbers', () => {
    fc.assert(
      fc.property(address, fc.constantFrom(...MEASURES), (view, measure) => {
        const other: PortfolioAddress = { ...view, measure, view: 'table' };
        expect(writeHistorySearch(other)).toBe(writeHistorySearch(view));
      }),
    );
  });

  it('never throws, whatever somebody typed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('period', 'from', 'to', 'accounts', 'show', 'view'), fc.string()),
        (typed) => {
          expect(() => parse(new URLSearchParams(typed).toString())).not.toThrow();
        },
      ),
    );
  });

  it('leaves defaults out, but for the period', () => {
    expect(writeAddress(DEFAULTS)).toBe('period=1M');
    expect(writeAddress({ ...DEFAULTS, measure: 'return', view: 'table', isBenchmarkShown: true })).toBe(
      'period=1M&benchmark=sp500&show=return&view=table',
    );
  });

  it.each([
    ['', DEFAULTS],
    ['period=7W', DEFAULTS],
    ['period=1y', DEFAULTS],
    ['show=profit&view=pie&benchmark=gold', DEFAULTS],
    ['from=2026-03-03', DEFAULTS],
    ['from=2026-05-09&to=2026-03-03', DEFAULTS],
    ['from=2026-02-30&to=2026-03-03', DEFAULTS],
    ['from=1999-12-31&to=2026-03-03', DEFAULTS],
    [`accounts=${ISA},nonsense`, DEFAULTS],
    ['accounts=', DEFAULTS],
  ])('%s shows the default', (search, expected) => {
    expect(parse(search)).toEqual(expected);
  });

  it('reads dates, a selection and a measure', () => {
    expect(parse(`from=2026-03-03&to=2026-05-09&accounts=${MARGIN},${ISA},${ISA}&show=drawdown`)).toEqual({
      ...DEFAULTS,
      span: { from: '2026-03-03', to: '2026-05-09' },
      accounts: [ISA, MARGIN],
      measure: 'drawdown',
    });
  });
});

describe('a selection of accounts', () => {
  const select = (accounts: string[], known: string[]) =>
    keepOffered({ ...DEFAULTS, accounts }, { accountIds: known, isBenchmarkOffered: true }).accounts;

  it('holds while all of them are the reader’s', () => {
    expect(select([ISA], [ISA, MARGIN])).toEqual([ISA]);
  });

  it('is none when it is everything', () => {
    expect(select([ISA, MARGIN], [ISA, MARGIN])).toEqual([]);
  });

  it('is none when one of them is a stranger’s', () => {
    expect(select([ISA], [MARGIN, 'another'])).toEqual([]);
  });
});

it('an index is compared with only where one is offered', () => {
  const asked = parse('period=1Y&benchmark=sp500');
  const isShown = (isBenchmarkOffered: boolean) =>
    keepOffered(asked, { accountIds: [], isBenchmarkOffered }).isBenchmarkShown;
  expect([isShown(true), isShown(false)]).toEqual([true, false]);
});
