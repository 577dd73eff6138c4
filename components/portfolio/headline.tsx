'use client';

import { describeCompleteness, describeEmptyRange, describeKind } from '@/components/chart/descriptions';
import { findLive, findNewestPoint } from '@/components/chart/series';
import { useFormats } from '@/components/format/formats-context';
import { FAULT_LABELS, FIGURE_LABELS, MEASURE_WORDS } from '@/components/labels/figures';
import { Badge } from '@/components/ui/badge';
import { isPeriod } from '@/lib/domain/period';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint, HistorySummary, SummaryFigure } from '@/lib/history/document';
import { describeShown, describeSpan } from './descriptions';
import { LiveFigure, type ServerClock } from './live-figure';
import { SummaryFigures } from './summary-figures';
import { DIRECTION_TONES, type Direction, describeChange, withoutSign } from './value-change';

const SIGNS: Readonly<Record<Direction, { readonly arrow: string; readonly word: string }>> = {
  up: { arrow: '▲', word: 'Up' },
  down: { arrow: '▼', word: 'Down' },
  level: { arrow: '', word: 'Unchanged' },
};

/** The change over the shown days in words, and how much of it was paid in or out rather than earned. */
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
    <div className="mt-4">
      <p className="tabular text-base">
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
        {isNamed && days !== null && <span className="text-sm text-ink-soft">, {days}</span>}
      </p>
      <SummaryFigures summary={history.summary} />
    </div>
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
  deposits: { figure: 'netDeposits', label: MEASURE_WORDS.deposits.label },
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
      <p className="mt-3 text-sm text-ink-soft">
        {label}, {describeSpan(history, formats)}
      </p>
      {value === null ? (
        <p className="mt-1 text-2xl font-semibold tracking-tight">
          {fault === undefined ? 'Not available' : FAULT_LABELS[fault].replace(/^n/, 'N')}
        </p>
      ) : (
        <p className="tabular mt-1 text-[clamp(2.5rem,9vw,4rem)] leading-[1.1] font-semibold tracking-[-0.035em]">
          {measure === 'deposits' ? formats.signedMoney(value) : formats.signedPercent(value)}
        </p>
      )}
    </>
  );
}

/**
 * The newest whole value with its day, a newer estimate beside it, what changed over the period and why, and the live value
 * apart. A total with a carried account in it is never the headline itself. Another measure than the value takes the large
 * type, and the value steps back to one line.
 */
export function PortfolioHeadline({
  history,
  measure,
  clock,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
  readonly clock: ServerClock;
}) {
  const newest = findNewestPoint(history.points);
  const whole = findNewestPoint(history.points.filter((point) => point.kind !== 'estimated'));
  const live = findLive(history);
  const selection = describeShown(history.accounts);
  const formats = useFormats();
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-10 gap-y-6">
      <div className="min-w-0">
        <h1 className="text-sm font-medium text-ink-soft">Portfolio value</h1>
        {selection !== null && <p className="mt-0.5 text-sm font-medium">{selection}</p>}
        {measure !== 'value' && <MeasureFigure history={history} measure={measure} />}
        {whole === null ? (
          <p className="mt-2 text-2xl font-semibold tracking-tight">
            {describeEmptyRange(history, formats) ?? 'No whole value is known for these days'}
          </p>
        ) : (
          <NewestValue point={whole} isLarge={measure === 'value'} />
        )}
        {newest?.kind === 'estimated' && <NewerEstimate point={newest} />}
        <ChangeLine history={history} />
      </div>
      {live !== null && <LiveFigure live={live} isMarketOpen={history.market.isOpen} clock={clock} />}
    </header>
  );
}

function NewestValue({ point, isLarge }: { readonly point: HistoryPoint; readonly isLarge: boolean }) {
  const formats = useFormats();
  const { before, fraction, after } = formats.moneyParts(point.value);
  return (
    <>
      <p
        className={
          isLarge
            ? 'tabular mt-1 text-[clamp(2.5rem,9vw,4rem)] leading-[1.1] font-semibold tracking-[-0.035em]'
            : 'tabular mt-3 text-xl font-semibold tracking-tight'
        }
      >
        {before}
        <span className="text-ink-faint">{fraction}</span>
        {after}
      </p>
      <p className="mt-1.5 text-sm text-ink-soft">
        <time dateTime={point.date}>{formats.longDate(point.date)}</time>,{' '}
        <span className="whitespace-nowrap">
          as of{' '}
          <time dateTime={point.asOf} title={formats.utc(point.asOf)}>
            {formats.instantOn(point.asOf, point.date)}
          </time>
        </span>
      </p>
      {point.kind !== 'daily_eod' && (
        <p className="mt-2.5">
          <Badge tone="neutral">{describeKind(point, formats)}</Badge>
        </p>
      )}
    </>
  );
}

function NewerEstimate({ point }: { readonly point: HistoryPoint }) {
  const formats = useFormats();
  return (
    <div className="tabular mt-2.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
      <p>
        Since then about <span className="font-medium">{formats.money(point.value)}</span> on{' '}
        {formats.date(point.date)}
      </p>
      <Badge tone="caution">
        {describeKind(point, formats)}
        {point.accountsPresent < point.accountsExpected && ` (${describeCompleteness(point)})`}
      </Badge>
    </div>
  );
}
