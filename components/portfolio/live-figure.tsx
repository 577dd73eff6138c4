'use client';

import { useEffect, useState } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import type { LiveValue } from '@/lib/history/document';
import { ageMinutes, describeAge } from './descriptions';

/**
 * The server's time in the browser: the instant at which the server wrote the page, and what has passed since. A
 * browser's own clock may be wrong by hours, and an age must not be.
 */
export interface ServerClock {
  readonly renderedAt: Instant;
  readonly now: () => Instant;
}

const TICK_MS = 30_000;

/** A clock that starts at an instant of the server's; the same object for as long as the page is there. */
export function useServerClock(renderedAt: Instant): ServerClock {
  const [clock] = useState(() => {
    const startedAtMs = Date.now();
    const passedMs = () => Math.max(0, Date.now() - startedAtMs);
    return { renderedAt, now: () => toInstant(new Date(Date.parse(renderedAt) + passedMs())) };
  });
  return clock;
}

/**
 * The clock's time, renewed twice a minute; at first exactly the server's, so that both write the same page. What appears
 * on the page later gets the time at once.
 */
function useNow(clock: ServerClock): Instant {
  const [now, setNow] = useState(clock.renderedAt);
  useEffect(() => {
    const update = () => setNow(clock.now());
    update();
    const ticking = setInterval(update, TICK_MS);
    return () => clearInterval(ticking);
  }, [clock]);
  return now;
}

/** A broker is read at most every ten minutes while somebody looks; an open market's value older than this is behind. */
const OLD_AFTER_MINUTES = 20;

/**
 * The latest known value, apart from the days. It is live while the market is open and it keeps up; else it is what was read last,
 * as of a broker that is read once a day, and beside an open market it says how old it is.
 */
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
  const isLive = isMarketOpen && !isOld;
  return (
    <div className="border-l-2 border-accent pl-4 sm:mt-1">
      <p className="flex items-center gap-2 text-sm font-medium text-accent">
        <span aria-hidden="true" className="size-2 rounded-full bg-accent ring-3 ring-accent-soft" />
        {isLive ? 'Live' : 'Last read'}
      </p>
      <p className="tabular mt-0.5 text-xl font-semibold tracking-tight">{formats.money(live.value)}</p>
      <p className="mt-0.5 text-xs text-ink-soft">
        as of{' '}
        <time dateTime={live.asOf} title={formats.utc(live.asOf)}>
          {formats.instant(live.asOf)}
        </time>
        {isLive && ' – today so far'}
      </p>
      {isOld && (
        <p className="mt-1.5">
          <Badge tone="caution">{describeAge(age)} old; the market has moved since</Badge>
        </p>
      )}
    </div>
  );
}
