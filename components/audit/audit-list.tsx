import Link from 'next/link';
import type { Formats } from '@/components/format/formats';
import { AUDIT_WORDS, STATE_WORDS, VERDICT_WORDS } from '@/components/labels/operations';
import { MOVEMENT_LABELS } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import type { AuditEntry } from '@/lib/operations/document';

const LINK = 'text-accent underline-offset-4 hover:underline';

/** What administrators did, and owners about movements, newest first, with what came of it. */
export function AuditList({
  entries,
  formats,
}: {
  readonly entries: readonly AuditEntry[];
  readonly formats: Formats;
}) {
  if (entries.length === 0) return <p className="text-sm text-ink-soft">Nothing is on record here.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {entries.map((entry) => (
        <li key={entry.id} className="grid gap-x-8 gap-y-1 py-3 sm:grid-cols-[17rem_1fr]">
          <div className="min-w-0">
            <p className="tabular font-medium">{formats.instant(entry.at)}</p>
            <p className="wrap-anywhere text-ink-soft">{entry.actor ?? entry.actorId}</p>
          </div>
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <span className="font-medium">{AUDIT_WORDS[entry.action]}</span>
              <Outcome entry={entry} formats={formats} />
            </p>
            {entry.reason !== null && <p className="wrap-anywhere text-ink-soft">“{entry.reason}”</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Outcome({
  entry: { backfill, held, movement },
  formats,
}: {
  readonly entry: AuditEntry;
  readonly formats: Formats;
}) {
  if (backfill !== null)
    return (
      <>
        <Badge>{STATE_WORDS[backfill.status].label}</Badge>
        <Link href={`/admin/backfill/${backfill.id}`} className={`tabular ${LINK}`}>
          {formats.count(backfill.filledDays)} of {formats.count(backfill.accountDays)} days filled
        </Link>
      </>
    );
  if (held !== null)
    return (
      <>
        <Badge>{VERDICT_WORDS[held.verdict]}</Badge>
        <Link
          href={`/admin/coverage/${held.userId}`}
          prefetch={false}
          className={`tabular wrap-anywhere ${LINK}`}
        >
          {held.account} of {held.email ?? held.userId}, {formats.date(held.date)}
        </Link>
      </>
    );
  if (movement !== null)
    return (
      <>
        <Badge>{movement.kind === null ? 'Unknown again' : MOVEMENT_LABELS[movement.kind]}</Badge>
        <Link
          href={`/admin/coverage/${movement.userId}`}
          prefetch={false}
          className={`tabular wrap-anywhere ${LINK}`}
        >
          {movement.account} of {movement.email ?? movement.userId}, {formats.date(movement.date)}
        </Link>
      </>
    );
  return <span className="text-ink-soft">What it was about is gone.</span>;
}
