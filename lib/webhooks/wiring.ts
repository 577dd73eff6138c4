import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { createPlaidWebhookKeys } from '@/lib/providers/plaid/webhook-keys';
import { plaidOptions } from '@/lib/providers/plaid/wiring';
import { createBudgetGate, takeRequests } from '@/lib/providers/request-budget';
import { cacheKeys, type ReadKey } from './plaid';

/** Plaid waits ten seconds for an answer. */
const TIME_LIMIT_MS = 5_000;

let keys: ReadKey | undefined;

/** Plaid's public keys, each asked for once by this process; null where Plaid is not configured. */
export function plaidWebhookKeys(env: Env): ReadKey | null {
  if (env.PLAID_CLIENT_ID === undefined) return null;
  keys ??= cacheKeys(
    (keyId) => createPlaidWebhookKeys(plaidOptions(env, gateOf(env)))(keyId),
    () => new Date(),
  );
  return keys;
}

function gateOf(env: Env) {
  const client = serviceClient(env);
  const endsAt = Date.now() + TIME_LIMIT_MS;
  return createBudgetGate({
    take: (count) => takeRequests(client, 'plaid', count, env.PLAID_REQUESTS_PER_MINUTE, 'people'),
    sleep: (ms) => sleep(ms),
    timeLeftMs: () => endsAt - Date.now(),
  });
}
