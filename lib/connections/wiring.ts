import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import type { RequestGate } from '@/lib/providers/provider';
import { type ConfiguredProvider, configuredProviders, type WayToLink } from '@/lib/providers/registry';
import { createBudgetGate, takeRequests } from '@/lib/providers/request-budget';
import type { LinkSource } from './document';
import type { KeyLinkingDependencies, OwnAccountDependencies } from './key-linking';
import type { OAuthDependencies } from './oauth';
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

type Way<B> = Extract<WayToLink, { readonly by: B }>;

interface ProviderByWay<B> {
  readonly configured: ConfiguredProvider;
  readonly way: Way<B>;
}

/** The providers of an environment that are linked in one way. */
function findWays<B extends WayToLink['by']>(env: Env, by: B): readonly ProviderByWay<B>[] {
  const isMeant = (way: WayToLink): way is Way<B> => way.by === by;
  return configuredProviders(env).flatMap((configured) =>
    configured.waysToLink.filter(isMeant).map((way) => ({ configured, way })),
  );
}

/** Linking through the portal with everything real: this environment's database, provider, clock and budget. */
export function wireLinking(env: Env, requestId: string): LinkingDependencies {
  const client = serviceClient(env, requestId);
  const [portal] = findWays(env, 'portal');
  if (portal === undefined) throw new Error('no provider is configured that has a portal');
  const { configured, way } = portal;
  return {
    store: linkingStore(client, configured.id, env.DATA_NOTICE ?? null),
    provider: way.open(gateTo(env, requestId, configured)),
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
  return findWays(env, 'session').map(({ configured, way }) => ({
    store: sessionStore(client, configured.id, env.DATA_NOTICE ?? null),
    provider: way.open(gateTo(env, requestId, configured)),
    credentialsKey: env.CREDENTIALS_KEY,
    clock: () => new Date(),
    log: logWith(log, { requestId }),
  }));
}

/** Linking an own account by keys, likewise; null for a provider that is not offered for it here. */
export function wireKeyLinking(env: Env, requestId: string, provider: string): KeyLinkingDependencies | null {
  const found = findWays(env, 'keys').find(({ configured: { id } }) => id === provider);
  if (found === undefined) return null;
  return {
    ...wireOwnAccount(env, requestId),
    provider: found.way.open(gateTo(env, requestId, found.configured)),
  };
}

/** Linking an own account by allowing it at its broker, likewise. */
export function wireOAuth(env: Env, requestId: string, provider: string | null): OAuthDependencies | null {
  const found = findWays(env, 'oauth').find(({ configured: { id } }) => id === provider);
  if (found === undefined) return null;
  return {
    ...wireOwnAccount(env, requestId),
    store: sessionStore(serviceClient(env, requestId), found.configured.id, env.DATA_NOTICE ?? null),
    provider: found.way.open(gateTo(env, requestId, found.configured)),
  };
}

function wireOwnAccount(env: Env, requestId: string): OwnAccountDependencies {
  const client = serviceClient(env, requestId);
  const dataNotice = env.DATA_NOTICE ?? null;
  return {
    link: (account, now) => linkAccount(client, { ...account, dataNotice }, now),
    credentialsKey: env.CREDENTIALS_KEY,
    clock: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: logWith(log, { requestId }),
  };
}

/** What the page of connections offers here. */
export function linkSources(env: Env): readonly LinkSource[] {
  return configuredProviders(env).map(({ id, waysToLink }) => {
    const ways = waysToLink.map(({ by }) => by);
    return { provider: id, ways, demoKeys: ways.includes('keys') ? (env.DEMO_ACCOUNT_KEYS ?? null) : null };
  });
}
