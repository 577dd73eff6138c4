'use client';

import { useFormats } from '@/components/format/formats-context';
import { Button, buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { Instant } from '@/lib/domain/trading-date';
import { ProblemError } from './problem';

/** Says why the page may be out of date, and what to do; the last good data stays below it. */
export function RefreshNotice({
  error,
  refreshedAt,
  isRefreshing,
  onRetry,
}: {
  readonly error: unknown;
  /** When the data shown was received; null when it came with the page. */
  readonly refreshedAt: Instant | null;
  readonly isRefreshing: boolean;
  readonly onRetry: () => void;
}) {
  const formats = useFormats();
  if (error instanceof ProblemError && error.isSignedOut) {
    return (
      <Notice
        tone="caution"
        role="alert"
        title="You were signed out"
        action={
          <a href="/sign-in" className={buttonClass({ look: 'primary' })}>
            Sign in again
          </a>
        }
      >
        What you see here was loaded before and is not refreshed any more.
      </Notice>
    );
  }
  const reason = error instanceof ProblemError ? error.message : 'The server could not be reached.';
  const since = refreshedAt === null ? 'when the page was loaded' : `at ${formats.time(refreshedAt)}`;
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
      {reason} You see what was known {since}.
    </Notice>
  );
}
