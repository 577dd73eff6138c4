import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { HIDE_AMOUNTS_COOKIE } from '@/components/format/formats';
import { parseAddress, writeHistorySearch } from '@/components/portfolio/portfolio-address';
import { PortfolioView } from '@/components/portfolio/portfolio-view';
import { readOpenMatches } from '@/lib/connections/store';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import type { HistoryDocument } from '@/lib/history/document';
import { parseHistoryQuery } from '@/lib/history/query';
import { getHistory } from '@/lib/history/read';
import { readCorrections } from '@/lib/history/store';
import { isBenchmarkOffered } from '@/lib/history/wiring';
import { signInPath } from '@/lib/http/address';
import { type Caller, callerByCookie } from '@/lib/http/caller';
import { ifWithinLimit } from '@/lib/http/limits';
import { preferredLocale } from '@/lib/http/page';
import { type PageSearch, toSearchParams } from '@/lib/http/query';
import { fillOnView } from '@/lib/jobs/on-view';
import { readNotes } from '@/lib/notes/store';
import { decideMatchAction } from './connections/actions';
import { saveNoteAction } from './note-actions';
import { PrivatePage } from './private-page';

export const dynamic = 'force-dynamic';
// A page view may fill gaps after the page was sent.
export const maxDuration = 300;

/** What one event changed is one entry of the list, so that these are few even when it changed months. */
const CORRECTIONS_SHOWN = 100;

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** The signed-in user's portfolio, with the history that the address asks for in the first response. */
export default async function PortfolioPage({ searchParams }: PageProps) {
  const parameters = toSearchParams(await searchParams);
  const caller = await callerByCookie(env());
  if (caller === null) redirect(signInPath(parameters.size === 0 ? '/' : `/?${parameters}`));

  const now = new Date();
  const [shown, corrections, matches, notes] = await Promise.all([
    readShown(caller, parameters, now),
    readCorrections(caller.client, {
      userId: caller.userId,
      from: null,
      to: null,
      beforeId: null,
      limit: CORRECTIONS_SHOWN,
    }),
    readOpenMatches(caller.client, caller.userId),
    readNotes(caller.client, caller.userId),
  ]);
  after(() =>
    ifWithinLimit('fill_on_view', caller.userId, () => fillOnView(env(), caller.userId, shown.history)),
  );

  return (
    <PrivatePage caller={caller} questions={matches.length}>
      <PortfolioView
        initial={{ ...shown, receivedAt: toInstant(now) }}
        locale={preferredLocale(await headers())}
        isBenchmarkOffered={isBenchmarkOffered(env())}
        areAmountsHidden={(await cookies()).has(HIDE_AMOUNTS_COOKIE)}
        corrections={corrections}
        matches={matches}
        decideMatch={decideMatchAction.bind(null, caller.viewer)}
        notes={notes}
        saveNote={saveNoteAction.bind(null, caller.viewer)}
        connectionsHref="/connections"
      />
    </PrivatePage>
  );
}

interface Shown {
  readonly search: string;
  readonly history: HistoryDocument;
}

/** The history of an address. A selection that cannot be shown, such as another user's account, shows all accounts. */
async function readShown(caller: Caller, parameters: URLSearchParams, now: Date): Promise<Shown> {
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const read = async (search: string): Promise<Shown> => {
    const query = parseHistoryQuery(new URLSearchParams(search), latestDue);
    return { search, history: await getHistory(caller.client, caller.userId, query, latestDue, now) };
  };
  const asked = parseAddress(parameters);
  const address = { ...asked, isBenchmarkShown: asked.isBenchmarkShown && isBenchmarkOffered(env()) };
  try {
    return await read(writeHistorySearch(address));
  } catch (error) {
    if (address.accounts.length === 0 || !(error instanceof AppError) || error.code !== 'bad_request')
      throw error;
    return read(writeHistorySearch({ ...address, accounts: [] }));
  }
}
