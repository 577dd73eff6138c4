'use client';

import { AlertDialog } from 'radix-ui';
import { unlinkWords } from '@/components/labels/connections';
import { Button } from '@/components/ui/button';
import type { LinkedConnection, LinkWay } from '@/lib/connections/document';
import type { ConnectionActions } from './actions';

/** Asks before a connection is unlinked, and lists what stays. */
export function UnlinkDialog({
  action,
  connection,
  ways,
}: {
  readonly action: ConnectionActions['unlink'];
  readonly connection: Pick<LinkedConnection, 'id' | 'institution'>;
  readonly ways: readonly LinkWay[];
}) {
  const { id, institution } = connection;
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>
        <Button size="touch">
          Unlink<span className="sr-only"> {institution}</span>
        </Button>
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[90dvh] max-w-md -translate-y-1/2 overflow-y-auto rounded-2xl border border-hairline bg-raised p-6 shadow-float">
          <AlertDialog.Title className="text-lg font-semibold tracking-tight">
            Unlink {institution}?
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-3 space-y-2 text-sm text-ink-soft">
              <p>
                We stop reading these accounts; they leave your total after the next close.{' '}
                {unlinkWords(institution, ways)}
              </p>
              <p>
                <strong className="font-medium text-ink">Your history stays.</strong> Days that are still
                missing can no longer be filled in.
              </p>
            </div>
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel asChild>
              <Button size="touch">Keep it linked</Button>
            </AlertDialog.Cancel>
            <form action={action}>
              <input type="hidden" name="connection" value={id} />
              <Button type="submit" look="danger" size="touch">
                Unlink {institution}
              </Button>
            </form>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
