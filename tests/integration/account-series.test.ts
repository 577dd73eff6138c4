import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, value } from '../support/fill-fixture';
import { linkReader } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

interface Series {
  readonly accountId: string;
  readonly values: readonly { readonly date: string; readonly value: string }[];
}

async function readSeries(
  userId: string,
  lineIds: readonly string[] | null = null,
): Promise<readonly Series[]> {
  const [row] = await stack.service<{ series: readonly Series[] }[]>`
    select account_series(${userId}, '2026-11-16', '2026-11-20', ${lineIds}) as series`;
  return row?.series ?? [];
}

describe('the values of single accounts', () => {
  test('are one a day and account, the best that is known, and none where nobody knows', async () => {
    const { record, userId } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({
      observations: [
        value('isa', '2026-11-17', '100'),
        value('isa', '2026-11-19', '90071992547409930.10'),
        value('margin', '2026-11-19', '-20'),
        value('margin', '2026-11-13', '5'),
      ],
    });
    expect((await readSeries(userId)).map(({ values }) => values)).toEqual([
      [
        { date: '2026-11-17', value: '100' },
        { date: '2026-11-19', value: '90071992547409930.1' },
      ],
      [{ date: '2026-11-19', value: '-20' }],
    ]);
  });

  test('are of the accounts that are asked for, and end when an account does', async () => {
    const { record, read, userId } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({
      observations: ['2026-11-17', '2026-11-18'].flatMap((day) => [
        value('isa', day, '100'),
        value('margin', day, '7'),
      ]),
    });
    const margin = (await read()).accounts.find(({ name }) => name === 'margin');
    expect(await readSeries(userId, [margin?.id ?? ''])).toMatchObject([
      { accountId: margin?.id, values: [{ value: '7' }, { value: '7' }] },
    ]);
  });

  test('of another currency are told in the user’s, and left out on a day without a rate', async () => {
    const { record, userId } = await linkReader(stack, { accounts: [account('depot', { currency: 'NOK' })] });
    await stack.service`insert into exchange_rates values ('NOK', 'USD', '2026-11-18', 0.1, 'test')`;
    await record({
      observations: [
        value('depot', '2026-11-17', '50', { currency: 'NOK' }),
        value('depot', '2026-11-18', '50', { currency: 'NOK' }),
      ],
    });
    expect((await readSeries(userId)).map(({ values }) => values)).toEqual([
      [{ date: '2026-11-18', value: '5' }],
    ]);
  });
});
