import { createFormats } from '@/components/format/formats';
import { KIND_LABELS } from '@/components/labels/day-states';
import { Badge } from '@/components/ui/badge';
import type { DaySnapshot } from '@/lib/coverage/document';

/** What was published of a day, and when. */
export function DaySnapshots({
  snapshots,
  locale,
}: {
  readonly snapshots: readonly DaySnapshot[];
  readonly locale: string;
}) {
  if (snapshots.length === 0) return <p className="text-sm text-ink-soft">Nothing was ever published.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {snapshots.map((snapshot) => {
        const formats = createFormats(locale, snapshot.currency);
        return (
          <li key={snapshot.kind} className="py-3">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="tabular font-medium">{formats.money(snapshot.value)}</span>
              <Badge tone={snapshot.standing ? 'accent' : 'neutral'}>
                {snapshot.standing ? 'Stands' : 'Stands no longer'}
              </Badge>
              <span className="text-ink-soft">
                {KIND_LABELS[snapshot.kind].label}, {formats.count(snapshot.accountsPresent)} of{' '}
                {formats.count(snapshot.accountsExpected)} accounts
              </span>
            </p>
            <p className="tabular text-ink-soft">
              Published {formats.instant(snapshot.createdAt)}
              {snapshot.updatedAt !== snapshot.createdAt &&
                `, changed ${formats.instant(snapshot.updatedAt)}`}
              . True {formats.instant(snapshot.asOf)}.
              {snapshot.carried
                .map(({ name, from }) => ` ${name} carried from ${formats.date(from)}.`)
                .join('')}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
