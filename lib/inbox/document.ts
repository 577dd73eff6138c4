import 'server-only';
import { z } from 'zod';
import { incident } from '@/lib/alerts/document';
import { date, instant, type Output } from '@/lib/db/rpc';
import { INBOX_ACTIONS } from '@/lib/domain/states';

const count = z.number().int();

/** Something about one account of a user: how many, and since which day. */
const accountFacts = z.object({ account: z.string(), institution: z.string(), count, date });

const marks = {
  /** Stays the same as long as it waits. */
  item: z.string(),
  since: instant,
  /** Whose it is, where it is about one user. */
  userId: z.uuid().nullable(),
  email: z.string().nullable(),
  assigneeId: z.uuid().nullable(),
  assignee: z.string().nullable(),
  snoozedUntil: instant.nullable(),
  /** What operators did with it, newest first. */
  events: z.array(
    z.object({
      actor: z.string().nullable(),
      action: z.enum(INBOX_ACTIONS),
      until: instant.nullable(),
      at: instant,
    }),
  ),
};

/** Something that waits for an operator. */
const inboxItem = z.discriminatedUnion('kind', [
  z.object({ ...marks, kind: z.literal('alert'), facts: incident }),
  z.object({
    ...marks,
    kind: z.literal('run'),
    /** Runs of one trading day that failed, and the newest of them. */
    facts: z.object({ tradingDay: date, runs: count, runId: z.uuid() }),
  }),
  z.object({ ...marks, kind: z.literal('held'), facts: accountFacts }),
  z.object({ ...marks, kind: z.literal('movement'), facts: accountFacts }),
  z.object({ ...marks, kind: z.literal('account'), facts: accountFacts }),
]);
export type InboxItem = Output<typeof inboxItem>;

/** What waits for operators: how much of it, and the oldest. */
export const inbox = z.object({
  /** That wait and are not put off. */
  total: count,
  /** Those among them that the reader took on. */
  mine: count,
  snoozed: count,
  items: z.array(inboxItem),
});
export type Inbox = Output<typeof inbox>;
