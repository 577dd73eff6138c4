import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { PortfolioView } from '@/components/portfolio-view';
import { SiteHeader } from '@/components/site-header';
import { PageMain } from '@/components/ui/page-main';
import { env } from '@/lib/config/env';
import { readCorrections } from '@/lib/db/corrections';
import { latestClosedSession } from '@/lib/domain/market-calendar';
import { isPeriod } from '@/lib/domain/period';
import { SETTLE_MINUTES } from '@/lib/fill/run-fill';
import { fillOnLook } from '@/lib/history/fill-on-look';
import { getHistory } from '@/lib/history/get-history';
import { DEFAULT_PERIOD, parseHistoryQuery } from '@/lib/history/history-query';
import { callerByCookie } from '@/lib/http/caller';
import { preferredLocale } from '@/lib/http/locale';
import { signOut } from './actions';

export const dynamic = 'force-dynamic';
// A look may fill gaps after the page was sent.
export const maxDuration = 300;

const CORRECTIONS_SHOWN = 20;

interface PageProps {
  readonly searchParams: Promise<{ readonly period?: string | string[] }>;
}

/** The signed-in user's portfolio; the period is in the URL, and an unknown one shows the default. */
export default async function PortfolioPage({ searchParams }: PageProps) {
  const caller = await callerByCookie(env());
  if (caller === null) redirect('/sign-in');

  const asked = (await searchParams).period;
  const period = typeof asked === 'string' && isPeriod(asked) ? asked : DEFAULT_PERIOD;
  const now = new Date();
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const query = parseHistoryQuery(new URLSearchParams({ period }), latestDue);
  const [history, corrections] = await Promise.all([
    getHistory(caller.client, caller.userId, query, latestDue, now),
    readCorrections(caller.client, {
      userId: caller.userId,
      from: null,
      to: null,
      beforeId: null,
      limit: CORRECTIONS_SHOWN,
    }),
  ]);
  after(() => fillOnLook(env(), caller.userId, history));

  return (
    <>
      <SiteHeader
        email={caller.email}
        signOut={signOut}
        coverageHref={caller.isAdministrator ? '/admin/coverage' : null}
      />
      <PageMain>
        <PortfolioView
          initial={history}
          period={period}
          locale={preferredLocale(await headers())}
          corrections={corrections}
        />
      </PageMain>
    </>
  );
}
