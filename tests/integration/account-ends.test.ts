import { describe, expect, it } from 'vitest';
import { readConnections } from '@/lib/connections/store';
import type { TradingDate } from '@/lib/domain/trading-date';
import { decideEnd } from '@/lib/fill/decide';
import { tickEachEvening } from '../support/alert-harness';
import { idOf } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const OPENED = { openedOn: '2026-05-01', investedShare: 0, historyEnabled: false } as const;
const THURSDAY = '2026-06-04T22:00:00Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

const cash = (id: string, amount: string) =>
  account({ ...OPENED, id, flows: [{ date: '2026-05-01', amount, type: 'CONTRIBUTION' }] });

async function openWithTwo(): Promise<WorkerHarness> {
  const harness = await harnesses.open(
    scenario({ accounts: [cash('keep', '10000.00'), cash('old', '500.00')] }),
  );
  await tickEachEvening(harness, '2026-06-01', '2026-06-04');
  return harness;
}

async function decide(
  harness: WorkerHarness,
  endedOn: string | null,
  parts: { readonly userId?: string | null; readonly actorId?: string } = {},
) {
  const userId = harness.userId();
  const accountId = await idOf(harness, 'accounts', 'old');
  const decision = { accountId, userId, actorId: userId, reason: 'a test', ...parts };
  return decideEnd(
    harness.stack.admin,
    { ...decision, endedOn: endedOn as TradingDate | null },
    new Date(THURSDAY),
  );
}

const totals = async (harness: WorkerHarness) =>
  (await readPublished(harness.stack, harness.userId())).map(({ date, value }) => `${date} ${Number(value)}`);

const WHOLE = ['2026-06-01 10500', '2026-06-02 10500', '2026-06-03 10500', '2026-06-04 10500'];

describe('an account that is ended by hand', () => {
  it('counts no more from that day on, keeps its past, and counts again when that is taken back', async () => {
    const harness = await openWithTwo();
    expect(await totals(harness)).toEqual(WHOLE);

    expect(await decide(harness, '2026-06-03')).toMatchObject({ published: 2 });
    expect(await totals(harness)).toEqual([...WHOLE.slice(0, 2), '2026-06-03 10000', '2026-06-04 10000']);
    const [connection] = await readConnections(harness.stack.admin, harness.userId());
    expect(connection?.accounts.at(-1)).toMatchObject({ closedOn: '2026-06-03', endReason: 'decided' });

    expect(await decide(harness, null)).toMatchObject({ published: 2 });
    expect(await totals(harness)).toEqual(WHOLE);
  });

  it('stays ended however often its provider lists it', async () => {
    const harness = await openWithTwo();
    await decide(harness, '2026-06-03');
    await tickEachEvening(harness, '2026-06-05', '2026-06-10');
    expect((await totals(harness)).slice(2)).toEqual(
      ['03', '04', '05', '08', '09', '10'].map((day) => `2026-06-${day} 10000`),
    );
  });

  it('ends on the first trading day without it, and on none before it was known or not yet begun', async () => {
    const harness = await openWithTwo();
    expect(await decide(harness, '2026-05-31')).toEqual({ refused: 'date' });
    expect(await decide(harness, '2026-06-08')).toEqual({ refused: 'date' });
    expect(await decide(harness, '2026-06-05')).toMatchObject({ published: 0 });
    expect(await totals(harness)).toEqual(WHOLE);
  });

  it('is ended and taken back once only', async () => {
    const harness = await openWithTwo();
    expect(await decide(harness, null)).toBeNull();
    await decide(harness, '2026-06-03');
    expect(await decide(harness, '2026-06-02')).toBeNull();
    await decide(harness, null);
    expect(await decide(harness, null)).toBeNull();
  });

  it('is the caller’s own, unless an administrator asks, who leaves a trace', async () => {
    const harness = await openWithTwo();
    const stranger = await harness.stack.createUser();
    expect(await decide(harness, '2026-06-03', { userId: stranger.id, actorId: stranger.id })).toBeNull();

    await decide(harness, '2026-06-03', { userId: null, actorId: ADMINISTRATOR });
    await decide(harness, null, { userId: null, actorId: ADMINISTRATOR });
    const log = await harness.stack.sql<{ action: string; actor: string }[]>`
      select action, actor_id::text as actor from audit_log order by id`;
    expect([...log]).toEqual([
      { action: 'end_account', actor: ADMINISTRATOR },
      { action: 'take_back_end', actor: ADMINISTRATOR },
    ]);
  });
});

describe('what answers say of accounts', () => {
  const rowsOf = (harness: WorkerHarness) =>
    harness.stack.sql<{ listed: boolean; instants: number }[]>`
      select s.is_listed as listed, cardinality(s.seen_at) as instants
      from account_sightings s join accounts a on a.id = s.account_id
      where a.external_id = 'old' order by s.id`;

  it('grows by a row when it changes, and not by evening', async () => {
    const harness = await openWithTwo();
    await tickEachEvening(harness, '2026-06-05', '2026-06-12');
    expect([...(await rowsOf(harness))]).toEqual([{ listed: true, instants: 4 }]);
    harness.addFault({ type: 'omit_account', accountId: 'old' });
    await tickEachEvening(harness, '2026-06-15', '2026-06-16');
    expect([...(await rowsOf(harness))]).toEqual([
      { listed: true, instants: 4 },
      { listed: false, instants: 2 },
    ]);
  });

  it('is nothing while the connection is broken or answers nobody', async () => {
    const harness = await openWithTwo();
    harness.addFault({ type: 'omit_account', accountId: 'old' });
    harness.addFault({ type: 'status', status: 503 });
    await tickEachEvening(harness, '2026-06-05', '2026-06-09');
    expect([...(await rowsOf(harness))]).toEqual([{ listed: true, instants: 4 }]);
  });

  it('costs a gone account no question, and the others nothing', async () => {
    const harness = await openWithTwo();
    harness.addFault({ type: 'omit_account', accountId: 'old' });
    harness.addFault({ type: 'status', status: 404, code: '1011' }, { match: { accountId: 'old' } });
    harness.takeRequests();
    await tickEachEvening(harness, '2026-06-05', '2026-06-12');
    expect(harness.takeRequests().filter((line) => line.endsWith('old'))).toEqual([]);
    expect((await totals(harness)).slice(4)).toEqual(
      ['05', '08', '09', '10', '11', '12'].map((day) => `2026-06-${day} 10000`),
    );
  });
});
