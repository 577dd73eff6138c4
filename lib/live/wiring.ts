import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceClient } from '@/lib/db/clients';
import { type Env, reconcileRules } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { configuredProviders } from '@/lib/providers/registry';
import { openProviders } from '@/lib/providers/request-budget';
import { refreshLive } from './refresh';
import { claimLiveReads, recordLiveRead } from './store';

/** A page view that cannot be served within this time is served by the next one. */
const TIME_LIMIT_MS = 20_000;

/** Reads a looking user's live values anew with everything real: this environment's database, provider, clock and budget. */
export function runLiveRefresh(env: Env, userId: string, requestId?: string): Promise<number> {
  const client = serviceClient(env, requestId);
  const endsAt = Date.now() + TIME_LIMIT_MS;
  const { providers } = openProviders(configuredProviders(env), {
    client,
    share: 'people',
    timeLeftMs: () => endsAt - Date.now(),
    sleep: (ms) => sleep(ms),
  });
  return refreshLive(userId, new Date(), {
    claim: (id, staleBefore, now) => claimLiveReads(client, id, staleBefore, now),
    record: (connectionId, read, now) => recordLiveRead(client, connectionId, read, now),
    providers,
    rules: reconcileRules(env),
    credentialsKey: env.CREDENTIALS_KEY,
    refreshMinutes: env.LIVE_REFRESH_MINUTES,
    log: logWith(log, { requestId: requestId ?? null }),
  });
}
