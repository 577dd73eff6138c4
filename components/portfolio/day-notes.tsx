'use client';

import { useActionState, useId } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { DayNote } from '@/lib/notes/document';

/** What came of saving a note. */
export interface NoteState {
  readonly error: string | null;
}

/** Takes `date` and `text`; without text the day's note is removed. */
export type SaveNote = (state: NoteState, form: FormData) => Promise<NoteState>;

/** The reader's own notes on days, and a form for another one; what is written for a day replaces what was there. */
export function DayNotes({
  notes,
  newestDay,
  save,
}: {
  readonly notes: readonly DayNote[];
  /** The last shown day, from which a reader goes on. */
  readonly newestDay: TradingDate;
  readonly save: SaveNote;
}) {
  const formats = useFormats();
  const [state, submit, isPending] = useActionState(save, { error: null });
  const id = useId();
  return (
    <details open={notes.length > 0 || state.error !== null || undefined}>
      <summary className="w-fit cursor-pointer text-base font-semibold">
        Notes <span className="font-normal text-ink-soft">only you see them</span>
      </summary>
      {notes.length > 0 && (
        <ul className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
          {notes.map(({ date, text }) => (
            <li key={date} className="grid gap-x-8 gap-y-0.5 py-2.5 sm:grid-cols-[15rem_1fr_auto]">
              <p className="font-medium">{formats.date(date)}</p>
              <p className="min-w-0 whitespace-pre-line wrap-anywhere">{text}</p>
              <form action={submit} className="print:hidden">
                <input type="hidden" name="date" value={date} />
                <Button type="submit" look="plain" size="touch" disabled={isPending} className="-my-1.5">
                  Remove<span className="sr-only"> the note on {formats.date(date)}</span>
                </Button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <form action={submit} aria-busy={isPending} className="mt-3 max-w-xl space-y-3 print:hidden">
        <div className="grid gap-3 sm:grid-cols-[10rem_1fr]">
          <label className="block text-sm font-medium">
            Day
            <input
              type="date"
              name="date"
              required
              defaultValue={newestDay}
              aria-describedby={id}
              className={FIELD}
            />
          </label>
          <label className="block text-sm font-medium">
            Note
            <input
              name="text"
              required
              maxLength={1000}
              autoComplete="off"
              aria-describedby={id}
              className={FIELD}
            />
          </label>
        </div>
        <p id={id} role="alert" className="text-sm font-medium text-loss empty:hidden">
          {state.error}
        </p>
        <Button type="submit" size="touch" disabled={isPending}>
          Save note
        </Button>
      </form>
    </details>
  );
}
