'use client';

import { WalletIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/popover';
import type { HistoryAccount } from '@/lib/history/document';

/** Which accounts are shown, and any other selection of them. Nothing to choose from needs no picker. */
export function AccountPicker({
  accounts,
  selected,
  onSelect,
}: {
  readonly accounts: readonly HistoryAccount[];
  /** Ids; empty for all. */
  readonly selected: readonly string[];
  readonly onSelect: (ids: readonly string[]) => void;
}) {
  if (accounts.length < 2) return null;
  const label = selected.length === 0 ? 'All accounts' : `${selected.length} of ${accounts.length} accounts`;
  return (
    <Popover
      title="Accounts"
      label={
        <>
          <WalletIcon />
          <span className="max-sm:sr-only">{label}</span>
        </>
      }
    >
      {(close) => (
        <AccountForm
          accounts={accounts}
          selected={selected}
          onSelect={(ids) => {
            onSelect(ids);
            close();
          }}
        />
      )}
    </Popover>
  );
}

/** The choice is made on a draft, so that picking three accounts asks one question and not three. */
function AccountForm({
  accounts,
  selected,
  onSelect,
}: {
  readonly accounts: readonly HistoryAccount[];
  readonly selected: readonly string[];
  readonly onSelect: (ids: readonly string[]) => void;
}) {
  const everyId = accounts.map((account) => account.id);
  const [chosen, setChosen] = useState<readonly string[]>(selected.length === 0 ? everyId : selected);
  const isEverything = chosen.length === accounts.length;
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length > 0) onSelect(isEverything ? [] : [...chosen].sort());
  };
  return (
    <form onSubmit={submit}>
      <fieldset>
        <legend className="text-sm font-semibold">Accounts to show</legend>
        <div className="mt-1 divide-y divide-hairline">
          {accounts.map((account) => (
            <AccountOption
              key={account.id}
              account={account}
              isChosen={chosen.includes(account.id)}
              onToggle={() => toggle(account.id)}
            />
          ))}
        </div>
      </fieldset>
      <p role="status" className="mt-2 text-sm text-caution empty:hidden">
        {chosen.length === 0 && 'Choose at least one account.'}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button type="submit" look="primary" size="touch" disabled={chosen.length === 0}>
          Show
        </Button>
        <Button size="touch" onClick={() => setChosen(isEverything ? [] : everyId)}>
          {isEverything ? 'Choose none' : 'Choose all'}
        </Button>
      </div>
    </form>
  );
}

function AccountOption({
  account,
  isChosen,
  onToggle,
}: {
  readonly account: HistoryAccount;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}) {
  const formats = useFormats();
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3 py-2 text-sm">
      <input
        type="checkbox"
        checked={isChosen}
        onChange={onToggle}
        className="size-4.5 shrink-0 accent-accent"
      />
      <span className="min-w-0">
        <span className="block truncate font-medium">{account.name}</span>
        <span className="block truncate text-ink-soft">
          {account.institution}
          {account.closedOn !== null && `, closed ${formats.date(account.closedOn)}`}
        </span>
      </span>
    </label>
  );
}
