'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { PasswordField } from '@/components/ui/password-field';
import { EmailField, FormError, useRefusedFields, VisitorPage } from './fields';
import { type MailAction, MailSent } from './mail-sent';

/** Making a user of one's own. It works before any script has loaded. */
export function SignUpForm({ action }: { readonly action: MailAction }) {
  const [state, submit, isPending] = useActionState(action, { error: null, email: '', isSent: false });
  const { emailField, passwordField } = useRefusedFields(state);
  const { error, email, isSent } = state;
  if (isSent) {
    return (
      <MailSent email={email}>
        It holds a link that confirms your address and signs you in. It works once, for an hour.
      </MailSent>
    );
  }
  return (
    <VisitorPage
      title="Create an account"
      lead="Then connect your brokerage, and see what your portfolio was worth, day by day. Access is read-only: we cannot trade or move money."
    >
      <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
        <FormError id="sign-up-error" error={error} />
        <EmailField ref={emailField} errorId="sign-up-error" error={error} value={email} />
        <PasswordField ref={passwordField} errorId="sign-up-error" isRefused={error !== null} isNew isLarge />
        <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
          {isPending ? 'Creating…' : 'Create account'}
        </Button>
      </form>
      <p className="mt-5 text-sm">
        <Link href="/sign-in" className="inline-block py-1 font-medium underline underline-offset-4">
          I have an account: sign in
        </Link>
      </p>
    </VisitorPage>
  );
}
