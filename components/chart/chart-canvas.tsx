'use client';

import { memo } from 'react';
import { Area, AreaChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { DateTick, ValueScale } from './chart-scale';
import type { ChartSeries } from './chart-series';
import { GapBands } from './gap-bands';
import { KnownLines } from './known-lines';
import { LiveMark } from './live-mark';
import type { PlotLayout } from './plot-layout';

const TICK = { fill: 'var(--ink-faint)', fontSize: 12 };
const NO_DOT = false;

/** Everything about the drawing that does not follow the pointer; drawn once per document. */
export const ChartCanvas = memo(function ChartCanvas({
  series,
  scale,
  valueLabels,
  dateTicks,
  layout,
}: {
  readonly series: ChartSeries;
  readonly scale: ValueScale;
  readonly valueLabels: readonly string[];
  readonly dateTicks: readonly DateTick[];
  readonly layout: PlotLayout;
}) {
  const labelOfDate = new Map(dateTicks.map((tick) => [tick.index, tick.label]));
  const labelOfValue = new Map(scale.ticks.map((tick, at) => [tick, valueLabels[at] ?? '']));
  // A label that names a beginning starts under its mark, which also keeps the first one inside the plot.
  const labelsEveryDay = dateTicks.length === series.rows.length;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <AreaChart
        data={[...series.rows]}
        margin={{ top: layout.top, right: 0, bottom: 0, left: layout.left }}
        accessibilityLayer={false}
      >
        <defs>
          <linearGradient id="known-wash" x1="0" y1="0" x2="0" y2="1">
            <stop offset="0%" stopColor="var(--accent)" stopOpacity={0.14} />
            <stop offset="100%" stopColor="var(--accent)" stopOpacity={0} />
          </linearGradient>
        </defs>
        <CartesianGrid vertical={false} syncWithTicks stroke="var(--hairline)" />
        <XAxis
          dataKey="index"
          type="number"
          domain={[...series.xDomain]}
          allowDataOverflow
          ticks={dateTicks.map((tick) => tick.index)}
          tickFormatter={(index: number) => labelOfDate.get(index) ?? ''}
          interval="equidistantPreserveStart"
          minTickGap={16}
          height={layout.bottom}
          tick={{ ...TICK, textAnchor: labelsEveryDay ? 'middle' : 'start' }}
          tickMargin={10}
          tickLine={{ stroke: 'var(--outline)' }}
          axisLine={{ stroke: 'var(--hairline)' }}
        />
        <YAxis
          orientation="right"
          domain={[...scale.domain]}
          allowDataOverflow
          ticks={[...scale.ticks]}
          tickFormatter={(value: number) => labelOfValue.get(value) ?? ''}
          interval={0}
          width={layout.right}
          tick={{ ...TICK, className: 'tabular' }}
          tickMargin={8}
          tickLine={false}
          axisLine={false}
        />
        <GapBands bands={series.bands} />
        <Area
          dataKey="value"
          type="linear"
          baseValue={scale.domain[0]}
          stroke="none"
          fill="url(#known-wash)"
          fillOpacity={1}
          connectNulls={false}
          dot={NO_DOT}
          activeDot={NO_DOT}
          isAnimationActive={false}
        />
        <KnownLines segments={series.segments} lonePoints={series.lonePoints} />
        <LiveMark stops={series.stops} />
      </AreaChart>
    </ResponsiveContainer>
  );
});
