import type { Formats } from '@/components/format/formats';
import type { InboxAction } from '@/lib/domain/states';
import type { InboxItem } from '@/lib/inbox/document';

/** An item of the inbox in words, with the page where it is settled. */
export interface ItemWords {
  readonly title: string;
  readonly detail: string;
  readonly href: string;
}

/** What waits about a run or an account; alerts bring their own words. */
export function describeItem(
  item: Exclude<InboxItem, { readonly kind: 'alert' }>,
  formats: Formats,
): ItemWords {
  if (item.kind === 'run') {
    const { tradingDay, runs, runId } = item.facts;
    return {
      title: `${runs === 1 ? 'A run' : `${formats.count(runs)} runs`} of ${formats.date(tradingDay)} failed`,
      detail: 'Later ticks go on by themselves. See why it failed, then be done with it.',
      href: `/admin/runs/${runId}`,
    };
  }
  const { account, institution, count, date } = item.facts;
  const where = `${account} at ${institution}`;
  const whose = item.email ?? 'a user who is gone';
  const href = `/admin/coverage/${item.userId ?? ''}`;
  if (item.kind === 'held')
    return {
      title: count === 1 ? `A held value of ${where}` : `${formats.count(count)} held values of ${where}`,
      detail: `${whose}, from ${formats.date(date)} on. Accept or reject, or let later evenings confirm.`,
      href,
    };
  if (item.kind === 'movement')
    return {
      title:
        count === 1
          ? `An unknown movement on ${where}`
          : `${formats.count(count)} unknown movements on ${where}`,
      detail: `${whose}, from ${formats.date(date)} on. Figures across it are blank until somebody says what it was.`,
      href,
    };
  return {
    title: `${where} is an account of an unknown kind`,
    detail: `${whose}. It does not count until somebody says what it is.`,
    href,
  };
}

export const KIND_WORDS: Readonly<Record<InboxItem['kind'], string>> = {
  alert: 'Alert',
  run: 'Failed run',
  held: 'Held value',
  movement: 'Question',
  account: 'Question',
};

export const MARK_WORDS: Readonly<Record<InboxAction, string>> = {
  assign: 'took it on',
  release: 'gave it back',
  snooze: 'snoozed it',
  wake: 'brought it back',
  done: 'was done with it',
};

/** For how long an item is put off, by its hours. */
export const SNOOZE_WORDS = { 1: '1 hour', 24: '1 day', 168: '1 week' } as const;
