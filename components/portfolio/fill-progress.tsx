'use client';

import { useFormats } from '@/components/format/formats-context';
import type { HistoryCoverage } from '@/lib/domain/history';

/** How many of the expected days are there, as a bar and in words. */
export function FillProgress({ coverage }: { readonly coverage: HistoryCoverage }) {
  const formats = useFormats();
  const { presentDays, expectedDays } = coverage;
  if (expectedDays === 0) return null;
  return (
    <span className="mt-2 flex items-center gap-3">
      <progress
        value={presentDays}
        max={expectedDays}
        aria-label="Days that are known"
        className="h-1.5 w-full max-w-48 appearance-none overflow-hidden rounded-full bg-gap-wash accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hairline [&::-webkit-progress-value]:bg-accent"
      />
      <span className="tabular text-xs whitespace-nowrap">
        {formats.count(presentDays)} of {formats.count(expectedDays)} days
      </span>
    </span>
  );
}
