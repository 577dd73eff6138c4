import 'server-only';
import type { Env } from '@/lib/env';
import { ownAddress } from '@/lib/http/address';
import { startLink } from './linking';
import { startOAuth } from './oauth';
import { startSession } from './sessions';
import { wireLinking, wireOAuth, wireSessions } from './wiring';

interface LinkStart {
  readonly userId: string;
  /** Our id of the connection to reconnect; null to link another one. */
  readonly reconnect: string | null;
  /** Through whom; whoever has a portal where nobody is named. */
  readonly provider: string | null;
}

/** The address of a provider's page on which a user links or reconnects; throws `AppError` like the ways that lead there. */
export function startLinkAt(
  { provider, ...request }: LinkStart,
  headers: Parameters<typeof ownAddress>[0],
  env: Env,
  requestId: string,
): Promise<string> {
  const oauth = wireOAuth(env, requestId, provider);
  if (oauth !== null) {
    const returnTo = ownAddress(headers, `/connections/return/${oauth.provider.id}`, env);
    return startOAuth({ ...request, returnTo }, oauth);
  }
  const session = wireSessions(env, requestId).find((one) => one.provider.id === provider);
  if (session === undefined) {
    const returnTo = ownAddress(headers, '/connections/return', env);
    return startLink({ ...request, returnTo }, wireLinking(env, requestId));
  }
  const { id } = session.provider;
  const returnTo = ownAddress(headers, `/connections/return/${id}`, env);
  const eventsTo = ownAddress(headers, `/api/webhooks/${id}`, env);
  return startSession({ ...request, returnTo, eventsTo }, session);
}
