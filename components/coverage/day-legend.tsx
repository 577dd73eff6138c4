import { DAY_LABELS } from '@/components/labels/day-states';
import { COVERAGE_STATES } from '@/lib/coverage/document';
import { DaySquare } from './day-square';

/** What the squares mean. */
export function DayLegend() {
  return (
    <details className="text-sm">
      <summary className="cursor-pointer font-medium">What the squares mean</summary>
      <ul className="mt-3 grid gap-x-8 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
        {COVERAGE_STATES.map((state) => (
          <li key={state} className="flex items-start gap-2.5">
            <span className="mt-0.5">
              <DaySquare state={state} />
            </span>
            <span>
              <span className="font-medium">{DAY_LABELS[state].label}</span>{' '}
              <span className="text-ink-soft">{DAY_LABELS[state].meaning}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
