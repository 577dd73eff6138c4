'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError } from '@/components/portfolio/problem';
import { useOwnDocuments } from '@/components/session/session-guard';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';

/** Begins the backfill that was previewed, or leads to the one that is under way for the same thing. */
export function StartBackfill({ scope }: { readonly scope: Readonly<Record<string, string>> }) {
  const router = useRouter();
  const { send } = useOwnDocuments();
  const [note, setNote] = useState('');
  const [isSending, setIsSending] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const start = async (): Promise<void> => {
    setIsSending(true);
    setFault(null);
    try {
      const { id } = await send<{ readonly id: string }>('/api/admin/backfill', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...scope, ...(note.trim() === '' ? {} : { note }) }),
      });
      router.push(`/admin/backfill/${id}`);
    } catch (error) {
      setFault(error instanceof ProblemError ? error.message : 'The server cannot be reached right now.');
      setIsSending(false);
    }
  };

  return (
    <form action={start} className="flex flex-col gap-3 sm:flex-row sm:items-end">
      <label className="block flex-1 text-sm font-medium">
        Why <span className="font-normal text-ink-soft">(for the audit log, if you like)</span>
        <input
          value={note}
          onChange={(event) => setNote(event.target.value)}
          maxLength={500}
          autoComplete="off"
          className={FIELD}
        />
      </label>
      <Button type="submit" look="primary" size="large" disabled={isSending}>
        {isSending ? 'Starting…' : 'Start backfill'}
      </Button>
      {fault !== null && (
        <Notice tone="caution" role="alert" title="The backfill was not started">
          {fault}
        </Notice>
      )}
    </form>
  );
}
