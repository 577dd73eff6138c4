'use client';

import { ToggleGroup } from 'radix-ui';
import { isMeasure, MEASURES, type Measure } from '@/lib/domain/states';
import { MEASURE_WORDS } from './measure-words';

/** One choice among the measures; the chosen one is framed and heavier as well as coloured. */
export function MeasureSwitch({
  measure,
  onMeasureChange,
}: {
  readonly measure: Measure;
  readonly onMeasureChange: (measure: Measure) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={measure}
      // Pressing the chosen measure again reports an empty choice, which is none.
      onValueChange={(next) => {
        if (isMeasure(next)) onMeasureChange(next);
      }}
      aria-label="What to show"
      className="flex flex-wrap gap-1"
    >
      {MEASURES.map((each) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          className="h-11 rounded-lg border border-transparent px-3 text-sm font-medium text-ink-soft motion-safe:transition-colors hover:text-ink data-[state=on]:border-hairline data-[state=on]:bg-accent-soft data-[state=on]:font-semibold data-[state=on]:text-accent sm:h-9"
        >
          {MEASURE_WORDS[each].label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
