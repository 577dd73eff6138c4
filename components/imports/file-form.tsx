import { type FormEvent, useId } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { FIELD } from '@/components/ui/field';
import type { ImportAccount } from '@/lib/imports/document';

/** A file as it was chosen, with what its user says about it. */
export interface ChosenFile {
  readonly name: string;
  readonly text: string;
  /** The account of rows that name none. */
  readonly accountId: string;
  readonly isOfficial: boolean;
}

/** Which file, of which account, and whether its values are official. */
export function FileForm({
  accounts,
  isBusy,
  onChoose,
}: {
  readonly accounts: readonly ImportAccount[];
  readonly isBusy: boolean;
  readonly onChoose: (file: ChosenFile) => Promise<void>;
}) {
  const id = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = form.get('file');
    if (!(file instanceof File)) return;
    await onChoose({
      name: file.name.slice(0, NAME_LENGTH_MAX).trim() || 'Statement',
      text: await file.text(),
      accountId: String(form.get('account')),
      isOfficial: form.get('official') === 'on',
    });
  };
  return (
    <Card className="p-5 sm:p-6">
      <form onSubmit={submit} aria-busy={isBusy} className="flex flex-col gap-5">
        <div className="grid gap-5 sm:grid-cols-2">
          <div>
            <label htmlFor={`${id}-file`} className="text-sm font-medium">
              File (CSV)
            </label>
            <input
              id={`${id}-file`}
              type="file"
              name="file"
              accept=".csv,text/csv"
              required
              aria-describedby={`${id}-shape`}
              className={`${FIELD} py-2 file:mr-3 file:rounded-md file:border-0 file:bg-gap-fill file:px-2 file:text-ink`}
            />
          </div>
          <div>
            <label htmlFor={`${id}-account`} className="text-sm font-medium">
              Account, where the file names none
            </label>
            <select id={`${id}-account`} name="account" className={FIELD}>
              {accounts.map((account) => (
                <option key={account.id} value={account.id}>
                  {account.institution} · {account.name}
                </option>
              ))}
            </select>
          </div>
        </div>
        <div id={`${id}-shape`} className="max-w-prose text-sm text-ink-soft">
          <p>
            The first line names the columns: <code>date</code> and <code>value</code>, and if you like{' '}
            <code>currency</code> and <code>account</code>. For example:
          </p>
          <pre className="tabular mt-2 overflow-x-auto rounded-lg bg-gap-fill px-3 py-2 text-xs text-ink">
            {'date,value\n2019-12-31,10250.00\n2020-01-31,10310.75'}
          </pre>
        </div>
        <label className="flex max-w-prose items-start gap-3 text-sm">
          <input type="checkbox" name="official" className="mt-1 size-4 shrink-0 accent-accent" />
          <span>
            These are official month-end values from my statements
            <span className="block text-ink-soft">
              Returns then use them, with the deposits and withdrawals that your broker reports for that time.
              Leave it off where money moved that your broker does not list any more.
            </span>
          </span>
        </label>
        <Button type="submit" look="primary" size="touch" disabled={isBusy} className="self-start">
          {isBusy ? 'Reading…' : 'Preview'}
        </Button>
      </form>
    </Card>
  );
}

const NAME_LENGTH_MAX = 200;
