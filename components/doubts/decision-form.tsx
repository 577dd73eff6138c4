import type { FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { ReasonField } from './reason-field';

/** A decision of an operator that is folded away until it is wanted: what follows from it, a reason, and the press that takes it. */
export function DecisionForm({
  summary,
  consequence,
  action,
  isSending,
  fault,
  onSubmit,
  className,
  children,
}: {
  readonly summary: string;
  readonly consequence: string;
  /** What the button says. */
  readonly action: string;
  readonly isSending: boolean;
  readonly fault: string | null;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly className: string;
  /** Fields before the reason. */
  readonly children?: ReactNode;
}) {
  return (
    <details className={className}>
      <summary className="cursor-pointer text-ink-soft">{summary}</summary>
      <form onSubmit={onSubmit} className="mt-2 flex flex-wrap items-end gap-3">
        <p className="basis-full text-ink-soft">{consequence}</p>
        {children}
        <ReasonField />
        <Button type="submit" disabled={isSending}>
          {action}
        </Button>
        <p role="alert" className="basis-full text-loss empty:hidden">
          {fault}
        </p>
      </form>
    </details>
  );
}
