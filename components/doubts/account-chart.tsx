import { ANY_CURRENCY, createFormats, type Formats } from '@/components/format/formats';
import { KIND_LABELS } from '@/components/labels/states';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { LineValue } from '@/lib/doubts/document';
import { formatValue } from './words';

const WIDTH = 640;
const HEIGHT = 140;
const EDGE = 10;

interface Mark {
  readonly value: LineValue;
  readonly x: number;
  readonly y: number;
  readonly session: number;
}

/** What an account was worth around a question: what counts as a line, what is in question as open squares. Also as a table. */
export function AccountChart({
  id,
  name,
  line,
  locale,
}: {
  /** Names this chart among others of the page. */
  readonly id: string;
  readonly name: string;
  readonly line: readonly LineValue[];
  readonly locale: string;
}) {
  const [first] = line;
  const last = line.at(-1);
  if (first === undefined || last === undefined) return null;
  const formats = createFormats(
    locale,
    line.find(({ currency }) => currency !== null)?.currency ?? ANY_CURRENCY,
  );
  const marks = place(line);
  const inQuestion = marks.filter(({ value }) => value.isInQuestion);
  return (
    <figure className="mt-3">
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full rounded-lg border border-hairline bg-surface"
      >
        <title id={`${id}-title`}>
          {name}, {formats.dateRange(first.date, last.date)}
        </title>
        <desc id={`${id}-desc`}>{summarize(line, formats)}</desc>
        {runsOf(marks.filter(({ value }) => !value.isInQuestion)).map((run) => (
          <polyline
            key={run[0]?.session}
            points={run.map(({ x, y }) => `${x},${y}`).join(' ')}
            fill="none"
            stroke="var(--accent)"
            strokeWidth="2"
          />
        ))}
        {marks
          .filter(({ value }) => !value.isInQuestion)
          .map(({ value, x, y }) => (
            <circle
              key={value.date}
              cx={x}
              cy={y}
              r="3"
              fill={value.kind === 'daily_eod' ? 'var(--accent)' : 'var(--surface)'}
              stroke="var(--accent)"
              strokeWidth="1.5"
            />
          ))}
        {inQuestion.map(({ value, x, y }) => (
          <rect
            key={value.date}
            x={x - 4.5}
            y={y - 4.5}
            width="9"
            height="9"
            fill="var(--surface)"
            stroke="var(--caution)"
            strokeWidth="2"
          />
        ))}
      </svg>
      <figcaption className="mt-1.5 text-xs text-ink-soft">
        {formats.dateRange(first.date, last.date)}. Dots count, filled ones were read on the day and open ones
        come from the broker’s history; squares are in question.
      </figcaption>
      <LineTable name={name} line={line} formats={formats} />
    </figure>
  );
}

function LineTable({
  name,
  line,
  formats,
}: {
  readonly name: string;
  readonly line: readonly LineValue[];
  readonly formats: Formats;
}) {
  return (
    <details className="mt-1.5">
      <summary className="cursor-pointer text-ink-soft">As a table</summary>
      <section
        className="mt-2 max-h-64 overflow-auto rounded-lg border border-hairline bg-surface"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
        tabIndex={0}
        aria-label={`${name} as a table`}
      >
        <table className="tabular w-full text-left text-xs">
          <thead className="text-ink-soft">
            <tr>
              {['Day', 'Value', 'From', 'Counts'].map((heading) => (
                <th key={heading} scope="col" className="px-3 py-1.5 font-medium">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {line.toReversed().map((value) => (
              <tr key={`${value.date} ${value.isInQuestion}`} className="border-t border-hairline">
                <th scope="row" className="px-3 py-1.5 font-normal whitespace-nowrap">
                  {formats.date(value.date)}
                </th>
                <td className="px-3 py-1.5 whitespace-nowrap">{formatValue(value, formats.locale)}</td>
                <td className="px-3 py-1.5">{KIND_LABELS[value.kind].label}</td>
                <td className="px-3 py-1.5">{value.isInQuestion ? 'In question' : 'Yes'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function summarize(line: readonly LineValue[], { locale, date }: Formats): string {
  const sure = line.filter(({ isInQuestion }) => !isInQuestion);
  const [first] = sure;
  const last = sure.at(-1);
  const counting =
    first === undefined || last === undefined
      ? 'No value counts.'
      : `What counts goes from ${formatValue(first, locale)} on ${date(first.date)} to ${formatValue(last, locale)} on ${date(last.date)}.`;
  const open = line.filter(({ isInQuestion }) => isInQuestion);
  const [doubted] = open;
  if (doubted === undefined) return counting;
  const more = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  return `${counting} In question: ${formatValue(doubted, locale)} on ${date(doubted.date)}${more}.`;
}

/** Where each value stands: by its session, and between the least and the greatest. */
function place(line: readonly LineValue[]): readonly Mark[] {
  const [from, to] = [line[0]?.date ?? '', line.at(-1)?.date ?? ''];
  const sessions = new Map(tradingSessions(from, to).map(({ date }, index) => [date, index]));
  const totals = line.map(({ total }) => Number(total));
  const [least, greatest] = [Math.min(...totals), Math.max(...totals)];
  const span = Math.max(sessions.size - 1, 1);
  return line.map((value) => {
    const session = sessions.get(value.date) ?? 0;
    const share = greatest === least ? 0.5 : (Number(value.total) - least) / (greatest - least);
    return {
      value,
      session,
      x: EDGE + (session / span) * (WIDTH - 2 * EDGE),
      y: HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE),
    };
  });
}

/** Values of sessions that follow on one another: nothing is drawn across a day that nobody knows. */
function runsOf(marks: readonly Mark[]): readonly (readonly Mark[])[] {
  const runs: Mark[][] = [];
  for (const mark of marks) {
    const run = runs.at(-1);
    if (run?.at(-1)?.session === mark.session - 1) run.push(mark);
    else runs.push([mark]);
  }
  return runs;
}
