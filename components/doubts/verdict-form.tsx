'use client';

import { type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { ReasonField, readReason } from './reason-field';
import { heldValueHref, useDecision } from './use-decision';

type Verdict = 'accept' | 'reject';

/** What a verdict is called, and what it does, on the button that confirms it and in the words when it is done. */
const VERDICTS: Readonly<
  Record<Verdict, { readonly name: string; readonly effect: string; readonly done: string }>
> = {
  accept: {
    name: 'Accept',
    effect: 'It becomes part of the user’s history. You can take this back later.',
    done: 'Accepted: it is part of the user’s history now.',
  },
  reject: {
    name: 'Reject',
    effect: 'It stays out of the user’s history. You can take this back later.',
    done: 'Rejected: it stays out of the user’s history.',
  },
};

/**
 * A verdict on one held value, or on all of one question, with its reason; both are kept in the audit log. Neither verdict is
 * nearer than the other: a key in the field decides nothing, and the chosen one is confirmed before it is sent.
 */
export function VerdictForm({
  id,
  also = [],
  canAccept,
}: {
  readonly id: number;
  readonly also?: readonly number[];
  readonly canAccept: boolean;
}) {
  const { decide, isSending, fault } = useDecision(heldValueHref(id));
  const form = useRef<HTMLFormElement>(null);
  const [chosen, setChosen] = useState<Verdict | null>(null);
  const all = also.length === 0 ? '' : ' all';
  // A browser sends a form by Enter in its only field; here that decides nothing.
  const refuse = (event: FormEvent<HTMLFormElement>) => event.preventDefault();
  const choose = (verdict: Verdict) => {
    if (form.current?.reportValidity() === true) setChosen(verdict);
  };
  const confirm = async (verdict: Verdict) => {
    if (form.current?.reportValidity() !== true) return;
    await decide({ verdict, reason: readReason(new FormData(form.current)), also }, VERDICTS[verdict].done);
  };
  return (
    <form ref={form} onSubmit={refuse} className="mt-3 flex flex-wrap items-end gap-3">
      <ReasonField />
      {chosen === null ? (
        <div className="flex gap-3">
          {canAccept && <Button onClick={() => choose('accept')}>Accept{all}</Button>}
          <Button onClick={() => choose('reject')}>Reject{all}</Button>
        </div>
      ) : (
        <div role="alertdialog" aria-label={`${VERDICTS[chosen].name}?`} className="basis-full">
          <p className="font-medium">{VERDICTS[chosen].effect}</p>
          <div className="mt-2 flex flex-wrap gap-3">
            <Button autoFocus onClick={() => setChosen(null)} disabled={isSending}>
              Cancel
            </Button>
            <Button onClick={() => void confirm(chosen)} disabled={isSending}>
              Yes, {VERDICTS[chosen].name.toLowerCase()}
              {all}
            </Button>
          </div>
        </div>
      )}
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
