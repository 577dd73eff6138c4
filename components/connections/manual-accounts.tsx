'use client';

import Link from 'next/link';
import { useActionState, useId } from 'react';
import { createFormats } from '@/components/format/formats';
import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import { Button, buttonClass } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { FIELD } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { MANUAL_CURRENCIES } from '@/lib/domain/manual-accounts';
import type { ManualAccount } from '@/lib/manual-accounts/document';
import type { ConnectionActions, ManualState } from './actions';

type Actions = Pick<ConnectionActions, 'addManualAccount' | 'changeManualAccount'>;

const NOTHING: ManualState = { error: null, done: null };

/** What no broker knows: accounts that their user keeps by hand, and past values from a file. */
export function ManualAccounts({
  accounts,
  canImport,
  actions,
}: {
  readonly accounts: readonly ManualAccount[];
  /** Whether there is an account that past values could be added to. */
  readonly canImport: boolean;
  readonly actions: Actions;
}) {
  const [changed, change, isPending] = useActionState(actions.changeManualAccount, NOTHING);
  return (
    <section aria-labelledby="by-hand">
      <h2 id="by-hand" className="text-base font-semibold">
        What no broker knows
      </h2>
      <p className="mt-1 max-w-prose text-sm text-pretty text-ink-soft">
        Keep an account by hand that no source reaches: give its total now and then. Each counts from that
        day’s close until the next one; your total is marked as estimated meanwhile, and enters no return.
      </p>
      <div className="mt-3 space-y-4">
        <Outcome state={changed} isPending={isPending} />
        {accounts.map((account) => (
          <Kept key={account.id} account={account} change={change} isPending={isPending} />
        ))}
        <details>
          <summary
            className={`${buttonClass({ look: 'quiet', size: 'touch' })} cursor-pointer list-none [&::-webkit-details-marker]:hidden`}
          >
            Add an account by hand
          </summary>
          <Card className="mt-4 p-5 sm:p-6">
            <AddForm action={actions.addManualAccount} />
          </Card>
        </details>
        {canImport && (
          <p className="text-sm text-ink-soft">
            Does a statement know more than your broker?{' '}
            <Link href="/connections/import" className="text-accent underline underline-offset-4">
              Add past values from a file
            </Link>
          </p>
        )}
      </div>
    </section>
  );
}

function Outcome({
  state: { error, done },
  isPending,
}: {
  readonly state: ManualState;
  readonly isPending: boolean;
}) {
  if (isPending) return null;
  if (error !== null)
    return (
      <Notice tone="caution" role="alert" title="Nothing was changed">
        {error}
      </Notice>
    );
  return done === null ? null : <Notice title={done} />;
}

function AddForm({ action }: { readonly action: Actions['addManualAccount'] }) {
  const [state, submit, isPending] = useActionState(action, NOTHING);
  const id = useId();
  return (
    <form action={submit} aria-busy={isPending} className="grid max-w-2xl gap-4 sm:grid-cols-2">
      <label htmlFor={`${id}-name`} className="text-xs font-medium">
        Name
        <input id={`${id}-name`} name="name" required maxLength={80} autoComplete="off" className={FIELD} />
      </label>
      {/* Around the menu, its label would be called by all currencies as well. */}
      <div className="text-xs font-medium">
        <label htmlFor={`${id}-currency`}>Currency</label>
        <select id={`${id}-currency`} name="currency" className={FIELD}>
          {MANUAL_CURRENCIES.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </select>
      </div>
      <DayAndValue />
      <div className="space-y-3 sm:col-span-2">
        <Button type="submit" look="primary" size="touch" disabled={isPending}>
          {isPending ? 'Adding…' : 'Add the account'}
        </Button>
        <Outcome state={state} isPending={isPending} />
      </div>
    </form>
  );
}

function DayAndValue({ of = null }: { readonly of?: string | null }) {
  const id = useId();
  const whose = of === null ? null : <span className="sr-only"> of {of}</span>;
  return (
    <>
      <label htmlFor={`${id}-date`} className="text-xs font-medium">
        Day{whose}
        <input id={`${id}-date`} name="date" type="date" required className={FIELD} />
      </label>
      <label htmlFor={`${id}-value`} className="text-xs font-medium">
        Total on that day{whose}
        <input id={`${id}-value`} name="value" type="number" step="any" required className={FIELD} />
      </label>
    </>
  );
}

/** One account: its values, newest first, a form for the next one, and its end. */
function Kept({
  account: { id, name, currency, endedOn, values },
  change,
  isPending,
}: {
  readonly account: ManualAccount;
  readonly change: (form: FormData) => void;
  readonly isPending: boolean;
}) {
  const formats = useFormats();
  const { money } = createFormats(formats.locale, currency);
  return (
    <Card className="p-5 sm:p-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="text-lg font-semibold tracking-tight wrap-anywhere">{name}</h3>
        <Badge>{currency}</Badge>
        {endedOn !== null && <Badge>Ended, since {formats.date(endedOn)}</Badge>}
      </div>
      <ul
        aria-label={`Values of ${name}`}
        className="tabular mt-3 max-h-72 divide-y divide-hairline overflow-y-auto text-sm"
      >
        {values.map(({ date, total }) => (
          <li key={date} className="flex flex-wrap items-center justify-between gap-x-4 py-1.5">
            <span className="text-ink-soft">{formats.date(date)}</span>
            <span className="ml-auto font-medium">{money(total)}</span>
            <form action={change}>
              <Change of={id} change="remove" />
              <input type="hidden" name="date" value={date} />
              <Button type="submit" look="plain" disabled={isPending}>
                Take back
                <span className="sr-only">
                  {' '}
                  the value of {name} on {formats.date(date)}
                </span>
              </Button>
            </form>
          </li>
        ))}
      </ul>
      {endedOn === null && (
        <form
          action={change}
          aria-busy={isPending}
          className="mt-4 grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]"
        >
          <Change of={id} change="keep" />
          <DayAndValue of={name} />
          <Button type="submit" look="primary" size="touch" disabled={isPending}>
            Keep it<span className="sr-only"> for {name}</span>
          </Button>
        </form>
      )}
      <details className="mt-4 text-sm">
        <summary className="cursor-pointer text-ink-soft">
          End or delete<span className="sr-only"> {name}</span>
        </summary>
        <div className="mt-3 flex flex-wrap items-end gap-4">
          {endedOn === null ? (
            <EndForm of={id} name={name} change={change} isPending={isPending} />
          ) : (
            <form action={change}>
              <Change of={id} change="resume" />
              <Button type="submit" size="touch" disabled={isPending}>
                Count {name} again
              </Button>
            </form>
          )}
          <form action={change}>
            <Change of={id} change="delete" />
            <Button type="submit" look="danger" size="touch" disabled={isPending}>
              Delete {name} and its values
            </Button>
          </form>
        </div>
      </details>
    </Card>
  );
}

function EndForm({
  of,
  name,
  change,
  isPending,
}: {
  readonly of: string;
  readonly name: string;
  readonly change: (form: FormData) => void;
  readonly isPending: boolean;
}) {
  const id = useId();
  return (
    <form action={change} className="flex flex-wrap items-end gap-4">
      <Change of={of} change="end" />
      <label htmlFor={`${id}-since`} className="text-xs font-medium">
        {name} is closed since
        <input id={`${id}-since`} name="since" type="date" required className={FIELD} />
      </label>
      <Button type="submit" size="touch" disabled={isPending}>
        End {name}
      </Button>
    </form>
  );
}

/** What a form is to do, and to which account. */
function Change({
  of,
  change,
}: {
  readonly of: string;
  readonly change: 'keep' | 'remove' | 'end' | 'resume' | 'delete';
}) {
  return (
    <>
      <input type="hidden" name="account" value={of} />
      <input type="hidden" name="change" value={change} />
    </>
  );
}
