'use client';

import { useActionState, useId } from 'react';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { ConnectionActions } from './actions';

/** Asks for the keys of an own account, to link it or to let its connection work again; shows why when they do not open it. */
export function KeysForm({
  action,
  provider,
  connection = null,
  demoKeys = null,
}: {
  readonly action: ConnectionActions['linkByKeys'];
  readonly provider: string;
  /** The one that is to work again; null to link an account. */
  readonly connection?: { readonly id: string; readonly institution: string } | null;
  readonly demoKeys?: string | null;
}) {
  const [{ error, keyId = '' }, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  return (
    <form action={submit} aria-busy={isPending} className="flex max-w-md flex-col gap-3">
      <input type="hidden" name="provider" value={provider} />
      {connection !== null && <input type="hidden" name="connection" value={connection.id} />}
      {demoKeys !== null && (
        <p className="text-sm text-ink-soft">
          To try it here: <code className="break-all text-ink">{demoKeys}</code>
        </p>
      )}
      <label htmlFor={`${id}-key`} className="text-xs font-medium">
        Key ID
        <input
          id={`${id}-key`}
          name="keyId"
          required
          maxLength={200}
          defaultValue={keyId}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className={FIELD}
        />
      </label>
      <label htmlFor={`${id}-secret`} className="text-xs font-medium">
        Secret key
        <input
          id={`${id}-secret`}
          name="secretKey"
          type="password"
          required
          maxLength={200}
          autoComplete="off"
          className={FIELD}
        />
      </label>
      <Button type="submit" look="primary" size="touch" className="self-start" disabled={isPending}>
        {isPending ? 'Trying the keys…' : connection === null ? 'Link with keys' : 'Reconnect with keys'}
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
