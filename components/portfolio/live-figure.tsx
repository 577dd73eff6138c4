'use client';

import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import type { LiveValue } from '@/lib/history/document';
import { ageMinutes, describeAge } from './age';
import { type ServerClock, useNow } from './use-server-clock';

/** A broker is read at most every ten minutes while somebody looks; an open market's value older than this is behind. */
const OLD_AFTER_MINUTES = 20;

/** The latest known value, apart from the days; it says how old it is once it falls behind an open market. */
export function LiveFigure({
  live,
  isMarketOpen,
  clock,
}: {
  readonly live: LiveValue;
  readonly isMarketOpen: boolean;
  readonly clock: ServerClock;
}) {
  const formats = useFormats();
  const age = ageMinutes(live.asOf, useNow(clock));
  const isOld = isMarketOpen && age > OLD_AFTER_MINUTES;
  return (
    <div className="border-l-2 border-accent pl-4 sm:mt-1">
      <p className="flex items-center gap-2 text-sm font-medium text-accent">
        <span aria-hidden="true" className="size-2 rounded-full bg-accent ring-3 ring-accent-soft" />
        Live
      </p>
      <p className="tabular mt-0.5 text-xl font-semibold tracking-tight">{formats.money(live.value)}</p>
      <p className="mt-0.5 text-xs text-ink-soft">
        as of{' '}
        <time dateTime={live.asOf} title={formats.utc(live.asOf)}>
          {formats.instant(live.asOf)}
        </time>{' '}
        – not yet a day’s history
      </p>
      {isOld && (
        <p className="mt-1.5">
          <Badge tone="caution">{describeAge(age)} old: the market has moved since</Badge>
        </p>
      )}
    </div>
  );
}
