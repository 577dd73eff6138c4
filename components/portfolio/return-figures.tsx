'use client';

import { FAULT_WORDS, FIGURE_WORDS, type ReturnFigureName } from '@/components/chart/words';
import type { Formats } from '@/components/format/formats';
import { useFormats } from '@/components/format/formats-context';
import type { HistorySummary } from '@/lib/domain/history';

const NAMES: readonly ReturnFigureName[] = ['twr', 'mwr', 'maxDrawdown'];

/** Returns and the deepest fall, each a figure or the reason why there is none, and why the two returns differ. */
export function ReturnFigures({ summary }: { readonly summary: HistorySummary }) {
  const formats = useFormats();
  // With fewer than two days there is nothing to say three times over.
  if (summary.valueChange === null) return null;
  const difference = explainDifference(summary, formats);
  return (
    <>
      <dl className="tabular mt-1 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        {NAMES.map((name) => {
          const value = summary[name];
          const fault = summary.notAvailable[name];
          return (
            <div key={name} className="flex gap-2" title={FIGURE_WORDS[name].meaning}>
              <dt className="text-ink-soft">{FIGURE_WORDS[name].label}</dt>
              <dd className="font-medium">
                {value !== null
                  ? formats.signedPercent(value)
                  : fault === undefined
                    ? 'not available'
                    : FAULT_WORDS[fault]}
              </dd>
            </div>
          );
        })}
      </dl>
      {difference !== null && <p className="mt-1.5 max-w-xl text-sm text-ink-soft">{difference}</p>}
    </>
  );
}

/** Why the two returns are not the same figure; null when they are, as they are read. */
export function explainDifference(
  { twr, mwr }: Pick<HistorySummary, 'twr' | 'mwr'>,
  formats: Pick<Formats, 'signedPercent'>,
): string | null {
  if (twr === null || mwr === null || formats.signedPercent(twr) === formats.signedPercent(mwr)) return null;
  return Number(mwr) < Number(twr)
    ? 'The return counts every day alike; money-weighted is lower because more money was there on the weaker days.'
    : 'The return counts every day alike; money-weighted is higher because more money was there on the better days.';
}
