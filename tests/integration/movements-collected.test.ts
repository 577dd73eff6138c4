import { afterEach, describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { flowSchema } from '@/lib/local/sandbox/scenario';
import { linkAgain } from '../support/linked-user';
import { account, scenario } from '../support/scenario';
import { openReceiver, type Receiver } from '../support/webhook-receiver';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const opened: Receiver[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ webhookReceiver }) => webhookReceiver.close()));
});

const DETAIL = 'getAccount account-1';
const ACTIVITIES = 'getAccountActivities account-1';
const NEXT_EVENING = '2026-11-23T22:30:00Z';
const AFTERNOON = '2026-11-21T15:00:00.000Z';

/** Linked on Friday's evening; 2,000 came in June, of which SnapTrade lists nothing before it is through. */
const COLLECTING = account({
  openedOn: '2026-03-02',
  investedShare: 0,
  flows: [
    { date: '2026-03-02', amount: '10000', type: 'CONTRIBUTION' },
    { date: '2026-06-10', amount: '2000', type: 'CONTRIBUTION' },
  ],
  movementsCollectedAt: AFTERNOON,
});

const open = (parts: Partial<typeof COLLECTING> = {}): Promise<WorkerHarness> =>
  harnesses.open(scenario({ accounts: [{ ...COLLECTING, ...parts }] }));

function takeMovementRequests(harness: WorkerHarness): readonly string[] {
  return harness.takeRequests().filter((line) => /^getAccount(Activities)? /.test(line));
}

async function countStatements({ stack }: WorkerHarness): Promise<number> {
  const [row] = await stack.sql<{ count: number }[]>`select count(*)::int as count from movement_statements`;
  return row?.count ?? 0;
}

describe('movements that the provider is still collecting', () => {
  it('are not asked for with the values that say so, and nothing counts as known', async () => {
    const harness = await open();
    await harness.tick(FRIDAY_NIGHT);

    expect(takeMovementRequests(harness)).toEqual([]);
    expect(await countStatements(harness)).toBe(0);
    const { summary } = await harness.history(FRIDAY_NIGHT);
    expect(summary).toMatchObject({
      valueChange: '2000',
      netDeposits: null,
      twr: null,
      provisional: true,
      notAvailable: { netDeposits: 'movement_unknown', twr: 'movement_unknown' },
    });
  });

  it('are asked for over the whole reach when they are there, though no other work is due', async () => {
    const harness = await open();
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();

    await harness.tick('2026-11-21T15:01:00Z');

    expect(harness.takeRequests()).toEqual([DETAIL, ACTIVITIES]);
    const rows = await harness.stack.sql`select amount::int from cash_flows order by flow_date`;
    expect(rows.map(({ amount }) => amount)).toEqual([10_000, 2000]);
    await harness.tick(NEXT_EVENING);
    expect(takeMovementRequests(harness)).toEqual([ACTIVITIES]);
  });

  it('cost a question at planned times only while it goes on', async () => {
    const harness = await open({ movementsCollectedAt: toInstant('2026-11-30T12:00:00Z') });
    for (const at of ['22:30', '22:31', '22:34', '22:36', '22:50', '23:00'])
      await harness.tick(`2026-11-20T${at}:00Z`);
    expect(takeMovementRequests(harness)).toEqual([DETAIL]);

    for (const at of ['2026-11-20T23:40:00Z', '2026-11-21T02:00:00Z', '2026-11-21T04:00:00Z'])
      await harness.tick(at);
    expect(takeMovementRequests(harness)).toEqual([DETAIL, DETAIL]);
    for (const at of ['2026-11-21T12:00:00Z', '2026-11-21T20:00:00Z', '2026-11-22T03:00:00Z'])
      await harness.tick(at);
    expect(takeMovementRequests(harness)).toEqual([]);
  });

  it('are read at once when values say that they are there, without another question', async () => {
    const harness = await open({ movementsCollectedAt: toInstant('2026-11-23T22:00:00Z') });
    await harness.tick(FRIDAY_NIGHT);
    await harness.stack.sql`update question_backoffs set retry_at = '2026-12-01T00:00:00Z'`;
    harness.takeRequests();

    await harness.tick(NEXT_EVENING);

    expect(takeMovementRequests(harness)).toEqual([ACTIVITIES]);
    const { summary } = await harness.history(NEXT_EVENING);
    expect(summary).toMatchObject({ netDeposits: '2000', marketChange: '0', twr: '0', notAvailable: {} });
  });

  it('are asked for at once when the provider announces them, and by a repeated announcement never again', async () => {
    const harness = await open({ movementsCollectedAt: toInstant('2026-11-20T22:31:00Z') });
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();
    const receiver = await openReceiver(harness, '2026-11-20T22:31:30Z');
    opened.push(receiver);
    harness.sandbox.state.pinClock(toInstant('2026-11-20T22:31:30Z'));

    await receiver.emit('ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', { accountId: 'account-1' });
    expect(harness.takeRequests()).toEqual([DETAIL, ACTIVITIES]);
    await receiver.emit('ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', { accountId: 'account-1' });

    expect(receiver.outcomes).toEqual(['due', 'due']);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('that are announced too early are no statement', async () => {
    const harness = await open();
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();
    const receiver = await openReceiver(harness, '2026-11-20T22:31:30Z');
    opened.push(receiver);

    await receiver.emit('ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', { accountId: 'account-1' });

    expect(harness.takeRequests()).toEqual([DETAIL]);
    expect(await countStatements(harness)).toBe(0);
  });

  it('under a new link of a known account withdraw no movement that was known', async () => {
    const harness = await open({ movementsCollectedAt: null });
    await harness.tick(FRIDAY_NIGHT);
    await linkAgain(harness);
    harness.changeAccount('account-1-again', { movementsCollectedAt: toInstant('2026-11-25T12:00:00Z') });

    await harness.tick(NEXT_EVENING);

    const rows = await harness.stack.sql`select is_withdrawn from cash_flows`;
    expect(rows.filter(({ is_withdrawn: isWithdrawn }) => isWithdrawn)).toEqual([]);
    expect(takeMovementRequests(harness).filter((line) => line.includes('Activities'))).toEqual([ACTIVITIES]);
  });
});

describe('movements that were not read for long', () => {
  it('are read from their last reading on', async () => {
    const harness = await open({ movementsCollectedAt: null, historyEnabled: false });
    await harness.tick('2026-08-03T21:30:00Z');
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-08-04T12:00:00Z') });
    await harness.tick('2026-08-04T21:30:00Z');
    harness.changeConnection('connection-1', { disabledSince: null });
    harness.changeAccount('account-1', {
      flows: [
        ...harness.sandbox.state.scenario.users.flatMap(({ connections }) =>
          connections.flatMap(({ accounts }) => accounts.flatMap(({ flows }) => flows)),
        ),
        flowSchema.parse({ date: '2026-08-10', amount: '700', type: 'CONTRIBUTION' }),
      ],
    });

    await harness.tick(FRIDAY_NIGHT);

    const rows = await harness.stack.sql`select amount::int from cash_flows where flow_date = '2026-08-10'`;
    expect(rows).toEqual([{ amount: 700 }]);
  });
});
