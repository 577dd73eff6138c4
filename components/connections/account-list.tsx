'use client';

import { useFormats } from '@/components/format/formats-context';
import { categoryWords, endWords } from '@/components/labels/connections';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { LinkedAccount } from '@/lib/connections/document';
import { AccountEnd } from './account-end';
import type { ConnectionActions } from './actions';

/** The accounts behind a connection: what each is, since when it is known, and whose line it continues. */
export function AccountList({
  accounts,
  splitAction,
  endAction,
}: {
  readonly accounts: readonly LinkedAccount[];
  readonly splitAction: ConnectionActions['splitAccount'];
  /** Null where the accounts have ended with their connection. */
  readonly endAction: ConnectionActions['endAccount'] | null;
}) {
  const formats = useFormats();
  if (accounts.length === 0) return null;
  return (
    <ul className="divide-y divide-hairline border-t border-hairline text-sm">
      {accounts.map((account) => (
        <li key={account.id} className="px-5 py-3 sm:px-6">
          <div className="grid gap-x-8 gap-y-0.5 sm:grid-cols-[1fr_1fr]">
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
              {account.name}
              {account.closedOn !== null && (
                <Badge>
                  {endWords(account.endReason)} {formats.date(account.closedOn)}
                </Badge>
              )}
            </p>
            <p className="tabular text-ink-soft">
              {[categoryWords(account), account.currency].filter((part) => part !== null).join(' · ')}
              <br />
              Known since {formats.date(account.firstKnownOn)}
            </p>
          </div>
          {endAction !== null && <AccountEnd account={account} action={endAction} />}
          {account.continues.length > 0 && <Continued account={account} action={splitAction} />}
        </li>
      ))}
    </ul>
  );
}

function Continued({
  account,
  action,
}: {
  readonly account: LinkedAccount;
  readonly action: ConnectionActions['splitAccount'];
}) {
  const earlier = account.continues.at(-1);
  if (earlier === undefined) return null;
  return (
    <form action={action} className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-soft">
      <input type="hidden" name="account" value={account.id} />
      <span>
        One line with the earlier {earlier.name} at {earlier.institution}.
      </span>
      <Button type="submit" look="plain" className="-mx-3">
        Not the same? Separate<span className="sr-only"> {account.name}</span>
      </Button>
    </form>
  );
}
