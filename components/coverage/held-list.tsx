import Link from 'next/link';
import { VerdictForm } from '@/components/doubts/verdict-form';
import { formatValue } from '@/components/doubts/words';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { VERDICT_WORDS } from '@/components/labels/states';
import type { CoverageHeldValue, HeldValue } from '@/lib/coverage/document';

/** Values that wait for somebody's verdict, and those that a later one has settled. */
export function HeldList({
  held,
  locale,
}: {
  readonly held: readonly CoverageHeldValue[];
  readonly locale: string;
}) {
  return (
    <ul className="grid gap-4">
      {held.map((value) => (
        <HeldItem key={value.id} value={value} locale={locale} />
      ))}
    </ul>
  );
}

/** Where each of some held values can be settled, also those of days that stand without them. */
export function HeldLinks({
  held,
  locale,
}: {
  readonly held: readonly HeldValue[];
  readonly locale: string;
}) {
  const formats = createFormats(locale, ANY_CURRENCY);
  if (held.length === 0) return <p className="text-sm text-ink-soft">No value is waiting for a decision.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {held.map(({ id, userId, account, institution, date, reason }) => (
        <li key={id} className="py-1.5">
          <Link
            href={`/admin/coverage/${userId}`}
            className="inline-block py-1 font-medium text-accent underline-offset-4 hover:underline"
          >
            {account} at {institution}, {formats.date(date)}
          </Link>{' '}
          <span className="text-ink-soft">{VERDICT_WORDS[reason]}</span>
        </li>
      ))}
    </ul>
  );
}

function HeldItem({ value, locale }: { readonly value: CoverageHeldValue; readonly locale: string }) {
  const formats = createFormats(locale, value.currency ?? ANY_CURRENCY);
  const { total, currency, last, refutedBy } = value;
  return (
    <li className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm">
      <p className="tabular font-medium">
        {formats.date(value.date)}: {total === null ? 'no total' : formatValue({ total, currency }, locale)}
        {currency === null && total !== null && ' in no known currency'}
      </p>
      <p className="tabular text-ink-soft">
        {value.account} at {value.institution}. {VERDICT_WORDS[value.reason]}
        {last !== null &&
          ` Before: ${formatValue({ total: last.total, currency }, locale)} on ${formats.date(last.date)}.`}
        {refutedBy !== null &&
          ` Settled by ${formatValue({ total: refutedBy.total, currency }, locale)} on ${formats.date(refutedBy.date)}.`}
      </p>
      <VerdictForm id={value.id} canAccept={total !== null && currency !== null} />
    </li>
  );
}
