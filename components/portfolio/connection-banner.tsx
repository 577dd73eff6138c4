'use client';

import { useFormats } from '@/components/format/formats-context';
import { buttonClass } from '@/components/ui/button';
import { BrokenLinkIcon } from '@/components/ui/icons';
import { Notice } from '@/components/ui/notice';
import type { ConnectionStatus } from '@/lib/history/document';

/** Names every broken connection, since when, and what mends it; nothing when all of them work. */
export function ConnectionBanner({
  connections,
  connectionsHref,
}: {
  readonly connections: readonly ConnectionStatus[];
  /** Where connections are mended; null when that happens elsewhere. */
  readonly connectionsHref: string | null;
}) {
  const formats = useFormats();
  return connections
    .filter((connection) => connection.status === 'disabled')
    .map((connection) => (
      <Notice
        key={connection.id}
        tone="caution"
        icon={<BrokenLinkIcon />}
        title={`The connection to ${connection.institution} is broken`}
        action={
          connectionsHref !== null && (
            <a
              href={`${connectionsHref}#connection-${connection.id}`}
              className={buttonClass({ look: 'quiet' })}
            >
              Reconnect<span className="sr-only"> {connection.institution}</span>
            </a>
          )
        }
      >
        {connection.lastSuccessAt === null ? (
          'It has never synced. '
        ) : (
          <>
            Last good sync{' '}
            <time dateTime={connection.lastSuccessAt}>{formats.instant(connection.lastSuccessAt)}</time>.{' '}
          </>
        )}
        Sign in to {connection.institution} again to reconnect; the missing days are then filled in by
        themselves where the broker still has them.
      </Notice>
    ));
}
