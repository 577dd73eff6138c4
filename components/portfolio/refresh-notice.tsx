'use client';

import { useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { Instant } from '@/lib/domain/trading-date';
import { ProblemError } from './problem';

/** Says why the page may be out of date, since when, and what to do; the last good data stays below it. */
export function RefreshNotice({
  error,
  receivedAt,
  isRefreshing,
  onRetry,
}: {
  readonly error: unknown;
  /** When the data shown was received. */
  readonly receivedAt: Instant;
  readonly isRefreshing: boolean;
  readonly onRetry: () => void;
}) {
  const formats = useFormats();
  const reason = error instanceof ProblemError ? error.message : 'The server could not be reached.';
  return (
    <Notice
      tone="caution"
      role="alert"
      title="Could not refresh"
      action={
        <Button onClick={onRetry} disabled={isRefreshing}>
          {isRefreshing ? 'Trying…' : 'Try again'}
        </Button>
      }
    >
      {reason} You see what was known at <time dateTime={receivedAt}>{formats.time(receivedAt)}</time>.
    </Notice>
  );
}
