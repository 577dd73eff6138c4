import { type Formats, formatShare } from '@/components/format/formats';
import type { BackfillRange, BackfillScope } from '@/lib/backfill/document';
import {
  type AuditAction,
  type BackfillOutcome,
  type BackfillState,
  GAP_REASONS,
  type GapReason,
  type RunState,
  type RunTrigger,
} from '@/lib/domain/states';
import { GAP_LABELS, nameSource } from './states';

/** How a backfill stands, in short and as a sentence. */
export const STATE_WORDS: Readonly<Record<BackfillState, { label: string; sentence: string }>> = {
  open: { label: 'Waiting', sentence: 'A worker begins shortly.' },
  running: { label: 'Running', sentence: 'Workers go on with it, also when this page is closed.' },
  done: { label: 'Done', sentence: 'Every connection was asked.' },
  cancelled: { label: 'Cancelled', sentence: 'Nothing more is asked for. What was filled stays.' },
  failed: {
    label: 'Not finished',
    sentence: 'Some connections did not answer for a whole day. Ask again once their provider works.',
  },
};

const OUTCOME_WORDS: Readonly<Record<Exclude<BackfillOutcome, 'cannot'>, string>> = {
  filled: 'Filled',
  waiting: 'Waiting',
  not_asked: 'Not asked',
};

/** What came of some days: filled, or the reason why they cannot be had. */
export function describeOutcome({ outcome, reason }: Pick<BackfillRange, 'outcome' | 'reason'>): string {
  return outcome === 'cannot' ? GAP_LABELS[reason ?? 'provider_cannot'].label : OUTCOME_WORDS[outcome];
}

/** Whom a backfill is about: `Everyone`, or what it is limited to. */
export function describeScope(scope: BackfillScope & { readonly email: string | null }): string {
  const { userId, email, institution, provider, reason } = scope;
  const who = userId === null ? null : (email ?? userId);
  const via = provider === null ? null : nameSource(provider);
  const parts = [who, institution, via].filter((part) => part !== null);
  const whom = parts.length === 0 ? 'Everyone' : parts.join(', ');
  return reason === null ? whom : `${whom}: ${GAP_LABELS[reason].label}`;
}

/** A range of days, or the one day that it is. */
export function describeDays(formats: Formats, { from, to }: Pick<BackfillRange, 'from' | 'to'>): string {
  return from === to ? formats.date(from) : formats.dateRange(from, to);
}

export const RUN_STATE_WORDS: Readonly<Record<RunState, string>> = {
  running: 'Running',
  complete: 'Complete',
  continues: 'Continues on the next tick',
  failed: 'Failed',
  abandoned: 'Crashed',
};

export const TRIGGER_WORDS: Readonly<Record<RunTrigger, string>> = {
  cron: 'Schedule',
  api_key: 'API key',
  user: 'A user asked',
  page_view: 'Page visit',
  webhook: 'Provider event',
  backfill: 'Backfill',
};

/** The counts of a run in the order of interest. */
const COUNT_WORDS: Readonly<Record<string, string>> = {
  connections: 'Connections',
  failed: 'Failed',
  waiting: 'Left for the next run',
  captured: 'Recorded at close',
  reconstructed: 'Filled in later',
  held: 'Held',
  observations: 'New observations',
  published: 'Published',
  requests: 'Requests',
};

/** The counts that a run has, each with its name; a count that is new here keeps its own. */
export function namedCounts(
  counts: Readonly<Record<string, number>>,
): readonly { name: string; count: number }[] {
  const order = Object.keys(COUNT_WORDS);
  return Object.entries(counts)
    .filter(([key]) => key !== 'waitedMs')
    .toSorted(([a], [b]) => place(order, a) - place(order, b))
    .map(([key, count]) => ({ name: COUNT_WORDS[key] ?? key, count }));
}

function place(order: readonly string[], key: string): number {
  const at = order.indexOf(key);
  return at === -1 ? order.length : at;
}

/** A run's reason for days that stayed missing, as it is named elsewhere. */
export function nameRunReason(reason: string): string {
  const known = GAP_REASONS.find((candidate) => candidate === reason);
  return known === undefined ? reason : GAP_LABELS[known].label;
}

export const AUDIT_WORDS: Readonly<Record<AuditAction, string>> = {
  accept_held: 'Accepted a held value',
  take_back_verdict: 'Took a verdict back',
  end_account: 'Ended an account',
  take_back_end: 'Took the end of an account back',
  reject_held: 'Rejected a held value',
  classify_movement: 'Classified a movement',
  take_back_movement: 'Took a movement’s classification back',
  classify_account: 'Classified an account',
  take_back_account: 'Took an account’s classification back',
  allow_estimates: 'Allowed estimates for a user',
  take_back_estimates: 'Took the permission of estimates back',
  open_backfill: 'Opened a backfill',
  reopen_days: 'Reopened days that could not be recovered',
  cancel_backfill: 'Cancelled a backfill',
  remind_owners: 'Reminded owners to reconnect',
  view_user: 'Looked at a user',
};

export const VERDICT_WORDS = { accepted: 'Counts', held: 'Held', rejected: 'Does not count' } as const;

/** How operators' pages write what an alert names. */
export function alertFormats({ locale, date, instant, count }: Formats) {
  return {
    date,
    instant,
    count,
    share: (part: number, whole: number) => formatShare(part, whole, locale),
    source: nameSource,
    reason: (reason: GapReason) => GAP_LABELS[reason].label.toLowerCase(),
  };
}
