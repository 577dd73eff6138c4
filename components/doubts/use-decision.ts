import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError } from '@/components/portfolio/problem';
import { useOwnDocuments } from '@/components/session/session-guard';
import { reportDone } from '@/components/ui/done-notice';

/** Whose page asks: it decides which doors of the API are used, and whether a reason has to be given. */
export type Asker = 'owner' | 'administrator';

export function movementHref(asker: Asker, rowId: number): string {
  return asker === 'owner' ? `/api/portfolio/movements/${rowId}` : `/api/admin/movements/${rowId}`;
}

export function categoryHref(asker: Asker, accountId: string): string {
  const area = asker === 'owner' ? 'portfolio' : 'admin';
  return `/api/${area}/accounts/${accountId}/category`;
}

export function heldValueHref(id: number): string {
  return `/api/admin/held-values/${id}`;
}

interface Decision {
  /** Sends what somebody decided, then shows the page as it is by then, with the words for what was done. */
  readonly decide: (body: object, done: string) => Promise<void>;
  readonly isSending: boolean;
  /** Why it could not be recorded, in words. */
  readonly fault: string | null;
}

/** One decision of a person at a door of the API. */
export function useDecision(url: string): Decision {
  const router = useRouter();
  const { send } = useOwnDocuments();
  const [fault, setFault] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const decide = async (body: object, done: string) => {
    setIsSending(true);
    setFault(null);
    try {
      await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      reportDone(done);
    } catch (error) {
      setFault(error instanceof ProblemError ? error.message : 'We couldn’t reach the server. Try again.');
    } finally {
      setIsSending(false);
    }
    router.refresh();
  };
  return { decide, isSending, fault };
}
