import { randomUUID } from 'node:crypto';
import { type KeyLinkingDependencies, linkByKeys } from '@/lib/connections/key-linking';
import { linkAccount } from '@/lib/connections/store';
import { createAlpacaKeyLinking } from '@/lib/providers/alpaca/linking';
import { keysOf } from './alpaca-harness';
import { CREDENTIALS_KEY } from './linked-user';
import type { WorkerHarness } from './worker-harness';

/** Linking by keys over a harness's database and sandbox, at an instant; everything is real but the budget, which is endless. */
export function keyLinkingAt(harness: WorkerHarness, at: string): KeyLinkingDependencies {
  return {
    link: (account, now) => linkAccount(harness.stack.admin, { ...account, dataNotice: 'Not real.' }, now),
    provider: createAlpacaKeyLinking({
      baseUrl: harness.sandbox.url,
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    }),
    credentialsKey: CREDENTIALS_KEY,
    clock: () => new Date(at),
    newId: randomUUID,
    log: () => {},
  };
}

/** Links an account of the sandbox by the keys that are named after it; returns our id of the connection. */
export async function linkOwnAccount(
  harness: WorkerHarness,
  userId: string,
  at: string,
  accountId = 'alpaca-1',
): Promise<string> {
  const request = { userId, keys: keysOf(accountId), reconnect: null };
  return (await linkByKeys(request, keyLinkingAt(harness, at))).connectionId;
}
