import { type Formats, formatShare } from '@/components/format/formats';
import { KIND_LABELS } from '@/components/labels/states';
import type { TrendDay } from '@/lib/coverage/document';

const HEIGHT = 120;
const STEP = 10;
const BAR = 8;

/** Bars from the ground up: what is known surely first. */
const PARTS = [
  { part: 'captured', label: KIND_LABELS.daily_eod.label, fill: 'var(--accent)' },
  { part: 'reconstructed', label: KIND_LABELS.reconstructed.label, fill: 'url(#trend-hatch)' },
  { part: 'estimated', label: KIND_LABELS.estimated.label, fill: 'url(#trend-dots)' },
] as const;

/** For which share of users each trading day is there, by kind; what is left open is missing. Also as a table. */
export function TrendChart({
  days,
  formats,
}: {
  readonly days: readonly TrendDay[];
  readonly formats: Formats;
}) {
  const known = days.filter(({ expected }) => expected > 0);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined)
    return <p className="text-sm text-ink-soft">No user is expected to have a value yet.</p>;
  const width = days.length * STEP;
  const worst = known.reduce((a, b) => (shareOf(b) < shareOf(a) ? b : a));
  return (
    <figure>
      <div className="tabular grid grid-cols-[auto_1fr] gap-x-2 text-xs text-ink-soft">
        <div aria-hidden="true" className="flex h-32 flex-col justify-between text-right">
          {[1, 0.5, 0].map((share) => (
            <span key={share} className="leading-none">
              {formatShare(share, 1, formats.locale)}
            </span>
          ))}
        </div>
        <svg
          role="img"
          aria-label={`Users with a value, ${formats.dateRange(first.date, last.date)}: ${sayShare(last, formats)} on the last day; fewest on ${formats.date(worst.date)}, ${sayShare(worst, formats)}.`}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-32 w-full min-w-0 rounded-lg border border-hairline bg-gap-fill"
        >
          <defs>
            <pattern
              id="trend-hatch"
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="2" height="4" fill="var(--accent)" />
            </pattern>
            <pattern id="trend-dots" width="4" height="4" patternUnits="userSpaceOnUse">
              <circle cx="2" cy="2" r="1.2" fill="var(--accent)" />
            </pattern>
          </defs>
          {days.map((day, at) => {
            let top = HEIGHT;
            return PARTS.map(({ part, fill }) => {
              const height = day.expected === 0 ? 0 : (day[part] / day.expected) * HEIGHT;
              top -= height;
              return height === 0 ? null : (
                <rect
                  key={`${day.date} ${part}`}
                  x={at * STEP + 1}
                  y={top}
                  width={BAR}
                  height={height}
                  fill={fill}
                />
              );
            });
          })}
        </svg>
        <span />
        <div aria-hidden="true" className="mt-1 flex justify-between">
          <span>{formats.shortDate(first.date)}</span>
          <span>{formats.shortDate(last.date)}</span>
        </div>
      </div>
      <figcaption className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs text-ink-soft">
        <span>
          {formats.dateRange(first.date, last.date)}. Solid: recorded at close; hatched: filled in later;
          dotted: estimated; open: missing.
        </span>
      </figcaption>
      <details className="mt-2 text-sm">
        <summary className="w-fit cursor-pointer py-1 text-ink-soft">As a table</summary>
        <section
          className="mt-2 max-h-64 overflow-auto rounded-lg border border-hairline"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
          tabIndex={0}
          aria-label="Trend as a table"
        >
          <table className="tabular w-full text-right text-xs">
            <thead className="sticky top-0 bg-surface text-ink-soft">
              <tr>
                {['Day', 'Expected', ...PARTS.map(({ label }) => label), 'Missing'].map((name) => (
                  <th key={name} scope="col" className="px-3 py-1.5 font-medium first:text-left">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.date} className="border-t border-hairline">
                  <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                    {formats.date(day.date)}
                  </th>
                  <td className="px-3 py-1.5">{formats.count(day.expected)}</td>
                  {PARTS.map(({ part }) => (
                    <td key={part} className="px-3 py-1.5">
                      {formats.count(day[part])}
                    </td>
                  ))}
                  <td className="px-3 py-1.5">{formats.count(day.expected - presentOn(day))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

function presentOn({ captured, reconstructed, estimated }: TrendDay): number {
  return captured + reconstructed + estimated;
}

function shareOf(day: TrendDay): number {
  return presentOn(day) / day.expected;
}

function sayShare(day: TrendDay, { locale }: Formats): string {
  return formatShare(presentOn(day), day.expected, locale);
}
