import { randomUUID } from 'node:crypto';
import { decideMatch, readOpenMatches, splitAccount, unlinkConnection } from '@/lib/connections/store';
import { readHeldValues } from '@/lib/coverage/store';
import { encryptCredentials } from '@/lib/credentials';
import type { Instant } from '@/lib/domain/trading-date';
import { judgeHeldValue } from '@/lib/fill/decide';
import { connectionSchema } from '@/lib/local/sandbox/scenario';
import { addByHand, giveValue } from '@/lib/manual-accounts/keep';
import { readManualAccounts } from '@/lib/manual-accounts/store';
import { recordConnectionEvent } from '@/lib/webhooks/store';
import { tickEachEvening } from './alert-harness';
import { CREDENTIALS_KEY, idOf, linkAgain } from './linked-user';
import {
  type AccountInput,
  type ConnectionInput,
  connection,
  referenceRates,
  scenario,
  user,
} from './scenario';
import { type ScenarioAccount, type ScenarioEvent, type ScenarioFile, spanOf } from './scenario-file';
import type { WorkerHarness } from './worker-harness';

/** The provider sends an event about a connection. */
async function announce(
  harness: WorkerHarness,
  { connection: externalId, at }: Extract<ScenarioEvent, { do: 'provider announces' | 'provider removes' }>,
  what: { readonly eventType: string; readonly removedAccount?: string } = {
    eventType: 'ACCOUNT_HOLDINGS_UPDATED',
  },
): Promise<void> {
  const event = { externalId, eventId: randomUUID(), happenedAt: at, ...what };
  await recordConnectionEvent(harness.stack.admin, 'snaptrade', event, new Date(at));
}

/** The user answers the one open question about a match. */
async function decide(harness: WorkerHarness, confirm: boolean, at: Instant): Promise<void> {
  const userId = harness.userId();
  const [match] = await readOpenMatches(harness.stack.admin, userId);
  if (match === undefined) throw new Error('nothing is asked of the user');
  await decideMatch(harness.stack.admin, { userId, id: match.id, confirm }, new Date(at));
}

/** The user answers that an account which was linked again is another one after all. */
async function separate(
  harness: WorkerHarness,
  event: Extract<ScenarioEvent, { do: 'user separates' }>,
): Promise<void> {
  const own = { userId: harness.userId(), id: await idOf(harness, 'accounts', `${event.account}-again`) };
  const parted = await splitAccount(harness.stack.admin, own, new Date(event.at));
  if (parted?.split !== true) throw new Error(`${event.account} is joined with nothing`);
}

/** The user removes a connection. */
async function unlink(harness: WorkerHarness, name: string, at: Instant): Promise<void> {
  const own = { userId: harness.userId(), id: await idOf(harness, 'brokerage_connections', name) };
  await unlinkConnection(harness.stack.admin, own, new Date(at));
}

/** The user adds an account that they keep by hand, or gives it a value. */
async function keepByHand(
  harness: WorkerHarness,
  event: Extract<ScenarioEvent, { do: 'user adds account by hand' | 'user gives value' }>,
): Promise<void> {
  const client = harness.stack.admin;
  const userId = harness.userId();
  const now = new Date(event.at);
  const value = { date: event.day, value: event.amount };
  if (event.do === 'user adds account by hand') {
    const added = { name: event.account, currency: event.currency, ...value };
    await addByHand(client, userId, added, { newId: randomUUID, dataNotice: null, now });
    return;
  }
  const kept = await readManualAccounts(client, userId);
  const found = kept.find(({ name }) => name === event.account);
  if (found === undefined) throw new Error(`${event.account} is not kept by hand`);
  await giveValue(client, { userId, accountId: found.id }, value, now);
}

const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

/** An administrator gives the verdict on the value that is held of a day. */
async function judgeHeld(
  harness: WorkerHarness,
  event: Extract<ScenarioEvent, { do: 'administrator accepts' | 'administrator rejects' }>,
): Promise<void> {
  const held = await readHeldValues(harness.stack.admin, { beforeId: null, limit: 100 });
  const found = held.find(({ account, date }) => account === event.account && date === event.day);
  if (found === undefined) throw new Error(`nothing is held of ${event.account} on ${event.day}`);
  await judgeHeldValue(
    harness.stack.admin,
    {
      id: found.id,
      verdict: event.do === 'administrator accepts' ? 'accept' : 'reject',
      actorId: ADMINISTRATOR,
      reason: 'asked the broker',
    },
    new Date(event.at),
  );
}

const FLOW_TYPES = {
  deposit: 'CONTRIBUTION',
  withdrawal: 'WITHDRAWAL',
  'transfer in': 'INTERNAL_CASH_TRANSFER_IN',
  'transfer out': 'INTERNAL_CASH_TRANSFER_OUT',
  dividend: 'DIVIDEND',
  fee: 'FEE',
} as const;

/** Plays every event of a file in order, on a harness of its own. Returns the harness and when the last event was over. */
export async function playScenario(
  open: (parts: ReturnType<typeof scenario>) => Promise<WorkerHarness>,
  file: ScenarioFile,
): Promise<{ readonly harness: WorkerHarness; readonly endedAt: Instant }> {
  const linkedLater = file.events.flatMap((event) => (event.do === 'link' ? [event.connection] : []));
  const all = connectionsOf(file);
  const atFirst = all.filter(({ id }) => !linkedLater.includes(id));
  const harness = await open(
    scenario({ users: [user({ connections: atFirst })], exchangeRates: referenceRates(file.rates) }),
  );
  // What is there at the start was linked just before anything happens.
  const [first] = file.events;
  if (first !== undefined)
    await harness.stack.sql`update brokerage_connections set created_at = ${spanOf(first)[0]}`;
  for (const event of file.events) await playEvent(harness, event, all);
  const last = file.events.at(-1);
  if (last === undefined) throw new Error('nothing happens in the scenario');
  return { harness, endedAt: spanOf(last)[1] };
}

async function playEvent(
  harness: WorkerHarness,
  event: ScenarioEvent,
  all: readonly ConnectionInput[],
): Promise<void> {
  switch (event.do) {
    case 'tick':
      await harness.tick(event.at, { preOpenRecheck: event.preOpenRecheck, refresh: event.refresh });
      return;
    case 'tick every evening':
      await tickEachEvening(harness, event.from, event.to);
      return;
    case 'broker fails':
      harness.addFault({ type: 'status', status: 503 });
      return;
    case 'broker recovers':
      harness.endFaults();
      return;
    case 'account left out':
      harness.addFault({ type: 'omit_account', accountId: event.account });
      return;
    case 'account gone':
      harness.addFault({ type: 'omit_account', accountId: event.account });
      harness.addFault(
        { type: 'status', status: 404, code: '1011' },
        { match: { accountId: event.account } },
      );
      return;
    case 'broker calls account':
      harness.changeAccount(event.account, kindParts(event.kind));
      return;
    case 'broker says zero':
      harness.addFault({ type: 'zero_total' }, { match: { accountId: event.account } });
      return;
    case 'broker multiplies':
      harness.addFault({ type: 'scale', factor: event.by }, { match: { accountId: event.account } });
      return;
    case 'broker says no total':
      harness.addFault({ type: 'null_total' }, { match: { accountId: event.account } });
      return;
    case 'broker names currency':
      harness.addFault(
        { type: 'currency', currency: event.currency },
        { match: { accountId: event.account } },
      );
      return;
    case 'broker repeats':
      harness.addFault({ type: 'stale', asOf: event.of });
      return;
    case 'broker restates':
      restate(harness, event);
      return;
    case 'broker renames movement':
    case 'broker reverses movement':
      changeMovement(harness, event);
      return;
    case 'broker offers history':
      harness.changeAccount(event.account, { historyEnabled: true });
      return;
    case 'exchange rates fail':
      harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'listExchangeRates' } });
      return;
    case 'connection breaks':
      harness.changeConnection(event.connection, { disabledSince: event.at });
      return;
    case 'connection mended':
      harness.changeConnection(event.connection, { disabledSince: null });
      return;
    case 'link':
      await link(harness, all, event);
      return;
    case 'link again':
      await linkAgain(harness);
      return;
    case 'link twice':
      await linkAgain(harness, { besidesTheOld: true });
      return;
    case 'account closed':
      harness.changeAccount(event.account, { status: 'closed' });
      return;
    case 'provider removes':
      await announce(harness, event, { eventType: 'ACCOUNT_REMOVED', removedAccount: event.account });
      return;
    case 'provider announces':
      await announce(harness, event);
      return;
    case 'user confirms match':
    case 'user declines match':
      await decide(harness, event.do === 'user confirms match', event.at);
      return;
    case 'user separates':
      await separate(harness, event);
      return;
    case 'unlink':
      await unlink(harness, event.connection, event.at);
      return;
    case 'user adds account by hand':
    case 'user gives value':
      await keepByHand(harness, event);
      return;
    case 'administrator accepts':
    case 'administrator rejects':
      await judgeHeld(harness, event);
  }
}

/** The connections of a file, which it names at its accounts only. */
function connectionsOf({ accounts, readDaily }: ScenarioFile): readonly ConnectionInput[] {
  const names = [...new Set(accounts.map((account) => account.connection))];
  return names.map((name) =>
    connection({
      id: name,
      institution: { name, slug: name.toUpperCase() },
      ...(readDaily[name] === undefined ? {} : { dataFreshness: 'daily', syncTime: readDaily[name] }),
      accounts: accounts.filter((account) => account.connection === name).map(accountInput),
    }),
  );
}

function accountInput(account: ScenarioAccount): AccountInput {
  const started = { date: account.opened, amount: account.startsWith, type: 'CONTRIBUTION' } as const;
  return {
    id: account.name,
    name: account.name,
    institutionAccountId: account.hasBrokerId ? `at-broker-${account.name}` : null,
    currency: account.currency,
    ...kindParts(account.kind),
    openedOn: account.opened,
    investedShare: 0,
    flows: [started, ...account.flows.map((flow) => ({ ...flow, type: FLOW_TYPES[flow.type] }))],
    historyEnabled: account.history,
    movementsCollectedAt: account.movementsCollected,
    overrides: account.says,
  };
}

function kindParts(kind: ScenarioAccount['kind']) {
  const category = kind === 'credit line' ? 'LOC' : kind === 'unheard of' ? 'MORTGAGE' : 'INVESTMENT';
  return { category, isPaper: kind === 'paper' } as const;
}

/** Links a connection of the one user that was not linked so far. */
async function link(
  harness: WorkerHarness,
  all: readonly ConnectionInput[],
  { connection: name, at }: Extract<ScenarioEvent, { do: 'link' }>,
): Promise<void> {
  const { state } = harness.sandbox;
  const [only] = state.scenario.users;
  const found = all.find(({ id }) => id === name);
  if (only === undefined || found === undefined) throw new Error(`there is no connection ${name}`);
  const added = connectionSchema.parse(found);
  state.replaceUsers([{ ...only, connections: [...only.connections, added] }]);
  const id = randomUUID();
  const sealed = encryptCredentials({ userId: only.userId, userSecret: only.userSecret }, CREDENTIALS_KEY);
  await harness.stack.sql`
    insert into brokerage_connections (id, user_id, provider, external_id, institution, created_at)
    values (${id}, ${harness.userId()}, 'snaptrade', ${name}, ${added.institution.name}, ${at})`;
  await harness.stack.sql`
    insert into connection_credentials (connection_id, ciphertext) values (${id}, ${sealed})`;
}

function changeMovement(
  harness: WorkerHarness,
  event: Extract<ScenarioEvent, { do: 'broker renames movement' | 'broker reverses movement' }>,
): void {
  const accounts = harness.sandbox.state.scenario.users.flatMap(({ connections }) =>
    connections.flatMap((one) => one.accounts),
  );
  const flows = accounts.find(({ id }) => id === event.account)?.flows ?? [];
  harness.changeAccount(event.account, {
    flows: flows.flatMap((flow) => {
      if (flow.date !== event.day) return flow;
      return event.do === 'broker renames movement' ? { ...flow, description: event.as } : [];
    }),
  });
}

function restate(
  harness: WorkerHarness,
  { account, day, amount }: Extract<ScenarioEvent, { do: 'broker restates' }>,
): void {
  const accounts = harness.sandbox.state.scenario.users.flatMap(({ connections }) =>
    connections.flatMap((one) => one.accounts),
  );
  const overrides = accounts.find(({ id }) => id === account)?.overrides;
  harness.changeAccount(account, { overrides: { ...overrides, [day]: amount } });
}
