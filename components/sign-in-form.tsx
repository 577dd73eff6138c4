'use client';

import { useActionState, useEffect, useRef } from 'react';
import { announceSession } from '@/components/session/session';
import { BrandMark } from '@/components/ui/brand-mark';
import { Button } from '@/components/ui/button';

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

const FIELD =
  'mt-1.5 block h-11 w-full rounded-lg border border-outline bg-surface px-3 text-base text-ink placeholder:text-ink-faint';

/** Signing in with e-mail and password. It works before any script has loaded. */
export function SignInForm({
  action,
  next,
  demoUsers = [],
}: {
  readonly action: SignInAction;
  /** Where to go on after signing in: a path of this product. */
  readonly next: string;
  readonly demoUsers?: readonly DemoUser[];
}) {
  const [state, submit, isPending] = useActionState(action, { error: null, email: '' });
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  // React empties the form after it was sent; the reader goes on where the mistake is most likely.
  useEffect(() => {
    if (state.error === null) return;
    if (emailField.current !== null && emailField.current.value === '')
      emailField.current.value = state.email;
    passwordField.current?.focus();
  }, [state]);
  // Whoever is signed in is not asked to sign in, so pages that are open in other tabs are over.
  useEffect(() => announceSession(null), []);
  return (
    <div className="mx-auto w-full max-w-sm sm:pt-14">
      <BrandMark className="size-11" />
      <h1 className="mt-6 text-2xl font-semibold tracking-tight">Sign in to Portfolio History</h1>
      <p className="mt-1.5 text-ink-soft">What was my portfolio worth, day by day?</p>
      <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
        <input type="hidden" name="next" value={next} />
        <p role="alert" id="sign-in-error" className="text-sm font-medium text-loss empty:hidden">
          {state.error}
        </p>
        <label className="block text-sm font-medium">
          E-mail
          <input
            ref={emailField}
            name="email"
            type="email"
            autoComplete="username"
            required
            defaultValue={state.email}
            aria-invalid={state.error !== null}
            aria-describedby="sign-in-error"
            className={FIELD}
          />
        </label>
        <label className="block text-sm font-medium">
          Password
          <input
            ref={passwordField}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            aria-invalid={state.error !== null}
            aria-describedby="sign-in-error"
            className={FIELD}
          />
        </label>
        <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
          {isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      {demoUsers.length > 0 && (
        <DemoSignIns demoUsers={demoUsers} next={next} submit={submit} isPending={isPending} />
      )}
    </div>
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
