'use client';

import { describeDays } from '@/components/chart/descriptions';
import { useFormats } from '@/components/format/formats-context';
import { Notice } from '@/components/ui/notice';
import type { HistoryDocument } from '@/lib/history/document';
import { FillProgress } from './fill-progress';
import { findFirstFills, isBeingFilled } from './fill-state';

/** Fewer days than this arrive with the evening's capture and are no news. */
const DAYS_MIN = 2;

/** Says what is on its way and how far it got: a connection's first year, or days that are missing. */
export function FillingNotice({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  // Without a single day the page itself is about this.
  if (history.points.length === 0) return null;
  const waiting = findFirstFills(history);
  if (waiting.length > 0) {
    const names = new Intl.ListFormat('en').format(waiting.map(({ institution }) => institution));
    return (
      <Notice title={`Fetching your history from ${names}`}>
        It is not part of the values below yet; they change by themselves as it arrives.
        <FillProgress
          done={history.connections.length - waiting.length}
          of={history.connections.length}
          unit="connections"
        />
      </Notice>
    );
  }
  const days = history.gaps.filter(isBeingFilled).reduce((sum, gap) => sum + gap.days, 0);
  if (days < DAYS_MIN) return null;
  const { presentDays, expectedDays } = history.coverage;
  return (
    <Notice title="Missing days are being filled in">
      {describeDays(days, formats)} shown here are still missing. They appear by themselves as they arrive.
      <FillProgress done={presentDays} of={expectedDays} unit="days" />
    </Notice>
  );
}
