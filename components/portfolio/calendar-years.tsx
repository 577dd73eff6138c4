'use client';

import { useFormats } from '@/components/format/formats-context';
import { yearReturns } from '@/lib/domain/yearly-returns';
import type { HistoryDocument } from '@/lib/history/document';

/** Fewer years than this are what the figures above say already. */
const YEARS_MIN = 2;

/** What each calendar year of the shown days returned, newest first, as figures with bars from a common zero. */
export function CalendarYears({ points }: Pick<HistoryDocument, 'points'>) {
  const formats = useFormats();
  const years = yearReturns(points);
  if (years.length < YEARS_MIN) return null;
  const growths = years.map(({ growth }) => Number(growth));
  const [low, high] = [Math.min(0, ...growths), Math.max(0, ...growths)];
  const span = high - low || 1;
  const percent = (share: number) => `${Math.round(share * 1000) / 10}%`;
  return (
    <section aria-labelledby="calendar-years">
      <h2 id="calendar-years" className="text-base font-semibold">
        Calendar years
      </h2>
      <table className="tabular mt-2 w-full border-y border-hairline text-sm">
        <thead className="sr-only">
          <tr>
            <th scope="col">Year</th>
            <th scope="col">Return</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-hairline">
          {years.toReversed().map(({ year, from, to, growth, isWhole }) => {
            const value = Number(growth);
            return (
              <tr key={year}>
                <th scope="row" className="w-0 py-2 pr-6 text-left font-medium whitespace-nowrap">
                  {year}
                  {!isWhole && (
                    <span className="block text-xs font-normal text-ink-soft">
                      {formats.dateRange(from, to)}
                    </span>
                  )}
                </th>
                <td className="w-0 py-2 pr-6 text-right font-medium whitespace-nowrap">
                  {formats.signedPercent(growth)}
                </td>
                <td aria-hidden="true" className="py-2">
                  <span className="relative block h-3">
                    <span
                      className={`keeps-colours absolute inset-y-0 rounded-xs ${value < 0 ? 'bg-loss' : 'bg-gain'}`}
                      style={{
                        left: percent((Math.min(0, value) - low) / span),
                        width: percent(Math.abs(value) / span),
                      }}
                    />
                    <span
                      className="absolute inset-y-[-4px] w-px bg-outline"
                      style={{ left: percent(-low / span) }}
                    />
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="mt-2 text-xs text-ink-soft">Time-weighted, of the days shown.</p>
    </section>
  );
}
