import type { ReactNode } from 'react';
import { SessionGuard } from '@/components/session/session-guard';
import { SiteHeader } from '@/components/site-header';
import { PageMain } from '@/components/ui/page-main';
import type { Caller } from '@/lib/http/caller';
import { signOut } from './actions';

/** The frame of every page that only its owner may see: it is hidden as soon as somebody else, or nobody, is signed in. */
export function PrivatePage({
  caller: { viewer, email, isAdministrator },
  navigation = null,
  questions = 0,
  children,
}: {
  readonly caller: Pick<Caller, 'viewer' | 'email' | 'isAdministrator'>;
  /** Between the header and the content. */
  readonly navigation?: ReactNode;
  /** How many questions wait for the reader on the page of connections. */
  readonly questions?: number;
  readonly children: ReactNode;
}) {
  return (
    <SessionGuard viewer={viewer}>
      <SiteHeader email={email} signOut={signOut} isOperator={isAdministrator} questions={questions} />
      {navigation}
      <PageMain>{children}</PageMain>
    </SessionGuard>
  );
}
