'use client';

import type { FormEvent } from 'react';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { CATEGORY_WORDS } from '@/components/labels/connections';
import { MOVEMENT_LABELS } from '@/components/labels/states';
import { Button } from '@/components/ui/button';
import type { CurrentDecision } from '@/lib/doubts/document';
import { ReasonField, readReason } from './reason-field';
import { type Asker, categoryHref, heldValueHref, movementHref, useDecision } from './use-decision';
import { formatValue } from './words';

/** What people decided about values, movements and accounts, newest first, and the way back. */
export function DecidedList({
  decisions,
  asker,
  locale,
}: {
  readonly decisions: readonly CurrentDecision[];
  readonly asker: Asker;
  readonly locale: string;
}) {
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {decisions.map((decision) => (
        <li key={decision.id} className="grid gap-x-8 gap-y-2 py-3 sm:grid-cols-[1fr_20rem]">
          <div className="min-w-0">
            <p className="tabular font-medium">{describeDecision(decision, locale)}</p>
            <p className="tabular wrap-anywhere text-ink-soft">
              {decision.account} at {decision.institution}. {describeActor(decision, asker)},{' '}
              {createFormats(locale, ANY_CURRENCY).instant(decision.at)}
              {asker === 'administrator' && decision.reason !== null && `: “${decision.reason}”`}
            </p>
          </div>
          {/* A verdict on a value is for administrators to give, and so to take back. */}
          {(asker === 'administrator' || decision.about !== 'reading') && (
            <TakeBackForm decision={decision} asker={asker} />
          )}
        </li>
      ))}
    </ul>
  );
}

function describeDecision(
  { about, account, date, total, currency, word, verdict, kind, amount, category }: CurrentDecision,
  locale: string,
): string {
  const formats = createFormats(locale, currency ?? ANY_CURRENCY);
  if (about === 'reading') {
    const value = total === null ? 'The value' : formatValue({ total, currency }, locale);
    return `${value} of ${formats.date(date)}: ${verdict === 'accept' ? 'accepted' : 'rejected'}`;
  }
  if (category !== null) return `${account}: ${CATEGORY_WORDS[category]}`;
  const what = kind === null ? '' : MOVEMENT_LABELS[kind];
  const sum = amount === null || kind === 'other' ? '' : `, ${formats.signedMoney(amount)}`;
  return `“${word ?? ''}” of ${formats.date(date)}: ${what}${sum}`;
}

function describeActor({ actor, isOwner }: CurrentDecision, asker: Asker): string {
  if (asker === 'owner') return isOwner ? 'You said so' : 'Our support decided so';
  return isOwner ? `${actor ?? 'Somebody who is gone'}, the owner` : (actor ?? 'Somebody who is gone');
}

/** The door at which a decision is taken back, and what is said there. */
function wayBack({ about, subject, accountId }: CurrentDecision, asker: Asker) {
  if (about === 'category') return { href: categoryHref(asker, accountId), body: { category: null } };
  return about === 'reading'
    ? { href: heldValueHref(subject ?? 0), body: { verdict: 'take_back' } }
    : { href: movementHref(asker, subject ?? 0), body: { as: null } };
}

function TakeBackForm({ decision, asker }: { readonly decision: CurrentDecision; readonly asker: Asker }) {
  const { href, body } = wayBack(decision, asker);
  const { decide, isSending, fault } = useDecision(href);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = readReason(new FormData(event.currentTarget));
    void decide(
      asker === 'administrator' ? { ...body, reason } : body,
      'Taken back: it is an open question again.',
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      {asker === 'administrator' && <ReasonField />}
      <Button type="submit" size="touch" disabled={isSending}>
        Take back
      </Button>
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
