import { CheckIcon, ClockIcon, XIcon } from 'lucide-react';
import Link from 'next/link';
import type { Formats } from '@/components/format/formats';
import { describeDays, describeOutcome } from '@/components/labels/operations';
import type { BackfillAccount, BackfillRange } from '@/lib/backfill/document';
import type { BackfillOutcome } from '@/lib/domain/states';

const ICONS: Readonly<Record<BackfillOutcome, typeof CheckIcon>> = {
  filled: CheckIcon,
  cannot: XIcon,
  waiting: ClockIcon,
  not_asked: ClockIcon,
};

/** What came of each day, as ranges for each account. */
export function BackfillResults({
  accounts,
  formats,
}: {
  readonly accounts: readonly BackfillAccount[];
  readonly formats: Formats;
}) {
  return (
    <ul className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
      {accounts.map((account) => (
        <li key={account.accountId} className="grid gap-x-8 gap-y-1.5 py-3 sm:grid-cols-[16rem_1fr]">
          <div className="min-w-0">
            <Link
              href={`/admin/coverage/${account.userId}`}
              // A page of many users would fetch all of theirs.
              prefetch={false}
              className="-my-1 inline-block py-1 font-medium wrap-anywhere text-accent underline-offset-4 hover:underline"
            >
              {account.email ?? account.userId}
            </Link>
            <p className="text-ink-soft">
              {account.account}, {account.institution}
            </p>
          </div>
          <ul className="tabular space-y-1">
            {account.ranges.map((range) => (
              <ResultRange key={range.from} range={range} formats={formats} />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function ResultRange({ range, formats }: { readonly range: BackfillRange; readonly formats: Formats }) {
  const Icon = ICONS[range.outcome];
  return (
    <li className="flex gap-2.5">
      <span className={`mt-0.5 ${range.outcome === 'filled' ? 'text-gain' : 'text-ink-soft'}`}>
        <Icon />
      </span>
      <span>
        {describeDays(formats, range)}:{' '}
        <span className="font-medium">
          {describeOutcome(range)}
          {range.days > 1 && ` (${formats.count(range.days)} days)`}
        </span>
        {range.outcome === 'cannot' && (
          <span className="text-ink-soft">. {describeHope(range, formats)}</span>
        )}
      </span>
    </li>
  );
}

function describeHope({ final, nextAttemptAt }: BackfillRange, formats: Formats): string {
  if (nextAttemptAt !== null) return `Asked again from ${formats.instant(nextAttemptAt)}.`;
  return final ? 'Nothing more can be had.' : 'Asked again when that changes.';
}
