import 'server-only';
import { z } from 'zod';
import { date, instant, type Output } from '@/lib/db/rpc';
import { MESSAGE_TOPICS } from '@/lib/domain/states';

const name = z.string();

/** What a message is about: names, and since when; never a value. */
const item = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('connection_broken'),
    facts: z.object({ institution: name, provider: name, since: instant.nullable() }),
  }),
  z.object({
    kind: z.literal('match'),
    facts: z.object({ institution: name, account: name, otherInstitution: name, otherAccount: name }),
  }),
  z.object({
    kind: z.literal('movement'),
    facts: z.object({ institution: name, account: name, since: date }),
  }),
  z.object({ kind: z.literal('account'), facts: z.object({ institution: name, account: name }) }),
]);
export type MessageItem = Output<typeof item>;

/** Pending messages of one kind to one user, which are sent as one. */
export const messageBatch = z.object({
  ids: z.array(z.number().int()).nonempty(),
  userId: z.uuid(),
  email: z.string(),
  /** `reconnect_reminder` is one that an operator had sent. */
  kind: z.enum([...MESSAGE_TOPICS, 'reconnect_reminder']),
  /** What its user may not want, to which it belongs. */
  topic: z.enum(MESSAGE_TOPICS),
  /** How often the mail server did not take it. */
  attempts: z.number().int(),
  items: z.array(item).nonempty(),
});
export type MessageBatch = Output<typeof messageBatch>;

export const messageTopics = z.array(z.enum(MESSAGE_TOPICS));

/** Whom a reminder to reconnect would reach, in users. */
export const reminderPreview = z.object({
  /** With a broken connection there. */
  owners: z.number().int(),
  unsubscribed: z.number().int(),
  /** Since their connection broke. */
  reminded: z.number().int(),
  recipients: z.number().int(),
});
export type ReminderPreview = Output<typeof reminderPreview>;
