import { expect, it } from 'vitest';
import { decideMatch, readOpenMatches, splitAccount } from '@/lib/connections/store';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { countLines } from '../support/linked-user';
import { plaidItem } from '../support/plaid-harness';
import { linkPlaidItem } from '../support/plaid-linking';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const LATER = new Date('2026-11-20T23:00:00Z');
const SAME = { openedOn: '2026-10-01', investedShare: 1 } as const;
const AT_ALPACA = { name: 'Alpaca', slug: 'ALPACA' };

/** One real account that a user sees through both sources, the second of which they link on Friday. */
async function openTwice(throughPortal: Parameters<typeof account>[0], byKeys = {}): Promise<WorkerHarness> {
  const accounts = [account({ ...SAME, ...throughPortal })];
  const harness = await harnesses.open(
    scenario({
      users: [user({ connections: [connection({ institution: AT_ALPACA, accounts })] })],
      alpacaAccounts: [alpacaAccount({ ...SAME, ...byKeys })],
    }),
  );
  await harness.tick(THURSDAY_NIGHT);
  await linkOwnAccount(harness, harness.userId(), FRIDAY_NIGHT);
  await harness.tick(FRIDAY_NIGHT);
  return harness;
}

const matchesOf = (harness: WorkerHarness) => readOpenMatches(harness.stack.admin, harness.userId());
const lastDay = async (harness: WorkerHarness) =>
  (await readPublished(harness.stack, harness.userId())).at(-1);

it('an account that two sources name by the same id of the broker’s is counted once', async () => {
  const harness = await openTwice({ institutionAccountId: 'alpaca-1' });
  expect(await countLines(harness)).toBe(1);
  expect(await matchesOf(harness)).toEqual([]);
  expect(await lastDay(harness)).toMatchObject({
    date: '2026-11-20',
    value: harness.brokerTotal('2026-11-20', 'account-1'),
    expected: 1,
  });
});

it('one that each source names in its own way is counted once while its owner is asked', async () => {
  const harness = await openTwice({ institutionAccountId: 'in-another-way' });
  const [match, ...others] = await matchesOf(harness);
  expect(others).toEqual([]);
  expect(match).toMatchObject({ candidate: { institution: 'Alpaca', lastValueOn: '2026-11-20' } });
  expect(await countLines(harness)).toBe(1);
  const days = await readPublished(harness.stack, harness.userId());
  expect(days.map(({ date, value, expected }) => ({ date, value, expected }))).toEqual(
    days.map(({ date }) => ({ date, value: harness.brokerTotal(date, 'account-1'), expected: 1 })),
  );

  const decision = { userId: harness.userId(), id: match?.id ?? '', confirm: true };
  expect(await decideMatch(harness.stack.admin, decision, LATER)).toMatchObject({ status: 'confirmed' });
  expect(await readPublished(harness.stack, harness.userId())).toEqual(days);
  await harness.tick(MONDAY_NIGHT);
  expect(await lastDay(harness)).toMatchObject({
    date: '2026-11-23',
    value: harness.brokerTotal('2026-11-23', 'account-1'),
    present: 1,
  });
  expect(await matchesOf(harness)).toEqual([]);
});

it('an answer of no stays, and so does a separation', async () => {
  const harness = await openTwice({ institutionAccountId: 'in-another-way' });
  const [match] = await matchesOf(harness);
  const userId = harness.userId();
  await decideMatch(harness.stack.admin, { userId, id: match?.id ?? '', confirm: false }, LATER);
  await harness.tick(MONDAY_NIGHT);
  expect(await matchesOf(harness)).toEqual([]);
  expect(await countLines(harness)).toBe(2);

  const joined = await openTwice({ institutionAccountId: 'alpaca-1' });
  const [row] = await joined.stack.sql<
    { id: string }[]
  >`select id from accounts where external_id = 'alpaca-1'`;
  await splitAccount(joined.stack.admin, { userId: joined.userId(), id: row?.id ?? '' }, LATER);
  await joined.tick(MONDAY_NIGHT);
  expect(await countLines(joined)).toBe(2);
  expect(await matchesOf(joined)).toEqual([]);
});

it('accounts that merely hold the same sum, or differ more often than not, are two', async () => {
  const resting = await openTwice({ investedShare: 0, institutionAccountId: 'cash' }, { investedShare: 0 });
  expect(await matchesOf(resting)).toEqual([]);
  const other = await openTwice({ institutionAccountId: 'other' }, { instrument: 'SANDBOX-OTHER' });
  expect(await matchesOf(other)).toEqual([]);
  expect(await countLines(other)).toBe(2);
});

it('an account that is linked through SnapTrade and through Plaid is counted once while its owner is asked', async () => {
  const harness = await harnesses.open(
    scenario({
      users: [user({ connections: [connection({ institution: AT_ALPACA, accounts: [account(SAME)] })] })],
      plaidItems: [plaidItem({ accounts: [account({ ...SAME, id: 'plaid-1' })] })],
    }),
  );
  await harness.tick(THURSDAY_NIGHT);
  await linkPlaidItem(harness, harness.userId(), FRIDAY_NIGHT);
  const nights = [FRIDAY_NIGHT, MONDAY_NIGHT, '2026-11-24T22:30:00Z'];
  for (const night of nights) await harness.tick(night);
  const [match, ...others] = await matchesOf(harness);
  expect(others).toEqual([]);
  expect(match?.account.institution).not.toBe(match?.candidate.institution);
  expect(await countLines(harness)).toBe(1);
  expect(await lastDay(harness)).toMatchObject({
    date: '2026-11-24',
    value: harness.brokerTotal('2026-11-24', 'account-1'),
    expected: 1,
  });

  const decision = { userId: harness.userId(), id: match?.id ?? '', confirm: true };
  await decideMatch(harness.stack.admin, decision, new Date('2026-11-24T23:00:00Z'));
  expect(await countLines(harness)).toBe(1);
  expect(await lastDay(harness)).toMatchObject({
    value: harness.brokerTotal('2026-11-24', 'account-1'),
    expected: 1,
  });
  await harness.tick('2026-11-25T22:30:00Z');
  expect(await lastDay(harness)).toMatchObject({
    date: '2026-11-25',
    value: harness.brokerTotal('2026-11-25', 'account-1'),
    expected: 1,
    present: 1,
  });
});
