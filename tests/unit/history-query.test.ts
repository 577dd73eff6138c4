import { describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { parseHistoryQuery } from '@/lib/history/query';

const latest = toDate('2026-11-20');
const parse = (query: string) => parseHistoryQuery(new URLSearchParams(query), latest);

describe('a history query', () => {
  it('is a month when nothing is asked', () => {
    expect(parse('')).toEqual({ period: '1M', from: '2026-10-20', to: '2026-11-20' });
  });

  it('leaves the beginning of everything to the data', () => {
    expect(parse('period=ALL')).toEqual({ period: 'ALL', from: null, to: '2026-11-20' });
  });

  it('takes a range as it is given', () => {
    expect(parse('from=2026-01-01&to=2026-06-30')).toEqual({
      period: 'custom',
      from: '2026-01-01',
      to: '2026-06-30',
    });
  });

  it('selects accounts and an index beside any period or range', () => {
    const accounts = ['5f0c0f6e-6a55-4d5c-9d0f-0b7b6f7f4c11', 'b4e3a6e0-4d5b-4f0a-8a55-2f64a8a6f0aa'];
    const shown = { accounts, benchmark: 'sp500' };
    const selection = `accounts=${accounts.join(',')}&benchmark=sp500`;
    expect(parse(selection)).toMatchObject({ period: '1M', ...shown });
    expect(parse(`period=ALL&${selection}`)).toMatchObject({ period: 'ALL', ...shown });
    expect(parse(`from=2026-01-01&to=2026-06-30&${selection}`)).toMatchObject({ period: 'custom', ...shown });
  });

  it.each([
    ['an unknown period', 'period=2W', 'period'],
    ['a period in lower case', 'period=1y', 'period'],
    ['a period and a range', 'period=1W&from=2026-01-01&to=2026-02-01', 'either period'],
    ['half a range', 'from=2026-01-01', 'go together'],
    ['an inverted range', 'from=2026-02-01&to=2026-01-01', 'must not be after'],
    ['a giant range', 'from=2001-01-01&to=2026-01-01', 'at most'],
    ['a day that does not exist', 'from=2026-02-30&to=2026-03-01', 'from'],
    ['a date in another form', 'from=01/02/2026&to=2026-03-01', 'from'],
    ['a date outside the calendar', 'from=1999-12-31&to=2000-03-01', 'from'],
    ['a parameter given twice', 'period=1W&period=1M', 'more than once'],
    ['a selection of nothing', 'accounts=', 'accounts'],
    ['an account that is no id', 'accounts=isa', 'accounts'],
    ['an unknown index', 'benchmark=dax', 'benchmark'],
    ['an unknown parameter', 'perod=1W', 'perod'],
  ])('is refused in words: %s', (_what, query, word) => {
    expect(() => parse(query)).toThrow(word);
  });
});
