import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { MessageTopic } from '@/lib/domain/states';
import {
  type MessageBatch,
  messageBatch,
  messageTopics,
  type ReminderPreview,
  reminderPreview,
} from './document';

/** Begins and ends notices so that they match what is so now, and with `isSent` puts a message for each change into the outbox. */
export async function settleNotices(
  client: SupabaseClient<Database>,
  isSent: boolean,
  now: Date,
): Promise<void> {
  const call = client.rpc('settle_user_notices', { p_send: isSent, p_now: now.toISOString() });
  await readAnswer('settle_user_notices', call, z.unknown());
}

/** The next pending messages, leased to the caller; null when there are none. */
export function claimMessages(
  client: SupabaseClient<Database>,
  leaseSeconds: number,
  now: Date,
): Promise<MessageBatch | null> {
  const call = client.rpc('claim_user_messages', { p_lease_seconds: leaseSeconds, p_now: now.toISOString() });
  return readAnswer('claim_user_messages', call, messageBatch.nullable());
}

/** What became of messages: sent, refused for good, or to be tried again. */
export type MessageOutcome = 'sent' | 'refused' | { readonly nextAttemptAt: Date };

export async function finishMessages(
  client: SupabaseClient<Database>,
  ids: readonly number[],
  outcome: MessageOutcome,
  now: Date,
): Promise<void> {
  const call = client.rpc('finish_user_messages', {
    p_ids: [...ids],
    p_next_attempt_at: orNull(typeof outcome === 'string' ? null : outcome.nextAttemptAt.toISOString()),
    p_is_refused: outcome === 'refused',
    p_now: now.toISOString(),
  });
  await readAnswer('finish_user_messages', call, z.unknown());
}

/** The kinds of messages that a user does not want. */
export function readUnsubscribed(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly MessageTopic[]> {
  const call = client.rpc('user_unsubscriptions', { p_user_id: userId });
  return readAnswer('user_unsubscriptions', call, messageTopics);
}

/** Ends or begins a user's subscription to a kind of messages. */
export async function setSubscription(
  client: SupabaseClient<Database>,
  subscription: { readonly userId: string; readonly topic: MessageTopic; readonly isWanted: boolean },
  now: Date,
): Promise<void> {
  const call = client.rpc('set_subscription', {
    p_user_id: subscription.userId,
    p_topic: subscription.topic,
    p_is_wanted: subscription.isWanted,
    p_now: now.toISOString(),
  });
  await readAnswer('set_subscription', call, z.unknown());
}

/** Where connections are broken: at a brokerage, or with a null institution at any of a provider. */
export interface ReminderScope {
  readonly provider: string;
  readonly institution: string | null;
}

/** Whom a reminder to reconnect would reach. */
export function previewReminder(
  client: SupabaseClient<Database>,
  { provider, institution }: ReminderScope,
): Promise<ReminderPreview> {
  const call = client.rpc('reminder_preview', { p_provider: provider, p_institution: orNull(institution) });
  return readAnswer('reminder_preview', call, reminderPreview);
}

/** Puts one reminder for each owner who was not reminded yet into the outbox; returns how many users get one. */
export function remindOwners(
  client: SupabaseClient<Database>,
  {
    provider,
    institution,
    actorId,
    reason,
  }: ReminderScope & { readonly actorId: string; readonly reason: string },
  now: Date,
): Promise<number> {
  const call = client.rpc('remind_owners', {
    p_provider: provider,
    p_institution: orNull(institution),
    p_actor_id: actorId,
    p_reason: reason,
    p_now: now.toISOString(),
  });
  return readAnswer('remind_owners', call, z.number().int());
}
