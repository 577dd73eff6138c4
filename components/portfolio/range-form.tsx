'use client';

import { CalendarIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/popover';
import { type DateRange, type RangeFault, readRange } from '@/lib/domain/period';

/** What is wrong with the typed dates, and what would be right. */
const FAULT_WORDS: Readonly<Record<RangeFault, string>> = {
  from_missing: 'Enter the first day.',
  to_missing: 'Enter the last day.',
  from_not_a_date: 'The first day is not a date.',
  to_not_a_date: 'The last day is not a date.',
  from_outside: 'The first day must lie between 2000 and 2035.',
  to_outside: 'The last day must lie between 2000 and 2035.',
  backwards: 'The first day must not be after the last day.',
  too_long: 'A range may span at most twenty years.',
};

const FIELD =
  'mt-1 block h-11 w-full min-w-0 rounded-lg border border-outline bg-surface px-3 text-base text-ink sm:h-10 sm:text-sm';

/** Two dates instead of a named period. */
export function RangeForm({
  shown,
  isChosen,
  onSelect,
  onReset,
}: {
  /** The days that are shown now, from which a reader goes on. */
  readonly shown: DateRange;
  /** Whether they were chosen by date. */
  readonly isChosen: boolean;
  readonly onSelect: (range: DateRange) => void;
  readonly onReset: () => void;
}) {
  return (
    <Popover
      title="From and to"
      label={
        <>
          <CalendarIcon />
          <span className={`max-sm:sr-only ${isChosen ? 'font-semibold text-accent' : ''}`}>
            Dates<span className="sr-only">{isChosen ? ', chosen' : ''}</span>
          </span>
        </>
      }
    >
      {(close) => (
        <DatesForm
          shown={shown}
          onSelect={(range) => {
            onSelect(range);
            close();
          }}
          onReset={
            isChosen
              ? () => {
                  onReset();
                  close();
                }
              : null
          }
        />
      )}
    </Popover>
  );
}

function DatesForm({
  shown,
  onSelect,
  onReset,
}: {
  readonly shown: DateRange;
  readonly onSelect: (range: DateRange) => void;
  readonly onReset: (() => void) | null;
}) {
  const [from, setFrom] = useState<string>(shown.from);
  const [to, setTo] = useState<string>(shown.to);
  const [fault, setFault] = useState<RangeFault | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const reading = readRange(from, to);
    setFault(reading.fault);
    if (reading.range !== null) onSelect(reading.range);
  };
  const isFromWrong = fault !== null && !fault.startsWith('to_');
  const isToWrong = fault !== null && !fault.startsWith('from_');
  return (
    // Our own messages name what is wrong, in every browser.
    <form onSubmit={submit} noValidate>
      <div className="grid grid-cols-2 gap-3">
        <label className="block text-sm font-medium">
          From
          <input
            type="date"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            aria-invalid={isFromWrong}
            aria-describedby="range-fault"
            className={FIELD}
          />
        </label>
        <label className="block text-sm font-medium">
          To
          <input
            type="date"
            value={to}
            onChange={(event) => setTo(event.target.value)}
            aria-invalid={isToWrong}
            aria-describedby="range-fault"
            className={FIELD}
          />
        </label>
      </div>
      <p id="range-fault" role="alert" className="mt-2 text-sm font-medium text-loss empty:hidden">
        {fault !== null && FAULT_WORDS[fault]}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button type="submit" look="primary" size="touch">
          Show
        </Button>
        {onReset !== null && (
          <Button size="touch" onClick={onReset}>
            Back to a month
          </Button>
        )}
      </div>
    </form>
  );
}
