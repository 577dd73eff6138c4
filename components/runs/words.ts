import { GAP_LABELS } from '@/components/labels/day-states';
import { GAP_REASONS } from '@/lib/domain/states';
import type { RunState, RunTrigger } from '@/lib/operations/document';

export const RUN_STATE_WORDS: Readonly<Record<RunState, string>> = {
  running: 'Running',
  complete: 'Complete',
  continues: 'Continues on the next tick',
  failed: 'Failed',
  abandoned: 'Abandoned',
};

export const TRIGGER_WORDS: Readonly<Record<RunTrigger, string>> = {
  cron: 'Schedule',
  api_key: 'API key',
  user: 'A user asked',
  look: 'A user looked',
  webhook: 'Provider event',
  backfill: 'Backfill',
};

/** The counts of a run in the order of interest. */
const COUNT_WORDS: Readonly<Record<string, string>> = {
  connections: 'Connections',
  failed: 'Failed',
  waiting: 'Left to the next run',
  captured: 'Captured',
  reconstructed: 'Reconstructed',
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
