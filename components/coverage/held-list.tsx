'use client';

import { type FormEvent, useId } from 'react';
import { heldValueHref } from '@/components/doubts/asker';
import { useDecision } from '@/components/doubts/use-decision';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { VERDICT_WORDS } from '@/components/labels/states';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
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

/** The verdict with its reason; both are kept in the audit log. */
function VerdictForm({ id, canAccept }: { readonly id: number; readonly canAccept: boolean }) {
  const { decide, isSending, fault } = useDecision(heldValueHref(id));
  const fieldId = useId();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { nativeEvent } = event;
    const button = nativeEvent instanceof SubmitEvent ? nativeEvent.submitter : null;
    // Without a button, such as by Enter in the field, nothing has been decided.
    if (!(button instanceof HTMLButtonElement)) return;
    void decide({ verdict: button.value, reason: String(form.get('reason') ?? '').trim() });
  };

  return (
    <form onSubmit={submit} className="mt-3 flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-56">
        <label htmlFor={fieldId} className="text-xs font-medium">
          Reason
        </label>
        <input id={fieldId} name="reason" required maxLength={500} autoComplete="off" className={FIELD} />
      </div>
      {canAccept && (
        <Button type="submit" value="accept" look="primary" disabled={isSending}>
          Accept
        </Button>
      )}
      <Button type="submit" value="reject" disabled={isSending}>
        Reject
      </Button>
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
