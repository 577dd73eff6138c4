'use client';

import Link from 'next/link';
import { useActionState, useEffect } from 'react';
import { announceSession } from '@/components/session/session';
import { Button } from '@/components/ui/button';
import { PasswordField } from '@/components/ui/password-field';
import { EmailField, FormError, useRefusedFields, VisitorPage } from './fields';

export interface SignInState {
  /** Why signing in failed, in words; null before the first try. */
  readonly error: string | null;
  /** What was typed, so that it need not be typed again. */
  readonly email: string;
}

export type SignInAction = (state: SignInState, form: FormData) => Promise<SignInState>;

/** A ready-made sign-in of the demo. */
export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly label: string;
}

const WAY = 'font-medium underline underline-offset-4';

/** Signing in with e-mail and password. It works before any script has loaded. */
export function SignInForm({
  action,
  next,
  isSignUpOpen = false,
  demoUsers = [],
}: {
  readonly action: SignInAction;
  /** Where to go on after signing in: a path of this product. */
  readonly next: string;
  /** Whether strangers may make a user of their own. */
  readonly isSignUpOpen?: boolean;
  readonly demoUsers?: readonly DemoUser[];
}) {
  const [state, submit, isPending] = useActionState(action, { error: null, email: '' });
  const { emailField, passwordField } = useRefusedFields(state);
  // Whoever is signed in is not asked to sign in, so pages that are open in other tabs are over.
  useEffect(() => announceSession(null), []);
  return (
    <VisitorPage title="Sign in to Portfolio History" lead="What was my portfolio worth, day by day?">
      <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
        <input type="hidden" name="next" value={next} />
        <FormError id="sign-in-error" error={state.error} />
        <EmailField ref={emailField} errorId="sign-in-error" error={state.error} value={state.email} />
        <PasswordField ref={passwordField} errorId="sign-in-error" isRefused={state.error !== null} isLarge />
        <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
          {isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <p className="mt-5 flex flex-wrap gap-x-6 gap-y-2 text-sm">
        <Link href="/forgot-password" className={WAY}>
          Forgot your password?
        </Link>
        {isSignUpOpen && (
          <Link href="/sign-up" className={WAY}>
            Create an account
          </Link>
        )}
      </p>
      {demoUsers.length > 0 && (
        <DemoSignIns demoUsers={demoUsers} next={next} submit={submit} isPending={isPending} />
      )}
    </VisitorPage>
  );
}

function DemoSignIns({
  demoUsers,
  next,
  submit,
  isPending,
}: {
  readonly demoUsers: readonly DemoUser[];
  readonly next: string;
  readonly submit: (form: FormData) => void;
  readonly isPending: boolean;
}) {
  return (
    <section aria-labelledby="demo-sign-ins" className="mt-10 border-t border-hairline pt-6">
      <h2 id="demo-sign-ins" className="text-sm font-medium text-ink-soft">
        Or look around as
      </h2>
      <ul className="mt-3 space-y-2">
        {demoUsers.map((user) => (
          <li key={user.email}>
            <form action={submit}>
              <input type="hidden" name="next" value={next} />
              <input type="hidden" name="email" value={user.email} />
              <input type="hidden" name="password" value={user.password} />
              <button
                type="submit"
                disabled={isPending}
                className="flex w-full flex-col rounded-lg border border-hairline bg-surface px-4 py-2 text-left text-sm motion-safe:transition hover:border-outline disabled:opacity-60"
              >
                <span className="font-medium">{user.label}</span>
                <span className="text-ink-soft">{user.email}</span>
              </button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}
