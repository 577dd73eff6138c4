import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { ConnectionsView } from '@/components/connections/connections-view';
import { parseLinkNotice } from '@/lib/connections/portal-return';
import { readConnections, readOpenMatches } from '@/lib/connections/store';
import { linkSources } from '@/lib/connections/wiring';
import { DEFAULT_CURRENCY } from '@/lib/domain/money';
import { env } from '@/lib/env';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { ifWithinLimit } from '@/lib/http/limits';
import { preferredLocale } from '@/lib/http/page';
import { type PageSearch, toSearchParams } from '@/lib/http/query';
import { confirmOnLook } from '@/lib/jobs/on-link';
import { readManualAccounts } from '@/lib/manual-accounts/store';
import { PrivatePage } from '../private-page';
import {
  checkLinksAction,
  decideMatchAction,
  endAccountAction,
  linkByKeysAction,
  splitAccountAction,
  startLinkAction,
  unlinkAction,
} from './actions';
import { addManualAccountAction, changeManualAccountAction } from './manual-actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Connections' };
// A page view may take in and fill what was linked, after the page was sent.
export const maxDuration = 300;

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** The signed-in user's links to brokerages: linking, reconnecting, unlinking, and which accounts are the same. */
export default async function ConnectionsPage({ searchParams }: PageProps) {
  const caller = await callerByCookie(env());
  if (caller === null) redirect(signInPath('/connections'));
  const { client, userId, viewer } = caller;
  const [connections, matches, manualAccounts] = await Promise.all([
    readConnections(client, userId),
    readOpenMatches(client, userId),
    readManualAccounts(client, userId),
  ]);
  after(() =>
    ifWithinLimit('confirm_links', userId, () => confirmOnLook(env(), userId, crypto.randomUUID())),
  );
  return (
    <PrivatePage caller={caller} questions={matches.length}>
      <ConnectionsView
        connections={connections}
        matches={matches}
        manualAccounts={manualAccounts}
        notice={parseLinkNotice(toSearchParams(await searchParams))}
        sources={linkSources(env())}
        actions={{
          startLink: startLinkAction.bind(null, viewer),
          linkByKeys: linkByKeysAction.bind(null, viewer),
          checkLinks: checkLinksAction.bind(null, viewer),
          unlink: unlinkAction.bind(null, viewer),
          decideMatch: decideMatchAction.bind(null, viewer),
          splitAccount: splitAccountAction.bind(null, viewer),
          endAccount: endAccountAction.bind(null, viewer),
          addManualAccount: addManualAccountAction.bind(null, viewer),
          changeManualAccount: changeManualAccountAction.bind(null, viewer),
        }}
        locale={preferredLocale(await headers())}
        currency={DEFAULT_CURRENCY}
      />
    </PrivatePage>
  );
}
