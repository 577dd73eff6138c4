'use client';

import { useFormats } from '@/components/format/formats-context';
import type { HistoryDocument, HistoryGap, HistoryPoint } from '@/lib/domain/history';
import { CHART_HEIGHT } from './chart-height';
import { buildChartSeries } from './chart-series';
import { describeCompleteness, describeDays, describeGapDates, describeKind } from './describe';
import { GAP_WORDS } from './words';

const CELL = 'px-3 py-2.5 first:pl-0 last:pr-0';

/** Every day of the chart as a table, newest first, gaps included; it scrolls in the chart's own place. */
export function HistoryTable({ history }: { readonly history: HistoryDocument }) {
  const { stops } = buildChartSeries({ ...history, live: null });
  return (
    <section
      aria-label="Table of values"
      // Scrolling areas must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is what scrolls.
      tabIndex={0}
      className={`overflow-auto rounded-lg ${CHART_HEIGHT}`}
    >
      <table className="tabular w-full min-w-2xl text-left text-sm">
        <caption className="sr-only">Portfolio value by trading day, newest first</caption>
        <thead className="sticky top-0 bg-surface text-xs text-ink-soft">
          <tr className="shadow-[inset_0_-1px_0_var(--hairline)]">
            <th scope="col" className={`${CELL} font-medium`}>
              Trading day
            </th>
            <th scope="col" className={`${CELL} text-right font-medium`}>
              Value
            </th>
            <th scope="col" className={`${CELL} font-medium`}>
              How it is known
            </th>
            <th scope="col" className={`${CELL} font-medium`}>
              As of
            </th>
            <th scope="col" className={`${CELL} font-medium`}>
              Accounts
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-hairline">
          {stops.toReversed().map((stop) => {
            if (stop.type === 'point') return <PointRow key={stop.index} point={stop.point} />;
            return stop.type === 'gap' ? <GapRow key={stop.index} gap={stop.band.gap} /> : null;
          })}
        </tbody>
      </table>
    </section>
  );
}

function PointRow({ point }: { readonly point: HistoryPoint }) {
  const formats = useFormats();
  return (
    <tr>
      <th scope="row" className={`${CELL} font-normal whitespace-nowrap`}>
        {formats.date(point.date)}
      </th>
      <td className={`${CELL} text-right font-medium whitespace-nowrap`}>{formats.money(point.value)}</td>
      <td className={`${CELL} text-ink-soft`}>{describeKind(point, formats)}</td>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>
        <time dateTime={point.asOf} title={formats.utc(point.asOf)}>
          {formats.instant(point.asOf)}
        </time>
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>{describeCompleteness(point)}</td>
    </tr>
  );
}

function GapRow({ gap }: { readonly gap: HistoryGap }) {
  const formats = useFormats();
  return (
    <tr className="bg-gap-wash">
      <th scope="row" className={`${CELL} font-normal whitespace-nowrap`}>
        {describeGapDates(gap, formats)}
      </th>
      <td className={`${CELL} text-right text-ink-soft`}>No value</td>
      <td colSpan={3} className={`${CELL} text-ink-soft`}>
        {GAP_WORDS[gap.reason].label}, {describeDays(gap.days, formats)}
      </td>
    </tr>
  );
}
