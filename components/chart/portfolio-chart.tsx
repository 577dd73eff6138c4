'use client';

import dynamic from 'next/dynamic';
import { useCallback, useId, useMemo, useState } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { ChartCursor, placeAlong, RangeOverlay } from './cursor';
import { readStop, speakReading } from './data-points';
import { summarizeHistory } from './descriptions';
import { buildDrawing, CHART_HEIGHT, type Drawing, type Plane } from './layout';
import { GainAreas, KnownLines, ReferenceLines, Wash } from './lines';
import { speakRange } from './range-reading';
import { useChartReader } from './use-chart-reader';

const SIZE = 1000;

/**
 * The lines of a drawing in the first response of the server, before any script has run. Its size is not known there, so it
 * is stretched to its place, which strokes ignore; what stretching would spoil, words and dots, comes with the canvas.
 */
function StillChart({ drawing }: { readonly drawing: Drawing }) {
  const { series, scale, segments, layout } = drawing;
  const plane = stretchedPlane(series.xDomain, scale.domain);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      preserveAspectRatio="none"
      className="absolute"
      style={{
        left: layout.left,
        top: layout.top,
        width: `calc(100% - ${layout.left + layout.right}px)`,
        height: `calc(100% - ${layout.top + layout.bottom}px)`,
      }}
    >
      {series.bands.map((band) => (
        <rect
          key={band.from}
          x={plane.x(band.from - 0.5)}
          width={plane.x(band.to + 0.5) - plane.x(band.from - 0.5)}
          height={SIZE}
          fill="var(--gap-wash)"
        />
      ))}
      <Wash drawing={drawing} plane={plane} />
      <GainAreas drawing={drawing} plane={plane} />
      <ReferenceLines drawing={drawing} plane={plane} />
      <KnownLines segments={segments} plane={plane} />
    </svg>
  );
}

function stretchedPlane(
  [first, last]: readonly [number, number],
  [low, high]: readonly [number, number],
): Plane {
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
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly onRangeSelect: (from: TradingDate, to: TradingDate) => void;
}) {
  const formats = useFormats();
  const hintId = useId();
  const [isCanvasDrawn, setIsCanvasDrawn] = useState(false);
  const onDrawn = useCallback(() => setIsCanvasDrawn(true), []);
  const drawing = useMemo(() => buildDrawing(history, measure, formats), [history, measure, formats]);
  const { chart, stop, sinceStop, range, isAnnounced, handlers } = useChartReader(drawing, onRangeSelect);
  const reading = stop === null ? null : readStop(stop, drawing, formats);
  const [start, end] =
    stop === null || sinceStop === null
      ? []
      : [stop, sinceStop].sort((a, b) => a.index - b.index).map((each) => placeAlong(each, drawing));

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
        <div
          aria-hidden="true"
          data-drawing=""
          className="pointer-events-none relative h-full overflow-hidden"
        >
          {!isCanvasDrawn && <StillChart drawing={drawing} />}
          <ChartCanvas drawing={drawing} onDrawn={onDrawn} />
        </div>
        {stop !== null && reading !== null && range === null && (
          <ChartCursor stop={stop} reading={reading} drawing={drawing} />
        )}
        {range !== null && start !== undefined && end !== undefined && (
          <RangeOverlay
            range={range}
            left={start}
            right={end}
            top={drawing.layout.top}
            bottom={drawing.layout.bottom}
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
