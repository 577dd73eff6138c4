'use client';

import { DefaultZIndexes, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { KINDS } from '@/lib/domain/kind';
import type { ChartSeries, PlotPoint } from './chart-series';
import { LINE_STYLES } from './line-styles';

/**
 * The line itself: straight from day to day, in its kind's stroke, and only where both days are known.
 * One path per kind carries all its segments, so years of days stay cheap to draw.
 */
export function KnownLines({ segments, lonePoints }: Pick<ChartSeries, 'segments' | 'lonePoints'>) {
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (x === undefined || y === undefined) return null;

  const trace = (points: readonly PlotPoint[]) =>
    `M${points.map((point) => `${x(point.index)},${y(point.value)}`).join('L')}`;
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.line}>
      {KINDS.map((kind) => (
        <path
          key={kind}
          data-kind={kind}
          d={segments
            .filter((segment) => segment.kind === kind)
            .map((segment) => trace(segment.points))
            .join('')}
          fill="none"
          strokeLinejoin="round"
          {...LINE_STYLES[kind]}
        />
      ))}
      {lonePoints.map((point) => (
        <circle
          key={point.index}
          data-kind={point.kind}
          cx={x(point.index)}
          cy={y(point.value)}
          r={3.5}
          fill={LINE_STYLES[point.kind].stroke}
        />
      ))}
    </ZIndexLayer>
  );
}
