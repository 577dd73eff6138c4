import type { ComponentProps } from 'react';

/** A sheet of paper: groups what belongs together on the canvas. */
export function Card({ className = '', ...rest }: ComponentProps<'section'>) {
  return <section className={`rounded-2xl border border-hairline bg-surface ${className}`} {...rest} />;
}
