import { expect, it } from 'vitest';
import { listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

it('snapshots that were lost are concluded again by the next tick, and no broker is asked for them', async () => {
  const harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-08-03' })] }));
  await harness.tick(FRIDAY_NIGHT);
  const before = await listPublished(harness.stack, harness.userId());
  harness.takeRequests();

  await harness.stack.sql`
    delete from user_portfolio_history where value_date in ('2026-11-20', '2026-11-12', '2026-08-21')`;
  const run = await harness.tick('2026-11-20T22:45:00Z');

  expect(await listPublished(harness.stack, harness.userId())).toEqual(before);
  expect(run.counts).toMatchObject({ published: 3, connections: 0 });
  expect(harness.takeRequests()).toEqual([]);
});
