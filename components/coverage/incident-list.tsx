import { TriangleAlertIcon } from 'lucide-react';
import Link from 'next/link';
import { backfillHref } from '@/components/backfill/address';
import type { Formats } from '@/components/format/formats';
import { DAY_LABELS, nameSource } from '@/components/labels/states';
import { buttonClass } from '@/components/ui/button';
import type { Incident } from '@/lib/domain/incidents';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { GapReason } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';

/** Whether only the owners of the connections can end it. */
function isTheirs(reason: GapReason): boolean {
  return reason === 'connection_broken';
}

/** How many days of how many connections wait for somebody to reconnect. */
function describeWaiting(
  since: TradingDate,
  due: TradingDate,
  connections: number,
  { count }: Formats,
): string {
  const days = tradingSessions(since, due).length;
  return `${count(days * connections)} days wait for their owners to reconnect: ${count(days)} trading ${days === 1 ? 'day' : 'days'} of ${count(connections)} connections.`;
}

/** What fails for many users at once: one row for each, with one thing to do about it. */
export function IncidentList({
  incidents,
  due,
  formats,
}: {
  readonly incidents: readonly Incident[];
  readonly due: TradingDate;
  readonly formats: Formats;
}) {
  if (incidents.length === 0)
    return <p className="text-sm text-ink-soft">No brokerage fails for many users at once.</p>;
  return (
    <ul className="grid gap-3">
      {incidents.map(({ key, provider, institution, reason, users, connections, since }) => (
        <li
          key={key}
          className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-caution-line bg-caution-soft px-4 py-3 text-sm"
        >
          <div className="flex min-w-0 flex-1 basis-72 items-start gap-3">
            <span className="mt-0.5 text-caution">
              <TriangleAlertIcon />
            </span>
            <div>
              <p className="font-medium">
                {institution ?? `All of ${nameSource(provider)}`}: {DAY_LABELS[reason].label.toLowerCase()}
              </p>
              <p className="tabular text-ink-soft">
                {formats.count(users)} users, {formats.count(connections)} connections, since{' '}
                {formats.date(since)}. {DAY_LABELS[reason].meaning}
              </p>
              {isTheirs(reason) && (
                <p className="tabular">
                  {describeWaiting(since, due, connections, formats)} Each owner sees the question on their
                  portfolio; a backfill brings nothing before that.
                </p>
              )}
            </div>
          </div>
          <div className="flex flex-wrap gap-2">
            <Link
              href={`/admin/coverage?${new URLSearchParams({ reason, provider, ...(institution === null ? {} : { institution }) })}`}
              className={buttonClass()}
            >
              Show users
            </Link>
            {isTheirs(reason) && (
              <Link
                href={`/admin/reminders?${new URLSearchParams({ provider, ...(institution === null ? {} : { institution }) })}`}
                className={buttonClass({ look: 'primary' })}
              >
                Tell the users
              </Link>
            )}
            <Link
              href={backfillHref({ institution, provider, from: since, to: due })}
              className={buttonClass({ look: isTheirs(reason) ? 'quiet' : 'primary' })}
            >
              Backfill all
            </Link>
          </div>
        </li>
      ))}
    </ul>
  );
}
