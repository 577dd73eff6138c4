import { expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { createPlaidWebhookKeys } from '@/lib/providers/plaid/webhook-keys';
import { cacheKeys, receivePlaidEvent } from '@/lib/webhooks/plaid';
import { recordConnectionEvent } from '@/lib/webhooks/store';
import { plaidItem, plaidKeys } from '../support/plaid-harness';
import { linkPlaidItem } from '../support/plaid-linking';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const TOO_EARLY = '2026-11-20T21:35:00Z';
const JUST_READ = '2026-11-20T22:01:00Z';

const DEPOSIT = { date: '2026-10-01', amount: '10000', type: 'CONTRIBUTION' } as const;
const LATER = { date: '2026-11-12', amount: '500', type: 'CONTRIBUTION' } as const;

/** Somebody whose one item Plaid reads at 22:00 in the evening. */
async function openLinked(parts: Parameters<typeof plaidItem>[0] = {}) {
  const accounts = [account({ id: 'plaid-1', openedOn: '2026-10-01', flows: [DEPOSIT, LATER] })];
  const harness = await harnesses.open(
    scenario({ users: [], plaidItems: [plaidItem({ accounts, syncTime: '22:00', ...parts })] }),
  );
  const owner = await harness.stack.createUser();
  await linkPlaidItem(harness, owner.id, THURSDAY_NIGHT);
  await harness.tick(THURSDAY_NIGHT);
  return { harness, owner };
}

/** Has Plaid send an event of the item, which arrives at an instant; returns what came of it. */
async function emit(harness: WorkerHarness, type: string, code: string, at: string) {
  const { sandbox, stack } = harness;
  sandbox.state.pinClock(toInstant(at));
  const { body, verification } = await sandbox.plaidWebhooks.sign({ itemId: 'item-1', type, code });
  sandbox.state.pinClock(null);
  const clock = () => new Date(at);
  const options = { ...plaidKeys(sandbox.url), timeoutMs: 5_000, gate: { pass: async () => {} } };
  const readKey = cacheKeys(createPlaidWebhookKeys(options), clock);
  const deliver = (sent = body) =>
    receivePlaidEvent(
      new Request('https://app.example/api/webhooks/plaid', {
        method: 'POST',
        headers: { 'Plaid-Verification': verification },
        body: sent,
      }),
      {
        readKey,
        record: (event) => recordConnectionEvent(stack.admin, 'plaid', event, clock()),
        clock,
        log: () => {},
      },
    );
  return { deliver, body };
}

const lastDay = async (harness: WorkerHarness, userId: string) =>
  (await readPublished(harness.stack, userId)).at(-1);

it('an event about holdings makes its connection due at once, once, and its day is captured', async () => {
  const { harness, owner } = await openLinked();
  await harness.tick(TOO_EARLY);
  await harness.stack.sql`update fill_outcomes set next_attempt_at = '2026-11-21T12:00:00Z' where not final`;
  await harness.tick(JUST_READ);
  expect(await lastDay(harness, owner.id)).not.toMatchObject({ date: '2026-11-20', kind: 'daily_eod' });

  const { deliver } = await emit(harness, 'HOLDINGS', 'DEFAULT_UPDATE', JUST_READ);
  expect(await deliver()).toEqual({ outcome: 'due', userId: owner.id });
  expect(await deliver()).toEqual({ outcome: 'duplicate', userId: null });
  await harness.tick(JUST_READ);
  expect(await lastDay(harness, owner.id)).toMatchObject({ date: '2026-11-20', kind: 'daily_eod' });
});

it('what Plaid did not sign makes nothing due', async () => {
  const { harness } = await openLinked();
  const due = () => harness.stack.sql`
    select due_at, (select count(*)::int from webhook_events where provider = 'plaid') as events from brokerage_connections`;
  const before = await due();
  const { deliver, body } = await emit(harness, 'ITEM', 'ERROR', JUST_READ);
  await expect(deliver(body.replace('item-1', 'item-2'))).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(await due()).toEqual(before);
});

it('movements are complete once Plaid says that it is through with reading them, and not before', async () => {
  const { harness, owner } = await openLinked({
    createdAt: '2026-11-19T22:00:00Z',
    historyReadyAt: '2026-11-19T22:45:00Z',
    historyBefore: 'last_30_days',
  });
  const statements = () =>
    harness.stack.sql`select is_complete from movement_statements order by read_at, id`;
  expect(await statements()).toMatchObject([{ is_complete: false }]);
  await harness.tick('2026-11-19T22:50:00Z');
  expect((await statements()).map(({ is_complete }) => is_complete)).not.toContain(true);

  const { deliver } = await emit(
    harness,
    'INVESTMENTS_TRANSACTIONS',
    'HISTORICAL_UPDATE',
    '2026-11-19T22:55:00Z',
  );
  expect(await deliver()).toEqual({ outcome: 'due', userId: owner.id });
  await harness.tick('2026-11-19T22:56:00Z');
  expect((await statements()).at(-1)).toMatchObject({ is_complete: true });
  expect(await harness.stack.sql`select amount from movement_rows where kind = 'deposit'`).not.toHaveLength(
    0,
  );
});
