'use client';

import { useActionState } from 'react';
import { BrandMark } from '@/components/ui/brand-mark';
import { Button } from '@/components/ui/button';
import { LARGE_FIELD } from '@/components/ui/field';

export interface VerifyState {
  /** Why the code was not taken, in words; null before the first try. */
  readonly error: string | null;
}

export interface EnrolState extends VerifyState {
  /** The authenticator that was set up and waits for its first code; its key is shown this once. */
  readonly enrolled: { readonly factorId: string; readonly secret: string } | null;
}

interface SecondFactorFormProps {
  /** The authenticator of this administrator; null when there is none yet. */
  readonly factorId: string | null;
  readonly enrol: () => Promise<EnrolState>;
  readonly verify: (state: VerifyState, form: FormData) => Promise<VerifyState>;
}

/** Asks for the code of an authenticator, after setting one up where there is none. */
export function SecondFactorForm({ factorId, enrol, verify }: SecondFactorFormProps) {
  const [{ error, enrolled }, start, isStarting] = useActionState(enrol, { error: null, enrolled: null });
  const usable = enrolled?.factorId ?? factorId;
  return (
    <div className="mx-auto w-full max-w-sm sm:pt-14">
      <BrandMark className="size-11" />
      <h1 className="mt-6 text-2xl font-semibold tracking-tight">Second factor</h1>
      <p className="mt-1.5 text-ink-soft">Administrators confirm their sign-in with an authenticator.</p>
      {enrolled !== null && (
        <p className="mt-6 text-sm">
          Add this key to your authenticator app, then enter the code that it shows:{' '}
          <code className="break-all font-semibold">{enrolled.secret}</code>
        </p>
      )}
      {usable === null ? (
        <form action={start} className="mt-8 space-y-5">
          <p role="alert" className="text-sm font-medium text-loss empty:hidden">
            {error}
          </p>
          <Button type="submit" look="primary" size="large" disabled={isStarting} className="w-full">
            Set up an authenticator
          </Button>
        </form>
      ) : (
        <CodeForm factorId={usable} verify={verify} />
      )}
    </div>
  );
}

function CodeForm({
  factorId,
  verify,
}: {
  readonly factorId: string;
  readonly verify: SecondFactorFormProps['verify'];
}) {
  const [{ error }, submit, isPending] = useActionState(verify, { error: null });
  return (
    <form action={submit} aria-busy={isPending} className="mt-8 space-y-5">
      <input type="hidden" name="factor" value={factorId} />
      <p role="alert" id="code-error" className="text-sm font-medium text-loss empty:hidden">
        {error}
      </p>
      <label className="block text-sm font-medium">
        Code
        <input
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          aria-invalid={error !== null}
          aria-describedby="code-error"
          className={LARGE_FIELD}
        />
      </label>
      <Button type="submit" look="primary" size="large" disabled={isPending} className="w-full">
        Confirm
      </Button>
    </form>
  );
}
