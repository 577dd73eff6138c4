'use client';

import { type FormEvent, useId } from 'react';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import type { Category } from '@/lib/domain/reconcile/evidence';
import type { UnnamedAccount } from '@/lib/doubts/document';
import { ReasonField, readReason } from './reason-field';
import { type Asker, categoryHref, useDecision } from './use-decision';

/** What an account can be said to be, and what follows. */
const ANSWERS: readonly { readonly category: Category; readonly words: string }[] = [
  { category: 'investment', words: 'Investments: it counts' },
  { category: 'deposit', words: 'Cash at a bank: it counts' },
  { category: 'credit', words: 'A card, a loan or anything else: it does not count' },
];

/** Accounts of a kind that nobody knows, each with the form in which somebody can say what it is. */
export function AccountQuestions({
  accounts,
  asker,
}: {
  readonly accounts: readonly UnnamedAccount[];
  readonly asker: Asker;
}) {
  return (
    <ul className="grid gap-4">
      {accounts.map(({ accountId, account, institution }) => (
        <li
          key={accountId}
          className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm text-pretty"
        >
          <p className="font-medium">
            What is {account} at {institution}?
          </p>
          <p className="text-ink-soft">
            {institution} calls it by a word that we do not know. It may be a debt, so it is left out of the
            total until somebody says what it is.
          </p>
          <CategoryForm accountId={accountId} asker={asker} />
        </li>
      ))}
    </ul>
  );
}

function CategoryForm({ accountId, asker }: { readonly accountId: string; readonly asker: Asker }) {
  const { decide, isSending, fault } = useDecision(categoryHref(asker, accountId));
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const category = String(form.get('category'));
    void decide(
      asker === 'administrator' ? { category, reason: readReason(form) } : { category },
      category === 'credit'
        ? 'Saved: the account stays out of the total.'
        : 'Saved: the account counts from the next close on.',
    );
  };
  return (
    <form onSubmit={submit} className="mt-3 flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-56">
        <label htmlFor={id} className="text-xs font-medium">
          What is it?
        </label>
        <select id={id} name="category" required defaultValue="" className={FIELD}>
          <option value="">Choose</option>
          {ANSWERS.map(({ category, words }) => (
            <option key={category} value={category}>
              {words}
            </option>
          ))}
        </select>
      </div>
      {asker === 'administrator' && <ReasonField />}
      <Button type="submit" look="primary" size="touch" disabled={isSending}>
        Save
      </Button>
      <p className="basis-full text-xs text-ink-soft">
        What counts joins the total at the next close, as money that comes in; earlier days stay as they are.
        You can take it back later.
      </p>
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
