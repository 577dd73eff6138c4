'use client';

import { useState } from 'react';
import { ProblemError } from '@/components/portfolio/problem';
import { useOwnDocuments } from '@/components/session/session-guard';
import { Button } from '@/components/ui/button';

/** Stops a backfill after asking once more; a press beside the question changes nothing. */
export function CancelBackfill({
  id,
  onCancelled,
}: {
  readonly id: string;
  readonly onCancelled: () => void;
}) {
  const { send } = useOwnDocuments();
  const [step, setStep] = useState<'offered' | 'asked' | 'sending'>('offered');
  const [fault, setFault] = useState<string | null>(null);

  const cancel = async (): Promise<void> => {
    setStep('sending');
    setFault(null);
    try {
      await send(`/api/admin/backfill/${id}`, { method: 'DELETE' });
    } catch (error) {
      setFault(error instanceof ProblemError ? error.message : 'The server cannot be reached right now.');
    }
    setStep('offered');
    onCancelled();
  };

  return (
    <div className="flex flex-wrap items-center gap-2">
      {step === 'offered' ? (
        <Button onClick={() => setStep('asked')}>Cancel backfill</Button>
      ) : (
        <>
          <Button look="primary" disabled={step === 'sending'} onClick={cancel}>
            Yes, stop asking
          </Button>
          <Button disabled={step === 'sending'} onClick={() => setStep('offered')}>
            No, go on
          </Button>
        </>
      )}
      <p role="alert" className="text-sm text-loss empty:hidden">
        {fault}
      </p>
    </div>
  );
}
