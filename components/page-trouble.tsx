'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button } from './ui/button';
import { PageMain } from './ui/page-main';

/** What a page shows when it cannot be made, mostly because the database does not answer, with a way to try again. */
export function PageTrouble({
  reference,
  reset,
}: {
  readonly reference: string | null;
  readonly reset: () => void;
}) {
  const router = useRouter();
  const [isTrying, startTrying] = useTransition();
  const tryAgain = (): void =>
    startTrying(() => {
      router.refresh();
      reset();
    });
  return (
    <PageMain>
      <div role="alert">
        <h1 className="text-2xl font-semibold tracking-tight">This page is not available right now</h1>
        <p className="mt-2 mb-6 max-w-prose text-ink-soft">
          We couldn’t reach our database, or something else went wrong on our side. Nothing is lost: your
          history is safe, and missing days fill in once we are back.
        </p>
      </div>
      <Button look="primary" onClick={tryAgain} disabled={isTrying}>
        {isTrying ? 'Trying again…' : 'Try again'}
      </Button>
      {reference !== null && <p className="mt-6 text-xs text-ink-soft">Reference: {reference}</p>}
    </PageMain>
  );
}
