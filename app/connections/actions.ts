'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { z } from 'zod';
import type { LinkState } from '@/components/connections/actions';
import type { LinkNotice } from '@/lib/connections/document';
import { linkByKeys } from '@/lib/connections/key-linking';
import { confirmLinks, unlink } from '@/lib/connections/linking';
import { linkNoticeQuery, noticeOf } from '@/lib/connections/portal-return';
import { startLinkAt } from '@/lib/connections/start';
import { decideMatch, type LinkedOwnAccount, splitAccount } from '@/lib/connections/store';
import { wireKeyLinking, wireLinking } from '@/lib/connections/wiring';
import { serviceClient } from '@/lib/db/clients';
import { date } from '@/lib/db/rpc';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { decideEnd } from '@/lib/fill/decide';
import { enforceLimit } from '@/lib/http/limits';
import { requirePageOwner } from '@/lib/http/page';
import { formOf } from '@/lib/http/refuse-request';
import { fillLinked, finishAllSessions, forgetAtProviders, hasNews } from '@/lib/jobs/on-link';

/** Next.js refuses a call of these that another site started. */
const requireOwner = (viewer: string) => requirePageOwner(viewer, '/connections');

/** Back to the page, which says what happened. */
function show(notice: LinkNotice | null): never {
  redirect(`/connections${linkNoticeQuery(notice)}`);
}

function readId(form: unknown, name: string): string | null {
  return z.uuid().safeParse(formOf(form).get(name)).data ?? null;
}

/** Whether a user is within the limit of changes; who is not finds everything as it was. */
async function mayChange(userId: string): Promise<boolean> {
  try {
    await enforceLimit('change', userId);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** Leaves for the provider's page; stays, and says why, when that cannot be had. */
export async function startLinkAction(
  viewer: string,
  _before: LinkState,
  form: FormData,
): Promise<LinkState> {
  const { userId } = await requireOwner(viewer);
  const request = {
    userId,
    reconnect: readId(form, 'connection'),
    provider: String(formOf(form).get('provider') ?? ''),
  };
  let url: string;
  try {
    await enforceLimit('link', userId);
    url = await startLinkAt(request, await headers(), env(), crypto.randomUUID());
  } catch (error) {
    if (error instanceof AppError) return { error: error.message };
    throw error;
  }
  redirect(url);
}

/** Links the account that keys of its own open, or lets its connection work again; stays, and says why, when they do not. */
export async function linkByKeysAction(
  viewer: string,
  _before: LinkState,
  form: FormData,
): Promise<LinkState> {
  const { userId } = await requireOwner(viewer);
  const fields = formOf(form);
  const requestId = crypto.randomUUID();
  const dependencies = wireKeyLinking(env(), requestId, String(fields.get('provider')));
  if (dependencies === null) show(null);
  const keys = { keyId: fields.get('keyId'), secretKey: fields.get('secretKey') };
  let linked: LinkedOwnAccount;
  try {
    await enforceLimit('link', userId);
    linked = await linkByKeys({ userId, keys, reconnect: readId(form, 'connection') }, dependencies);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The key's id is no secret, and nobody wants to copy it twice.
    const keyId = typeof keys.keyId === 'string' ? keys.keyId.slice(0, 200) : '';
    return { error: error.message, keyId };
  }
  after(() => fillLinked(env(), userId, requestId));
  show({
    kind: linked.outcome === 'reconnected' ? 'reconnected' : 'linked',
    connectionId: linked.connectionId,
  });
}

/** Asks the providers once more what the user has linked there. */
export async function checkLinksAction(viewer: string): Promise<void> {
  const { userId } = await requireOwner(viewer);
  const requestId = crypto.randomUUID();
  let notice: LinkNotice | null = { kind: 'unconfirmed' };
  try {
    await enforceLimit('confirm_links', userId);
    const listed = await confirmLinks(userId, wireLinking(env(), requestId));
    const sessions = await finishAllSessions(env(), userId, requestId);
    const confirmed = [...listed, ...sessions.confirmed];
    if (hasNews(confirmed)) after(() => fillLinked(env(), userId, requestId));
    notice = noticeOf({ status: 'unknown' }, confirmed);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  show(notice);
}

export async function unlinkAction(viewer: string, form: FormData): Promise<void> {
  const { userId } = await requireOwner(viewer);
  const id = readId(form, 'connection');
  if (id === null) show(null);
  try {
    await enforceLimit('change', userId);
    const requestId = crypto.randomUUID();
    await unlink(userId, id, wireLinking(env(), requestId));
    after(() => forgetAtProviders(env(), requestId));
  } catch (error) {
    if (error instanceof AppError) show(null);
    throw error;
  }
  show({ kind: 'unlinked', connectionId: id });
}

export async function decideMatchAction(viewer: string, form: FormData): Promise<void> {
  const { userId } = await requireOwner(viewer);
  const id = readId(form, 'match');
  const confirm = formOf(form).get('answer') === 'yes';
  if (!(await mayChange(userId))) show(null);
  const decided =
    id === null ? null : await decideMatch(serviceClient(env()), { userId, id, confirm }, new Date());
  // What was decided before, perhaps in another window, stays as it was.
  if (decided === null) show(null);
  show({ kind: decided.status === 'confirmed' ? 'joined' : 'kept_apart' });
}

export async function splitAccountAction(viewer: string, form: FormData): Promise<void> {
  const { userId } = await requireOwner(viewer);
  const id = readId(form, 'account');
  if (!(await mayChange(userId))) show(null);
  const split = id === null ? null : await splitAccount(serviceClient(env()), { userId, id }, new Date());
  show(split?.split === true ? { kind: 'separated' } : null);
}

/** Ends an account from a day on because its user says so; without a day takes that back. */
export async function endAccountAction(viewer: string, form: FormData): Promise<void> {
  const { userId } = await requireOwner(viewer);
  const accountId = readId(form, 'account');
  const since = formOf(form).get('since');
  if (accountId === null || !(await mayChange(userId))) show(null);
  const endedOn = since === null ? null : date.safeParse(since).data;
  if (endedOn === undefined) show({ kind: 'not_ended' });
  const decision = { accountId, userId, actorId: userId, endedOn, reason: 'said by its user' };
  const decided = await decideEnd(serviceClient(env()), decision, new Date(), reconcileRules(env()));
  // What was decided before, perhaps in another window, stays as it was.
  if (decided === null) show(null);
  if ('refused' in decided) show({ kind: 'not_ended' });
  show({ kind: endedOn === null ? 'end_taken_back' : 'ended' });
}
