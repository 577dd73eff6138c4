'use client';

import { FormatsProvider } from '@/components/format/formats-context';
import { Card } from '@/components/ui/card';
import type {
  AccountMatch,
  LinkedConnection,
  LinkNotice,
  LinkSource,
  LinkWay,
} from '@/lib/connections/document';
import type { Currency } from '@/lib/domain/money';
import type { ManualAccount } from '@/lib/manual-accounts/document';
import type { ConnectionActions } from './actions';
import { ConnectionCard } from './connection-card';
import { LinkNoticeBanner } from './link-notice-banner';
import { ManualAccounts } from './manual-accounts';
import { MatchQuestions } from './match-questions';
import { SourceList } from './source-list';
import { useRefreshWhile } from './use-refresh-while';

/** A user's connections: what just happened, what is asked, what is linked and what was. */
export function ConnectionsView({
  connections,
  matches,
  manualAccounts,
  notice,
  sources,
  actions,
  locale,
  currency,
}: {
  readonly connections: readonly LinkedConnection[];
  readonly matches: readonly AccountMatch[];
  readonly manualAccounts: readonly ManualAccount[];
  readonly notice: LinkNotice | null;
  readonly sources: readonly LinkSource[];
  readonly actions: ConnectionActions;
  readonly locale: string;
  readonly currency: Currency;
}) {
  const linked = connections.filter(({ status }) => status !== 'removed');
  const unlinked = connections.filter(({ status }) => status === 'removed');
  const waysOf = ({ provider }: LinkedConnection) =>
    sources.find((source) => source.provider === provider)?.ways ?? [];
  useRefreshWhile(linked.some(({ isDue }) => isDue));
  return (
    <FormatsProvider locale={locale} currency={currency}>
      <div className="flex flex-col gap-8">
        <header>
          <h1 className="text-2xl font-semibold tracking-tight">Connections</h1>
          <p className="mt-1.5 max-w-prose text-pretty text-ink-soft">
            Where your history is read from. We only read: nobody can trade or move money through us.
          </p>
        </header>
        {notice !== null && (
          <LinkNoticeBanner
            notice={notice}
            connections={connections}
            waysOf={waysOf}
            checkAction={actions.checkLinks}
          />
        )}
        <MatchQuestions matches={matches} action={actions.decideMatch} />
        {linked.length === 0 ? (
          <NothingLinked />
        ) : (
          <section aria-labelledby="linked">
            <h2 id="linked" className="text-base font-semibold">
              Linked
            </h2>
            <Cards connections={linked} waysOf={waysOf} actions={actions} />
          </section>
        )}
        <SourceList sources={sources} actions={actions} isFirst={linked.length === 0} />
        <ManualAccounts
          accounts={manualAccounts}
          canImport={connections.length > 0 || manualAccounts.length > 0}
          actions={actions}
        />
        {unlinked.length > 0 && (
          <section aria-labelledby="unlinked">
            <h2 id="unlinked" className="text-base font-semibold">
              No longer linked
            </h2>
            <Cards connections={unlinked} waysOf={waysOf} actions={actions} />
          </section>
        )}
      </div>
    </FormatsProvider>
  );
}

function Cards({
  connections,
  waysOf,
  actions,
}: {
  readonly connections: readonly LinkedConnection[];
  readonly waysOf: (connection: LinkedConnection) => readonly LinkWay[];
  readonly actions: ConnectionActions;
}) {
  return (
    <ul className="mt-3 space-y-4">
      {connections.map((connection) => (
        <li key={connection.id}>
          <ConnectionCard connection={connection} ways={waysOf(connection)} actions={actions} />
        </li>
      ))}
    </ul>
  );
}

/** What linking means, for somebody who is about to do it for the first time. */
function NothingLinked() {
  return (
    <Card className="p-6 sm:p-8">
      <h2 className="text-lg font-semibold tracking-tight">Nothing is linked</h2>
      <ul className="mt-3 max-w-prose list-disc space-y-1.5 pl-5 text-ink-soft">
        <li>
          Your past year is filled in at once, as far as your broker knows it; from then on every close.
        </li>
        <li>Several sources make one line: what moves from one to the other is no deposit and no gain.</li>
        <li>You can unlink at any time, and keep the history that you have.</li>
      </ul>
    </Card>
  );
}
