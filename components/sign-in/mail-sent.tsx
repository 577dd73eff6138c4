'use client';

import { type ReactNode, useEffect, useRef } from 'react';

/** What came of a form that has mail sent. */
export interface MailState {
  /** Why it was refused, in words. */
  readonly error: string | null;
  /** What was typed, so that it need not be typed again. */
  readonly email: string;
  readonly isSent: boolean;
}

export type MailAction = (state: MailState, form: FormData) => Promise<MailState>;

/** In place of a form that had mail sent. It says the same whether or not somebody has that address here. */
export function MailSent({ email, children }: { readonly email: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that had the focus is gone.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="mx-auto w-full max-w-sm sm:pt-14">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none">
        Look into your mail
      </h1>
      <p className="mt-2 text-pretty text-ink-soft">
        A message is on its way to <strong className="font-medium break-all text-ink">{email}</strong>.{' '}
        {children}
      </p>
      <p className="mt-4 text-sm text-pretty text-ink-soft">
        Nothing there after a few minutes? Look among unwanted mail, and check the address for mistakes.
      </p>
    </div>
  );
}
