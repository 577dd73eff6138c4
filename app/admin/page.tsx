import { headers } from 'next/headers';
import Link from 'next/link';
import { createPlainFormats, type Formats } from '@/components/format/formats';
import { type DescribedItem, InboxList } from '@/components/inbox/inbox-list';
import { describeItem, type ItemWords } from '@/components/labels/inbox';
import { alertFormats } from '@/components/labels/operations';
import { describeIncident } from '@/lib/alerts/message';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, readSearchFields } from '@/lib/http/query';
import type { Inbox, InboxItem } from '@/lib/inbox/document';
import { readInbox } from '@/lib/inbox/store';

export const metadata = { title: 'Inbox' };

const ITEMS_SHOWN = 100;

/** Whether there is anything for an operator, and what: held values, questions, incidents, failed runs, alerts. */
export default async function InboxPage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  const { userId } = await requireAdministratorPage();
  const { view } = readSearchFields(await searchParams, ['view']);
  const isSnoozed = view === 'snoozed';
  const inbox = await readInbox(
    serviceClient(env()),
    { actorId: userId, isSnoozed, limit: ITEMS_SHOWN },
    new Date(),
  );
  const locale = preferredLocale(await headers());
  const formats = createPlainFormats(locale);
  const describe = (item: InboxItem): DescribedItem => {
    const { facts: _, ...rest } = item;
    const words: ItemWords =
      item.kind === 'alert' ? describeAlert(item.facts, formats) : describeItem(item, formats);
    return { ...rest, words };
  };
  const shown = isSnoozed ? inbox.snoozed : inbox.total;
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-baseline justify-between gap-3">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">Inbox</h1>
          <p role="status" className="mt-1.5 text-ink-soft">
            {headlineOf(inbox)}
          </p>
        </div>
        <nav aria-label="View" className="flex gap-4 text-sm">
          {[
            { href: '/admin', name: `Waiting (${inbox.total})`, isHere: !isSnoozed },
            { href: '/admin?view=snoozed', name: `Snoozed (${inbox.snoozed})`, isHere: isSnoozed },
          ].map(({ href, name, isHere }) => (
            <Link
              key={href}
              href={href}
              aria-current={isHere ? 'page' : undefined}
              className="py-1 text-ink-soft underline-offset-4 hover:underline aria-[current]:font-medium aria-[current]:text-ink"
            >
              {name}
            </Link>
          ))}
        </nav>
      </header>
      {inbox.items.length > 0 && (
        <InboxList items={inbox.items.map(describe)} readerId={userId} locale={locale} />
      )}
      {shown > inbox.items.length && (
        <p className="text-sm text-ink-soft">
          The oldest {inbox.items.length} of {shown} are shown.
        </p>
      )}
    </div>
  );
}

function headlineOf({ total, mine }: Inbox): string {
  if (total === 0) return 'Nothing waits for you.';
  const waiting = total === 1 ? 'One thing waits' : `${total} things wait`;
  return mine === 0 ? `${waiting} for a decision.` : `${waiting} for a decision, ${mine} of them yours.`;
}

function describeAlert(
  incident: Extract<InboxItem, { kind: 'alert' }>['facts'],
  formats: Formats,
): ItemWords {
  const { title, advice, page } = describeIncident({ incident, resolvedAt: null }, alertFormats(formats));
  return { title, detail: advice, href: page };
}
