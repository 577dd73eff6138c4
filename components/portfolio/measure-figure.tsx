'use client';

import { MEASURE_WORDS } from '@/components/chart/measure-words';
import { useFormats } from '@/components/format/formats-context';
import { FAULT_LABELS, FIGURE_LABELS } from '@/components/labels/figures';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument, HistorySummary, SummaryFigure } from '@/lib/history/document';
import { describeSpan } from './describe-span';

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
export function MeasureFigure({
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
