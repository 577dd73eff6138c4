import { VerdictForm } from '@/components/doubts/verdict-form';
import { tellValue } from '@/components/doubts/words';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { VERDICT_WORDS } from '@/components/labels/states';
import type { CoverageHeldValue } from '@/lib/coverage/document';

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
  const { total, currency, last, refutedBy } = value;
  return (
    <li className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm">
      <p className="tabular font-medium">
        {formats.date(value.date)}: {total === null ? 'no total' : tellValue({ total, currency }, locale)}
        {currency === null && total !== null && ' in no known currency'}
      </p>
      <p className="tabular text-ink-soft">
        {value.account} at {value.institution}. {VERDICT_WORDS[value.reason]}
        {last !== null &&
          ` Before: ${tellValue({ total: last.total, currency }, locale)} on ${formats.date(last.date)}.`}
        {refutedBy !== null &&
          ` Settled by ${tellValue({ total: refutedBy.total, currency }, locale)} on ${formats.date(refutedBy.date)}.`}
      </p>
      <VerdictForm id={value.id} canAccept={total !== null && currency !== null} />
    </li>
  );
}
