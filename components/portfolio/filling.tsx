'use client';

import { describeDays } from '@/components/chart/descriptions';
import { CHART_HEIGHT } from '@/components/chart/layout';
import { useFormats } from '@/components/format/formats-context';
import { Card } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { HistoryDocument } from '@/lib/history/document';
import { findFirstFills, isBeingFilled } from './freshness';

/** How much of something that is on its way is there, as a bar and in words. */
function FillProgress({
  done,
  of,
  unit,
}: {
  readonly done: number;
  readonly of: number;
  /** In the plural: `days`. */
  readonly unit: string;
}) {
  const formats = useFormats();
  const words = `${formats.count(done)} of ${formats.count(of)} ${unit}`;
  return (
    <span className="mt-2 flex items-center gap-3">
      <progress
        value={done}
        max={of}
        aria-label={words}
        className="h-1.5 w-full max-w-48 appearance-none overflow-hidden rounded-full bg-hairline [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hairline [&::-webkit-progress-value]:bg-accent"
      />
      <span aria-hidden="true" className="tabular text-xs whitespace-nowrap">
        {words}
      </span>
    </span>
  );
}

/** Fewer days than this arrive with the evening's capture and are no news. */
const DAYS_MIN = 2;

/** Shows what is on its way and how far it got: a connection's first year, or days that are missing. */
export function FillingNotice({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  // Without a single day the page itself is about this.
  if (history.points.length === 0) return null;
  const waiting = findFirstFills(history);
  if (waiting.length > 0) {
    const names = new Intl.ListFormat('en').format(waiting.map(({ institution }) => institution));
    return (
      <Notice title={`Loading your past year from ${names}`}>
        It is not in the values below yet; they update as it arrives.
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
    <Notice title="We’re filling in missing days">
      {describeDays(days, formats)} shown here are still missing. They appear as they arrive.
      <FillProgress done={presentDays} of={expectedDays} unit="days" />
    </Notice>
  );
}

/** For someone whose accounts are linked while their history is still being fetched for the first time. */
export function FirstFill({ history }: { readonly history: HistoryDocument }) {
  const { connections, accounts } = history;
  const waiting = findFirstFills(history);
  const institutions = [...new Set(waiting.map((connection) => connection.institution))];
  const names = new Intl.ListFormat('en').format(institutions);
  const found = accounts.length === 1 ? 'one account was found' : `${accounts.length} accounts were found`;
  return (
    <Card className="overflow-hidden p-6 sm:p-8" aria-busy="true">
      <h1 className="text-2xl font-semibold tracking-tight">Loading your past year</h1>
      <p role="status" className="mt-2 max-w-xl text-pretty text-ink-soft">
        {names} {institutions.length === 1 ? 'is' : 'are'} linked
        {accounts.length > 0 && `, ${found}`}. This usually takes under a minute; the days appear here as they
        arrive, and there is nothing to do.
      </p>
      {connections.length > 1 && (
        <FillProgress done={connections.length - waiting.length} of={connections.length} unit="connections" />
      )}
      <Skeleton className={`mt-8 ${CHART_HEIGHT}`} />
    </Card>
  );
}
