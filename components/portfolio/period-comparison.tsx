'use client';

import { type ReactNode, useId, useState } from 'react';
import useSWR from 'swr';
import { useFormats } from '@/components/format/formats-context';
import { FIGURE_LABELS } from '@/components/labels/figures';
import { useOwnDocuments } from '@/components/session/session-guard';
import { type Comparison, comparedRange, isComparison } from '@/lib/domain/period';
import type { HistoryDocument, HistorySummary } from '@/lib/history/document';

const CHOICES: readonly { readonly value: Comparison; readonly label: string }[] = [
  { value: 'before', label: 'the period before' },
  { value: 'year_before', label: 'the same days a year earlier' },
];

/** The figures of the shown days beside those of another period, which the reader chooses. */
export function PeriodComparison({
  history,
  accounts,
}: {
  readonly history: HistoryDocument;
  /** The ids of the selected accounts; empty for all. */
  readonly accounts: readonly string[];
}) {
  const id = useId();
  const formats = useFormats();
  const { viewer, fetchOwn } = useOwnDocuments();
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const range = comparison === null ? null : comparedRange(history, comparison);
  const search =
    range === null
      ? null
      : [
          `from=${range.from}&to=${range.to}`,
          ...(accounts.length === 0 ? [] : [`accounts=${accounts.join(',')}`]),
        ].join('&');
  const { data, error } = useSWR<HistoryDocument, unknown>(
    search === null ? null : ([viewer, search] as const),
    ([, asked]: readonly [string, string]) => fetchOwn<HistoryDocument>(`/api/portfolio/history?${asked}`),
  );
  return (
    <section aria-label="Comparison of periods" className="print:hidden">
      <label htmlFor={id} className="text-sm text-ink-soft">
        Compare with{' '}
        <select
          id={id}
          value={comparison ?? ''}
          onChange={({ target }) => setComparison(isComparison(target.value) ? target.value : null)}
          className="ml-1 h-11 rounded-lg border border-hairline bg-surface px-2 text-sm text-ink sm:h-9"
        >
          <option value="">no other period</option>
          {CHOICES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {range !== null && (
        <div aria-live="polite" className="mt-2 overflow-x-auto text-sm">
          {error !== undefined ? (
            <p>We couldn’t load the other period.</p>
          ) : data === undefined ? (
            <p className="text-ink-soft">Loading…</p>
          ) : data.summary.valueChange === null ? (
            <p>We have too few values from {formats.dateRange(range.from, range.to)} to compare with.</p>
          ) : (
            <ComparisonTable shown={history.summary} other={data.summary} />
          )}
        </div>
      )}
    </section>
  );
}

function ComparisonTable({
  shown,
  other,
}: {
  readonly shown: HistorySummary;
  readonly other: HistorySummary;
}) {
  const formats = useFormats();
  const days = ({ from, to }: HistorySummary): string =>
    from === null || to === null ? 'No days' : formats.dateRange(from, to);
  const rows: readonly { readonly name: string; readonly write: (summary: HistorySummary) => ReactNode }[] = [
    {
      name: 'Change',
      write: (s) => (s.valueChange === null ? 'Unknown' : formats.signedMoney(s.valueChange)),
    },
    {
      name: 'Net deposits',
      write: (s) => (s.netDeposits === null ? 'Unknown' : formats.signedMoney(s.netDeposits)),
    },
    {
      name: 'Market change',
      write: (s) => (s.marketChange === null ? 'Unknown' : formats.signedMoney(s.marketChange)),
    },
    ...(['twr', 'mwr', 'maxDrawdown'] as const).map((figure) => ({
      name: FIGURE_LABELS[figure].label,
      write: (s: HistorySummary) => {
        const value = s[figure];
        return value === null ? 'Not available' : formats.signedPercent(value);
      },
    })),
  ];
  return (
    <table className="tabular border-y border-hairline text-right">
      <thead className="text-xs text-ink-soft">
        <tr>
          <td />
          <th scope="col" className="py-2 pl-6 font-medium">
            {days(shown)}
          </th>
          <th scope="col" className="py-2 pl-6 font-medium">
            {days(other)}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-hairline">
        {rows.map(({ name, write }) => (
          <tr key={name}>
            <th scope="row" className="py-1.5 text-left font-normal text-ink-soft">
              {name}
            </th>
            <td className="py-1.5 pl-6 font-medium">{write(shown)}</td>
            <td className="py-1.5 pl-6 font-medium">{write(other)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
