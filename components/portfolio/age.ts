import type { Instant } from '@/lib/domain/trading-date';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** Whole minutes from an instant to a later one; zero when it is not later. */
export function ageMinutes(since: Instant, now: Instant): number {
  return Math.max(0, Math.floor((Date.parse(now) - Date.parse(since)) / MINUTE_MS));
}

/** An age in its largest whole unit: `25 minutes`, `3 hours`, `2 days`. */
export function describeAge(minutes: number): string {
  if (minutes < HOUR_MINUTES) return plural(minutes, 'minute');
  if (minutes < DAY_MINUTES) return plural(Math.floor(minutes / HOUR_MINUTES), 'hour');
  return plural(Math.floor(minutes / DAY_MINUTES), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
