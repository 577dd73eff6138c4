import { headers } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { createPlainFormats } from '@/components/format/formats';
import { RunFacts } from '@/components/runs/run-facts';
import { RunBadge } from '@/components/runs/run-list';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { readRun } from '@/lib/operations/store';

export const metadata = { title: 'Run' };

/** One run, with the ids by which its log lines are found. */
export default async function RunPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  await requireAdministratorPage();
  const id = z.uuid().safeParse((await params).id).data;
  const run = id === undefined ? null : await readRun(serviceClient(env()), id);
  if (run === null) notFound();
  const formats = createPlainFormats(preferredLocale(await headers()));
  return (
    <div className="flex flex-col gap-5">
      <p className="text-sm">
        <Link href="/admin/runs" className="inline-block py-1 text-accent underline-offset-4 hover:underline">
          All runs
        </Link>
      </p>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="tabular text-2xl font-semibold tracking-tight">{formats.instant(run.startedAt)}</h1>
        <RunBadge run={run} />
      </header>
      <RunFacts run={run} formats={formats} />
    </div>
  );
}
