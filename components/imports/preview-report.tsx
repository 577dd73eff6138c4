import { useEffect, useRef, useState } from 'react';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { STATEMENT_VERDICT_LABELS } from '@/components/labels/imports';
import { KIND_LABELS, nameSource } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { ImportPreview, PreviewRow } from '@/lib/imports/document';

/** What taking in a file would mean: each row, and each published day that changes. */
export function PreviewReport({
  preview: { rows, currency, changes },
  locale,
  isBusy,
  onTake,
  onDrop,
}: {
  readonly preview: ImportPreview;
  readonly locale: string;
  readonly isBusy: boolean;
  readonly onTake: () => Promise<void>;
  readonly onDrop: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What was asked for has come: whoever cannot see that is brought there.
  useEffect(() => heading.current?.focus(), []);
  const formats = createFormats(locale, currency ?? ANY_CURRENCY);
  const news = rows.filter(({ isNews }) => isNews).length;
  return (
    <section aria-labelledby="preview" className="flex flex-col gap-4">
      <div>
        <h2 id="preview" ref={heading} tabIndex={-1} className="text-base font-semibold outline-none">
          Preview: {formats.count(news)} of {formats.count(rows.length)}{' '}
          {rows.length === 1 ? 'value' : 'values'} to add
        </h2>
        <p className="mt-1 text-sm text-ink-soft">{describeChanges(changes.length, formats.count)}</p>
      </div>
      <RowTable rows={rows} locale={locale} />
      {changes.length > 0 && (
        <details className="text-sm">
          <summary className="cursor-pointer font-medium">Published days that would change</summary>
          <ul className="tabular mt-2 divide-y divide-hairline border-y border-hairline">
            {changes.slice(0, CHANGES_SHOWN).map(({ date, now, next }) => (
              <li key={date} className="flex flex-wrap gap-x-6 py-2">
                <span className="font-medium">{formats.date(date)}</span>
                <span>
                  {describeDay(now, formats.money)} becomes {describeDay(next, formats.money)}
                </span>
              </li>
            ))}
          </ul>
          {changes.length > CHANGES_SHOWN && (
            <p className="mt-2 text-ink-soft">and {formats.count(changes.length - CHANGES_SHOWN)} more</p>
          )}
        </details>
      )}
      <div className="flex flex-wrap gap-3">
        <Button look="primary" size="touch" disabled={isBusy || news === 0} onClick={onTake}>
          {isBusy ? 'Adding…' : `Add ${formats.count(news)} ${news === 1 ? 'value' : 'values'}`}
        </Button>
        <Button size="touch" disabled={isBusy} onClick={onDrop}>
          Cancel
        </Button>
      </div>
    </section>
  );
}

const CHANGES_SHOWN = 100;

function describeChanges(changes: number, count: (value: number) => string): string {
  if (changes === 0) return 'No published day would change. Nothing is added before you confirm.';
  const days = changes === 1 ? 'day' : 'days';
  return `${count(changes)} published ${days} of your portfolio would change. Nothing is added before you confirm.`;
}

type PublishedDay = ImportPreview['changes'][number]['now'];

function describeDay(
  day: PublishedDay,
  money: (amount: NonNullable<PublishedDay>['value']) => string,
): string {
  return day === null ? 'no value' : `${money(day.value)} (${KIND_LABELS[day.kind].label.toLowerCase()})`;
}

const ROWS_PER_STEP = 100;
const CELL = 'px-3 py-2 align-top';

function RowTable({ rows, locale }: { readonly rows: readonly PreviewRow[]; readonly locale: string }) {
  const [shown, setShown] = useState(ROWS_PER_STEP);
  const left = rows.length - shown;
  return (
    <section
      aria-label="Table of values in the file"
      // Scrolling areas must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is what scrolls.
      tabIndex={0}
      className="max-h-[32rem] overflow-auto rounded-xl border border-hairline bg-surface"
    >
      <table className="tabular w-full min-w-3xl text-left text-sm">
        <caption className="sr-only">What each value in the file means</caption>
        <thead className="sticky top-0 bg-surface text-xs text-ink-soft">
          <tr>
            {['Line', 'Trading day', 'Account', 'Value', 'Known so far', 'What happens'].map((name) => (
              <th key={name} scope="col" className={`${CELL} font-medium`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-hairline">
          {rows.slice(0, shown).map((row) => (
            <Row key={row.line} row={row} locale={locale} />
          ))}
        </tbody>
      </table>
      {left > 0 && (
        <div className="py-3 text-center">
          <Button onClick={() => setShown(shown + ROWS_PER_STEP)}>Show more of {left}</Button>
        </div>
      )}
    </section>
  );
}

function Row({
  row: { line, date, writtenDate, account, value, currency, verdict, known },
  locale,
}: {
  readonly row: PreviewRow;
  readonly locale: string;
}) {
  const formats = createFormats(locale, currency);
  const { label, meaning } = STATEMENT_VERDICT_LABELS[verdict];
  return (
    <tr>
      <td className={`${CELL} text-ink-soft`}>{line}</td>
      <th scope="row" className={`${CELL} font-normal`}>
        {formats.date(date)}
        {writtenDate !== date && (
          <span className="block text-xs text-ink-soft">
            {formats.date(writtenDate)} was no trading day; it counts for the close before.
          </span>
        )}
      </th>
      <td className={CELL}>{account}</td>
      <td className={CELL}>{formats.money(value)}</td>
      <td className={CELL}>
        {known === null ? (
          <span className="text-ink-soft">Nothing</span>
        ) : (
          <>
            {createFormats(locale, known.currency).money(known.value)}
            <span className="block text-xs text-ink-soft">
              {KIND_LABELS[known.kind].label}, {nameSource(known.source)}
            </span>
          </>
        )}
      </td>
      <td className={CELL}>
        <Badge tone={verdict === 'new' ? 'accent' : verdict === 'same' ? 'neutral' : 'caution'}>
          {label}
        </Badge>
        <span className="mt-1 block text-xs text-ink-soft">{meaning}</span>
      </td>
    </tr>
  );
}
