import { type Instant, toInstant } from './trading-date';

/** How far the capture is. */
export interface CaptureProgress {
  /** When the run that works now started; null when none does. */
  readonly startedAt: Instant | null;
  /** Connections that were read since then. */
  readonly answered: number;
  /** Connections whose turn has come and that were not read yet. */
  readonly waiting: number;
}

/**
 * When the running capture will have asked everybody if it goes on as fast as so far; null while nothing runs or nothing
 * has been answered yet.
 */
export function expectedEnd({ startedAt, answered, waiting }: CaptureProgress, now: Date): Instant | null {
  if (startedAt === null || answered === 0) return null;
  const elapsedMs = Math.max(0, now.getTime() - Date.parse(startedAt));
  return toInstant(new Date(now.getTime() + (elapsedMs / answered) * waiting));
}
