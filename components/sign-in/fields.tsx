import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { BrandMark } from '@/components/ui/brand-mark';
import { LARGE_FIELD } from '@/components/ui/field';

/** The frame of every form of somebody who is not signed in. */
export function VisitorPage({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="mx-auto w-full max-w-sm sm:pt-14">
      <BrandMark className="size-11" />
      <h1 className="mt-6 text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-1.5 text-pretty text-ink-soft">{lead}</p>
      {children}
    </div>
  );
}

/** Why a form was refused; announced, and described by its fields. */
export function FormError({ id, error }: { readonly id: string; readonly error: string | null }) {
  return (
    <p role="alert" id={id} className="text-sm font-medium text-loss empty:hidden">
      {error}
    </p>
  );
}

/**
 * The fields of a form after it was refused: React empties it once it was sent, so the address is put back, and the reader goes
 * on where the mistake is most likely.
 */
export function useRefusedFields(state: { readonly error: string | null; readonly email: string }) {
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (state.error === null) return;
    if (emailField.current !== null && emailField.current.value === '')
      emailField.current.value = state.email;
    (passwordField.current ?? emailField.current)?.focus();
  }, [state]);
  return { emailField, passwordField };
}

/** The e-mail address, as it was typed before. */
export function EmailField({
  errorId,
  error,
  ref,
  value,
}: {
  /** The id of the form's error. */
  readonly errorId: string;
  readonly error: string | null;
  readonly ref: Ref<HTMLInputElement>;
  readonly value: string;
}) {
  return (
    <label className="block text-sm font-medium">
      E-mail
      <input
        ref={ref}
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={value}
        aria-invalid={error !== null}
        aria-describedby={errorId}
        className={LARGE_FIELD}
      />
    </label>
  );
}
