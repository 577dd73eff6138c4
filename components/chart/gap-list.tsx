'use client';

import { useFormats } from '@/components/format/formats-context';
import { GAP_LABELS } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import type { HistoryGap } from '@/lib/history/document';
import { describeDays, describeGapDates, describeOutlook } from './descriptions';

/** The missing days, newest first: which, why, and what happens next. */
export function GapList({ gaps }: { readonly gaps: readonly HistoryGap[] }) {
  const formats = useFormats();
  if (gaps.length === 0) return null;
  const newestFirst = [...gaps].sort((a, b) => (a.from < b.from ? 1 : -1));
  return (
    <section aria-labelledby="missing-days">
      <h2 id="missing-days" className="text-base font-semibold">
        Missing days
      </h2>
      <ul className="mt-2 divide-y divide-hairline border-y border-hairline">
        {newestFirst.map((gap) => (
          <li key={gap.from} className="grid gap-x-8 gap-y-1 py-3.5 text-sm sm:grid-cols-[15rem_1fr]">
            <div>
              <p className="tabular font-medium">{describeGapDates(gap, formats)}</p>
              <p className="tabular text-ink-soft">{describeDays(gap.days, formats)}</p>
            </div>
            <div>
              <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <span className="font-medium">{GAP_LABELS[gap.reason].label}</span>
                <Outlook gap={gap} />
              </p>
              <p className="mt-0.5 text-ink-soft">
                {GAP_LABELS[gap.reason].meaning} {describeOutlook(gap, formats)}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Outlook({ gap }: { readonly gap: HistoryGap }) {
  // These two labels say it already.
  if (gap.reason === 'connection_broken' || gap.reason === 'gave_up') return null;
  if (gap.final) return <Badge>Can’t be recovered</Badge>;
  if (gap.reason === 'rate_limited') return null;
  return gap.nextAttemptAt === null ? <Badge>Waiting</Badge> : <Badge tone="accent">Queued</Badge>;
}
