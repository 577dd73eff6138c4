import type { ReactNode } from 'react';
import { BrandMark } from '@/components/ui/brand-mark';

const FIELD =
  'mt-1.5 block h-11 w-full rounded-lg border border-outline bg-surface px-3 text-base text-ink placeholder:text-ink-faint';

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

interface FieldProps {
  /** The id of the form's error. */
  readonly errorId: string;
  readonly error: string | null;
}

/** The e-mail address, as it was typed before. */
export function EmailField({ errorId, error, value }: FieldProps & { readonly value: string }) {
  return (
    <label className="block text-sm font-medium">
      E-mail
      <input
        key={value}
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={value}
        aria-invalid={error !== null}
        aria-describedby={errorId}
        className={FIELD}
      />
    </label>
  );
}

/** A password: the one there is, or a new one with its rule. */
export function PasswordField({ errorId, error, isNew = false }: FieldProps & { readonly isNew?: boolean }) {
  return (
    <label className="block text-sm font-medium">
      {isNew ? 'Password (at least 8 characters)' : 'Password'}
      <input
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        aria-invalid={error !== null}
        aria-describedby={errorId}
        className={FIELD}
      />
    </label>
  );
}
