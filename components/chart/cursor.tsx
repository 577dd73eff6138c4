'use client';

import type { CSSProperties } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { DataPoint, Reading } from './data-points';
import type { ChartLayout } from './layout';
import { LINE_STYLES } from './lines';
import { describeRange, type RangeReading } from './range-reading';

/** Crosshair, dot and the reading beside them. It lies over the canvas, which need not be drawn again. */
export function ChartCursor({
  dataPoint,
  reading,
  layout,
}: {
  readonly dataPoint: DataPoint;
  readonly reading: Reading;
  readonly layout: ChartLayout;
}) {
  const { insets, scale } = layout;
  const at = shareAlong(dataPoint, layout);
  const height =
    dataPoint.type === 'gap' || dataPoint.value === null ? null : shareOf(dataPoint.value, scale.domain);
  const place = {
    '--at': at,
    '--plot-left': `${insets.left}px`,
    '--plot-right': `${insets.right}px`,
  } as CSSProperties;
  const left = placeAlong(dataPoint, layout);
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0" style={place}>
      <div
        className="absolute w-px -translate-x-1/2 bg-outline"
        style={{ left, top: insets.top, bottom: insets.bottom }}
      />
      {height !== null && (
        <div
          className="absolute size-3 -translate-x-1/2 translate-y-1/2 rounded-full border-2 border-surface"
          style={{
            left,
            bottom: `calc(${insets.bottom}px + ${height} * (100% - ${insets.top + insets.bottom}px))`,
            background:
              dataPoint.type === 'point' ? LINE_STYLES[dataPoint.point.kind].stroke : 'var(--accent)',
          }}
        />
      )}
      <ReadingCard
        reading={reading}
        side={at > 0.5 ? 'left' : 'right'}
        isLow={height !== null && height > 0.55}
      />
    </div>
  );
}

/** A dataPoint's place along the chart's box, as a CSS length from its left edge. */
export function placeAlong(dataPoint: DataPoint, layout: ChartLayout): string {
  const { left, right } = layout.insets;
  return `calc(${left}px + ${shareAlong(dataPoint, layout)} * (100% - ${left + right}px))`;
}

function shareAlong(dataPoint: DataPoint, { series }: ChartLayout): number {
  return shareOf(dataPoint.index, series.xDomain);
}

function shareOf(value: number, [low, high]: readonly [number, number]): number {
  return (value - low) / (high - low);
}

/** On a phone it lies below the plot, where no finger is and nothing is pressed; from 640 px on it stands by the crosshair. */
function ReadingCard({
  reading,
  side,
  isLow,
}: {
  readonly reading: Reading;
  readonly side: 'left' | 'right';
  /** A point high in the plot would be covered, together with the line around it, so the card then goes below. */
  readonly isLow: boolean;
}) {
  return (
    <div
      data-side={side}
      data-low={isLow}
      className="chart-reading absolute rounded-xl border border-hairline bg-raised px-3.5 py-2.5 text-xs shadow-float"
    >
      <p className="text-ink-soft">{reading.when}</p>
      {reading.value !== null && <p className="tabular mt-0.5 text-base font-semibold">{reading.value}</p>}
      <p className="mt-1 font-medium text-ink">{reading.how}</p>
      {reading.details.map((detail) => (
        <p key={detail} className="tabular mt-0.5 text-ink-soft">
          {detail}
        </p>
      ))}
    </div>
  );
}

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
