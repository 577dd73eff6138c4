'use client';

import { useEffect, useState } from 'react';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

/**
 * The server's time, told in the browser: the instant at which the server wrote the page, and what has passed since. A
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
 * The clock's time, told anew twice a minute; at first exactly the server's, so that both write the same page. What appears
 * on the page later is told the time at once.
 */
export function useNow(clock: ServerClock): Instant {
  const [now, setNow] = useState(clock.renderedAt);
  useEffect(() => {
    const tell = () => setNow(clock.now());
    tell();
    const ticking = setInterval(tell, TICK_MS);
    return () => clearInterval(ticking);
  }, [clock]);
  return now;
}
