import Link from 'next/link';
import type { Formats } from '@/components/format/formats';
import { DAY_LABELS } from '@/components/labels/day-states';
import { buttonClass } from '@/components/ui/button';
import type { HistoryGap } from '@/lib/history/document';
import { backfillHref } from './backfill-href';

/** A user's missing days as ranges, newest first, with why, what happens next, and the way to mend them. */
export function GapRanges({
  userId,
  gaps,
  formats,
}: {
  readonly userId: string;
  readonly gaps: readonly HistoryGap[];
  readonly formats: Formats;
}) {
  if (gaps.length === 0) return <p className="text-sm text-ink-soft">No day is missing.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {gaps.toReversed().map(({ from, to, days, reason, final, nextAttemptAt }) => (
        <li key={from} className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
          <div className="min-w-0 flex-1 basis-64">
            <p className="tabular font-medium">
              <Link href={`/admin/coverage/${userId}/${from}`} className="underline-offset-4 hover:underline">
                {from === to ? formats.date(from) : formats.dateRange(from, to)}
              </Link>
              <span className="font-normal text-ink-soft">
                {' '}
                {days === 1 ? '1 day' : `${formats.count(days)} days`}
              </span>
            </p>
            <p className="text-ink-soft">
              <span className="text-ink">{DAY_LABELS[reason].label}.</span> {DAY_LABELS[reason].meaning}{' '}
              {final
                ? 'Final, unless somebody asks again.'
                : nextAttemptAt === null
                  ? 'The next run asks again.'
                  : `Asked again ${formats.instant(nextAttemptAt)}.`}
            </p>
          </div>
          <Link href={backfillHref({ user: userId, from, to })} className={buttonClass()}>
            Backfill
            <span className="sr-only"> {formats.dateRange(from, to)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
