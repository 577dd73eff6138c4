'use client';

import { ChartLineIcon, TableIcon } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { MEASURE_WORDS, PERIOD_NAMES } from '@/components/labels/figures';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { isPeriod, PERIODS, type Period } from '@/lib/domain/period';
import { isMeasure, MEASURES, type Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import type { DayNote } from '@/lib/notes/document';
import { compareWithBenchmark } from './comparison';
import { describeEmptyRange, describeMeasure } from './descriptions';
import { HistoryTable } from './history-table';
import { CHART_HEIGHT } from './layout';
import { MarksLegend, ProvenanceLegend } from './legend';
import { PortfolioChart } from './portfolio-chart';
import type { ReadingStore } from './reading-store';
import { isComparable } from './series';

/** What is drawn above it, its figure over the range, and what it means. The value needs no words: the headline is about it. */
function ChartCaption({
  history,
  measure,
  compared,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  /** How the portfolio did against the index; null when they are not compared. */
  readonly compared: string | null;
}) {
  const formats = useFormats();
  const { title, meaning } = MEASURE_WORDS[measure];
  const figure = describeMeasure(history, measure, formats);
  if (measure === 'value' && compared === null) return null;
  return (
    <div className="mt-3 text-xs leading-relaxed text-ink-soft">
      {compared !== null && <p className="tabular text-sm font-medium text-ink">{compared}</p>}
      {measure !== 'value' && (
        <p>
          {figure !== null && (
            <span className="tabular text-sm">
              {title}: {figure}.{' '}
            </span>
          )}
          {meaning}
        </p>
      )}
    </div>
  );
}

interface MeasureChoice {
  readonly measure: Measure;
  readonly onMeasureChange: (measure: Measure) => void;
}

/** One choice among the measures: a menu on a phone, where four words have no room, and otherwise all of them side by side. */
function MeasureSwitch({ measure, onMeasureChange }: MeasureChoice) {
  return (
    <>
      <select
        aria-label="What to show"
        value={measure}
        onChange={({ target }) => {
          if (isMeasure(target.value)) onMeasureChange(target.value);
        }}
        className="h-11 min-w-0 rounded-lg border border-hairline bg-surface px-2 text-sm font-semibold text-accent sm:hidden"
      >
        {MEASURES.map((each) => (
          <option key={each} value={each}>
            {MEASURE_WORDS[each].label}
          </option>
        ))}
      </select>
      <ToggleGroup.Root
        type="single"
        value={measure}
        // Pressing the chosen measure again reports an empty choice, which is none.
        onValueChange={(next) => {
          if (isMeasure(next)) onMeasureChange(next);
        }}
        aria-label="What to show"
        className="hidden gap-0.5 sm:flex"
      >
        {MEASURES.map((each) => (
          <ToggleGroup.Item
            key={each}
            value={each}
            className="chosen-forced h-9 rounded-lg border border-transparent px-2.5 text-sm font-medium whitespace-nowrap text-ink-soft motion-safe:transition-colors hover:text-ink data-[state=on]:border-hairline data-[state=on]:bg-accent-soft data-[state=on]:font-semibold data-[state=on]:text-accent"
          >
            {MEASURE_WORDS[each].label}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </>
  );
}

/**
 * One choice among the periods; the chosen one is heavier and underlined as well as coloured. Each is a link, which leads there before
 * any script has loaded, and in another tab.
 */
function PeriodPicker({
  period,
  hrefOf,
  onPeriodChange,
  onPeriodNear,
}: {
  /** Null while no period but a range of dates is shown. */
  readonly period: Period | null;
  /** The page's address with a period. */
  readonly hrefOf: (period: Period) => string;
  readonly onPeriodChange: (period: Period) => void;
  /** A pointer came over a period, or the focus on it. */
  readonly onPeriodNear: (period: Period) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={period ?? ''}
      // Pressing the chosen period again reports an empty choice, which is none.
      onValueChange={(next) => {
        if (isPeriod(next)) onPeriodChange(next);
      }}
      aria-label="Period"
      onClick={stayUnlessElsewhere}
      className="grid grid-cols-9 sm:-ml-px sm:flex"
    >
      {PERIODS.map((each) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          asChild
          onPointerEnter={() => onPeriodNear(each)}
          onFocus={() => onPeriodNear(each)}
          className="chosen-forced tabular relative flex h-11 min-w-0 items-center justify-center rounded-lg text-[0.8125rem] font-medium text-ink-soft motion-safe:transition-colors after:absolute after:inset-x-2 after:bottom-1.5 after:h-0.5 after:rounded-full hover:text-ink data-[state=on]:font-semibold data-[state=on]:text-accent data-[state=on]:after:bg-accent sm:h-10 sm:px-3 sm:text-sm sm:after:inset-x-3"
        >
          <a href={hrefOf(each)} onKeyDown={pressBySpace}>
            {each}
            <span className="sr-only">, {PERIOD_NAMES[each]}</span>
          </a>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

/** The press has chosen the period by now; only where another tab or window was asked for does the link lead there. */
function stayUnlessElsewhere(event: MouseEvent): void {
  if (!event.metaKey && !event.ctrlKey && !event.shiftKey) event.preventDefault();
}

/** A choice is made with the space bar as well, which does nothing to a link. */
function pressBySpace(event: KeyboardEvent<HTMLAnchorElement>): void {
  if (event.key !== ' ') return;
  event.preventDefault();
  event.currentTarget.click();
}

/** Whether the chosen period's document is here, on its way, or could not be had. */
type PanelState = 'shown' | 'arriving' | 'failed';

/** Whether the sheet shows the chart or its numbers. */
export type ChartView = 'chart' | 'table';

interface ChartPanelProps {
  readonly history: HistoryDocument;
  /** Whether `history` is what was asked for, or what is shown until that comes. */
  readonly state: PanelState;
  /** Null while a range of dates is shown. */
  readonly period: Period | null;
  /** The page's address with a period. */
  readonly hrefOf: (period: Period) => string;
  readonly onPeriodChange: (period: Period) => void;
  /** Somebody is about to choose a period. */
  readonly onPeriodNear: (period: Period) => void;
  readonly measure: Measure;
  readonly onMeasureChange: (measure: Measure) => void;
  readonly view: ChartView;
  readonly onViewChange: (view: ChartView) => void;
  /** A range was chosen in the chart and is to be shown, both dates included. */
  readonly onRangeSelect: (from: TradingDate, to: TradingDate) => void;
  /** Whether there is an index to compare with: without one there is nothing to switch. */
  readonly isBenchmarkOffered: boolean;
  readonly isBenchmarkShown: boolean;
  readonly onBenchmarkChange: (isShown: boolean) => void;
  /** Told what is being read on the chart. */
  readonly reading: ReadingStore;
  /** The reader's own notes on days. */
  readonly notes?: readonly DayNote[];
  /** Further controls of the page, beside the ones of the chart. */
  readonly controls?: ReactNode;
}

/** Periods, chart or table, its controls and its legend, on one sheet. Chart and table have one height, so nothing jumps. */
export function ChartPanel({
  history,
  state,
  period,
  hrefOf,
  onPeriodChange,
  onPeriodNear,
  measure,
  onMeasureChange,
  view,
  onViewChange,
  onRangeSelect,
  isBenchmarkOffered,
  isBenchmarkShown,
  onBenchmarkChange,
  reading,
  notes = [],
  controls = null,
}: ChartPanelProps) {
  const formats = useFormats();
  const isTable = view === 'table';
  const compared =
    isBenchmarkShown && state === 'shown' ? compareWithBenchmark(history, measure, formats) : null;
  return (
    <Card
      aria-label="History"
      aria-busy={state === 'arriving'}
      className="relative -mx-4 rounded-none border-x-0 sm:mx-0 sm:rounded-2xl sm:border-x"
    >
      {state === 'arriving' && <BusyMark />}
      {/* On a phone the periods have a row, and everything else the next; at a desk what takes along stands beside the periods. */}
      <div className="flex flex-wrap items-center px-2 pt-1.5 sm:px-5 sm:pt-2.5 print:hidden">
        <div className="w-full sm:w-auto">
          <PeriodPicker
            period={period}
            hrefOf={hrefOf}
            onPeriodChange={onPeriodChange}
            onPeriodNear={onPeriodNear}
          />
        </div>
        <div className="flex items-center gap-0.5 sm:order-last sm:basis-full">
          <MeasureSwitch measure={measure} onMeasureChange={onMeasureChange} />
          {isBenchmarkOffered && isComparable(measure) && (
            <Button
              look={isBenchmarkShown ? 'quiet' : 'plain'}
              size="touch"
              aria-pressed={isBenchmarkShown}
              onClick={() => onBenchmarkChange(!isBenchmarkShown)}
              className="chosen-forced max-sm:px-2"
            >
              <span>
                <span className="max-sm:sr-only">Compare with the </span>S&P 500
              </span>
            </Button>
          )}
        </div>
        <div className="ml-auto flex items-center">
          {controls}
          <Button
            look="plain"
            size="touch"
            className="max-sm:px-2.5"
            onClick={() => onViewChange(isTable ? 'chart' : 'table')}
          >
            {isTable ? <ChartLineIcon /> : <TableIcon />}
            <span className="max-sm:sr-only">{isTable ? 'Chart' : 'Table'}</span>
          </Button>
        </div>
      </div>
      <div className="px-4 pt-1 pb-4 sm:px-8 sm:pb-5">
        <Panel
          history={history}
          measure={measure}
          isTable={isTable}
          state={state}
          onRangeSelect={onRangeSelect}
          reading={reading}
          notes={notes}
        />
        {state !== 'failed' && <ChartCaption history={history} measure={measure} compared={compared} />}
      </div>
      {state !== 'failed' && (
        <div className="border-t border-hairline px-4 py-4 sm:px-8">
          <ProvenanceLegend coverage={history.coverage} />
          <MarksLegend
            history={history}
            measure={measure}
            isBenchmarkShown={isBenchmarkShown}
            notes={notes}
          />
        </div>
      )}
    </Card>
  );
}

/** A quiet sign at the sheet's edge that other days are on their way; the days before stay until then. */
function BusyMark() {
  return (
    <div
      aria-hidden="true"
      className="absolute inset-x-4 top-0 h-0.5 rounded-full bg-accent motion-safe:animate-pulse"
    />
  );
}

/** Words where no chart can be. */
function Instead({ children }: { readonly children: ReactNode }) {
  return (
    <div
      className={`grid place-items-center rounded-lg bg-gap-fill text-center text-sm text-ink-soft ${CHART_HEIGHT}`}
    >
      <p className="max-w-xs px-4">{children}</p>
    </div>
  );
}

function Panel({
  history,
  measure,
  isTable,
  state,
  onRangeSelect,
  reading,
  notes,
}: Pick<ChartPanelProps, 'history' | 'measure' | 'state' | 'onRangeSelect' | 'reading' | 'notes'> & {
  readonly isTable: boolean;
}) {
  const formats = useFormats();
  if (state === 'failed') {
    return <Instead>We couldn’t load this period. The headline above is still of the one before.</Instead>;
  }
  const reason = describeEmptyRange(history, formats);
  if (reason !== null) return <Instead>{reason}.</Instead>;
  return isTable ? (
    <HistoryTable history={history} />
  ) : (
    <PortfolioChart
      history={history}
      measure={measure}
      onRangeSelect={onRangeSelect}
      reading={reading}
      notes={notes}
    />
  );
}
