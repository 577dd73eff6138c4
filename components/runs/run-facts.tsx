import { GeistMono } from 'geist/font/mono';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { type Formats, formatDuration } from '@/components/format/formats';
import { namedCounts, nameRunReason, TRIGGER_WORDS } from '@/components/labels/operations';
import type { Run } from '@/lib/operations/document';
import { runDuration } from './run-list';

/** Everything that is on record of one run, with the ids by which its log lines are found. */
export function RunFacts({ run, formats }: { readonly run: Run; readonly formats: Formats }) {
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['Trigger', TRIGGER_WORDS[run.trigger]],
    ['Trading day', formats.date(run.tradingDay)],
    ...(run.requestedBy === null ? [] : [['Asked by', run.requestedBy] as const]),
    ['Began', `${formats.instant(run.startedAt)} (${formats.utc(run.startedAt)})`],
    ['Took', runDuration(run)],
    ...(run.calls === 1 ? [] : [['Calls that found nothing', formats.count(run.calls)] as const]),
    ['Last heartbeat', formats.instant(run.aliveAt)],
    ...namedCounts(run.counts).map(({ name, count }) => [name, formats.count(count)] as const),
    ['Waited for rate limit', formatDuration(run.counts.waitedMs ?? 0)],
    ...Object.entries(run.reasons).map(
      ([reason, days]) =>
        [`Still missing: ${nameRunReason(reason)}`, `${formats.count(days)} account days`] as const,
    ),
    ...(run.backfillId === null
      ? []
      : [
          [
            'Backfill',
            <Link
              key="backfill"
              href={`/admin/backfill/${run.backfillId}`}
              className="text-accent underline-offset-4 hover:underline"
            >
              Results
            </Link>,
          ] as const,
        ]),
    ['Run id in the logs', <Id key="run" id={run.id} />],
    [
      'Request id in the logs',
      run.requestId === null ? 'none: it followed a page visit' : <Id key="request" id={run.requestId} />,
    ],
  ];
  return (
    <dl className="divide-y divide-hairline border-y border-hairline text-sm">
      {rows.map(([name, value]) => (
        <div key={name} className="grid gap-x-8 gap-y-0.5 py-2.5 sm:grid-cols-[16rem_1fr]">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="tabular font-medium wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Id({ id }: { readonly id: string }) {
  return <code className={`${GeistMono.className} text-xs`}>{id}</code>;
}
