'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { PasswordField } from '@/components/ui/password-field';
import { FormError, VisitorPage } from './fields';

/** What a link from mail confirms. */
export type ConfirmationType = 'signup' | 'recovery' | 'email_change';

export interface ConfirmState {
  /** Why the link or the password was refused, in words. */
  readonly error: string | null;
}

const TEXTS: Readonly<Record<ConfirmationType, { title: string; lead: string; button: string }>> = {
  signup: {
    title: 'Confirm your e-mail address',
    lead: 'One press, and you are signed in.',
    button: 'Confirm and sign in',
  },
  recovery: {
    title: 'Choose a new password',
    lead: 'It replaces the old one, and signs you in here. Other devices have to sign in again.',
    button: 'Save and sign in',
  },
  email_change: {
    title: 'Confirm your new e-mail address',
    lead: 'From now on you sign in with it.',
    button: 'Confirm the change',
  },
};

/** Where links from mail lead. They ask for a press, since mail scanners open every link and would use it up. */
export function ConfirmForm({
  action,
  type,
  tokenHash,
}: {
  readonly action: (state: ConfirmState, form: FormData) => Promise<ConfirmState>;
  readonly type: ConfirmationType;
  readonly tokenHash: string;
}) {
  const [{ error }, submit, isPending] = useActionState(action, { error: null });
  const { title, lead, button } = TEXTS[type];
  return (
    <VisitorPage title={title} lead={lead}>
      <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
        <input type="hidden" name="type" value={type} />
        <input type="hidden" name="tokenHash" value={tokenHash} />
        <FormError id="confirm-error" error={error} />
        {type === 'recovery' && (
          <PasswordField errorId="confirm-error" isRefused={error !== null} isNew isLarge />
        )}
        <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
          {isPending ? 'A moment…' : button}
        </Button>
      </form>
      <p className="mt-5 text-sm">
        <Link href="/sign-in" className="font-medium underline underline-offset-4">
          To the sign-in page
        </Link>
      </p>
    </VisitorPage>
  );
}
