'use client';

import { memo, useLayoutEffect } from 'react';
import {
  CartesianGrid,
  ComposedChart,
  ResponsiveContainer,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import { ChartLayers } from './layers';
import type { ChartLayout, PlotArea } from './layout';

const TICK = { fill: 'var(--ink-faint)', fontSize: 12 };

interface CanvasProps {
  readonly layout: ChartLayout;
  /** Called once the chart is on the page. */
  readonly onDrawn: () => void;
}

/** Everything about the chart that does not follow the pointer; drawn once per document and measure. */
export const ChartCanvas = memo(function ChartCanvas({ layout, onDrawn }: CanvasProps) {
  const { series, scale, valueLabels, dateTicks, insets } = layout;
  const labelOfDate = new Map(dateTicks.map((tick) => [tick.index, tick.label]));
  const labelOfValue = new Map(
    scale.ticks.map((tick, at) => [tick, isCovered(tick, layout) ? '' : (valueLabels[at] ?? '')]),
  );
  // A label that names a beginning starts under its mark, which also keeps the first one inside the plot.
  const labelsEveryDay = dateTicks.length === series.rows.length;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        margin={{ top: insets.top, right: 0, bottom: 0, left: insets.left }}
        accessibilityLayer={false}
      >
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
          height={insets.bottom}
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
          width={insets.right}
          tick={{ ...TICK, className: 'tabular' }}
          tickMargin={8}
          tickLine={false}
          axisLine={false}
        />
        <Layers layout={layout} onDrawn={onDrawn} />
      </ComposedChart>
    </ResponsiveContainer>
  );
});

/** This share of the axis is as high as a label on the smallest screen. */
const LABEL_SHARE = 0.07;

/** Whether the label of the last value lies over a mark of the axis. */
function isCovered(tick: number, { extremes, scale: { domain } }: ChartLayout): boolean {
  const last = extremes.find(({ name }) => name === 'last');
  return last !== undefined && Math.abs(tick - last.value) < (domain[1] - domain[0]) * LABEL_SHARE;
}

function Layers({ layout, onDrawn }: CanvasProps) {
  const plotArea = useScaledPlotArea();
  const isDrawn = plotArea !== null;
  useLayoutEffect(() => {
    if (isDrawn) onDrawn();
  }, [isDrawn, onDrawn]);
  return plotArea === null ? null : <ChartLayers layout={layout} plotArea={plotArea} />;
}

/** Null until Recharts has measured its place. */
function useScaledPlotArea(): PlotArea | null {
  const x = useXAxisScale();
  const y = useYAxisScale();
  const plot = usePlotArea();
  if (x === undefined || y === undefined || plot === undefined) return null;
  return {
    x: (index) => x(index) ?? 0,
    y: (value) => y(value) ?? 0,
    left: plot.x,
    top: plot.y,
    width: plot.width,
    height: plot.height,
  };
}
