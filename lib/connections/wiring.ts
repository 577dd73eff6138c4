import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import type { RequestGate } from '@/lib/providers/provider';
import { type ConfiguredProvider, configuredProviders } from '@/lib/providers/registry';
import { createBudgetGate, takeRequests } from '@/lib/providers/request-budget';
import type { LinkSource } from './document';
import type { KeyLinkingDependencies } from './key-linking';
import type { LinkingDependencies } from './registration';
import type { SessionDependencies } from './sessions';
import { linkAccount, linkingStore, sessionStore } from './store';

/** Somebody stands before a blank page meanwhile, so no request begins after this time. */
const TIME_LIMIT_MS = 10_000;

/** A gate to a provider's budget for somebody who waits. */
function gateTo(env: Env, requestId: string, { id, requestsPerMinute }: ConfiguredProvider): RequestGate {
  const client = serviceClient(env, requestId);
  const endsAt = Date.now() + TIME_LIMIT_MS;
  return createBudgetGate({
    take: (count) => takeRequests(client, id, count, requestsPerMinute, 'people'),
    sleep: (ms) => sleep(ms),
    timeLeftMs: () => endsAt - Date.now(),
  });
}

/** Linking through the portal with everything real: this environment's database, provider, clock and budget. */
export function wireLinking(env: Env, requestId: string): LinkingDependencies {
  const client = serviceClient(env, requestId);
  const configured = configuredProviders(env).find(({ linking }) => linking.by === 'portal');
  if (configured?.linking.by !== 'portal') throw new Error('no provider is configured that has a portal');
  const { id: provider, linking } = configured;
  return {
    store: linkingStore(client, provider, env.DATA_NOTICE ?? null),
    provider: linking.open(gateTo(env, requestId, configured)),
    credentialsKey: env.CREDENTIALS_KEY,
    clock: () => new Date(),
    newId: () => crypto.randomUUID(),
    sleep: (ms) => sleep(ms),
    log: logWith(log, { requestId }),
  };
}

/** Linking in sessions, likewise, for each provider that is linked so. */
export function wireSessions(env: Env, requestId: string): readonly SessionDependencies[] {
  const client = serviceClient(env, requestId);
  return configuredProviders(env).flatMap((configured) => {
    const { id: provider, linking } = configured;
    if (linking.by !== 'session') return [];
    return [
      {
        store: sessionStore(client, provider, env.DATA_NOTICE ?? null),
        provider: linking.open(gateTo(env, requestId, configured)),
        credentialsKey: env.CREDENTIALS_KEY,
        clock: () => new Date(),
        log: logWith(log, { requestId }),
      },
    ];
  });
}

/** Linking an own account by keys, likewise; null for a provider that is not offered for it here. */
export function wireKeyLinking(env: Env, requestId: string, provider: string): KeyLinkingDependencies | null {
  const client = serviceClient(env, requestId);
  const configured = configuredProviders(env).find(({ id }) => id === provider);
  if (configured?.linking.by !== 'keys') return null;
  const dataNotice = env.DATA_NOTICE ?? null;
  return {
    link: (account, now) => linkAccount(client, { ...account, dataNotice }, now),
    provider: configured.linking.open(gateTo(env, requestId, configured)),
    credentialsKey: env.CREDENTIALS_KEY,
    clock: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: logWith(log, { requestId }),
  };
}

/** What the page of connections offers here. */
export function linkSources(env: Env): readonly LinkSource[] {
  return configuredProviders(env).map(({ id, linking: { by } }) => ({
    provider: id,
    by,
    demoKeys: by === 'keys' ? (env.DEMO_ACCOUNT_KEYS ?? null) : null,
  }));
}
