'use client';

import { useFormats } from '@/components/format/formats-context';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import { CAPTION_HEIGHT } from './chart-height';
import { MEASURE_WORDS } from './measure-words';
import { tellMeasure } from './summarize';

/** What is drawn below it, its figure over the range, and what it tells. */
export function ChartCaption({
  history,
  measure,
}: {
  readonly history: HistoryDocument;
  readonly measure: Measure;
}) {
  const formats = useFormats();
  const { title, meaning } = MEASURE_WORDS[measure];
  const figure = tellMeasure(history, measure, formats);
  return (
    <div className={CAPTION_HEIGHT}>
      <p className="tabular text-sm font-medium">
        {title}
        {figure !== null && <span className="font-normal text-ink-soft">: {figure}</span>}
      </p>
      <p className="mt-0.5 text-xs leading-relaxed text-ink-soft">{meaning}</p>
    </div>
  );
}
