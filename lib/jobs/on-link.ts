import 'server-only';
import { confirmLinks } from '@/lib/connections/linking';
import { deleteOrphans } from '@/lib/connections/registration';
import { type FinishedSessions, finishSessions, removeLogins } from '@/lib/connections/sessions';
import type { ConfirmedConnection } from '@/lib/connections/store';
import { wireLinking, wireSessions } from '@/lib/connections/wiring';
import type { Env } from '@/lib/env';
import { runFillWith } from '@/lib/fill/wiring';
import { log } from '@/lib/log';

const LOOK_BACK_DAYS = 365;

/** Whether something came of a confirmation that is to be filled now. */
export function hasNews(confirmed: readonly ConfirmedConnection[]): boolean {
  return confirmed.some(({ outcome }) => outcome === 'linked' || outcome === 'reconnected');
}

/** Fills the year of what was linked or reconnected, after the answer was sent. Never throws: the next tick goes on with what is left. */
export async function fillLinked(env: Env, userId: string, requestId: string): Promise<void> {
  try {
    const lookBackDays = LOOK_BACK_DAYS;
    await runFillWith(env, { trigger: 'user', requestId, userId, asked: false, lookBackDays });
  } catch (error) {
    log('warn', 'fill_linked_failed', { requestId, message: messageOf(error) });
  }
}

/**
 * Takes in what a looking user linked on the provider's pages without ever coming back from them, and fills it, after the
 * answer was sent; costs nothing when they did not go there lately. Never throws.
 */
export async function confirmOnLook(env: Env, userId: string, requestId: string): Promise<void> {
  const linking = wireLinking(env, requestId);
  try {
    const known = await linking.store.readUser(userId);
    const listed = known?.portalOpenedAt ? await confirmLinks(userId, linking) : [];
    const { confirmed } = await finishAllSessions(env, userId, requestId);
    if (hasNews([...listed, ...confirmed])) await fillLinked(env, userId, requestId);
  } catch (error) {
    log('warn', 'confirm_on_look_failed', { requestId, message: messageOf(error) });
  }
}

/** What became of all sessions of a user, at whatever provider; costs nothing when none is open. Throws `AppError`. */
export async function finishAllSessions(
  env: Env,
  userId: string,
  requestId: string,
): Promise<FinishedSessions> {
  const finished: FinishedSessions[] = [];
  for (const sessions of wireSessions(env, requestId)) finished.push(await finishSessions(userId, sessions));
  return {
    confirmed: finished.flatMap(({ confirmed }) => confirmed),
    left: finished.map(({ left }) => left).findLast((left) => left !== null) ?? null,
  };
}

/**
 * Lets providers forget what leads nowhere here: registrations whose secret is lost or whose user is gone, and logins that were
 * unlinked. After the answer was sent. Never throws: the watch route goes on with what is left.
 */
export async function forgetAtProviders(env: Env, requestId: string): Promise<void> {
  try {
    await deleteOrphans(wireLinking(env, requestId));
    for (const sessions of wireSessions(env, requestId)) await removeLogins(sessions);
  } catch (error) {
    log('warn', 'forget_at_providers_failed', { requestId, message: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
