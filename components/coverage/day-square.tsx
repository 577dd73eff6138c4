import type { DayState } from '@/lib/coverage/document';
import { DAY_MARKS, type DayMark } from './day-marks';

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

/** One trading day of one user: pattern and letter say what colour repeats. */
export function DaySquare({ state }: { readonly state: DayState }) {
  const { tone, letter } = DAY_MARKS[state];
  return (
    <span
      aria-hidden="true"
      className={`grid size-4 place-items-center rounded-[3px] text-[0.625rem] leading-none font-semibold ${TONES[tone]}`}
    >
      {letter ?? (NO_SQUARE[state] !== undefined && <span className={NO_SQUARE[state]} />)}
    </span>
  );
}
