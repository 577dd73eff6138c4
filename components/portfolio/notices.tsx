'use client';

import { InfoIcon, UnlinkIcon, WifiOffIcon } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import { Button, buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { findLaggingConnections, type LaggingConnection } from '@/lib/domain/incidents';
import type { Instant } from '@/lib/domain/trading-date';
import type { ConnectionStatus } from '@/lib/history/document';
import { FillingNotice } from './filling';
import { ProblemError } from './problem';
import type { usePortfolioHistory } from './use-portfolio-history';

/** Names the broken connections and leads to what fixes them, in one line on a phone; nothing when all of them work. */
function ConnectionBanner({
  connections,
  connectionsHref,
}: {
  readonly connections: readonly ConnectionStatus[];
  /** Where connections are reconnected; null when that happens elsewhere. */
  readonly connectionsHref: string | null;
}) {
  const formats = useFormats();
  const broken = connections.filter((connection) => connection.status === 'disabled');
  const [first] = broken;
  if (first === undefined) return null;
  const names = [...new Set(broken.map(({ institution }) => institution))];
  const verb = names.length === 1 ? 'needs' : 'need';
  const anchor = broken.length === 1 ? `#connection-${first.id}` : '';
  return (
    <Notice
      tone="caution"
      isOneLine
      icon={<UnlinkIcon />}
      title={`${new Intl.ListFormat('en').format(names)} ${verb} you to sign in again`}
      action={
        connectionsHref !== null && (
          <a href={`${connectionsHref}${anchor}`} className={`shrink-0 ${buttonClass({ look: 'quiet' })}`}>
            Reconnect
            {broken.length === 1 && <span className="sr-only"> {first.institution}</span>}
          </a>
        )
      }
    >
      {broken.length === 1 && first.lastSuccessAt !== null && (
        <>
          Last read <time dateTime={first.lastSuccessAt}>{formats.instant(first.lastSuccessAt)}</time>.{' '}
        </>
      )}
      The missing days then fill in automatically, where the broker still has them.
    </Notice>
  );
}

/** Shows that the values are not from a real brokerage, and what they are instead; on paper too. */
export function DataNotice({ text }: { readonly text: string }) {
  return (
    <p role="note">
      <Badge>
        <InfoIcon className="size-3.5" />
        {text}
      </Badge>
    </p>
  );
}

/** Shows why the page may be out of date, since when, and what to do; the last good data stays below it. */
function RefreshNotice({
  error,
  receivedAt,
  isRefreshing,
  onRetry,
}: {
  readonly error: unknown;
  /** When the data shown was received. */
  readonly receivedAt: Instant;
  readonly isRefreshing: boolean;
  readonly onRetry: () => void;
}) {
  const formats = useFormats();
  const reason = error instanceof ProblemError ? error.message : 'We couldn’t reach the server.';
  return (
    <Notice
      tone="caution"
      role="alert"
      title="We couldn’t refresh the page"
      action={
        <Button onClick={onRetry} disabled={isRefreshing}>
          {isRefreshing ? 'Trying…' : 'Try again'}
        </Button>
      }
    >
      {reason} You see the values of <time dateTime={receivedAt}>{formats.time(receivedAt)}</time>.
    </Notice>
  );
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('online', onChange);
  window.addEventListener('offline', onChange);
  return () => {
    window.removeEventListener('online', onChange);
    window.removeEventListener('offline', onChange);
  };
}

/** Whether the browser has a network at all; a server writes the page for somebody who is there. */
function useOnline(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
}

/** Everything that stands between the reader and an up-to-date page, the most pressing first; nothing when all is well. */
export function PageNotices({
  loaded,
  connectionsHref,
}: {
  readonly loaded: ReturnType<typeof usePortfolioHistory>;
  readonly connectionsHref: string | null;
}) {
  const { history, receivedAt, error, isRefreshing, refresh } = loaded;
  const isOnline = useOnline();
  return (
    <div className="flex flex-col gap-3 empty:hidden print:hidden">
      {!isOnline ? (
        <OfflineNotice receivedAt={receivedAt} />
      ) : (
        error !== undefined && (
          <RefreshNotice
            error={error}
            receivedAt={receivedAt}
            isRefreshing={isRefreshing}
            onRetry={refresh}
          />
        )
      )}
      <ConnectionBanner connections={history.connections} connectionsHref={connectionsHref} />
      {findLaggingConnections(history).map((connection) => (
        <LaggingNotice key={connection.institution} connection={connection} />
      ))}
      <FillingNotice history={history} />
    </div>
  );
}

function OfflineNotice({ receivedAt }: Pick<ReturnType<typeof usePortfolioHistory>, 'receivedAt'>) {
  const formats = useFormats();
  return (
    <Notice tone="caution" role="alert" icon={<WifiOffIcon />} title="You are offline">
      You see the values of <time dateTime={receivedAt}>{formats.time(receivedAt)}</time>. The page updates as
      soon as you are back online.
    </Notice>
  );
}

function LaggingNotice({ connection }: { readonly connection: LaggingConnection }) {
  const formats = useFormats();
  const { institution, lastSuccessAt, nextAttemptAt } = connection;
  return (
    <Notice tone="caution" title={`We can’t reach ${institution} right now`}>
      We’ll retry{nextAttemptAt === null ? ' automatically' : ` at ${formats.time(nextAttemptAt)}`}; nothing
      to do. Last read <time dateTime={lastSuccessAt}>{formats.instant(lastSuccessAt)}</time>.
    </Notice>
  );
}
