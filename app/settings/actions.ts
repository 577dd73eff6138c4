'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { z } from 'zod';
import type { SettingsState } from '@/components/settings/settings-view';
import { wireLinking } from '@/lib/connections/wiring';
import { cookieClient, serviceClient } from '@/lib/db/clients';
import { MESSAGE_TOPICS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { allowEstimates } from '@/lib/estimates/store';
import { drawFirstEstimates } from '@/lib/estimates/wiring';
import { enforceLimit, subjectOfEmail } from '@/lib/http/limits';
import { requirePageOwner } from '@/lib/http/page';
import { formOf } from '@/lib/http/refuse-request';
import { endSession, inNewDocument } from '@/lib/http/session';
import { emailAddress, isOwnPassword, NEW_PASSWORD_RULE, newPassword, password } from '@/lib/http/sign-in';
import { forgetAtProviders } from '@/lib/jobs/on-link';
import { setSubscription } from '@/lib/messages/store';
import { deleteEverything } from '@/lib/user-data/delete';

const passwords = z.object({ current: password, next: newPassword });
const emailChange = z.object({ password, email: emailAddress });

const requireOwner = (viewer: string) => requirePageOwner(viewer, '/settings', inNewDocument('/settings'));

/** Runs what may be refused, and says why it was. */
async function say(work: () => Promise<SettingsState>): Promise<SettingsState> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return { error: error.message };
    throw error;
  }
}

/** Changes the password of whoever knows the current one, and ends their other sessions. */
export async function changePasswordAction(
  viewer: string,
  _before: SettingsState,
  given: FormData,
): Promise<SettingsState> {
  const { userId, email } = await requireOwner(viewer);
  const form = formOf(given);
  const parsed = passwords.safeParse({ current: form.get('current'), next: form.get('next') });
  if (!parsed.success) return { error: `Enter your current password and a new one. ${NEW_PASSWORD_RULE}` };
  const { current, next } = parsed.data;
  return say(async () => {
    await enforceLimit('password', userId);
    if (!(await isOwnPassword(env(), email, current)))
      return { error: 'Your current password is not right.' };
    const { auth } = cookieClient(env(), await cookies());
    const { error } = await auth.updateUser({ password: next });
    if (error !== null) return { error: `The password was not changed: ${error.message}` };
    await auth.signOut({ scope: 'others' });
    return { error: null, done: 'Your password is changed. Other devices have to sign in again.' };
  });
}

/** Has another e-mail address confirmed by mail; until then the present one stays. */
export async function changeEmailAction(
  viewer: string,
  _before: SettingsState,
  given: FormData,
): Promise<SettingsState> {
  const { userId, email } = await requireOwner(viewer);
  const form = formOf(given);
  const parsed = emailChange.safeParse({ password: form.get('password'), email: form.get('email') });
  if (!parsed.success) return { error: 'Enter the new address and your password.' };
  return say(async () => {
    await enforceLimit('password', userId);
    if (!(await isOwnPassword(env(), email, parsed.data.password)))
      return { error: 'Your password is not right.' };
    await enforceLimit('mail_to', subjectOfEmail(parsed.data.email));
    const { auth } = cookieClient(env(), await cookies());
    const { error } = await auth.updateUser({ email: parsed.data.email });
    if (error !== null) return { error: `The address was not changed: ${error.message}` };
    return { error: null, done: 'Look into your mail: a link there confirms the change.' };
  });
}

/** Chooses which kinds of messages the user gets: those whose boxes are ticked. */
export async function saveMessagesAction(
  viewer: string,
  _before: SettingsState,
  given: FormData,
): Promise<SettingsState> {
  const { userId } = await requireOwner(viewer);
  const wanted = formOf(given).getAll('topic');
  return say(async () => {
    await enforceLimit('change', userId);
    const client = serviceClient(env());
    const now = new Date();
    for (const topic of MESSAGE_TOPICS)
      await setSubscription(client, { userId, topic, isWanted: wanted.includes(topic) }, now);
    return { error: null, done: 'Saved.' };
  });
}

/** Allows estimates of days that no source can give, or allows them no more, as the box is ticked. */
export async function saveEstimatesAction(
  viewer: string,
  _before: SettingsState,
  given: FormData,
): Promise<SettingsState> {
  const { userId } = await requireOwner(viewer);
  const isAllowed = formOf(given).get('estimates') === 'on';
  return say(async () => {
    await enforceLimit('change', userId);
    const requestId = crypto.randomUUID();
    const decision = { userId, isAllowed, by: null };
    const changed = await allowEstimates(serviceClient(env(), requestId), decision, new Date());
    if (changed === null) return { error: 'Link an account first: there is nothing to estimate yet.' };
    if (isAllowed) {
      after(() => drawFirstEstimates(env(), requestId, userId));
      return {
        error: null,
        done: 'Saved. The first estimates appear within two evenings, once your holdings are read.',
      };
    }
    return { error: null, done: 'Saved. No day is estimated from your holdings any more.' };
  });
}

/** Ends every session of the user, in this browser and everywhere else. */
export async function signOutEverywhereAction(viewer: string): Promise<void> {
  const { userId } = await requireOwner(viewer);
  await enforceLimit('change', userId);
  await cookieClient(env(), await cookies()).auth.signOut({ scope: 'global' });
  await endSession(env(), await cookies());
  redirect(inNewDocument('/sign-in'));
}

/** Deletes the user with everything that is stored about them, who confirms it with their password. */
export async function deleteEverythingAction(
  viewer: string,
  _before: SettingsState,
  given: FormData,
): Promise<SettingsState> {
  const { userId, email } = await requireOwner(viewer);
  const confirmedBy = password.safeParse(formOf(given).get('password')).data;
  if (confirmedBy === undefined) return { error: 'Enter your password to confirm.' };
  let receipt: string | null = null;
  const state = await say(async () => {
    await enforceLimit('password', userId);
    if (!(await isOwnPassword(env(), email, confirmedBy))) return { error: 'This password is not right.' };
    const requestId = crypto.randomUUID();
    const linking = wireLinking(env(), requestId);
    receipt = (await deleteEverything(serviceClient(env(), requestId), userId, linking)).id;
    after(() => forgetAtProviders(env(), requestId));
    return { error: null };
  });
  if (receipt === null) return state;
  await endSession(env(), await cookies());
  redirect(inNewDocument(`/deleted?receipt=${receipt}`));
}
