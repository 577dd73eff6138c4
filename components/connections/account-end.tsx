'use client';

import { AlertDialog } from 'radix-ui';
import { useId } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import type { LinkedAccount } from '@/lib/connections/document';
import type { ConnectionActions } from './actions';

/** What its user can say about the end of an account: that it is closed since a day, and that it is not after all. */
export function AccountEnd({
  account,
  action,
}: {
  readonly account: LinkedAccount;
  readonly action: ConnectionActions['endAccount'];
}) {
  if (!account.isCounted) return null;
  if (account.closedOn === null) return <EndDialog account={account} action={action} />;
  return account.endReason === 'decided' ? <TakeBack account={account} action={action} /> : null;
}

function EndDialog({
  account: { id, name, firstKnownOn },
  action,
}: {
  readonly account: LinkedAccount;
  readonly action: ConnectionActions['endAccount'];
}) {
  const formats = useFormats();
  const fieldId = useId();
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>
        <Button look="plain" className="mt-2 -ml-3 text-ink-soft">
          Closed? <span className="sr-only">{name}: </span>End it
        </Button>
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[90dvh] max-w-md -translate-y-1/2 overflow-y-auto rounded-2xl border border-hairline bg-raised p-6 shadow-float">
          <AlertDialog.Title className="text-lg font-semibold tracking-tight">
            Is {name} closed?
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-3 space-y-2 text-sm text-ink-soft">
              <p>
                From the day that you name it counts no more. What it was worth last leaves your portfolio on
                that day like a withdrawal, which is no loss.
              </p>
              <p>
                <strong className="font-medium text-ink">Its past stays,</strong> and you can take this back.
              </p>
            </div>
          </AlertDialog.Description>
          <form action={action} className="mt-4">
            <input type="hidden" name="account" value={id} />
            <label htmlFor={fieldId} className="text-xs font-medium">
              This account is closed since (known since {formats.date(firstKnownOn)})
            </label>
            <input id={fieldId} type="date" name="since" required min={firstKnownOn} className={FIELD} />
            <div className="mt-6 flex flex-wrap justify-end gap-3">
              <AlertDialog.Cancel asChild>
                <Button size="touch">Keep it</Button>
              </AlertDialog.Cancel>
              <Button type="submit" look="primary" size="touch">
                End {name}
              </Button>
            </div>
          </form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function TakeBack({
  account: { id, name },
  action,
}: {
  readonly account: LinkedAccount;
  readonly action: ConnectionActions['endAccount'];
}) {
  return (
    <form action={action} className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-soft">
      <input type="hidden" name="account" value={id} />
      <span>It was ended by hand. It can be expected again from then on.</span>
      <Button type="submit" look="plain" className="-mx-3">
        Not closed? Take it back<span className="sr-only">: {name}</span>
      </Button>
    </form>
  );
}
