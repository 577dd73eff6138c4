import type { ReactNode } from 'react';

/** A page's content: one measure, one set of margins, and the target of the skip link. */
export function PageMain({ children }: { readonly children: ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto w-full max-w-5xl px-4 pt-4 pb-20 outline-none sm:px-8 sm:pt-6"
    >
      {children}
    </main>
  );
}
