'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { EmailField, FormError, useRefusedFields, VisitorPage } from './fields';
import { type MailAction, MailSent } from './mail-sent';

/** Asking for a link to choose a new password. It works before any script has loaded. */
export function ForgotPasswordForm({ action }: { readonly action: MailAction }) {
  const [state, submit, isPending] = useActionState(action, { error: null, email: '', isSent: false });
  const { emailField } = useRefusedFields(state);
  const { error, email, isSent } = state;
  if (isSent) {
    return (
      <MailSent email={email}>
        If you have an account with that address, it holds a link to choose a new password. The link works
        once, for an hour.
      </MailSent>
    );
  }
  return (
    <VisitorPage
      title="Choose a new password"
      lead="Enter your e-mail address, and we send you a link to do so."
    >
      <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
        <FormError id="forgot-error" error={error} />
        <EmailField ref={emailField} errorId="forgot-error" error={error} value={email} />
        <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
          {isPending ? 'Sending…' : 'Send me a link'}
        </Button>
      </form>
      <p className="mt-5 text-sm">
        <Link href="/sign-in" className="inline-block py-1 font-medium underline underline-offset-4">
          Back to signing in
        </Link>
      </p>
    </VisitorPage>
  );
}
