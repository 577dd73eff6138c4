'use client';

import { useEffect, useId, useMemo } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import type { DayNote } from '@/lib/notes/document';
import { ChartDrawing } from './chart-drawing';
import { ChartCursor, placeAlong, RangeOverlay } from './cursor';
import { readDataPoint, readForHeadline, speakReading } from './data-points';
import { summarizeHistory } from './descriptions';
import { buildChartLayout, CHART_HEIGHT } from './layout';
import { speakRange } from './range-reading';
import type { ReadingStore } from './reading-store';
import { useChartReader } from './use-chart-reader';

const NO_NOTES: readonly DayNote[] = [];

/**
 * The line of a portfolio's history, broken where nobody knows it. It is read with the pointer, a finger, or the arrow
 * keys, a range is chosen by dragging, and it sums itself up for screen readers.
 */
export function PortfolioChart({
  history,
  measure,
  onRangeSelect,
  reading: store = null,
  notes = NO_NOTES,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly onRangeSelect: (from: TradingDate, to: TradingDate) => void;
  /** Told what is being read; null where nobody follows. */
  readonly reading?: ReadingStore | null;
  /** The reader's own notes on days. */
  readonly notes?: readonly DayNote[] | undefined;
}) {
  const formats = useFormats();
  const hintId = useId();
  const layout = useMemo(
    () => buildChartLayout(history, measure, formats, notes),
    [history, measure, formats, notes],
  );
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
          <ChartDrawing layout={layout} />
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
