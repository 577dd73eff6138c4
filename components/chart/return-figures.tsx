'use client';

import { useFormats } from '@/components/format/formats-context';
import type { HistorySummary } from '@/lib/domain/history';
import { FAULT_WORDS, FIGURE_WORDS, type ReturnFigureName } from './words';

const NAMES: readonly ReturnFigureName[] = ['twr', 'mwr', 'maxDrawdown'];

/** Returns and the deepest fall, each a figure or the reason why there is none. */
export function ReturnFigures({ summary }: { readonly summary: HistorySummary }) {
  const formats = useFormats();
  // With fewer than two days there is nothing to say three times over.
  if (summary.valueChange === null) return null;
  return (
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
  );
}
