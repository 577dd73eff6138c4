import Link from 'next/link';
import type { ReactNode } from 'react';
import { createFormats, type Formats } from '@/components/format/formats';
import { CATEGORY_WORDS } from '@/components/labels/connections';
import {
  AUDIT_WORDS,
  describeDays,
  describeScope,
  STATE_WORDS,
  VERDICT_WORDS,
} from '@/components/labels/operations';
import { MOVEMENT_LABELS, nameSource } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import type { Currency, Amount as Money } from '@/lib/domain/money';
import type { AuditEntry } from '@/lib/operations/document';

const LINK = '-my-1 inline-block py-1 text-accent underline-offset-4 hover:underline';

/** What administrators did and looked at, and owners said of movements and accounts, newest first, with what came of it. */
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

function Outcome({ entry, formats }: { readonly entry: AuditEntry; readonly formats: Formats }) {
  const { backfill, held, movement, account, user, reminder, action } = entry;
  if (backfill !== null)
    return (
      <>
        <Badge>{STATE_WORDS[backfill.status].label}</Badge>
        <Link href={`/admin/backfill/${backfill.id}`} className={`tabular ${LINK}`}>
          {formats.count(backfill.filledDays)} of {formats.count(backfill.accountDays)} days filled
        </Link>
        <span className="basis-full wrap-anywhere text-ink-soft">
          {describeScope(backfill.scope)}, {describeDays(formats, backfill.scope)}
        </span>
      </>
    );
  if (held !== null)
    return (
      <>
        <Badge>{VERDICT_WORDS[held.verdict]}</Badge>
        <UserLink user={held}>
          {held.account} of {held.email ?? held.userId}, {formats.date(held.date)}
        </UserLink>
        <Amount amount={held.total} currency={held.currency} formats={formats} />
      </>
    );
  if (movement !== null)
    return (
      <>
        <Badge>{movement.kind === null ? 'Unknown again' : MOVEMENT_LABELS[movement.kind]}</Badge>
        <UserLink user={movement}>
          {movement.account} of {movement.email ?? movement.userId}, {formats.date(movement.date)}
        </UserLink>
        {movement.kind !== 'other' && (
          <Amount amount={movement.amount} currency={movement.currency} formats={formats} />
        )}
      </>
    );
  if (account !== null)
    return (
      <>
        <Badge>{describeAccount(action, account, formats)}</Badge>
        <UserLink user={account}>
          {account.account} at {account.institution} of {account.email ?? account.userId}
        </UserLink>
      </>
    );
  if (user !== null) return <UserLink user={user}>{user.email ?? user.userId}</UserLink>;
  if (reminder !== null)
    return (
      <span className="wrap-anywhere">
        {reminder.institution ?? `Everything through ${nameSource(reminder.provider)}`},{' '}
        {reminder.users === 1 ? '1 user' : `${formats.count(reminder.users)} users`}
      </span>
    );
  return <span className="text-ink-soft">What it was about is gone.</span>;
}

function UserLink({
  user,
  children,
}: {
  readonly user: { readonly userId: string };
  readonly children: ReactNode;
}) {
  return (
    <Link
      href={`/admin/coverage/${user.userId}`}
      prefetch={false}
      className={`tabular wrap-anywhere ${LINK}`}
    >
      {children}
    </Link>
  );
}

function Amount({
  amount,
  currency,
  formats,
}: {
  readonly amount: Money | null;
  readonly currency: Currency | null;
  readonly formats: Formats;
}) {
  if (amount === null) return null;
  return (
    <span className="tabular text-ink-soft">
      {currency === null ? amount : createFormats(formats.locale, currency).money(amount)}
    </span>
  );
}

/** How an account stands that something was decided about. */
function describeAccount(
  action: AuditEntry['action'],
  { endedOn, category }: NonNullable<AuditEntry['account']>,
  formats: Formats,
): string {
  if (action === 'classify_account' || action === 'take_back_account')
    return category === null ? 'Unknown again' : CATEGORY_WORDS[category];
  return endedOn === null ? 'It is there' : `Ended ${formats.date(endedOn)}`;
}
