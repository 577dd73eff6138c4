import { DAY_LABELS } from '@/components/labels/states';
import { COVERAGE_STATES, type DayState } from '@/lib/domain/coverage';

/** How a square is drawn. A mark distinguishes states without colour. */
interface DayMark {
  /** The letter in the square; null where the square's pattern is enough. */
  readonly letter: string | null;
  readonly tone: 'captured' | 'reconstructed' | 'estimated' | 'held' | 'open' | 'final' | 'none';
}

const DAY_MARKS: Readonly<Record<DayState, DayMark>> = {
  daily_eod: { letter: null, tone: 'captured' },
  reconstructed: { letter: null, tone: 'reconstructed' },
  estimated: { letter: null, tone: 'estimated' },
  held: { letter: 'H', tone: 'held' },
  not_yet_due: { letter: 'W', tone: 'open' },
  connection_broken: { letter: 'B', tone: 'open' },
  rate_limited: { letter: 'L', tone: 'open' },
  unavailable: { letter: 'U', tone: 'open' },
  rate_missing: { letter: 'M', tone: 'open' },
  provider_cannot: { letter: 'X', tone: 'final' },
  provider_had_nothing: { letter: 'N', tone: 'final' },
  gave_up: { letter: 'G', tone: 'final' },
  source_off: { letter: 'O', tone: 'final' },
  not_due: { letter: null, tone: 'none' },
  before_link: { letter: null, tone: 'none' },
  no_account: { letter: null, tone: 'none' },
};

const TONES: Readonly<Record<DayMark['tone'], string>> = {
  captured: 'bg-accent',
  reconstructed:
    'border border-accent bg-[repeating-linear-gradient(45deg,var(--accent)_0_2px,transparent_2px_5px)]',
  estimated: 'border border-accent bg-[radial-gradient(circle,var(--accent)_0_3px,transparent_3.5px)]',
  held: 'border border-caution bg-caution-soft text-caution',
  open: 'border border-loss text-loss',
  final: 'border border-dashed border-outline text-ink-soft',
  none: '',
};

/** What stands in place of a square where none is expected. */
const NO_SQUARE: Readonly<Partial<Record<DayState, string>>> = {
  not_due: 'size-1.5 rounded-full border border-outline',
  before_link: 'size-0.5 rounded-full bg-outline',
  no_account: 'h-px w-2 bg-outline',
};

/** One trading day of one user: pattern and letter show what colour repeats. */
export function DaySquare({ state }: { readonly state: DayState }) {
  const { tone, letter } = DAY_MARKS[state];
  return (
    <span
      aria-hidden="true"
      className={`keeps-colours grid size-4 place-items-center rounded-[3px] text-[0.625rem] leading-none font-semibold ${TONES[tone]}`}
    >
      {letter ?? (NO_SQUARE[state] !== undefined && <span className={NO_SQUARE[state]} />)}
    </span>
  );
}

/** What the squares that are there are called, beside them. */
export function SquareKey({ states }: { readonly states: readonly DayState[] }) {
  return (
    <ul aria-label="Key to the squares" className="flex flex-wrap gap-x-5 gap-y-1.5 text-sm">
      {states.map((state) => (
        <li key={state} className="flex items-center gap-2 whitespace-nowrap">
          <DaySquare state={state} />
          {DAY_LABELS[state].label}
        </li>
      ))}
    </ul>
  );
}

/** What every square means. */
export function DayLegend() {
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer py-1 font-medium">What the squares mean</summary>
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
