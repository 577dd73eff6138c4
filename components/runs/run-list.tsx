import { TriangleAlertIcon } from 'lucide-react';
import Link from 'next/link';
import { type Formats, formatDuration } from '@/components/format/formats';
import { nameRunReason, RUN_STATE_WORDS, TRIGGER_WORDS } from '@/components/labels/operations';
import { Badge } from '@/components/ui/badge';
import { isFailedRun } from '@/lib/domain/states';
import type { Run } from '@/lib/operations/document';

/** Runs with what they did, in the order given. */
export function RunList({ runs, formats }: { readonly runs: readonly Run[]; readonly formats: Formats }) {
  if (runs.length === 0) return <p className="text-sm text-ink-soft">There are no runs yet.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {runs.map((run) => (
        <li key={run.id} className="tabular grid gap-x-8 gap-y-1 py-3 sm:grid-cols-[17rem_1fr]">
          <div>
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <Link
                href={`/admin/runs/${run.id}`}
                className="-my-1 inline-block py-1 font-medium text-accent underline-offset-4 hover:underline"
              >
                {formats.instant(run.startedAt)}
              </Link>
              <RunBadge run={run} />
            </p>
            <p className="text-ink-soft">
              {TRIGGER_WORDS[run.trigger]}
              {run.requestedBy !== null && `, ${run.requestedBy}`}
            </p>
          </div>
          <div>
            <p>{describeWork(run, formats)}</p>
            <p className="text-ink-soft">{describeEffort(run, formats)}</p>
            {Object.keys(run.reasons).length > 0 && (
              <p className="text-ink-soft">Still missing: {describeReasons(run, formats)}</p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How a run ended; a failure is marked by a sign too. */
export function RunBadge({ run }: { readonly run: Run }) {
  const isFailed = isFailedRun(run);
  return (
    <Badge tone={isFailed ? 'caution' : run.status === 'running' ? 'accent' : 'neutral'}>
      {isFailed && <TriangleAlertIcon className="size-3.5" />}
      {RUN_STATE_WORDS[run.status]}
    </Badge>
  );
}

function describeWork({ counts }: Run, { count }: Formats): string {
  const { connections = 0, captured = 0, reconstructed = 0, held = 0, failed = 0 } = counts;
  if (connections === 0) return 'Nothing was due';
  return [
    `Connections ${count(connections)}${failed > 0 ? ` (${count(failed)} failed)` : ''}`,
    `${count(captured)} recorded at close`,
    `${count(reconstructed)} filled in later`,
    ...(held > 0 ? [`${count(held)} held`] : []),
  ].join(', ');
}

function describeEffort(run: Run, { count }: Formats): string {
  const { requests = 0, waitedMs = 0 } = run.counts;
  return [
    runDuration(run),
    `${count(requests)} ${requests === 1 ? 'request' : 'requests'}`,
    ...(waitedMs > 0 ? [`waited ${formatDuration(waitedMs)} for rate limit`] : []),
  ].join(', ');
}

/** How long a run took, or that it has not ended. */
export function runDuration({ startedAt, finishedAt }: Run): string {
  return finishedAt === null ? 'not ended' : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}

function describeReasons({ reasons }: Run, { count }: Formats): string {
  return Object.entries(reasons)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, days]) => `${nameRunReason(reason)} ${count(days)}`)
    .join(', ');
}
