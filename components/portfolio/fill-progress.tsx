'use client';

import { useFormats } from '@/components/format/formats-context';

/** How much of something that is on its way is there, as a bar and in words. */
export function FillProgress({
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
