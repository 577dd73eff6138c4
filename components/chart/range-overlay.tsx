'use client';

import { useFormats } from '@/components/format/formats-context';
import type { RangeReading } from './range-reading';
import { describeRange } from './range-words';

/** The chosen days, tinted between two lines, and what happened in them. */
export function RangeOverlay({
  range,
  left,
  right,
  top,
  bottom,
}: {
  readonly range: RangeReading;
  /** Places along the chart's box, as CSS lengths from its left edge. */
  readonly left: string;
  readonly right: string;
  readonly top: number;
  readonly bottom: number;
}) {
  const formats = useFormats();
  const { when, figures } = describeRange(range, formats);
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0">
      <div
        className="absolute border-x border-accent bg-accent/10"
        style={{ left, width: `calc(${right} - ${left})`, top, bottom }}
      />
      <div className="chart-range absolute rounded-xl border border-hairline bg-raised px-3.5 py-2.5 text-xs shadow-float">
        <p className="tabular text-ink-soft">{when}</p>
        <dl className="tabular mt-1 grid grid-cols-[auto_auto] gap-x-4 gap-y-0.5 sm:flex sm:gap-x-5">
          {figures.map(({ label, value }) => (
            <div key={label} className="flex gap-1.5 sm:block">
              <dt className="text-ink-soft">{label}</dt>
              <dd className="font-semibold">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
