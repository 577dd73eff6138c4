'use client';

import { useFormats } from '@/components/format/formats-context';
import { CORRECTION_LABELS, KIND_LABELS } from '@/components/labels/states';
import type { Correction } from '@/lib/history/document';

/** Which published days changed since, from what to what, when and why; nothing when none did. */
export function CorrectionList({ corrections }: { readonly corrections: readonly Correction[] }) {
  const formats = useFormats();
  if (corrections.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer text-base font-semibold">
        Corrections{' '}
        <span className="font-normal text-ink-soft">
          {corrections.length === 1
            ? 'one published day changed'
            : `the latest ${formats.count(corrections.length)} changes of published days`}
        </span>
      </summary>
      <ul className="tabular mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {corrections.map((correction) => (
          <li key={correction.id} className="grid gap-x-8 gap-y-0.5 py-3 sm:grid-cols-[15rem_1fr]">
            <p className="font-medium">{formats.date(correction.date)}</p>
            <div>
              <p>{describeChange(correction, formats.money)}</p>
              <p className="text-ink-soft">
                {formats.instant(correction.changedAt)}: {CORRECTION_LABELS[correction.reason]}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

function describeChange(
  { oldValue, oldKind, newValue, newKind }: Correction,
  money: (amount: Correction['oldValue']) => string,
): string {
  const before = `${money(oldValue)} (${KIND_LABELS[oldKind].label.toLowerCase()})`;
  if (newValue === null || newKind === null) return `${before} was withdrawn`;
  return `${before} became ${money(newValue)} (${KIND_LABELS[newKind].label.toLowerCase()})`;
}
