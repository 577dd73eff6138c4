import type { ComponentProps } from 'react';

const LOOKS = {
  primary: 'keeps-colours bg-accent text-on-accent hover:opacity-90',
  /** What cannot be undone by pressing again. */
  danger: 'keeps-colours bg-loss text-on-accent hover:opacity-90',
  quiet: 'border border-hairline bg-surface text-ink hover:border-outline',
  plain: 'text-ink-soft hover:text-ink hover:bg-gap-fill',
} as const;

const SIZES = {
  small: 'h-9 px-3 text-sm',
  /** Large enough for a finger on a phone, small at a desk. */
  touch: 'h-11 px-3 text-sm sm:h-9',
  large: 'h-11 px-5 text-base',
} as const;

export interface ButtonLook {
  readonly look?: keyof typeof LOOKS;
  readonly size?: keyof typeof SIZES;
}

/** The classes of a button, for links that look like one. */
export function buttonClass({ look = 'quiet', size = 'small' }: ButtonLook = {}): string {
  return `inline-flex items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap motion-safe:transition disabled:opacity-60 ${LOOKS[look]} ${SIZES[size]}`;
}

/** A button; it submits nothing unless asked to. */
export function Button({
  look = 'quiet',
  size = 'small',
  type = 'button',
  className = '',
  ...rest
}: ButtonLook & ComponentProps<'button'>) {
  return <button type={type} className={`${buttonClass({ look, size })} ${className}`} {...rest} />;
}
