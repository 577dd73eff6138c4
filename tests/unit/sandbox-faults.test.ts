import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { FaultBook, type FaultTarget, faultSchema } from '@/lib/local/sandbox/faults';

const NOON = toInstant('2026-11-20T12:00:00Z');
const TARGET: FaultTarget = {
  operation: 'getAccount',
  userId: 'user-1',
  connectionId: 'connection-1',
  accountId: 'account-1',
};

const rule = (parts: Record<string, unknown>) =>
  faultSchema.parse({ id: 'f', effect: { type: 'status', status: 503 }, ...parts });

function isMet(parts: Record<string, unknown>, target = TARGET, now = NOON): boolean {
  return new FaultBook([rule(parts)]).open(now).onAnswer(target).length === 1;
}

describe('a fault', () => {
  it.each([
    [{}, true],
    [{ operation: 'getAccount' }, true],
    [{ operation: 'listAccounts' }, false],
    [{ userId: 'user-1', accountId: 'account-1' }, true],
    [{ userId: 'user-1', accountId: 'account-2' }, false],
    [{ connectionId: 'connection-2' }, false],
  ])('matching %j meets the request: %s', (match, met) => {
    expect(isMet({ match })).toBe(met);
  });

  it('that names an account does not meet a whole list', () => {
    expect(isMet({ match: { accountId: 'account-1' } }, { ...TARGET, accountId: null })).toBe(false);
  });

  it('holds from its start until just before its end', () => {
    const parts = { from: '2026-11-20T12:00:00Z', until: '2026-11-20T13:00:00Z' };
    const at = (text: string) => isMet(parts, TARGET, toInstant(text));
    expect(at('2026-11-20T11:59:59Z')).toBe(false);
    expect(at('2026-11-20T12:00:00Z')).toBe(true);
    expect(at('2026-11-20T13:00:00Z')).toBe(false);
  });

  it('ends after as many requests as it says, however many accounts each of them has', () => {
    const book = new FaultBook([rule({ effect: { type: 'null_total' }, times: 2 })]);
    const requests = [1, 2, 3].map(() => {
      const faults = book.open(NOON);
      return ['a', 'b'].flatMap((accountId) => faults.onValue({ ...TARGET, accountId })).length;
    });
    expect(requests).toEqual([2, 2, 0]);
    expect(book.list()).toMatchObject([{ id: 'f', met: 2 }]);
  });

  it('hits either the whole answer or the values in it', () => {
    const faults = new FaultBook([rule({ effect: { type: 'zero_total' } })]).open(NOON);
    expect(faults.onAnswer(TARGET)).toEqual([]);
    expect(faults.onValue(TARGET)).toEqual([{ type: 'zero_total' }]);
  });

  it('added under a known id takes the place of the old one and counts anew', () => {
    const book = new FaultBook([rule({ times: 1 })]);
    book.open(NOON).onAnswer(TARGET);
    book.add(rule({ times: 1 }));
    expect(book.open(NOON).onAnswer(TARGET)).toHaveLength(1);
    expect(book.list()).toHaveLength(1);
  });
});
