'use client';

import { type FormEvent, useId } from 'react';
import { DecisionForm } from '@/components/doubts/decision-form';
import { readReason } from '@/components/doubts/reason-field';
import { useDecision } from '@/components/doubts/use-decision';
import { FIELD } from '@/components/ui/field';
import type { CoverageConnection } from '@/lib/coverage/document';

/** An operator's decision that an account is closed since a day, or that it is not after all, with the reason. */
export function AccountEnd({
  account: { id, name, closedOn, firstKnownOn },
}: {
  readonly account: CoverageConnection['accounts'][number];
}) {
  const { decide, isSending, fault } = useDecision(`/api/admin/accounts/${id}/end`);
  const fieldId = useId();
  const isOpen = closedOn === null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void decide(
      { since: isOpen ? String(form.get('since') ?? '') : null, reason: readReason(form) },
      isOpen ? `${name} is ended: it counts no more from that day on.` : `${name} is open again.`,
    );
  };

  return (
    <DecisionForm
      // Closed and without a reason once something was decided.
      key={String(isOpen)}
      className="basis-full"
      summary={`${isOpen ? 'End' : 'Take back the end of'} ${name}`}
      consequence={
        isOpen
          ? 'It counts no more from that day on; its past stays, and what it was worth last leaves like a withdrawal. This can be taken back.'
          : 'It is expected again from the day on which it was ended.'
      }
      action={isOpen ? 'End this account' : 'Take it back'}
      isSending={isSending}
      fault={fault}
      onSubmit={submit}
    >
      {isOpen && (
        <div>
          <label htmlFor={fieldId} className="text-xs font-medium">
            Closed since
          </label>
          <input id={fieldId} type="date" name="since" required min={firstKnownOn} className={FIELD} />
        </div>
      )}
    </DecisionForm>
  );
}
