import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAmounts, subtractAmounts, toAmount } from '@/lib/domain/money';
import { previousSession, sessionOn, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { accountValueAt, accountValueOn, settleFlows } from '@/lib/local/sandbox/account-value';
import { createMarket, DEFAULT_SHIFT_SESSIONS } from '@/lib/local/sandbox/market';
import { readRealCloses } from '@/lib/local/sandbox/real-closes';
import { accountSchema, type SandboxAccount } from '@/lib/local/sandbox/scenario';
import { type AccountInput, account } from '@/tests/support/scenario';

const MARKET = createMarket(
  [
    {
      symbol: 'SANDBOX-500',
      shiftSessions: DEFAULT_SHIFT_SESSIONS,
      startLevel: '100',
      baseDate: '2024-11-01',
    },
  ],
  readRealCloses(),
);

function build(parts: Partial<AccountInput>): SandboxAccount {
  return accountSchema.parse(account(parts));
}

function valueOn(parts: Partial<AccountInput>, date: string): string | null {
  return accountValueOn(build(parts), toDate(date), MARKET);
}

describe('the value of a sandbox account', () => {
  it('is unknown before the account was opened and on days without a session', () => {
    expect(valueOn({ openedOn: '2026-11-10' }, '2026-11-09')).toBeNull();
    expect(valueOn({}, '2026-11-26')).toBeNull();
  });

  it('is the deposit on the day of the deposit, however it is invested', () => {
    const flows = [{ date: '2026-03-02', amount: '1234.56', type: 'CONTRIBUTION' as const }];
    expect(valueOn({ openedOn: '2026-03-02', investedShare: 1, flows }, '2026-03-02')).toBe('1234.56');
  });

  it('moves with the market only in its invested part', () => {
    const level = (date: string) => MARKET.levelOn('SANDBOX-500', toDate(date));
    const growth = level('2026-06-30')?.div(level('2025-01-02') ?? 1);
    const expected = growth?.times(4000).plus(6000).toFixed(2);
    expect(Number(valueOn({ investedShare: 0.4 }, '2026-06-30'))).toBe(Number(expected));
  });

  it('does not jump by more than the deposit when a deposit comes in', () => {
    const sessions = tradingSessions('2025-02-03', '2026-11-20').map(({ date }) => date);
    fc.assert(
      fc.property(
        fc.constantFrom(...sessions),
        fc.integer({ min: -4_000_00, max: 90_000_00 }),
        (date, cents) => {
          const amount = toAmount((cents / 100).toFixed(2)) ?? '';
          const base = build({ investedShare: 1 });
          const flow = { date, amount, type: 'CONTRIBUTION' as const };
          const withFlow = build({ investedShare: 1, flows: [...base.flows, flow] });
          const without = accountValueOn(base, date, MARKET);
          const withIt = accountValueOn(withFlow, date, MARKET);
          if (without === null || withIt === null) throw new Error('both are known');
          const unexplained = subtractAmounts(subtractAmounts(withIt, without), toAmount(amount) ?? without);
          // Each of the two values is rounded to a cent by itself.
          expect(Math.abs(Number(unexplained))).toBeLessThanOrEqual(0.01);
        },
      ),
    );
  });

  it('lets a weekend flow take effect at the next session', () => {
    const flows = [
      { date: '2025-01-02', amount: '100', type: 'CONTRIBUTION' as const },
      { date: '2026-11-14', amount: '50', type: 'CONTRIBUTION' as const },
    ];
    expect(valueOn({ flows }, '2026-11-13')).toBe('100');
    expect(valueOn({ flows }, '2026-11-16')).toBe('150');
  });

  it('is a true zero after everything was withdrawn, and the flow carries the whole value', () => {
    const emptied = build({
      investedShare: 0.7,
      flows: [
        { date: '2025-01-02', amount: '5000', type: 'CONTRIBUTION' },
        { date: '2026-05-04', amount: 'everything', type: 'WITHDRAWAL' },
      ],
    });
    const kept = build({ investedShare: 0.7, flows: emptied.flows.slice(0, 1) });
    const [, withdrawal] = settleFlows(emptied, toDate('2026-05-04'), MARKET).settled;
    const lost = accountValueOn(kept, toDate('2026-05-04'), MARKET);
    if (withdrawal === undefined || lost === null) throw new Error('both are known');
    expect(accountValueOn(emptied, toDate('2026-05-04'), MARKET)).toBe('0');
    expect(addAmounts(lost, withdrawal.amount)).toBe('0');
  });

  it('keeps dividends and fees in cash', () => {
    const flows = [
      { date: '2025-01-02', amount: '100', type: 'CONTRIBUTION' as const },
      { date: '2025-02-03', amount: '7', type: 'DIVIDEND' as const },
      { date: '2025-02-03', amount: '-2', type: 'FEE' as const },
    ];
    const { settled } = settleFlows(build({ investedShare: 1, flows }), toDate('2025-02-03'), MARKET);
    expect(settled.map(({ level }) => level === null)).toEqual([false, true, true]);
  });

  it('is what an override says, and one for lack of history changes no value', () => {
    const overrides = { '2026-11-18': '1.23', '2026-11-19': null };
    expect(valueOn({ overrides }, '2026-11-18')).toBe('1.23');
    expect(valueOn({ overrides }, '2026-11-19')).toBe('10000');
  });
});

describe('the value within a day', () => {
  const invested = build({ investedShare: 1 });
  const at = (instant: string) => Number(accountValueAt(invested, toInstant(instant), MARKET));
  const closeOf = (date: string) => Number(accountValueOn(invested, toDate(date), MARKET));

  it('is the last close from the close to the next open', () => {
    expect(at('2026-11-20T21:00:00Z')).toBe(closeOf('2026-11-20'));
    expect(at('2026-11-22T12:00:00Z')).toBe(closeOf('2026-11-20'));
    expect(at('2026-11-23T14:29:59Z')).toBe(closeOf('2026-11-20'));
  });

  it('lies between two closes in mid-session', () => {
    const session = sessionOn('2026-11-23');
    if (session === null) throw new Error('a trading day');
    const closes = [closeOf(previousSession(session.date).date), closeOf(session.date)];
    const middle = at('2026-11-23T17:45:00Z');
    expect(middle).toBeGreaterThan(Math.min(...closes));
    expect(middle).toBeLessThan(Math.max(...closes));
  });

  it('is unknown until the first close after the opening', () => {
    const fresh = build({ openedOn: '2026-11-20', flows: [] });
    expect(accountValueAt(fresh, toInstant('2026-11-20T16:00:00Z'), MARKET)).toBeNull();
    expect(accountValueAt(fresh, toInstant('2026-11-20T21:00:00Z'), MARKET)).toBe('0');
  });
});
