import { expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { addMonths, toDate } from '@/lib/domain/trading-date';
import { accountValueOn } from '@/lib/local/sandbox';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { readPublished } from '../support/published';
import { scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const OPENED = toDate('2018-11-05');
/** The first session of the five years before the last day, leap days included. */
const FIRST_DAY = '2021-11-16';
const LAST_DAY = '2026-11-20';

/** Money comes in every month of eight years, and once a year some goes out. */
const FLOWS = Array.from({ length: 96 }, (_, month) => {
  const isOut = month % 12 === 11;
  return {
    date: addMonths(OPENED, month + 1),
    amount: isOut ? '-300' : '500',
    type: isOut ? ('WITHDRAWAL' as const) : ('CONTRIBUTION' as const),
  };
}).filter(({ date }) => date <= LAST_DAY);

it('five years of an account that is older are there after it was linked, to the cent, with one question about its history', async () => {
  const account = alpacaAccount({
    openedOn: OPENED,
    investedShare: 1,
    flows: [{ date: OPENED, amount: '10000', type: 'CONTRIBUTION' }, ...FLOWS],
  });
  const harness = await harnesses.open(scenario({ users: [], alpacaAccounts: [account] }));
  const owner = await harness.stack.createUser();
  await linkOwnAccount(harness, owner.id, FRIDAY_NIGHT);
  harness.takeRequests();
  await harness.tick(FRIDAY_NIGHT);
  expect(harness.takeRequests().filter((one) => one.startsWith('alpacaHistory'))).toHaveLength(1);

  const { state } = harness.sandbox;
  const [held] = state.scenario.alpacaAccounts;
  if (held === undefined) throw new Error('the scenario has no account');
  const days = await readPublished(harness.stack, owner.id);
  expect(days.map(({ date, value }) => `${date} ${value}`)).toEqual(
    tradingSessions(FIRST_DAY, LAST_DAY).map(
      ({ date }) => `${date} ${accountValueOn(held, date, state.market)}`,
    ),
  );
  expect(days.slice(0, -1).filter(({ kind }) => kind !== 'reconstructed')).toEqual([]);

  // The years stay as they are, and nobody asks for them again.
  await harness.tick('2026-11-23T22:30:00Z');
  expect(harness.takeRequests().filter((one) => one.startsWith('alpacaHistory'))).toEqual([]);
  expect((await readPublished(harness.stack, owner.id)).slice(0, -1)).toEqual(days);
});
