'use client';

import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import { subtractAmounts } from '@/lib/domain/amount';
import type { HistoryAccount, HistoryDocument } from '@/lib/history/document';
import { describeAccountState, shareOf } from './account-states';
import { AccountsOverTime } from './accounts-over-time';

/** What each account is worth at the end of the shown days, its share of the whole, its change, and how far it is known. */
export function AccountValues({
  history,
  search,
}: {
  readonly history: Pick<HistoryDocument, 'accounts' | 'points'>;
  /** The question behind what is shown. */
  readonly search: string;
}) {
  const formats = useFormats();
  const { accounts } = history;
  if (accounts.length < 2 || accounts.every(({ last }) => last === null)) return null;
  return (
    <section aria-labelledby="account-values">
      <h2 id="account-values" className="text-base font-semibold">
        Accounts
      </h2>
      <ul className="tabular mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {accounts.map((account) => (
          <li
            key={account.id}
            className="grid grid-cols-[1fr_auto] items-baseline gap-x-4 gap-y-0.5 py-2.5 sm:grid-cols-[1fr_9rem_5rem_12rem]"
          >
            <p className="min-w-0">
              <span className="font-medium">{account.name}</span>{' '}
              <span className="text-ink-soft">{account.institution}</span>{' '}
              <State account={account} history={history} />
            </p>
            <p className="text-right font-medium">
              {account.last === null ? 'Unknown' : formats.money(account.last.value)}
            </p>
            <p className="text-ink-soft sm:text-right">{shareOf(account, accounts, formats)}</p>
            <p className="text-right text-ink-soft">{describeChange(account, formats.signedMoney)}</p>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs text-ink-soft">
        Changes are over the days shown, deposits and withdrawals included. Shares are of all open accounts.
      </p>
      <AccountsOverTime search={search} />
    </section>
  );
}

function State({
  account,
  history,
}: {
  readonly account: HistoryAccount;
  readonly history: Pick<HistoryDocument, 'points'>;
}) {
  const formats = useFormats();
  const state = describeAccountState(account, history.points.at(-1)?.date ?? null, formats);
  if (state === null) return null;
  return <Badge tone={account.closedOn === null ? 'caution' : 'neutral'}>{state}</Badge>;
}

function describeChange(
  { first, last }: HistoryAccount,
  signedMoney: (amount: NonNullable<HistoryAccount['last']>['value']) => string,
): string {
  if (first === null || last === null || first.date === last.date) return '';
  return signedMoney(subtractAmounts(last.value, first.value));
}
