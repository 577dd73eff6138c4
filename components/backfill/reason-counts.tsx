import type { Formats } from '@/components/format/formats';
import { GAP_LABELS } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import { GAP_REASONS } from '@/lib/domain/states';

/** How many days are missing for each reason. */
export function ReasonCounts({
  reasons,
  formats,
}: {
  readonly reasons: Readonly<Record<string, number>>;
  readonly formats: Formats;
}) {
  const shown = GAP_REASONS.flatMap((reason) => {
    const days = reasons[reason] ?? 0;
    return days > 0 ? [{ reason, days }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <ul aria-label="By reason" className="flex flex-wrap gap-2">
      {shown.map(({ reason, days }) => (
        <li key={reason}>
          <Badge>
            {GAP_LABELS[reason].label} <span className="tabular">{formats.count(days)}</span>
          </Badge>
        </li>
      ))}
    </ul>
  );
}

/** How many days all reasons together count. */
export function countDays(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, days) => sum + days, 0);
}
