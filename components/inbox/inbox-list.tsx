'use client';

import Link from 'next/link';
import { useDecision } from '@/components/doubts/use-decision';
import { createPlainFormats, type Formats } from '@/components/format/formats';
import { type ItemWords, KIND_WORDS, MARK_WORDS, SNOOZE_WORDS } from '@/components/labels/inbox';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { SNOOZE_HOURS } from '@/lib/domain/states';
import type { InboxItem } from '@/lib/inbox/document';

/** An item with its words. */
export type DescribedItem = Omit<InboxItem, 'facts'> & { readonly words: ItemWords };

/** What waits for operators, each with what can be done with it from here. */
export function InboxList({
  items,
  readerId,
  locale,
}: {
  readonly items: readonly DescribedItem[];
  readonly readerId: string;
  readonly locale: string;
}) {
  const formats = createPlainFormats(locale);
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {items.map((item) => (
        <li key={item.item} className="grid gap-x-8 gap-y-3 py-4 lg:grid-cols-[1fr_auto]">
          <ItemFacts item={item} isMine={item.assigneeId === readerId} formats={formats} />
          <ItemActions item={item} isMine={item.assigneeId === readerId} />
        </li>
      ))}
    </ul>
  );
}

function ItemFacts({
  item: { words, kind, since, assignee, assigneeId, snoozedUntil, events },
  isMine,
  formats,
}: {
  readonly item: DescribedItem;
  readonly isMine: boolean;
  readonly formats: Formats;
}) {
  return (
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          href={words.href}
          prefetch={false}
          className="-my-1 inline-block py-1 font-medium wrap-anywhere text-accent underline-offset-4 hover:underline"
        >
          {words.title}
        </Link>
        <Badge tone={kind === 'alert' ? 'caution' : 'neutral'}>{KIND_WORDS[kind]}</Badge>
        {assigneeId !== null && (
          <Badge tone={isMine ? 'accent' : 'neutral'}>
            {isMine ? 'Yours' : `Taken by ${assignee ?? 'somebody who is gone'}`}
          </Badge>
        )}
        {snoozedUntil !== null && <Badge>Snoozed until {formats.instant(snoozedUntil)}</Badge>}
      </p>
      <p className="mt-0.5 wrap-anywhere text-pretty text-ink-soft">{words.detail}</p>
      <p className="tabular mt-0.5 text-ink-soft">Since {formats.instant(since)}</p>
      {events.length > 0 && (
        <details className="mt-1 text-ink-soft">
          <summary className="w-fit cursor-pointer rounded-lg py-1">History</summary>
          <ul className="tabular">
            {events.map(({ actor, action, until, at }) => (
              <li key={`${at} ${action}`} className="wrap-anywhere">
                {formats.instant(at)}: {actor ?? 'Somebody who is gone'} {MARK_WORDS[action]}
                {until !== null && ` until ${formats.instant(until)}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function ItemActions({ item, isMine }: { readonly item: DescribedItem; readonly isMine: boolean }) {
  const { decide, isSending, fault } = useDecision('/api/admin/inbox');
  const { item: name, words, kind, snoozedUntil } = item;
  const mark = (body: object, done: string) => void decide({ item: name, ...body }, done);
  const about = <span className="sr-only">: {words.title}</span>;
  return (
    <div className="flex flex-wrap items-start gap-2 lg:justify-end">
      <Button
        size="touch"
        disabled={isSending}
        onClick={() =>
          isMine ? mark({ action: 'release' }, 'Given back.') : mark({ action: 'assign' }, 'It is yours now.')
        }
      >
        {isMine ? 'Give back' : 'Take on'}
        {about}
      </Button>
      {snoozedUntil === null ? (
        <details className="group relative">
          <summary className="flex h-11 cursor-pointer items-center rounded-lg border border-hairline bg-surface px-3 font-medium hover:border-outline sm:h-9">
            Snooze{about}
          </summary>
          <div className="absolute right-0 z-10 mt-1 flex flex-col gap-1 rounded-xl border border-hairline bg-surface p-1.5 shadow-lg">
            {SNOOZE_HOURS.map((hours) => (
              <Button
                key={hours}
                look="plain"
                size="touch"
                disabled={isSending}
                onClick={() => mark({ action: 'snooze', hours }, `Snoozed for ${SNOOZE_WORDS[hours]}.`)}
              >
                {SNOOZE_WORDS[hours]}
              </Button>
            ))}
          </div>
        </details>
      ) : (
        <Button size="touch" disabled={isSending} onClick={() => mark({ action: 'wake' }, 'It waits again.')}>
          Wake{about}
        </Button>
      )}
      {kind === 'run' && (
        <Button size="touch" disabled={isSending} onClick={() => mark({ action: 'done' }, 'Done.')}>
          Done{about}
        </Button>
      )}
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </div>
  );
}
