const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A span of time in its two largest units: `850 ms`, `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / SECOND_MS) % 60;
  const minutes = Math.floor(Math.round(ms / SECOND_MS) / 60) % 60;
  const hours = Math.floor(Math.round(ms / SECOND_MS) / 3_600);
  if (ms < MINUTE_MS && hours === 0 && minutes === 0) return `${seconds} s`;
  return ms < HOUR_MS && hours === 0
    ? [`${minutes} min`, seconds > 0 ? `${seconds} s` : ''].filter(Boolean).join(' ')
    : [`${hours} h`, minutes > 0 ? `${minutes} min` : ''].filter(Boolean).join(' ');
}
