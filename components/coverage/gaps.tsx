import Link from 'next/link';
import { backfillHref } from '@/components/backfill/address';
import type { Formats } from '@/components/format/formats';
import { DAY_LABELS, nameSource } from '@/components/labels/states';
import { buttonClass } from '@/components/ui/button';
import type { GapGroup } from '@/lib/coverage/document';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryGap } from '@/lib/history/document';

const HEADINGS: Readonly<Record<GapGroup['by'], string>> = {
  reason: 'By reason',
  provider: 'By provider',
  institution: 'By brokerage',
};

/** The open gaps by what they have in common; each leads to its users and to a backfill of them. */
export function GapGroups({
  groups,
  days,
  range,
  formats,
}: {
  readonly groups: readonly GapGroup[];
  /** The span in calendar days, which links keep. */
  readonly days: number;
  readonly range: { readonly from: TradingDate; readonly to: TradingDate };
  readonly formats: Formats;
}) {
  if (groups.length === 0) return <p className="text-sm text-ink-soft">No account day is missing.</p>;
  return (
    <div className="grid gap-6 md:grid-cols-3">
      {(['reason', 'provider', 'institution'] as const).map((by) => (
        <div key={by}>
          <h3 className="text-sm font-medium text-ink-soft">{HEADINGS[by]}</h3>
          <ul className="mt-1 divide-y divide-hairline border-y border-hairline text-sm">
            {groups
              .filter((group) => group.by === by)
              .map((group) => (
                <GapGroupItem key={nameOf(group)} group={group} days={days} range={range} formats={formats} />
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function GapGroupItem({
  group,
  days,
  range,
  formats,
}: {
  readonly group: GapGroup;
  readonly days: number;
  readonly range: { readonly from: TradingDate; readonly to: TradingDate };
  readonly formats: Formats;
}) {
  const { reason, provider, institution, finalDays, users } = group;
  const filter = {
    ...(reason === null ? {} : { reason }),
    ...(provider === null ? {} : { provider }),
    ...(institution === null ? {} : { institution }),
  };
  return (
    <li className="py-2.5">
      <p className="flex items-baseline justify-between gap-3">
        <Link
          href={`/admin/coverage?${new URLSearchParams({ days: String(days), ...filter })}#users`}
          className="-my-1 inline-block py-1 font-medium underline-offset-4 hover:underline"
          {...(reason === null ? {} : { title: DAY_LABELS[reason].meaning })}
        >
          {nameOf(group)}
        </Link>
        <span className="tabular">{formats.count(group.days)}</span>
      </p>
      <p className="tabular flex items-baseline justify-between gap-3 text-ink-soft">
        <span>
          {users === 1 ? '1 user' : `${formats.count(users)} users`}
          {finalDays > 0 && `, ${formats.count(finalDays)} final`}
        </span>
        <Link
          href={backfillHref({ ...filter, ...range })}
          className="-my-1 inline-block py-1 text-accent underline-offset-4 hover:underline"
        >
          Backfill<span className="sr-only"> {nameOf(group)}</span>
        </Link>
      </p>
    </li>
  );
}

function nameOf({ reason, provider, institution }: GapGroup): string {
  if (reason !== null) return DAY_LABELS[reason].label;
  return institution ?? nameSource(provider ?? '');
}

/** A user's missing days as ranges, newest first, with why, what happens next, and the way to fill them. */
export function GapRanges({
  userId,
  gaps,
  formats,
}: {
  readonly userId: string;
  readonly gaps: readonly HistoryGap[];
  readonly formats: Formats;
}) {
  if (gaps.length === 0) return <p className="text-sm text-ink-soft">No day is missing.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {gaps.toReversed().map(({ from, to, days, reason, final, nextAttemptAt }) => (
        <li key={from} className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
          <div className="min-w-0 flex-1 basis-64">
            <p className="tabular font-medium">
              <Link
                href={`/admin/coverage/${userId}/${from}`}
                className="-my-1 inline-block py-1 underline-offset-4 hover:underline"
              >
                {from === to ? formats.date(from) : formats.dateRange(from, to)}
              </Link>
              <span className="font-normal text-ink-soft">
                {' '}
                {days === 1 ? '1 day' : `${formats.count(days)} days`}
              </span>
            </p>
            <p className="text-ink-soft">
              <span className="text-ink">{DAY_LABELS[reason].label}.</span> {DAY_LABELS[reason].meaning}{' '}
              {final
                ? 'Final, unless somebody asks again.'
                : nextAttemptAt === null
                  ? 'The next run asks again.'
                  : `Asked again ${formats.instant(nextAttemptAt)}.`}
            </p>
          </div>
          <Link href={backfillHref({ user: userId, from, to })} className={buttonClass()}>
            Backfill
            <span className="sr-only"> {formats.dateRange(from, to)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
