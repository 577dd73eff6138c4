import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { DataQualityReport } from '@/components/data-quality-report';
import { DoneNotice } from '@/components/ui/done-notice';
import { readOpenMatches } from '@/lib/connections/store';
import { serviceClient } from '@/lib/db/clients';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { readOwnDecisions, readQuestions } from '@/lib/doubts/read';
import { env, reconcileRules } from '@/lib/env';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { getHistory } from '@/lib/history/read';
import { readAccountQuality, readCorrections } from '@/lib/history/store';
import { callerByCookie } from '@/lib/http/caller';
import { preferredLocale } from '@/lib/http/page';
import { PrivatePage } from '../private-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'How reliable is this chart?' };

const CORRECTIONS_SHOWN = 100;

/** How well the signed-in user's history is known, in words and counts. */
export default async function DataQualityPage() {
  const caller = await callerByCookie(env());
  if (caller === null) redirect('/sign-in');
  const { client, userId } = caller;
  const now = new Date();
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const [history, accounts, corrections, questions, matches, decisions] = await Promise.all([
    getHistory(client, userId, { period: 'ALL', from: null, to: latestDue }, latestDue, now),
    readAccountQuality(client, userId),
    readCorrections(client, { userId, from: null, to: null, beforeId: null, limit: CORRECTIONS_SHOWN }),
    readQuestions(serviceClient(env()), { userId, now, rules: reconcileRules(env()) }),
    readOpenMatches(client, userId),
    readOwnDecisions(serviceClient(env()), userId),
  ]);
  return (
    <PrivatePage caller={caller} questions={matches.length}>
      <DoneNotice />
      <p className="mb-6 text-sm">
        <Link href="/" className="inline-block py-1 text-accent underline-offset-4 hover:underline">
          Back to the portfolio
        </Link>
      </p>
      <DataQualityReport
        history={history}
        accounts={accounts}
        corrections={corrections}
        questions={questions}
        matches={matches}
        decisions={decisions}
        locale={preferredLocale(await headers())}
      />
    </PrivatePage>
  );
}
