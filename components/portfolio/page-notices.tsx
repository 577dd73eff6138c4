'use client';

import { useFormats } from '@/components/format/formats-context';
import { OfflineIcon } from '@/components/ui/icons';
import { Notice } from '@/components/ui/notice';
import { findLaggingConnections, type LaggingConnection } from '@/lib/domain/incidents';
import { ConnectionBanner } from './connection-banner';
import { DataNotice } from './data-notice';
import { FillingNotice } from './filling-notice';
import { RefreshNotice } from './refresh-notice';
import { useOnline } from './use-online';
import type { usePortfolioHistory } from './use-portfolio-history';

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
      {history.dataNotice !== null && <DataNotice text={history.dataNotice} />}
    </div>
  );
}

function OfflineNotice({ receivedAt }: Pick<ReturnType<typeof usePortfolioHistory>, 'receivedAt'>) {
  const formats = useFormats();
  return (
    <Notice tone="caution" role="alert" icon={<OfflineIcon />} title="You are offline">
      You see what was known at <time dateTime={receivedAt}>{formats.time(receivedAt)}</time>. It is brought
      up to date as soon as you are back.
    </Notice>
  );
}

function LaggingNotice({ connection }: { readonly connection: LaggingConnection }) {
  const formats = useFormats();
  const { institution, lastSuccessAt, nextAttemptAt } = connection;
  return (
    <Notice tone="caution" title={`${institution} does not answer`}>
      Last good sync <time dateTime={lastSuccessAt}>{formats.instant(lastSuccessAt)}</time>. There is nothing
      you need to do: it is tried again by itself
      {nextAttemptAt !== null && `, next ${formats.instant(nextAttemptAt)}`}, and the missing days are then
      filled in.
    </Notice>
  );
}
