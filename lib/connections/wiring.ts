import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import type { ProviderId } from '@/lib/providers/provider';
import { createBudgetGate, takeRequests } from '@/lib/providers/request-budget';
import { createSnapTradeLinking } from '@/lib/providers/snaptrade/linking';
import { snapTradeOptions } from '@/lib/providers/snaptrade/wiring';
import type { LinkingDependencies } from './registration';
import {
  confirmConnections,
  keepProviderUser,
  notePortalOpened,
  readConnectionAccess,
  readProviderUser,
  registrationStore,
  unlinkConnection,
} from './store';

/** Somebody stands before a blank page meanwhile, so no request begins after this time. */
const TIME_LIMIT_MS = 10_000;

/** Linking with everything real: this environment's database, provider, clock and budget. */
export function wireLinking(env: Env, requestId: string): LinkingDependencies {
  const client = serviceClient(env, requestId);
  const provider: ProviderId = 'snaptrade';
  const endsAt = Date.now() + TIME_LIMIT_MS;
  const gate = createBudgetGate({
    take: (count) => takeRequests(client, provider, count, env.SNAPTRADE_REQUESTS_PER_MINUTE, 'people'),
    sleep: (ms) => sleep(ms),
    timeLeftMs: () => endsAt - Date.now(),
  });
  const dataNotice = env.DATA_NOTICE ?? null;
  return {
    store: {
      readUser: (userId) => readProviderUser(client, { userId, provider }),
      keepUser: (userId, ciphertext, replaces, externalId) =>
        keepProviderUser(client, { userId, provider }, ciphertext, replaces, externalId),
      notePortalOpened: (userId, now) => notePortalOpened(client, { userId, provider }, now),
      readAccess: (userId, connectionId) => readConnectionAccess(client, userId, connectionId),
      confirm: (userId, ciphertext, listed, now) =>
        confirmConnections(client, { userId, provider, ciphertext, listed, dataNotice }, now),
      unlink: (userId, id, now) => unlinkConnection(client, { userId, id }, now),
      registrations: registrationStore(client, provider),
    },
    provider: createSnapTradeLinking(snapTradeOptions(env, gate)),
    credentialsKey: env.CREDENTIALS_KEY,
    clock: () => new Date(),
    newId: () => crypto.randomUUID(),
    sleep: (ms) => sleep(ms),
    log: logWith(log, { requestId }),
  };
}
