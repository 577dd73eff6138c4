import type { Ref } from 'react';
import { FIELD, LARGE_FIELD } from './field';

/** A password: the one there is, or a new one with its rule. */
export function PasswordField({
  label = 'Password',
  name = 'password',
  isNew = false,
  errorId,
  isRefused = false,
  isLarge = false,
  ref,
}: {
  readonly label?: string;
  readonly name?: string;
  readonly isNew?: boolean;
  /** The id of the form's error. */
  readonly errorId: string;
  /** Whether that is about this field. */
  readonly isRefused?: boolean;
  readonly isLarge?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}) {
  return (
    <label className="block text-sm font-medium">
      {isNew ? `${label} (at least 8 characters)` : label}
      <input
        ref={ref}
        name={name}
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        aria-invalid={isRefused}
        aria-describedby={errorId}
        className={isLarge ? LARGE_FIELD : FIELD}
      />
    </label>
  );
}
