import { headers } from 'next/headers';
import Link from 'next/link';
import { z } from 'zod';
import { createPlainFormats } from '@/components/format/formats';
import { RunList } from '@/components/runs/run-list';
import { OlderLink } from '@/components/ui/older-link';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, readSearchFields } from '@/lib/http/query';
import { listRuns } from '@/lib/operations/store';

export const metadata = { title: 'Runs' };

const ROWS = 50;
const ORDERS = [
  { order: '', name: 'Failures first' },
  { order: 'newest', name: 'Newest first' },
] as const;

/** Every run of the worker: what started it, what it did and what it could not do. */
export default async function RunsPage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  await requireAdministratorPage();
  const { order, before } = readSearchFields(await searchParams, ['order', 'before']);
  const runs = await listRuns(serviceClient(env()), {
    failuresFirst: order !== 'newest',
    before: z.uuid().safeParse(before).data ?? null,
    limit: ROWS,
  });
  const formats = createPlainFormats(preferredLocale(await headers()));
  const next = runs.length === ROWS ? (runs.at(-1)?.id ?? null) : null;
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-baseline justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">Runs</h1>
        <nav aria-label="Order" className="flex gap-4 text-sm">
          {ORDERS.map((one) => (
            <Link
              key={one.order}
              href={one.order === '' ? '/admin/runs' : `/admin/runs?order=${one.order}`}
              aria-current={(order === 'newest') === (one.order === 'newest') ? 'page' : undefined}
              className="py-1 text-ink-soft underline-offset-4 hover:underline aria-[current]:font-medium aria-[current]:text-ink"
            >
              {one.name}
            </Link>
          ))}
        </nav>
      </header>
      <RunList runs={runs} formats={formats} />
      <OlderLink path="/admin/runs" query={{ order }} before={next} />
    </div>
  );
}
