'use client';

import type { FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { ReasonField, readReason } from './reason-field';
import { heldValueHref, useDecision } from './use-decision';

/** A verdict on one held value, or on all of one question, with its reason; both are kept in the audit log. */
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
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { nativeEvent } = event;
    const button = nativeEvent instanceof SubmitEvent ? nativeEvent.submitter : null;
    // Without a button, such as by Enter in the field, nothing has been decided.
    if (!(button instanceof HTMLButtonElement)) return;
    void decide({ verdict: button.value, reason: readReason(form), also });
  };
  const all = also.length === 0 ? '' : ' all';
  return (
    <form onSubmit={submit} className="mt-3 flex flex-wrap items-end gap-3">
      <ReasonField />
      {canAccept && (
        <Button type="submit" value="accept" look="primary" disabled={isSending}>
          Accept{all}
        </Button>
      )}
      <Button type="submit" value="reject" disabled={isSending}>
        Reject{all}
      </Button>
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
