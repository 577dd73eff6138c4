'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import { ProblemError } from '@/components/portfolio/problem';
import { useOwnDocuments } from '@/components/session/session-guard';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import type { CoverageConnection } from '@/lib/coverage/document';

/** An operator's decision that an account is closed since a day, or that it is not after all, with the reason. */
export function AccountEnd({
  account: { id, name, closedOn, firstKnownOn },
}: {
  readonly account: CoverageConnection['accounts'][number];
}) {
  const router = useRouter();
  const { send } = useOwnDocuments();
  const fieldId = useId();
  const [fault, setFault] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const isOpen = closedOn === null;

  const decide = async (form: FormData) => {
    setIsSending(true);
    setFault(null);
    const since = isOpen ? String(form.get('since') ?? '') : null;
    try {
      await send(`/api/admin/accounts/${id}/end`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ since, reason: String(form.get('reason') ?? '').trim() }),
      });
    } catch (error) {
      setFault(error instanceof ProblemError ? error.message : 'The server could not be reached. Try again.');
    } finally {
      setIsSending(false);
    }
    router.refresh();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void decide(new FormData(event.currentTarget));
  };

  return (
    <details className="basis-full">
      <summary className="cursor-pointer text-ink-soft">
        {isOpen ? 'End' : 'Take back the end of'} {name}
      </summary>
      <form onSubmit={submit} className="mt-2 flex flex-wrap items-end gap-3">
        <p className="basis-full text-ink-soft">
          {isOpen
            ? 'It counts no more from that day on; its past stays, and what it was worth last leaves like a withdrawal. This can be taken back.'
            : 'It is expected again from the day on which it was ended.'}
        </p>
        {isOpen && (
          <div>
            <label htmlFor={`${fieldId}-since`} className="text-xs font-medium">
              Closed since
            </label>
            <input
              id={`${fieldId}-since`}
              type="date"
              name="since"
              required
              min={firstKnownOn}
              className={FIELD}
            />
          </div>
        )}
        <div className="min-w-0 flex-1 basis-56">
          <label htmlFor={`${fieldId}-reason`} className="text-xs font-medium">
            Reason
          </label>
          <input
            id={`${fieldId}-reason`}
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            className={FIELD}
          />
        </div>
        <Button type="submit" disabled={isSending}>
          {isOpen ? 'End this account' : 'Take it back'}
        </Button>
        <p role="alert" className="basis-full text-loss empty:hidden">
          {fault}
        </p>
      </form>
    </details>
  );
}
