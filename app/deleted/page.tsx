import { headers } from 'next/headers';
import Link from 'next/link';
import { z } from 'zod';
import { languagesOf } from '@/components/format/formats';
import { Facts } from '@/components/ui/facts';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale } from '@/lib/http/page';
import type { PageSearch } from '@/lib/http/query';
import type { DeletionReceipt } from '@/lib/user-data/document';
import { readDeletion } from '@/lib/user-data/store';
import { PublicFrame } from '../public-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Deleted', robots: { index: false } };

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** What is named one by one, by table; the rest is summed up. */
const LABELS: Readonly<Record<string, string>> = {
  brokerage_connections: 'Connections',
  accounts: 'Accounts',
  account_values: 'Recorded values',
  user_portfolio_history: 'Days of history',
  movement_rows: 'Movements of money',
};

/** That a user was deleted, with what went with them, for whoever has the receipt's id. */
export default async function DeletedPage({ searchParams }: PageProps) {
  const id = z.uuid().safeParse((await searchParams).receipt).data;
  const receipt = id === undefined ? null : await readDeletion(serviceClient(env()), id);
  const locale = preferredLocale(await headers());
  return (
    <PublicFrame>
      <div className="max-w-2xl">
        {receipt === null ? (
          <>
            <h1 className="text-2xl font-semibold tracking-tight">No such receipt</h1>
            <p className="mt-2 text-ink-soft">This address does not belong to a user who was deleted.</p>
          </>
        ) : (
          <Receipt receipt={receipt} locale={locale} />
        )}
        <p className="mt-8">
          <Link href="/sign-in" className="font-medium underline underline-offset-4">
            To the sign-in page
          </Link>
        </p>
      </div>
    </PublicFrame>
  );
}

function Receipt({
  receipt: { id, deletedAt, deleted },
  locale,
}: {
  readonly receipt: DeletionReceipt;
  readonly locale: string;
}) {
  const { numbers, words } = languagesOf(locale);
  const number = new Intl.NumberFormat(numbers);
  const day = new Intl.DateTimeFormat(words, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const others = Object.entries(deleted).reduce(
    (sum, [table, rows]) => sum + (table in LABELS ? 0 : rows),
    0,
  );
  const facts = [
    ...Object.entries(LABELS).map(([table, name]) => ({ name, value: number.format(deleted[table] ?? 0) })),
    { name: 'Other rows', value: number.format(others) },
  ];
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Everything about you is deleted</h1>
      <p className="mt-2 mb-6 text-pretty text-ink-soft">
        On {day.format(new Date(deletedAt))} UTC, your user and all that was stored with it was deleted. The
        linking service deletes what it knows of you as well; where it does not answer, it is asked again
        until it does.
      </p>
      <Facts facts={facts} />
      <p className="mt-6 text-sm text-ink-soft">
        Receipt <span className="break-all">{id}</span>. Nothing in it leads to you; keep this address if you
        want to show it.
      </p>
    </>
  );
}
