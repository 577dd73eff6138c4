import { headers } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { BackfillReport } from '@/components/backfill/backfill-report';
import { readBackfillDocument } from '@/lib/backfill/read';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';

export const metadata = { title: 'Backfill' };

const ACCOUNTS = 50;

/** One backfill: progress while it runs, and what came of each day. */
export default async function BackfillReportPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}) {
  await requireAdministratorPage();
  const id = z.uuid().safeParse((await params).id).data;
  const document =
    id === undefined
      ? null
      : await readBackfillDocument(serviceClient(env()), id, { after: null, limit: ACCOUNTS });
  if (document === null) notFound();
  return (
    <>
      <p className="mb-6 text-sm">
        <Link
          href="/admin/backfill"
          className="inline-block py-1 text-accent underline-offset-4 hover:underline"
        >
          All backfills
        </Link>
      </p>
      <BackfillReport initial={document} locale={preferredLocale(await headers())} />
    </>
  );
}
