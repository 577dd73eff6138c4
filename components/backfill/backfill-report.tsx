'use client';

import Link from 'next/link';
import { ANY_CURRENCY } from '@/components/format/formats';
import { FormatsProvider, useFormats } from '@/components/format/formats-context';
import { describeDays, describeScope, RUN_STATE_WORDS, STATE_WORDS } from '@/components/labels/operations';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Facts } from '@/components/ui/facts';
import { Notice } from '@/components/ui/notice';
import type { Backfill, BackfillDocument } from '@/lib/backfill/document';
import { isActiveBackfill } from '@/lib/domain/states';
import { BackfillResults } from './backfill-results';
import { CancelBackfill } from './cancel-backfill';
import { countDays, ReasonCounts } from './reason-counts';
import { useBackfill, useFurtherAccounts } from './use-backfill';

/** One backfill: how far it is, what came of each day, and what more can be had. */
export function BackfillReport({
  initial,
  locale,
}: {
  readonly initial: BackfillDocument;
  readonly locale: string;
}) {
  return (
    <FormatsProvider locale={locale} currency={ANY_CURRENCY}>
      <Report initial={initial} />
    </FormatsProvider>
  );
}

function Report({ initial }: { readonly initial: BackfillDocument }) {
  const formats = useFormats();
  const { backfill, error, refresh } = useBackfill(initial);
  const further = useFurtherAccounts(initial);
  const { counts } = backfill;
  const refreshQuietly = (): void => {
    // A failed refresh is shown through `error`.
    refresh().catch(() => undefined);
  };
  return (
    <div className="flex flex-col gap-8">
      <header className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-2xl font-semibold tracking-tight wrap-anywhere">
            {describeScope(backfill.scope)}
          </h1>
          <Badge tone={isActiveBackfill(backfill) ? 'accent' : 'neutral'}>
            {STATE_WORDS[backfill.status].label}
          </Badge>
        </div>
        <p className="tabular text-ink-soft">
          {describeDays(formats, backfill.scope)}. Asked for by {backfill.requestedBy},{' '}
          {formats.instant(backfill.openedAt)}.
        </p>
        <Progress backfill={backfill} />
        {isActiveBackfill(backfill) && <CancelBackfill id={backfill.id} onCancelled={refreshQuietly} />}
        {error !== undefined && (
          <Notice tone="caution" title="Could not refresh">
            This is how it stood last; it is tried again by itself.
          </Notice>
        )}
      </header>

      <section aria-labelledby="outcome" className="flex flex-col gap-4">
        <h2 id="outcome" className="text-base font-semibold">
          Results
        </h2>
        <Facts
          facts={[
            { name: 'Filled', value: formats.count(counts.filledDays) },
            { name: 'Unavailable', value: formats.count(countDays(counts.cannot)) },
            ...(counts.waitingDays > 0
              ? [{ name: 'Waiting', value: formats.count(counts.waitingDays) }]
              : []),
            ...(counts.notAskedDays > 0
              ? [{ name: 'Not asked', value: formats.count(counts.notAskedDays) }]
              : []),
            ...(backfill.presentDays !== null
              ? [{ name: 'Already present', value: formats.count(backfill.presentDays) }]
              : []),
            { name: 'Provider requests', value: formats.count(backfill.requests) },
          ]}
        />
        <ReasonCounts reasons={counts.cannot} formats={formats} />
        <p className="max-w-prose text-sm text-ink-soft">{summarise(backfill)}</p>
        <BackfillResults accounts={[...backfill.accounts, ...further.accounts]} formats={formats} />
        {further.hasMore && (
          <Button disabled={further.isLoading} onClick={further.showMore} className="self-start">
            Show more accounts
          </Button>
        )}
      </section>

      <Runs backfill={backfill} />
    </div>
  );
}

function Progress({ backfill }: { readonly backfill: Backfill }) {
  const formats = useFormats();
  const { connections, askedConnections } = backfill.counts;
  return (
    <div role="status" className="max-w-prose">
      <p>{STATE_WORDS[backfill.status].sentence}</p>
      {connections > 0 && (
        <p className="mt-2 flex items-center gap-3">
          <progress
            value={askedConnections}
            max={connections}
            aria-label="Connections that were asked"
            className="h-2 w-full max-w-72 appearance-none overflow-hidden rounded-full bg-hairline accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hairline [&::-webkit-progress-value]:bg-accent"
          />
          <span className="tabular text-sm whitespace-nowrap">
            {formats.count(askedConnections)} of {formats.count(connections)} connections asked
          </span>
        </p>
      )}
    </div>
  );
}

/** What an administrator should make of the figures, in a sentence. */
function summarise({ counts, reopenedDays, beyondReachDays, ...backfill }: Backfill): string {
  const parts: string[] = [];
  if (counts.accountDays === 0) parts.push('Nothing was missing that a provider could be asked for.');
  else if (counts.filledDays === counts.accountDays) parts.push('Every day that was missing is there now.');
  else if (!isActiveBackfill(backfill) && counts.notAskedDays === 0)
    parts.push(
      'The providers were asked for every missing day. What is not there now cannot be had as things are.',
    );
  if (reopenedDays > 0) parts.push(`${reopenedDays} of the days had been given up before.`);
  if (beyondReachDays > 0)
    parts.push(`${beyondReachDays} more days are missing, further back than any provider can be asked.`);
  parts.push('A day counts once for each account.');
  return parts.join(' ');
}

function Runs({ backfill: { runs } }: { readonly backfill: BackfillDocument }) {
  const formats = useFormats();
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs" className="text-base font-semibold">
        Runs
      </h2>
      <ul className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {runs.map((run) => (
          <li key={run.id} className="tabular flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <Link
              href={`/admin/runs/${run.id}`}
              className="-my-1 inline-block py-1 font-medium text-accent underline-offset-4 hover:underline"
            >
              {formats.instant(run.startedAt)}
            </Link>
            <Badge>{RUN_STATE_WORDS[run.status]}</Badge>
            <span className="text-ink-soft">
              {formats.count(run.requests)} {run.requests === 1 ? 'request' : 'requests'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
