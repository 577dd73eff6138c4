'use client';

import type { ReactNode } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { FAULT_LABELS, FIGURE_LABELS, type ReturnFigureName } from '@/components/labels/figures';
import type { Amount } from '@/lib/domain/amount';
import { annualise } from '@/lib/domain/yearly-returns';
import type { HistoryDocument, HistorySummary } from '@/lib/history/document';
import { explainDifference } from './descriptions';
import { DIRECTION_TONES, findDirection } from './value-change';

const RETURNS: readonly ReturnFigureName[] = ['twr', 'mwr', 'maxDrawdown'];

/** The returns that also have a figure a year. */
const YEARLY: readonly ReturnFigureName[] = ['twr', 'mwr'];

/** What was paid in, what the market did, the returns and the deepest fall: each a figure, or why there is none. */
export function SummaryFigures({ history: { summary } }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  if (summary.valueChange === null) return null;
  const { netDeposits, marketChange, provisional } = summary;
  const difference = explainDifference(summary, formats);
  return (
    <section aria-label="Figures">
      <dl className="tabular grid grid-cols-2 gap-x-6 gap-y-2.5 text-sm sm:flex sm:flex-wrap">
        <Figure label="Net deposits">
          {netDeposits === null ? 'unknown' : formats.signedMoney(netDeposits)}
        </Figure>
        {marketChange !== null && (
          <Figure label="Market change">
            <span className={DIRECTION_TONES[findDirection(marketChange)]}>
              {formats.signedMoney(marketChange)}
            </span>
          </Figure>
        )}
        {RETURNS.map((name) => {
          const value = summary[name];
          const fault = summary.notAvailable[name];
          const yearly = value !== null && YEARLY.includes(name) ? yearlyOf(summary, value) : null;
          return (
            <Figure key={name} label={FIGURE_LABELS[name].label} meaning={FIGURE_LABELS[name].meaning}>
              {value !== null
                ? formats.signedPercent(value)
                : fault === undefined
                  ? 'not available'
                  : FAULT_LABELS[fault]}
              {yearly !== null && (
                <span className="block text-xs font-normal text-ink-soft">
                  {formats.signedPercent(yearly)} a year
                </span>
              )}
            </Figure>
          );
        })}
      </dl>
      {provisional && (
        <p className="mt-2.5 text-sm text-ink-soft">
          Today’s deposits may still arrive; figures may change slightly.
        </p>
      )}
      {difference !== null && (
        <details className="mt-1.5 max-w-xl text-sm text-ink-soft print:hidden">
          <summary className="cursor-pointer py-1 underline-offset-4 hover:underline">
            Why do the two returns differ?
          </summary>
          <p className="pb-1">{difference}</p>
        </details>
      )}
    </section>
  );
}

/** What a return over more than a year comes to each year. */
function yearlyOf({ from, to, returnSince }: HistorySummary, growth: Amount): Amount | null {
  return from === null || to === null ? null : annualise(growth, returnSince ?? from, to);
}

function Figure({
  label,
  meaning,
  children,
}: {
  readonly label: string;
  readonly meaning?: string;
  readonly children: ReactNode;
}) {
  return (
    <div title={meaning}>
      <dt className="text-xs text-ink-soft">{label}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}
