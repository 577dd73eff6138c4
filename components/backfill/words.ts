import type { Formats } from '@/components/format/formats';
import { GAP_LABELS } from '@/components/labels/day-states';
import { nameSource } from '@/components/labels/sources';
import type { BackfillOutcome, BackfillRange, BackfillScope, BackfillState } from '@/lib/backfill/document';

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

/** Whom a backfill is about: `Everyone`, or what it is narrowed down to. */
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
