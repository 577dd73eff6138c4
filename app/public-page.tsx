import type { ReactNode } from 'react';
import { SiteHeader } from '@/components/site-header';
import { PageMain } from '@/components/ui/page-main';
import { env } from '@/lib/env';
import { type Caller, callerByCookie } from '@/lib/http/caller';
import { signOut } from './actions';
import { PrivatePage } from './private-page';

/** The frame of a page that is for everybody: with the navigation of whoever is signed in, and there also while nobody can be. */
export async function PublicFrame({ children }: { readonly children: ReactNode }) {
  const caller = await readCaller();
  if (caller !== null) return <PrivatePage caller={caller}>{children}</PrivatePage>;
  return (
    <>
      <SiteHeader email={null} signOut={signOut} />
      <PageMain>{children}</PageMain>
    </>
  );
}

/** Such a page with a text to read. */
export function PublicPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <PublicFrame>
      <article className="max-w-prose space-y-4 text-pretty">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        {children}
      </article>
    </PublicFrame>
  );
}

async function readCaller(): Promise<Caller | null> {
  try {
    return await callerByCookie(env());
  } catch {
    return null;
  }
}

/** A part of such a page. */
export function Part({
  id,
  title,
  children,
}: {
  /** Where a link may lead. */
  readonly id?: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section id={id} className="scroll-mt-6 space-y-2 pt-3 text-sm leading-relaxed text-ink-soft">
      <h2 className="text-base font-semibold text-ink">{title}</h2>
      {children}
    </section>
  );
}
