'use client';

import { type FormEvent, useState } from 'react';
import { ReasonField, readReason } from '@/components/doubts/reason-field';
import { useDecision } from '@/components/doubts/use-decision';
import { Button } from '@/components/ui/button';

/** Sends the owners of broken connections a reminder, after one more press, with the reason. */
export function RemindForm({
  provider,
  institution,
  label,
}: {
  readonly provider: string;
  readonly institution: string | null;
  readonly label: string;
}) {
  const { decide, isSending, fault } = useDecision('/api/admin/reminders');
  const [reason, setReason] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = readReason(new FormData(event.currentTarget));
    if (reason === null) setReason(given);
    else void decide({ provider, institution, reason: given }, 'The messages are on their way.');
  };
  return (
    <form onSubmit={submit} className="flex max-w-2xl flex-wrap items-end gap-3">
      <ReasonField />
      {reason === null ? (
        <Button type="submit" look="primary" size="touch">
          {label}…
        </Button>
      ) : (
        <>
          <Button size="touch" onClick={() => setReason(null)}>
            Back
          </Button>
          <Button type="submit" look="primary" size="touch" disabled={isSending}>
            {label}: send now
          </Button>
        </>
      )}
      <p role="status" className="basis-full text-sm empty:hidden">
        {reason === null ? '' : 'This cannot be called back. Press once more to send.'}
      </p>
      <p role="alert" className="basis-full text-sm text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
