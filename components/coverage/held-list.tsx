import { VerdictForm } from '@/components/doubts/verdict-form';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { VERDICT_WORDS } from '@/components/labels/states';
import type { CoverageHeldValue } from '@/lib/coverage/document';
import type { Amount, Currency } from '@/lib/domain/money';

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

function HeldItem({ value, locale }: { readonly value: CoverageHeldValue; readonly locale: string }) {
  const formats = createFormats(locale, value.currency ?? ANY_CURRENCY);
  const money = (amount: Amount, currency: Currency | null) =>
    currency === null ? amount : createFormats(locale, currency).money(amount);
  const { total, currency, last, refutedBy } = value;
  return (
    <li className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm">
      <p className="tabular font-medium">
        {formats.date(value.date)}: {total === null ? 'no total' : money(total, currency)}
        {currency === null && total !== null && ' in no known currency'}
      </p>
      <p className="tabular text-ink-soft">
        {value.account} at {value.institution}. {VERDICT_WORDS[value.reason]}
        {last !== null && ` Before: ${money(last.total, currency)} on ${formats.date(last.date)}.`}
        {refutedBy !== null &&
          ` Settled by ${money(refutedBy.total, currency)} on ${formats.date(refutedBy.date)}.`}
      </p>
      <VerdictForm id={value.id} canAccept={total !== null && currency !== null} />
    </li>
  );
}
