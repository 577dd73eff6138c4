'use client';

import { useActionState } from 'react';
import { linkWords } from '@/components/labels/connections';
import { Button, type ButtonLook } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { ConnectionActions } from './actions';

/** Leaves for the provider's pages, to link a brokerage or to reconnect one; shows why when that is not possible. */
export function LinkButton({
  action,
  provider,
  connection = null,
  look = 'primary',
  size = 'large',
}: ButtonLook & {
  readonly action: ConnectionActions['startLink'];
  /** Through whom. */
  readonly provider: string;
  /** The one to reconnect; null to link another brokerage. */
  readonly connection?: { readonly id: string; readonly institution: string } | null;
}) {
  const [{ error }, submit, isPending] = useActionState(action, { error: null });
  const name = connection === null ? linkWords(provider) : 'Reconnect';
  return (
    <form action={submit} aria-busy={isPending} className="flex flex-col items-start gap-3">
      <input type="hidden" name="provider" value={provider} />
      {connection !== null && <input type="hidden" name="connection" value={connection.id} />}
      <Button type="submit" look={look} size={size} disabled={isPending}>
        {isPending ? 'Opening…' : name}
        {connection !== null && <span className="sr-only"> {connection.institution}</span>}
      </Button>
      {error !== null && !isPending && (
        <Notice
          tone="caution"
          role="alert"
          title={connection === null ? 'Could not link' : 'Could not reconnect'}
        >
          {error}
        </Notice>
      )}
    </form>
  );
}
