import { describe, expect, it } from 'vitest';
import { coverageRange, parseCoverageQuery, writePlace } from '@/lib/coverage/query';
import { DAY_CODES, readDay } from '@/lib/domain/coverage';
import { expectedEnd } from '@/lib/domain/schedule';
import { toInstant } from '@/lib/domain/trading-date';

describe('the characters of days', () => {
  it('stand for one state each', () => {
    const codes = Object.values(DAY_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [state, code] of Object.entries(DAY_CODES)) {
      expect(code).toHaveLength(1);
      expect(readDay(code)).toBe(state);
    }
  });

  it('that stand for nothing are refused', () => {
    expect(() => readDay('?')).toThrow(RangeError);
  });
});

describe('the range of the grid', () => {
  it('ends with the latest due day, and holds trading days alone', () => {
    const range = coverageRange(new Date('2026-11-28T12:00:00Z'), 7);
    expect(range).toEqual({
      from: '2026-11-21',
      to: '2026-11-27',
      due: '2026-11-27',
      reach: '2025-11-27',
      // Thursday is Thanksgiving.
      days: ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27'],
    });
  });

  it('shows the session that is on and the one that has just closed as not due', () => {
    expect(coverageRange(new Date('2026-11-24T15:00:00Z'), 7)).toMatchObject({
      due: '2026-11-23',
      to: '2026-11-24',
    });
    expect(coverageRange(new Date('2026-11-24T21:10:00Z'), 7)).toMatchObject({
      due: '2026-11-23',
      to: '2026-11-24',
    });
    expect(coverageRange(new Date('2026-11-24T14:00:00Z'), 7)).toMatchObject({
      due: '2026-11-23',
      to: '2026-11-23',
    });
  });
});

describe('a question for the grid', () => {
  const parse = (query: string) => parseCoverageQuery(new URLSearchParams(query));

  it('without words asks for the last 30 days, worst first, of everybody', () => {
    const everybody = { reason: null, provider: null, institution: null, search: null };
    const plain = { days: 30, filter: everybody, sort: 'worst', after: null, limit: 50 };
    expect(parse('')).toEqual(plain);
    expect(parse('reason=&provider=&institution=&search=')).toEqual(plain);
  });

  it('takes every filter, and the place of the page before', () => {
    const place = { missing: 2, estimated: 0, userId: 'a3bb189e-8bf9-4888-9912-ace4e6543002' };
    const query = `days=365&reason=held&provider=snaptrade&institution=Harbor+Securities&search=olivia&limit=10&after=${writePlace(place)}`;
    expect(parse(query)).toEqual({
      days: 365,
      filter: { reason: 'held', provider: 'snaptrade', institution: 'Harbor Securities', search: 'olivia' },
      sort: 'worst',
      after: place,
      limit: 10,
    });
  });

  it.each([
    { query: 'days=29', fault: /days/ },
    { query: 'days=366', fault: /days/ },
    { query: 'reason=weather', fault: /reason/ },
    { query: 'sort=name', fault: /sort/ },
    { query: 'limit=201', fault: /limit/ },
    { query: 'days=30&days=90', fault: /more than once/ },
    { query: 'who=everybody', fault: /who/ },
    { query: 'after=nowhere', fault: /no place/ },
    {
      query: `sort=email&after=${writePlace({ missing: 1, estimated: 0, userId: 'a3bb189e-8bf9-4888-9912-ace4e6543002' })}`,
      fault: /another order/,
    },
  ])('refuses $query', ({ query, fault }) => {
    expect(() => parse(query)).toThrow(fault);
  });
});

describe('the expected end of a capture', () => {
  const startedAt = toInstant('2026-11-20T21:30:00Z');
  const now = new Date('2026-11-20T21:40:00Z');

  it('goes on at the pace so far', () => {
    expect(expectedEnd({ startedAt, answered: 100, waiting: 50 }, now)).toBe('2026-11-20T21:45:00.000Z');
    expect(expectedEnd({ startedAt, answered: 100, waiting: 0 }, now)).toBe('2026-11-20T21:40:00.000Z');
  });

  it('is not known while nothing runs or nobody has answered', () => {
    expect(expectedEnd({ startedAt: null, answered: 0, waiting: 5 }, now)).toBeNull();
    expect(expectedEnd({ startedAt, answered: 0, waiting: 5 }, now)).toBeNull();
  });
});
