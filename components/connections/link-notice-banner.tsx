'use client';

import Link from 'next/link';
import { portalErrorWords, reconnectedWords } from '@/components/labels/connections';
import { Button, buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { LinkedConnection, LinkNotice, LinkWay } from '@/lib/connections/document';
import type { ConnectionActions } from './actions';

/** What just happened, in words. The address may hold anything, so a connection is only named when it is the user's own. */
export function LinkNoticeBanner({
  notice,
  connections,
  waysOf,
  checkAction,
}: {
  readonly notice: LinkNotice;
  readonly connections: readonly LinkedConnection[];
  readonly waysOf: (connection: LinkedConnection) => readonly LinkWay[];
  readonly checkAction: ConnectionActions['checkLinks'];
}) {
  if ('connectionId' in notice) {
    const connection = connections.find(({ id }) => id === notice.connectionId);
    return connection === undefined ? null : (
      <Done kind={notice.kind} connection={connection} ways={waysOf(connection)} />
    );
  }
  switch (notice.kind) {
    case 'failed':
      return (
        <Notice tone="caution" role="alert" title="Nothing was linked">
          {portalErrorWords(notice.code)}
        </Notice>
      );
    case 'abandoned':
      return (
        <Notice title="You left before anything was linked">Nothing has changed. You can begin again.</Notice>
      );
    case 'unconfirmed':
      return (
        <Notice
          tone="caution"
          role="alert"
          title="We couldn’t confirm it yet"
          action={
            <form action={checkAction}>
              <Button type="submit" size="touch">
                Check again
              </Button>
            </form>
          }
        >
          If you linked a brokerage, it is not lost: we check again whenever you open this page.
        </Notice>
      );
    case 'joined':
      return <Notice title="The two accounts now count as one">Your history was updated with both.</Notice>;
    case 'kept_apart':
      return <Notice title="They stay two accounts">You will not be asked again.</Notice>;
    case 'ended':
      return (
        <Notice title="The account no longer counts from that day on">
          Its past stays in your history. You can take this back below.
        </Notice>
      );
    case 'not_ended':
      return (
        <Notice tone="caution" role="alert" title="Nothing was changed">
          An account can be closed from the day after its first known one, and not later than the next market
          close.
        </Notice>
      );
    case 'end_taken_back':
      return <Notice title="The account counts again">Your history was updated with it.</Notice>;
    case 'separated':
      return <Notice title="The account counts on its own again">Your history was updated.</Notice>;
  }
}

function Done({
  kind,
  connection,
  ways,
}: {
  readonly kind: 'linked' | 'reconnected' | 'unlinked';
  readonly connection: LinkedConnection;
  readonly ways: readonly LinkWay[];
}) {
  const { institution, isDue } = connection;
  if (kind === 'unlinked') {
    return <Notice title={`${institution} is unlinked`}>Its past days stay in your history.</Notice>;
  }
  const days = kind === 'reconnected' ? 'The missing days' : 'Your past year’s days';
  const filled = isDue
    ? `${days} are being filled in.`
    : `${days} are filled in, as far as your broker has them.`;
  return (
    <Notice
      title={kind === 'reconnected' ? reconnectedWords(institution, ways) : `${institution} is linked`}
      action={
        <Link href="/" className={buttonClass({ look: 'primary', size: 'touch' })}>
          See your portfolio
        </Link>
      }
    >
      {filled}
    </Notice>
  );
}
