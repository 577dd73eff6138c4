'use client';

import type { Formats } from '@/components/format/formats';
import { useFormats } from '@/components/format/formats-context';
import { CORRECTION_LABELS, KIND_LABELS } from '@/components/labels/states';
import type { Correction } from '@/lib/history/document';
import { groupCorrections } from './correction-groups';

/** Which published days changed since, from what to what, when and why; nothing when none did. What one event changed is one entry. */
export function CorrectionList({ corrections }: { readonly corrections: readonly Correction[] }) {
  const formats = useFormats();
  if (corrections.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer text-base font-semibold">
        Corrections{' '}
        <span className="font-normal text-ink-soft">
          {corrections.length === 1
            ? 'one day changed'
            : `the latest ${formats.count(corrections.length)} changed days`}
        </span>
      </summary>
      <ul className="tabular mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {groupCorrections(corrections).map((group) => (
          <li key={group[0].id}>
            {group.length === 1 ? (
              <Entry correction={group[0]} formats={formats} />
            ) : (
              <Group group={group} formats={formats} />
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Everything that one event changed. */
function Group({
  group,
  formats,
}: {
  readonly group: readonly [Correction, ...Correction[]];
  readonly formats: Formats;
}) {
  const [{ reason, changedAt }] = group;
  const days = group.map(({ date }) => date).toSorted();
  const [first = group[0].date, last = first] = [days[0], days.at(-1)];
  return (
    <details className="py-3">
      <summary className="cursor-pointer">
        <span className="font-medium">
          {formats.count(group.length)} days, {formats.dateRange(first, last)}
        </span>{' '}
        <span className="text-ink-soft">
          {formats.instant(changedAt)}: {CORRECTION_LABELS[reason]}
        </span>
      </summary>
      <ul className="mt-2 divide-y divide-hairline pl-4">
        {group.map((correction) => (
          <li key={correction.id}>
            <Entry correction={correction} formats={formats} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Entry({ correction, formats }: { readonly correction: Correction; readonly formats: Formats }) {
  return (
    <div className="grid gap-x-8 gap-y-0.5 py-3 sm:grid-cols-[15rem_1fr]">
      <p className="font-medium">{formats.date(correction.date)}</p>
      <div>
        <p>{describeChange(correction, formats.money)}</p>
        <p className="text-ink-soft">
          {formats.instant(correction.changedAt)}: {CORRECTION_LABELS[correction.reason]}
        </p>
      </div>
    </div>
  );
}

function describeChange(
  { oldValue, oldKind, newValue, newKind }: Correction,
  money: (amount: Correction['oldValue']) => string,
): string {
  const before = `${money(oldValue)} (${KIND_LABELS[oldKind].label.toLowerCase()})`;
  if (newValue === null || newKind === null) return `${before} was removed`;
  return `${before} became ${money(newValue)} (${KIND_LABELS[newKind].label.toLowerCase()})`;
}
