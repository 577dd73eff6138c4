'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { SWRConfig } from 'swr';
import { Button, buttonClass } from '@/components/ui/button';
import { PageMain } from '@/components/ui/page-main';
import { fetchOwnDocument, isOver, sendAs, sessionAfter } from './session';
import { useSession } from './use-session';

/** In place of a page whose session is over: why, and the way on. Both ways lead through a new document. */
function SessionOver({ state }: { readonly state: 'other' | 'signed-out' }) {
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
function SessionCheck({
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

interface OwnDocuments {
  /** Whose page it is: part of every key under which something of theirs is kept. */
  readonly viewer: string;
  /** Fetches a document of the page's own user; throws a `ProblemError` for everything else. */
  readonly fetchOwn: <T extends object>(url: string) => Promise<T>;
  /** Asks for a change in the name of the page's own user alone; throws likewise. */
  readonly send: <T extends object>(url: string, init: RequestInit) => Promise<T>;
}

const OwnDocumentsContext = createContext<OwnDocuments | null>(null);

/** The way to the server for whatever shows somebody's data; throws outside of a `SessionGuard`. */
export function useOwnDocuments(): OwnDocuments {
  const own = useContext(OwnDocumentsContext);
  if (own === null) throw new Error('useOwnDocuments needs a SessionGuard above it');
  return own;
}

/**
 * Shows a page to its own user alone. Everything that the page fetches is kept under this component and goes with it; when
 * somebody else signs in, or the session ends, the page shows it and is gone.
 */
export function SessionGuard({
  viewer,
  children,
}: {
  /** Whose page it is, by an opaque id. */
  readonly viewer: string;
  readonly children: ReactNode;
}) {
  const { state, report, retry } = useSession(viewer);
  const own = useMemo<OwnDocuments>(() => {
    const watch = async <T,>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        const revealed = sessionAfter(error, viewer);
        if (revealed !== null) report(revealed);
        throw error;
      }
    };
    return {
      viewer,
      fetchOwn: (url) => watch(fetchOwnDocument(viewer, url)),
      send: (url, init) => watch(sendAs(viewer, url, init)),
    };
  }, [viewer, report]);
  if (isOver(state)) return <SessionOver state={state} />;
  return (
    <>
      {state !== 'same' && <SessionCheck isChecking={state === 'checking'} onRetry={retry} />}
      {/* What a reader had opened is there again once the session turns out to be the same. */}
      <div className="contents" hidden={state !== 'same'}>
        <OwnDocumentsContext value={own}>
          <SWRConfig key={viewer} value={{ provider: () => new Map() }}>
            {children}
          </SWRConfig>
        </OwnDocumentsContext>
      </div>
    </>
  );
}
