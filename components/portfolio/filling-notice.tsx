'use client';

import { describeDays } from '@/components/chart/describe';
import { useFormats } from '@/components/format/formats-context';
import { Notice } from '@/components/ui/notice';
import type { HistoryDocument } from '@/lib/domain/history';
import { FillProgress } from './fill-progress';
import { isBeingFilled, isFirstFillRunning } from './refresh-interval';

/** Fewer days than this arrive with the evening's capture and are no news. */
const DAYS_MIN = 2;

/** Says that days are on their way, and how far it got; nothing while no more than the newest day is missing. */
export function FillingNotice({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const days = history.gaps.filter(isBeingFilled).reduce((sum, gap) => sum + gap.days, 0);
  // Without a single day the page itself is about this.
  if (history.points.length === 0 || days < DAYS_MIN) return null;
  const title = isFirstFillRunning(history)
    ? 'Your history is being fetched'
    : 'Missing days are being filled in';
  return (
    <Notice title={title}>
      {describeDays(days, formats)} shown here {days === 1 ? 'is' : 'are'} still missing. They appear by
      themselves as they arrive.
      <FillProgress coverage={history.coverage} />
    </Notice>
  );
}
