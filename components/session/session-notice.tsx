import type { ReactNode } from 'react';
import { Button, buttonClass } from '@/components/ui/button';
import { PageMain } from '@/components/ui/page-main';

/** In place of a page whose session is over: why, and the way on. Both ways lead through a new document. */
export function SessionOver({ state }: { readonly state: 'other' | 'signed-out' }) {
  return state === 'other' ? (
    <InPlaceOfPage
      title="Somebody else is signed in now"
      action={
        <a href="/" className={buttonClass({ look: 'primary', size: 'large' })}>
          Continue to the portfolio
        </a>
      }
    >
      This page was another user’s, and is not shown any more. Go on to the portfolio of the one who is signed
      in, or sign out there to sign in as yourself.
    </InPlaceOfPage>
  ) : (
    <InPlaceOfPage
      title="You were signed out"
      action={
        <a href={signInHref()} className={buttonClass({ look: 'primary', size: 'large' })}>
          Sign in again
        </a>
      }
    >
      So that nobody else reads them, your figures are not shown any more. Signing in brings you back to this
      view.
    </InPlaceOfPage>
  );
}

/** Only a page in a browser can have ended, so its address is at hand. */
function signInHref(): string {
  const { pathname, search } = window.location;
  return `/sign-in?next=${encodeURIComponent(`${pathname}${search}`)}`;
}

/** In place of a page of which it is not known whether it may still be shown. */
export function SessionCheck({
  isChecking,
  onRetry,
}: {
  readonly isChecking: boolean;
  readonly onRetry: () => void;
}) {
  if (isChecking) {
    return (
      <p role="status" className="p-8 text-center text-ink-soft">
        Checking who is signed in…
      </p>
    );
  }
  return (
    <InPlaceOfPage
      title="It is not known who is signed in"
      action={
        <Button look="primary" size="large" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      The session may have changed in another tab, and the server could not be reached to ask. The page is
      shown again as soon as it answers.
    </InPlaceOfPage>
  );
}

function InPlaceOfPage({
  title,
  action,
  children,
}: {
  readonly title: string;
  readonly action: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <PageMain>
      <div role="alert">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-2 mb-6 max-w-prose text-pretty text-ink-soft">{children}</p>
        {action}
      </div>
    </PageMain>
  );
}
