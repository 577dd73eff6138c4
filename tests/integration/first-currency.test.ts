import { expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { accountValueOn } from '@/lib/local/sandbox';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { readPublished } from '../support/published';
import { scenario, user } from '../support/scenario';
import { prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

it('a past that was taken in the wrong currency of the first answers is right as soon as later ones say so, however long it is', async () => {
  const harness = await harnesses.open(
    scenario({
      users: [user({ connections: [] })],
      alpacaAccounts: [
        alpacaAccount({
          openedOn: '2026-05-04',
          flows: [{ date: '2026-05-04', amount: '10000', type: 'CONTRIBUTION' }],
          investedShare: 1,
        }),
      ],
      exchangeRates: { 'EUR-USD': '1.16', 'EUR-CAD': '1.62' },
    }),
  );
  const evenings = ['09', '10', '11', '12', '13', '16', '17', '18'].map((day) => `2026-11-${day}T22:30:00Z`);
  const [first = ''] = evenings;
  await linkOwnAccount(harness, harness.userId(), first);
  harness.addFault(
    { type: 'currency', currency: 'CAD' },
    { match: { operation: 'alpacaAccount' }, until: '2026-11-11T21:00:00Z' },
  );
  for (const at of evenings) await harness.tick(at);

  const [own] = harness.sandbox.state.scenario.alpacaAccounts;
  if (own === undefined) throw new Error('the scenario has no account at Alpaca');
  const days = await readPublished(harness.stack, harness.userId());
  expect(days.length).toBeGreaterThan(120);
  expect(days.map(({ date, value }) => `${date} ${value}`)).toEqual(
    days.map(
      ({ date }) => `${date} ${Number(accountValueOn(own, toDate(date), harness.sandbox.state.market))}`,
    ),
  );
});
