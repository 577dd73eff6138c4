'use client';

import { useId, useMemo } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { HistoryDocument } from '@/lib/domain/history';
import { ChartCanvas } from './chart-canvas';
import { ChartCursor } from './chart-cursor';
import { CHART_HEIGHT } from './chart-height';
import { fitValueScale, placeDateTicks } from './chart-scale';
import { buildChartSeries } from './chart-series';
import { readStop, speakReading, summarizeHistory } from './describe';
import { layOutPlot } from './plot-layout';
import { useChartReader } from './use-chart-reader';

/**
 * The line of a portfolio's values, broken where nobody knows the value. It is read with the pointer, a
 * finger, or the arrow keys, and sums itself up for screen readers.
 */
export function PortfolioChart({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const hintId = useId();
  const drawing = useMemo(() => {
    const series = buildChartSeries(history);
    const scale = fitValueScale(series.stops);
    const valueLabels = formats.axisMoney(scale.ticks);
    const dateTicks = placeDateTicks(series.rows, formats);
    return { series, scale, valueLabels, dateTicks, layout: layOutPlot(valueLabels) };
  }, [history, formats]);
  const { series, scale, layout } = drawing;
  const { stop, isAnnounced, handlers } = useChartReader(series.stops, series.xDomain, layout);
  const reading = stop === null ? null : readStop(stop, formats);

  return (
    <div className={`relative ${CHART_HEIGHT}`}>
      <div
        role="application"
        aria-roledescription="chart"
        aria-label={summarizeHistory(history, formats)}
        aria-describedby={hintId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated with the arrow keys.
        tabIndex={0}
        className="absolute inset-0 touch-pan-y cursor-crosshair rounded-lg select-none"
        {...handlers}
      >
        <div aria-hidden="true" className="pointer-events-none h-full overflow-hidden">
          <ChartCanvas {...drawing} />
        </div>
        {stop !== null && reading !== null && (
          <ChartCursor stop={stop} reading={reading} scale={scale} xDomain={series.xDomain} layout={layout} />
        )}
      </div>
      <p id={hintId} className="sr-only">
        Left and right arrow keys step through the days, Home and End go to the first and the last.
      </p>
      <p aria-live="polite" aria-atomic="true" className="sr-only">
        {isAnnounced && reading !== null ? speakReading(reading) : ''}
      </p>
    </div>
  );
}
