'use client';

import { ToggleGroup } from 'radix-ui';
import { isPeriod, PERIODS, type Period } from '@/lib/domain/period';
import { PERIOD_NAMES } from './period-words';

/** One choice among the periods; the chosen one is heavier and underlined as well as coloured. */
export function PeriodPicker({
  period,
  onPeriodChange,
  onPeriodNear,
}: {
  /** Null while no period but a range of dates is shown. */
  readonly period: Period | null;
  readonly onPeriodChange: (period: Period) => void;
  /** A pointer came over a period, or the focus on it. */
  readonly onPeriodNear: (period: Period) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={period ?? ''}
      // Pressing the chosen period again reports an empty choice, which is none.
      onValueChange={(next) => {
        if (isPeriod(next)) onPeriodChange(next);
      }}
      aria-label="Period"
      className="grid grid-cols-9 sm:flex sm:gap-1"
    >
      {PERIODS.map((each) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          onPointerEnter={() => onPeriodNear(each)}
          onFocus={() => onPeriodNear(each)}
          className="tabular relative h-11 min-w-0 rounded-lg text-[0.8125rem] font-medium text-ink-soft motion-safe:transition-colors after:absolute after:inset-x-2 after:bottom-1.5 after:h-0.5 after:rounded-full hover:text-ink data-[state=on]:font-semibold data-[state=on]:text-accent data-[state=on]:after:bg-accent sm:h-10 sm:px-3 sm:text-sm sm:after:inset-x-3"
        >
          {each}
          <span className="sr-only">, {PERIOD_NAMES[each]}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
