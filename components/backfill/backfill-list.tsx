import Link from 'next/link';
import type { Formats } from '@/components/format/formats';
import { describeDays, describeScope, STATE_WORDS } from '@/components/labels/operations';
import { Badge } from '@/components/ui/badge';
import type { Backfill } from '@/lib/backfill/document';
import { isActiveBackfill } from '@/lib/domain/states';
import { countDays } from './reason-counts';

/** Backfills, newest first, with how each stands. */
export function BackfillList({
  backfills,
  formats,
}: {
  readonly backfills: readonly Backfill[];
  readonly formats: Formats;
}) {
  if (backfills.length === 0)
    return <p className="mt-2 text-sm text-ink-soft">Nobody has asked for a backfill yet.</p>;
  return (
    <ul className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
      {backfills.map((backfill) => (
        <li key={backfill.id} className="grid gap-x-8 gap-y-1 py-3 sm:grid-cols-[1fr_auto]">
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <Link
                href={`/admin/backfill/${backfill.id}`}
                className="-my-1 inline-block py-1 font-medium wrap-anywhere text-accent underline-offset-4 hover:underline"
              >
                {describeScope(backfill.scope)}
              </Link>
              <Badge tone={toneOf(backfill)}>{STATE_WORDS[backfill.status].label}</Badge>
            </p>
            <p className="tabular text-ink-soft">{describeDays(formats, backfill.scope)}</p>
            <p className="text-ink-soft">
              {backfill.requestedBy}, {formats.instant(backfill.openedAt)}
            </p>
          </div>
          <p className="tabular sm:text-right">{describeCounts(backfill, formats)}</p>
        </li>
      ))}
    </ul>
  );
}

function toneOf(backfill: Backfill): 'accent' | 'caution' | 'neutral' {
  if (isActiveBackfill(backfill)) return 'accent';
  return backfill.status === 'failed' ? 'caution' : 'neutral';
}

function describeCounts({ counts }: Backfill, { count }: Formats): string {
  if (counts.accountDays === 0) return 'Nothing was missing';
  const cannot = countDays(counts.cannot);
  const filled = `${count(counts.filledDays)} of ${count(counts.accountDays)} days filled`;
  return cannot === 0 ? filled : `${filled}, ${count(cannot)} not to be had`;
}
