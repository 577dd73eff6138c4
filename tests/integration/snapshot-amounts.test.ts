import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listPublished, readPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const TWO = { accounts: ['isa', 'margin'] };

describe('cost basis', () => {
  const readGain = (userId: string) => stack.sql`
    select trim_scale(total_cost_basis)::text as cost, trim_scale(total_gain_loss)::text as gain,
      trim_scale(total_gain_loss_percent)::text as percent
    from user_portfolio_history where user_id = ${userId} and is_current`;

  test('is unknown for the day when one account does not say it, and so is the gain', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [
        value('isa', '2026-11-20', '120', { costBasis: '100' }),
        value('margin', '2026-11-20', '40'),
      ],
    });
    expect(await readGain(portfolio.userId)).toEqual([{ cost: null, gain: null, percent: null }]);
  });

  test('is summed when every account says it', async () => {
    const portfolio = await linkPortfolio(stack, TWO);
    await portfolio.record({
      observations: [
        value('isa', '2026-11-20', '120', { costBasis: '100' }),
        value('margin', '2026-11-20', '40', { costBasis: '60' }),
      ],
    });
    expect(await readGain(portfolio.userId)).toEqual([{ cost: '160', gain: '0', percent: '0' }]);
  });

  test('of nothing gives a gain but no percentage', async () => {
    const portfolio = await linkPortfolio(stack);
    await portfolio.record({ observations: [value('account', '2026-11-20', '7', { costBasis: '0' })] });
    expect(await readGain(portfolio.userId)).toEqual([{ cost: '0', gain: '7', percent: null }]);
  });
});

describe('other currencies', () => {
  const EUROS = value('depot', '2026-11-20', '100.10', { currency: 'EUR' });
  const addRate = (base: string, date: string, rate: string) => stack.service`
    insert into exchange_rates values (${base}, 'USD', ${date}, ${rate}, 'test')`;

  test('without an exchange rate there is no total, never one at rate 1', async () => {
    const portfolio = await linkPortfolio(stack, { accounts: [account('depot', { currency: 'EUR' })] });
    await portfolio.record({ observations: [EUROS] });
    expect(await readPublished(stack, portfolio.userId)).toEqual([]);
  });

  test('with the nearest rate of the day or of up to four days before, the amount is converted exactly', async () => {
    await addRate('CHF', '2026-11-16', '1.10');
    await addRate('CHF', '2026-11-18', '1.12345678');
    const portfolio = await linkPortfolio(stack, {
      accounts: ['isa', account('depot', { currency: 'CHF' })],
    });
    await portfolio.record({
      observations: [value('isa', '2026-11-20', '0.01'), { ...EUROS, currency: 'CHF' }],
    });
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 112.468023678 daily_eod']);
  });

  test('an older rate or one of a later day does not serve', async () => {
    await addRate('SEK', '2026-11-15', '0.1');
    await addRate('SEK', '2026-11-21', '0.1');
    const portfolio = await linkPortfolio(stack, { accounts: [account('depot', { currency: 'SEK' })] });
    await portfolio.record({ observations: [{ ...EUROS, currency: 'SEK' }] });
    expect(await readPublished(stack, portfolio.userId)).toEqual([]);
  });
});
