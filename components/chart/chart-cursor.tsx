'use client';

import type { CSSProperties } from 'react';
import type { ValueScale } from './chart-scale';
import type { Stop } from './chart-series';
import type { Reading } from './describe';
import { LINE_STYLES } from './line-styles';
import type { PlotLayout } from './plot-layout';

/** Crosshair, dot and the reading beside them. It lies over the canvas, which need not be drawn again. */
export function ChartCursor({
  stop,
  reading,
  scale,
  xDomain,
  layout,
}: {
  readonly stop: Stop;
  readonly reading: Reading;
  readonly scale: ValueScale;
  readonly xDomain: readonly [number, number];
  readonly layout: PlotLayout;
}) {
  const at = (stop.index - xDomain[0]) / (xDomain[1] - xDomain[0]);
  const height = stop.type === 'gap' ? null : shareOf(stop.value, scale.domain);
  const place = {
    '--at': at,
    '--plot-left': `${layout.left}px`,
    '--plot-right': `${layout.right}px`,
  } as CSSProperties;
  const left = `calc(${layout.left}px + ${at} * (100% - ${layout.left + layout.right}px))`;
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0" style={place}>
      <div
        className="absolute w-px -translate-x-1/2 bg-outline"
        style={{ left, top: layout.top, bottom: layout.bottom }}
      />
      {height !== null && (
        <div
          className="absolute size-3 -translate-x-1/2 translate-y-1/2 rounded-full border-2 border-surface"
          style={{
            left,
            bottom: `calc(${layout.bottom}px + ${height} * (100% - ${layout.top + layout.bottom}px))`,
            background: stop.type === 'point' ? LINE_STYLES[stop.point.kind].stroke : 'var(--accent)',
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

function shareOf(value: number, [low, high]: readonly [number, number]): number {
  return (value - low) / (high - low);
}

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
      className={`chart-reading absolute w-max max-w-64 rounded-xl border border-hairline bg-raised px-3.5 py-2.5 text-xs shadow-float ${isLow ? 'bottom-10' : 'top-4'}`}
    >
      <p className="text-ink-soft">{reading.when}</p>
      {reading.value !== null && <p className="tabular mt-0.5 text-base font-semibold">{reading.value}</p>}
      <p className="mt-1 font-medium text-ink">{reading.how}</p>
      {reading.details.map((detail) => (
        <p key={detail} className="mt-0.5 text-ink-soft">
          {detail}
        </p>
      ))}
    </div>
  );
}
