'use client';

import dynamic from 'next/dynamic';
import { useCallback, useEffect, useId, useMemo, useState } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { ChartCursor, placeAlong, RangeOverlay } from './cursor';
import { readDataPoint, readForHeadline, speakReading } from './data-points';
import { summarizeHistory } from './descriptions';
import { buildChartLayout, CHART_HEIGHT, type ChartLayout, type PlotArea } from './layout';
import { AreaFill, GainAreas, KnownLines, ReferenceLines } from './lines';
import { speakRange } from './range-reading';
import type { ReadingStore } from './reading-store';
import { useChartReader } from './use-chart-reader';

const SIZE = 1000;

/**
 * The lines of a chart in the first response of the server, before any script has run. Its size is not known there, so it
 * is stretched to its place, which strokes ignore; what stretching would spoil, words and dots, comes with the canvas.
 */
function ServerRenderedChart({ layout }: { readonly layout: ChartLayout }) {
  const { series, scale, segments, insets } = layout;
  const plotArea = stretchedPlotArea(series.xDomain, scale.domain);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      preserveAspectRatio="none"
      className="absolute"
      style={{
        left: insets.left,
        top: insets.top,
        width: `calc(100% - ${insets.left + insets.right}px)`,
        height: `calc(100% - ${insets.top + insets.bottom}px)`,
      }}
    >
      {series.bands.map((band) => (
        <rect
          key={band.from}
          x={plotArea.x(band.from - 0.5)}
          width={plotArea.x(band.to + 0.5) - plotArea.x(band.from - 0.5)}
          height={SIZE}
          fill="var(--gap-fill)"
        />
      ))}
      <AreaFill layout={layout} plotArea={plotArea} />
      <GainAreas layout={layout} plotArea={plotArea} />
      <ReferenceLines layout={layout} plotArea={plotArea} />
      <KnownLines segments={segments} plotArea={plotArea} />
    </svg>
  );
}

function stretchedPlotArea(
  [first, last]: readonly [number, number],
  [low, high]: readonly [number, number],
): PlotArea {
  return {
    x: (index) => ((index - first) / (last - first)) * SIZE,
    y: (value) => ((high - value) / (high - low)) * SIZE,
    left: 0,
    top: 0,
    width: SIZE,
    height: SIZE,
  };
}

/** Recharts is most of the page's script, so it comes by itself, after the line has been drawn without it. */
const ChartCanvas = dynamic(() => import('./chart-canvas').then((module) => module.ChartCanvas), {
  ssr: false,
});

/**
 * The line of a portfolio's history, broken where nobody knows it. It is read with the pointer, a finger, or the arrow
 * keys, a range is chosen by dragging, and it sums itself up for screen readers.
 */
export function PortfolioChart({
  history,
  measure,
  onRangeSelect,
  reading: store = null,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly onRangeSelect: (from: TradingDate, to: TradingDate) => void;
  /** Told what is being read; null where nobody follows. */
  readonly reading?: ReadingStore | null;
}) {
  const formats = useFormats();
  const hintId = useId();
  const [isCanvasDrawn, setIsCanvasDrawn] = useState(false);
  const onDrawn = useCallback(() => setIsCanvasDrawn(true), []);
  const layout = useMemo(() => buildChartLayout(history, measure, formats), [history, measure, formats]);
  const { chart, dataPoint, rangeStart, range, isAnnounced, handlers } = useChartReader(
    layout,
    onRangeSelect,
  );
  const reading = dataPoint === null ? null : readDataPoint(dataPoint, layout, formats);
  useEffect(() => {
    store?.set(dataPoint === null || range !== null ? null : readForHeadline(dataPoint, layout, formats));
    return () => store?.set(null);
  }, [store, dataPoint, range, layout, formats]);
  const [start, end] =
    dataPoint === null || rangeStart === null
      ? []
      : [dataPoint, rangeStart].sort((a, b) => a.index - b.index).map((each) => placeAlong(each, layout));

  return (
    <div className={`relative ${CHART_HEIGHT}`}>
      <div
        ref={chart}
        role="application"
        aria-roledescription="chart"
        aria-label={summarizeHistory(history, measure, formats)}
        aria-describedby={hintId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated with the arrow keys.
        tabIndex={0}
        className="absolute inset-0 touch-pan-y cursor-crosshair rounded-lg select-none"
        {...handlers}
      >
        <div aria-hidden="true" data-chart="" className="pointer-events-none relative h-full overflow-hidden">
          {!isCanvasDrawn && <ServerRenderedChart layout={layout} />}
          <ChartCanvas layout={layout} onDrawn={onDrawn} />
        </div>
        {dataPoint !== null && reading !== null && range === null && (
          <ChartCursor dataPoint={dataPoint} reading={reading} layout={layout} />
        )}
        {range !== null && start !== undefined && end !== undefined && (
          <RangeOverlay
            range={range}
            left={start}
            right={end}
            top={layout.insets.top}
            bottom={layout.insets.bottom}
          />
        )}
      </div>
      <p id={hintId} className="sr-only">
        Left and right arrow keys step through the days, Home and End go to the first and the last. With Shift
        they choose a range, and Enter shows it.
      </p>
      <p aria-live="polite" aria-atomic="true" className="sr-only">
        {!isAnnounced || reading === null
          ? ''
          : range === null
            ? speakReading(reading)
            : speakRange(range, formats)}
      </p>
    </div>
  );
}
