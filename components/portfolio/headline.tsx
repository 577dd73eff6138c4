'use client';

import { type ReactNode, useSyncExternalStore } from 'react';
import { describeCompleteness, describeEmptyRange, describeKind } from '@/components/chart/descriptions';
import type { ReadingStore } from '@/components/chart/reading-store';
import { findLive, findNewestPoint } from '@/components/chart/series';
import { useFormats } from '@/components/format/formats-context';
import { FAULT_LABELS, FIGURE_LABELS, MEASURE_WORDS } from '@/components/labels/figures';
import { Badge } from '@/components/ui/badge';
import { isPeriod } from '@/lib/domain/period';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint, HistorySummary, SummaryFigure } from '@/lib/history/document';
import { describeShown, describeSpan } from './descriptions';
import { LiveFigure, type ServerClock } from './live-figure';
import { DIRECTION_TONES, type Direction, describeChange, withoutSign } from './value-change';

const SIGNS: Readonly<Record<Direction, { readonly arrow: string; readonly word: string }>> = {
  up: { arrow: '▲', word: 'Up' },
  down: { arrow: '▼', word: 'Down' },
  level: { arrow: '', word: 'Unchanged' },
};

const LARGE =
  'tabular text-[clamp(2rem,7vw,3rem)] leading-[1.15] font-semibold tracking-[-0.035em] whitespace-nowrap';

/** The change over the shown days in words, and between which days it is meant. */
function ChangeLine({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const change = describeChange(history.summary);
  // With fewer than two days there is nothing to show.
  if (change === null) return null;
  const sign = SIGNS[change.direction];
  const amount = change.direction === 'level' ? '' : ` ${formats.money(withoutSign(change.change))}`;
  const share =
    change.share === null || change.direction === 'level' ? '' : ` (${formats.signedPercent(change.share)})`;
  const span = <span className="text-ink-soft">{describeSpan(history, formats)}</span>;
  const isNamed = isPeriod(history.period);
  const { from, to } = history.summary;
  const days = from === null || to === null ? null : formats.dateRange(from, to);
  return (
    <p className="tabular text-sm sm:text-base">
      {!isNamed && <>{span}: </>}
      <span className={`font-semibold ${change.isMarketOnly ? DIRECTION_TONES[change.direction] : ''}`}>
        <span aria-hidden="true" className="mr-1 text-xs">
          {sign.arrow}
        </span>
        {sign.word}
        {amount}
        {share}
      </span>
      {isNamed && <> {span}</>}
      {isNamed && days !== null && (
        <span className="text-xs whitespace-nowrap text-ink-soft sm:text-sm">, {days}</span>
      )}
    </p>
  );
}

/** The figure that stands for a measure, and how it is called. */
const FIGURES: Readonly<
  Record<
    Exclude<Measure, 'value'>,
    { readonly figure: Extract<SummaryFigure, keyof HistorySummary>; readonly label: string }
  >
> = {
  return: { figure: 'twr', label: FIGURE_LABELS.twr.label },
  deposits: { figure: 'netDeposits', label: 'Net deposits' },
  drawdown: { figure: 'maxDrawdown', label: FIGURE_LABELS.maxDrawdown.label },
};

/** What the chart is about, in large type, when that is not the value itself. */
function MeasureFigure({
  history,
  measure,
}: {
  readonly history: HistoryDocument;
  readonly measure: Exclude<Measure, 'value'>;
}) {
  const formats = useFormats();
  const { figure, label } = FIGURES[measure];
  const value = history.summary[figure];
  const fault = history.summary.notAvailable[figure];
  return (
    <>
      {value === null ? (
        <p className="text-2xl font-semibold tracking-tight">
          {fault === undefined ? 'Not available' : FAULT_LABELS[fault].replace(/^n/, 'N')}
        </p>
      ) : (
        <p className={LARGE}>
          {measure === 'deposits' ? formats.signedMoney(value) : formats.signedPercent(value)}
        </p>
      )}
      <p className="text-sm text-ink-soft">
        {label}, {describeSpan(history, formats)}
      </p>
    </>
  );
}

/** What is read on the chart just now, in the headline's place and of its height, so that nothing moves below a finger. */
function ReadingHeadline({ reading: { when, value, how, change } }: { readonly reading: Reading }) {
  return (
    <div
      className="pointer-events-none absolute inset-0 overflow-hidden bg-canvas"
      aria-hidden="true"
      data-headline-reading=""
    >
      <p className="truncate pb-1 text-sm font-medium text-ink-soft">{when}</p>
      <p className={LARGE}>{value ?? 'No value'}</p>
      <p className="tabular truncate text-sm">{change ?? how}</p>
      {change !== null && <p className="truncate text-sm text-ink-soft">{how}</p>}
    </div>
  );
}

type Reading = NonNullable<ReturnType<ReadingStore['get']>>;

/**
 * The newest whole value with its day, a newer estimate beside it, what changed over the period, and the live value apart. A
 * total with a carried account in it is never the headline itself. Another measure than the value takes the large type, and
 * the value steps back to one line. While a day is read on the chart, the headline is of that day.
 */
export function PortfolioHeadline({
  history,
  measure,
  clock,
  reading: store,
  aside = null,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly clock: ServerClock;
  readonly reading: ReadingStore;
  /** Beside the heading. */
  readonly aside?: ReactNode;
}) {
  const formats = useFormats();
  const reading = useSyncExternalStore(store.subscribe, store.get, () => null);
  const newest = findNewestPoint(history.points);
  const whole = findNewestPoint(history.points.filter((point) => point.kind !== 'estimated'));
  const live = findLive(history);
  const selection = describeShown(history.accounts);
  return (
    <header className="relative flex flex-wrap items-end justify-between gap-x-10 gap-y-2">
      <div className="min-w-0">
        <div className="-mt-2 flex flex-wrap items-center gap-x-1">
          <h1 className="text-sm font-medium text-ink-soft">{MEASURE_WORDS[measure].title}</h1>
          {aside}
          {selection !== null && <p className="text-sm font-medium">{selection}</p>}
        </div>
        {measure !== 'value' && <MeasureFigure history={history} measure={measure} />}
        {whole === null ? (
          <p className="mt-1 text-2xl font-semibold tracking-tight">
            {describeEmptyRange(history, formats) ?? 'We have no complete value for these days'}
          </p>
        ) : (
          <NewestValue point={whole} isLarge={measure === 'value'} />
        )}
        {newest?.kind === 'estimated' && <NewerEstimate point={newest} />}
        {measure === 'value' && <ChangeLine history={history} />}
      </div>
      {live !== null && <LiveFigure live={live} isMarketOpen={history.market.isOpen} clock={clock} />}
      {reading !== null && <ReadingHeadline reading={reading} />}
    </header>
  );
}

function NewestValue({ point, isLarge }: { readonly point: HistoryPoint; readonly isLarge: boolean }) {
  const formats = useFormats();
  const { before, fraction, after } = formats.moneyParts(point.value);
  const day = (
    <>
      <time dateTime={point.date}>{formats.longDate(point.date)}</time>,{' '}
      <span className="whitespace-nowrap">
        as of{' '}
        <time dateTime={point.asOf} title={formats.utc(point.asOf)}>
          {formats.instantOn(point.asOf, point.date)}
        </time>
      </span>
    </>
  );
  return (
    <>
      <p className={isLarge ? LARGE : 'tabular text-sm text-ink-soft'}>
        {!isLarge && 'Value '}
        {before}
        <span className={isLarge ? 'text-ink-faint' : ''}>{fraction}</span>
        {after}
        {!isLarge && <>, {day}</>}
      </p>
      {isLarge && <p className="text-sm text-ink-soft">{day}</p>}
      {point.kind !== 'daily_eod' && (
        <p className="mt-1">
          <Badge tone="neutral">{describeKind(point, formats)}</Badge>
        </p>
      )}
    </>
  );
}

function NewerEstimate({ point }: { readonly point: HistoryPoint }) {
  const formats = useFormats();
  return (
    <div className="tabular mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
      <p>
        Latest estimate: <span className="font-medium">{formats.wholeMoney(point.value)}</span> (
        {formats.shortDate(point.date)})
      </p>
      <Badge tone="caution">
        {describeKind(point, formats)}
        {point.accountsPresent < point.accountsExpected && ` (${describeCompleteness(point)})`}
      </Badge>
    </div>
  );
}
