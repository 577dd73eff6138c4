import type { ReactNode } from 'react';

const TONES = {
  neutral: 'border-hairline bg-gap-fill text-ink-soft',
  accent: 'border-transparent bg-accent-soft text-accent',
  caution: 'border-caution-line bg-caution-soft text-caution',
} as const;

/** A word or two set apart; the tone only repeats the words. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: keyof typeof TONES;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-xl border px-2.5 py-0.5 text-xs font-medium ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
