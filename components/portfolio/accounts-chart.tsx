'use client';

import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { CHART_HEIGHT } from '@/components/chart/layout';
import type { Formats } from '@/components/format/formats';
import { roundToAmount } from '@/lib/domain/amount';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { AccountStack, StackLayer } from './account-stack';

const COLOURS = [
  'var(--layer-1)',
  'var(--layer-2)',
  'var(--layer-3)',
  'var(--layer-4)',
  'var(--layer-5)',
  'var(--layer-6)',
] as const;

const TICK = { fill: 'var(--ink-faint)', fontSize: 12 };

const colourOf = (at: number) => COLOURS[at % COLOURS.length] ?? COLOURS[0];

/** Accounts on top of each other, with their names and colours in the order of the stack, and as a table. */
export function AccountsChart({
  stack,
  formats,
}: {
  readonly stack: AccountStack;
  readonly formats: Formats;
}) {
  const { layers, days } = stack;
  const write = (value: number) => {
    const amount = roundToAmount(value, 2);
    return amount === null ? '' : formats.money(amount);
  };
  const rows = days.map(({ date, values }) => ({
    date,
    ...Object.fromEntries(layers.map(({ id }, at) => [id, values?.[at] ?? null])),
  }));
  return (
    <figure>
      <div role="img" aria-label={summarize(stack, formats, write)} className={CHART_HEIGHT}>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart
            data={rows}
            stackOffset="sign"
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--hairline)" />
            <XAxis
              dataKey="date"
              tickFormatter={(date: TradingDate) => formats.shortDate(date)}
              minTickGap={40}
              tick={TICK}
              tickLine={false}
              axisLine={{ stroke: 'var(--hairline)' }}
            />
            <YAxis
              orientation="right"
              width={64}
              tickFormatter={(value: number) => formats.axisMoney([value])[0] ?? ''}
              tick={{ ...TICK, className: 'tabular' }}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              isAnimationActive={false}
              content={({ active, label, payload }) =>
                active === true && payload.length > 0 ? (
                  <div className="rounded-xl border border-hairline bg-raised px-3.5 py-2.5 text-xs shadow-float">
                    <p className="text-ink-soft">{formats.longDate(String(label) as TradingDate)}</p>
                    {layers.map(({ id, name }) => {
                      const entry = payload.find(({ dataKey }) => dataKey === id);
                      return typeof entry?.value === 'number' ? (
                        <p key={id} className="tabular mt-0.5">
                          {name}: <span className="font-semibold">{write(entry.value)}</span>
                        </p>
                      ) : null;
                    })}
                  </div>
                ) : null
              }
            />
            {layers.map(({ id, name }, at) => (
              <Area
                key={id}
                dataKey={id}
                name={name}
                stackId="accounts"
                type="linear"
                connectNulls={false}
                isAnimationActive={false}
                stroke={colourOf(at)}
                fill={colourOf(at)}
                fillOpacity={0.55}
                className="keeps-colours"
              />
            ))}
          </AreaChart>
        </ResponsiveContainer>
      </div>
      <figcaption>
        <ul className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-xs text-ink-soft">
          {layers.toReversed().map(({ id, name }) => (
            <li key={id} className="flex items-center gap-2">
              <span
                aria-hidden="true"
                className="keeps-colours size-3 rounded-xs"
                style={{ background: colourOf(layers.findIndex((layer) => layer.id === id)) }}
              />
              {name}
            </li>
          ))}
        </ul>
        <LayersTable stack={stack} formats={formats} write={write} />
      </figcaption>
    </figure>
  );
}

function summarize(
  { layers, days }: AccountStack,
  formats: Formats,
  write: (value: number) => string,
): string {
  const last = days.findLast(({ values }) => values !== null);
  if (last === undefined) return 'Accounts over time: we have no value for these days.';
  const parts = layers.map(({ name }, at) => `${name} ${write(last.values?.[at] ?? 0)}`);
  return `Accounts over time, on ${formats.date(last.date)}: ${parts.join('; ')}.`;
}

function LayersTable({
  stack: { layers, days },
  formats,
  write,
}: {
  readonly stack: { readonly layers: readonly StackLayer[]; readonly days: AccountStack['days'] };
  readonly formats: Formats;
  readonly write: (value: number) => string;
}) {
  return (
    <details className="mt-2 text-sm">
      <summary className="w-fit cursor-pointer py-1 text-ink-soft">As a table</summary>
      <section
        className="mt-2 max-h-64 overflow-auto rounded-lg border border-hairline"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
        tabIndex={0}
        aria-label="Accounts over time as a table"
      >
        <table className="tabular w-full text-right text-xs">
          <thead className="sticky top-0 bg-surface text-ink-soft">
            <tr>
              {['Day', ...layers.map(({ name }) => name)].map((name) => (
                <th key={name} scope="col" className="px-3 py-1.5 font-medium first:text-left">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ date, values }) => (
              <tr key={date} className="border-t border-hairline">
                <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                  {formats.date(date)}
                </th>
                {layers.map(({ id }, at) => (
                  <td key={id} className="px-3 py-1.5 whitespace-nowrap">
                    {values === null ? 'No value' : write(values[at] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
