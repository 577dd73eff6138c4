import { randomUUID } from 'node:crypto';
import { decideMatch, readOpenMatches, splitAccount, unlinkConnection } from '@/lib/connections/store';
import { readHeldValues } from '@/lib/coverage/store';
import { encryptCredentials } from '@/lib/credentials';
import type { Instant } from '@/lib/domain/trading-date';
import { judgeHeldValue } from '@/lib/fill/decide';
import { connectionSchema } from '@/lib/local/sandbox/scenario';
import { hintConnection } from '@/lib/webhooks/receive';
import { tickEvenings } from './alert-harness';
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
import type { FillBench } from './worker-harness';

/** The provider sends an event about a connection. */
async function announce(
  bench: FillBench,
  { connection: externalId, at }: Extract<ScenarioEvent, { do: 'provider announces' }>,
): Promise<void> {
  const hint = { externalId, eventId: randomUUID(), eventType: 'ACCOUNT_HOLDINGS_UPDATED', happenedAt: at };
  await hintConnection(bench.stack.admin, 'snaptrade', hint, new Date(at));
}

/** The user answers the one open question about a match. */
async function decide(bench: FillBench, confirm: boolean, at: Instant): Promise<void> {
  const userId = bench.userId();
  const [match] = await readOpenMatches(bench.stack.admin, userId);
  if (match === undefined) throw new Error('nothing is asked of the user');
  await decideMatch(bench.stack.admin, { userId, id: match.id, confirm }, new Date(at));
}

/** The user says that an account which was linked again is another one after all. */
async function separate(
  bench: FillBench,
  event: Extract<ScenarioEvent, { do: 'user separates' }>,
): Promise<void> {
  const own = { userId: bench.userId(), id: await idOf(bench, 'accounts', `${event.account}-again`) };
  const parted = await splitAccount(bench.stack.admin, own, new Date(event.at));
  if (parted?.split !== true) throw new Error(`${event.account} is joined with nothing`);
}

/** The user removes a connection. */
async function unlink(bench: FillBench, name: string, at: Instant): Promise<void> {
  const own = { userId: bench.userId(), id: await idOf(bench, 'brokerage_connections', name) };
  await unlinkConnection(bench.stack.admin, own, new Date(at));
}

const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

/** An administrator gives the verdict on the value that is held of a day. */
async function judgeHeld(
  bench: FillBench,
  event: Extract<ScenarioEvent, { do: 'administrator accepts' | 'administrator rejects' }>,
): Promise<void> {
  const held = await readHeldValues(bench.stack.admin, { beforeId: null, limit: 100 });
  const found = held.find(({ account, date }) => account === event.account && date === event.day);
  if (found === undefined) throw new Error(`nothing is held of ${event.account} on ${event.day}`);
  await judgeHeldValue(
    bench.stack.admin,
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

/** Plays every event of a file in order, on a bench of its own. Returns the bench and when the last event was over. */
export async function playScenario(
  open: (parts: ReturnType<typeof scenario>) => Promise<FillBench>,
  file: ScenarioFile,
): Promise<{ readonly bench: FillBench; readonly endedAt: Instant }> {
  const linkedLater = file.events.flatMap((event) => (event.do === 'link' ? [event.connection] : []));
  const all = connectionsOf(file);
  const atFirst = all.filter(({ id }) => !linkedLater.includes(id));
  const bench = await open(
    scenario({ users: [user({ connections: atFirst })], exchangeRates: referenceRates(file.rates) }),
  );
  // What is there at the start was linked just before anything happens.
  const [first] = file.events;
  if (first !== undefined)
    await bench.stack.sql`update brokerage_connections set created_at = ${spanOf(first)[0]}`;
  for (const event of file.events) await playEvent(bench, event, all);
  const last = file.events.at(-1);
  if (last === undefined) throw new Error('nothing happens in the scenario');
  return { bench, endedAt: spanOf(last)[1] };
}

async function playEvent(
  bench: FillBench,
  event: ScenarioEvent,
  all: readonly ConnectionInput[],
): Promise<void> {
  switch (event.do) {
    case 'tick':
      await bench.tick(event.at, { secondLook: event.secondLook, refresh: event.refresh });
      return;
    case 'tick every evening':
      await tickEvenings(bench, event.from, event.to);
      return;
    case 'broker fails':
      bench.addFault({ type: 'status', status: 503 });
      return;
    case 'broker recovers':
      bench.endFaults();
      return;
    case 'account left out':
      bench.addFault({ type: 'omit_account', accountId: event.account });
      return;
    case 'broker says zero':
      bench.addFault({ type: 'zero_total' }, { match: { accountId: event.account } });
      return;
    case 'broker multiplies':
      bench.addFault({ type: 'scale', factor: event.by }, { match: { accountId: event.account } });
      return;
    case 'broker says no total':
      bench.addFault({ type: 'null_total' }, { match: { accountId: event.account } });
      return;
    case 'broker names currency':
      bench.addFault({ type: 'currency', currency: event.currency }, { match: { accountId: event.account } });
      return;
    case 'broker repeats':
      bench.addFault({ type: 'stale', asOf: event.of });
      return;
    case 'broker restates':
      restate(bench, event);
      return;
    case 'broker renames movement':
    case 'broker reverses movement':
      changeMovement(bench, event);
      return;
    case 'broker offers history':
      bench.changeAccount(event.account, { historyEnabled: true });
      return;
    case 'exchange rates fail':
      bench.addFault({ type: 'status', status: 503 }, { match: { operation: 'listExchangeRates' } });
      return;
    case 'connection breaks':
      bench.changeConnection(event.connection, { disabledSince: event.at });
      return;
    case 'connection mended':
      bench.changeConnection(event.connection, { disabledSince: null });
      return;
    case 'link':
      await link(bench, all, event);
      return;
    case 'link again':
      await linkAgain(bench);
      return;
    case 'link twice':
      await linkAgain(bench, { besidesTheOld: true });
      return;
    case 'account closed':
      bench.changeAccount(event.account, { status: 'closed' });
      return;
    case 'provider announces':
      await announce(bench, event);
      return;
    case 'user confirms match':
    case 'user declines match':
      await decide(bench, event.do === 'user confirms match', event.at);
      return;
    case 'user separates':
      await separate(bench, event);
      return;
    case 'unlink':
      await unlink(bench, event.connection, event.at);
      return;
    case 'administrator accepts':
    case 'administrator rejects':
      await judgeHeld(bench, event);
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
    category: account.kind === 'credit line' ? 'LOC' : 'INVESTMENT',
    isPaper: account.kind === 'paper',
    openedOn: account.opened,
    investedShare: 0,
    flows: [started, ...account.flows.map((flow) => ({ ...flow, type: FLOW_TYPES[flow.type] }))],
    historyEnabled: account.history,
    overrides: account.says,
  };
}

/** Links a connection of the one user that was not linked so far. */
async function link(
  bench: FillBench,
  all: readonly ConnectionInput[],
  { connection: name, at }: Extract<ScenarioEvent, { do: 'link' }>,
): Promise<void> {
  const { state } = bench.sandbox;
  const [only] = state.scenario.users;
  const found = all.find(({ id }) => id === name);
  if (only === undefined || found === undefined) throw new Error(`there is no connection ${name}`);
  const added = connectionSchema.parse(found);
  state.replaceUsers([{ ...only, connections: [...only.connections, added] }]);
  const id = randomUUID();
  const sealed = encryptCredentials({ userId: only.userId, userSecret: only.userSecret }, CREDENTIALS_KEY);
  await bench.stack.sql`
    insert into brokerage_connections (id, user_id, provider, external_id, institution, created_at)
    values (${id}, ${bench.userId()}, 'snaptrade', ${name}, ${added.institution.name}, ${at})`;
  await bench.stack.sql`
    insert into connection_credentials (connection_id, ciphertext) values (${id}, ${sealed})`;
}

function changeMovement(
  bench: FillBench,
  event: Extract<ScenarioEvent, { do: 'broker renames movement' | 'broker reverses movement' }>,
): void {
  const accounts = bench.sandbox.state.scenario.users.flatMap(({ connections }) =>
    connections.flatMap((one) => one.accounts),
  );
  const flows = accounts.find(({ id }) => id === event.account)?.flows ?? [];
  bench.changeAccount(event.account, {
    flows: flows.flatMap((flow) => {
      if (flow.date !== event.day) return flow;
      return event.do === 'broker renames movement' ? { ...flow, description: event.as } : [];
    }),
  });
}

function restate(
  bench: FillBench,
  { account, day, amount }: Extract<ScenarioEvent, { do: 'broker restates' }>,
): void {
  const accounts = bench.sandbox.state.scenario.users.flatMap(({ connections }) =>
    connections.flatMap((one) => one.accounts),
  );
  const overrides = accounts.find(({ id }) => id === account)?.overrides;
  bench.changeAccount(account, { overrides: { ...overrides, [day]: amount } });
}
