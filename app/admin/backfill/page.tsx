import { headers } from 'next/headers';
import { z } from 'zod';
import { BackfillForm } from '@/components/backfill/backfill-form';
import { BackfillList } from '@/components/backfill/backfill-list';
import { PreviewCard } from '@/components/backfill/preview-card';
import { StartBackfill } from '@/components/backfill/start-backfill';
import { createPlainFormats } from '@/components/format/formats';
import { Notice } from '@/components/ui/notice';
import { OlderLink } from '@/components/ui/older-link';
import { readPreview, type ShownPreview } from '@/lib/backfill/read';
import { reachableRange } from '@/lib/backfill/scope';
import { listBackfills, readLinkedBrokerages } from '@/lib/backfill/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { filledFields, type PageSearch, readSearchFields } from '@/lib/http/query';

export const metadata = { title: 'Backfill' };

const SCOPE = ['user', 'institution', 'provider', 'reason', 'from', 'to'] as const;
const ROWS = 20;

/** What can be backfilled, what it would cost, and what was asked for before. */
export default async function BackfillPage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  await requireAdministratorPage();
  const { before, ...asked } = readSearchFields(await searchParams, [...SCOPE, 'before']);
  const now = new Date();
  const reachable = reachableRange(now);
  const query = { ...asked, from: asked.from || reachable.from, to: asked.to || reachable.to };
  const isAsked = Object.keys(filledFields(asked)).length > 0;

  const client = serviceClient(env());
  const [brokerages, backfills, shown] = await Promise.all([
    readLinkedBrokerages(client),
    listBackfills(client, { before: z.uuid().safeParse(before).data ?? null, limit: ROWS }),
    isAsked ? previewOrFault(filledFields(query), now) : null,
  ]);
  const formats = createPlainFormats(preferredLocale(await headers()));
  const next = backfills.length === ROWS ? (backfills.at(-1)?.id ?? null) : null;
  return (
    <div className="flex flex-col gap-10">
      <section className="flex flex-col gap-5">
        <header>
          <h1 className="text-2xl font-semibold tracking-tight">Backfill</h1>
          <p className="mt-2 max-w-prose text-ink-soft">
            Missing days heal by themselves where they can. Here they are asked for at once, and those that
            were given up are asked for again.
          </p>
        </header>
        <BackfillForm
          key={JSON.stringify(query)}
          query={query}
          institutions={[...new Set(brokerages.map(({ institution }) => institution))]}
          providers={[...new Set(brokerages.map(({ provider }) => provider))]}
        />
        {typeof shown === 'string' && (
          <Notice tone="caution" role="alert" title="This cannot be previewed">
            {shown}
          </Notice>
        )}
        {shown !== null && typeof shown !== 'string' && (
          <PreviewCard {...shown} formats={formats} start={<StartBackfill scope={filledFields(query)} />} />
        )}
      </section>
      <section aria-labelledby="asked-before">
        <h2 id="asked-before" className="text-base font-semibold">
          Previous backfills
        </h2>
        <BackfillList backfills={backfills} formats={formats} />
        <OlderLink path="/admin/backfill" query={asked} before={next} />
      </section>
    </div>
  );
}

/** The preview, or in words why there is none. */
async function previewOrFault(
  query: Readonly<Record<string, string>>,
  now: Date,
): Promise<ShownPreview | string> {
  try {
    return await readPreview(env(), serviceClient(env()), query, now);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
