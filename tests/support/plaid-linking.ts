import { finishSessions, type SessionDependencies, startSession } from '@/lib/connections/sessions';
import { sessionStore } from '@/lib/connections/store';
import { encryptCredentials } from '@/lib/credentials';
import { createPlaidLinking } from '@/lib/providers/plaid/linking';
import { CREDENTIALS_KEY } from './linked-user';
import { accessTokenOf, plaidKeys } from './plaid-harness';
import type { WorkerHarness } from './worker-harness';

/** Linking at Plaid over a harness's database and sandbox, at an instant; everything is real but the budget, which is endless. */
export function sessionsAt(harness: WorkerHarness, at: string): SessionDependencies {
  return {
    store: sessionStore(harness.stack.admin, 'plaid', 'Not real.'),
    provider: createPlaidLinking({
      ...plaidKeys(harness.sandbox.url),
      countries: ['US'],
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    }),
    credentialsKey: CREDENTIALS_KEY,
    clock: () => new Date(at),
    log: () => {},
  };
}

/** What a visitor of Plaid's page chooses. */
type Choice = Readonly<Record<'choice' | 'broker' | 'error', string>>;

/** Goes through Plaid's page as a user who links, or reconnects a connection; nothing is asked of what came of it yet. */
export async function visitPlaid(
  userId: string,
  sessions: SessionDependencies,
  choice: Partial<Choice> = {},
  reconnect: string | null = null,
): Promise<void> {
  const returnTo = 'https://app.example/connections/return/plaid';
  const eventsTo = 'https://app.example/api/webhooks/plaid';
  const url = await startSession({ userId, reconnect, returnTo, eventsTo }, sessions);
  const body = new FormData();
  for (const [name, value] of Object.entries({ choice: 'link', broker: 'ins_900001', ...choice }))
    body.set(name, value);
  await (await fetch(url, { method: 'POST', body, redirect: 'manual' })).arrayBuffer();
}

/** Links an institution through Plaid's page; returns our id of the connection. */
export async function linkThroughPlaid(userId: string, sessions: SessionDependencies): Promise<string> {
  await visitPlaid(userId, sessions);
  const { confirmed } = await finishSessions(userId, sessions);
  const [linked] = confirmed;
  if (linked?.outcome !== 'linked') throw new Error('nothing was linked');
  return linked.connectionId;
}

/** Links an item of the scenario, as if its user had come back from Plaid's page with it; returns our id of the connection. */
export async function linkPlaidItem(
  harness: WorkerHarness,
  userId: string,
  at: string,
  itemId = 'item-1',
): Promise<string> {
  const { store } = sessionsAt(harness, at);
  const ciphertext = encryptCredentials({ accessToken: accessTokenOf(itemId) }, CREDENTIALS_KEY);
  const login = {
    externalId: itemId,
    institution: 'Sandbox Institution',
    broken: false,
    brokenSince: null,
    freshness: 'daily',
  } as const;
  const [linked] = await store.confirm(userId, ciphertext, [login], new Date(at));
  if (linked === undefined) throw new Error('nothing was linked');
  return linked.connectionId;
}
