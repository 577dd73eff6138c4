import { GeistMono } from 'geist/font/mono';
import { headers } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { backfillHref } from '@/components/backfill/address';
import { ConnectionList } from '@/components/coverage/connection-list';
import { EstimatesPermission } from '@/components/coverage/estimates-permission';
import { GapRanges } from '@/components/coverage/gaps';
import { HeldList } from '@/components/coverage/held-list';
import { Section } from '@/components/coverage/section';
import { UserChart } from '@/components/coverage/user-chart';
import { AccountQuestions } from '@/components/doubts/account-questions';
import { DecidedList } from '@/components/doubts/decided-list';
import { MovementList } from '@/components/doubts/movement-list';
import { QuestionList } from '@/components/doubts/question-list';
import { createFormats } from '@/components/format/formats';
import { FormatsProvider } from '@/components/format/formats-context';
import { CorrectionList } from '@/components/portfolio/correction-list';
import { buttonClass } from '@/components/ui/button';
import { readCoverageUser } from '@/lib/coverage/store';
import { serviceClient } from '@/lib/db/clients';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { readQuestions } from '@/lib/doubts/read';
import { readCurrentDecisions } from '@/lib/doubts/store';
import { env, reconcileRules } from '@/lib/env';
import { readEstimatesPermission } from '@/lib/estimates/store';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { getHistory } from '@/lib/history/read';
import { readCorrections } from '@/lib/history/store';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { recordViews } from '@/lib/operations/store';

export const metadata = { title: 'Coverage of one user' };

const CORRECTIONS_SHOWN = 100;
/** Each costs what two verdicts do. */
const PREVIEWS_SHOWN = 4;

interface PageProps {
  readonly params: Promise<{ readonly userId: string }>;
}

/** One user: what is missing and why, their connections, held values, corrections, and the line as they see it. */
export default async function CoverageUserPage({ params }: PageProps) {
  const caller = await requireAdministratorPage();
  const userId = z.uuid().safeParse((await params).userId).data;
  if (userId === undefined) notFound();
  const client = serviceClient(env());
  const now = new Date();
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const [user, history, corrections, questions, decisions, estimates] = await Promise.all([
    readCoverageUser(client, userId),
    getHistory(client, userId, { period: 'ALL', from: null, to: latestDue }, latestDue, now),
    readCorrections(client, { userId, from: null, to: null, beforeId: null, limit: CORRECTIONS_SHOWN }),
    readQuestions(client, { userId, now, rules: reconcileRules(env()), previews: PREVIEWS_SHOWN }),
    readCurrentDecisions(client, userId),
    readEstimatesPermission(client, userId),
  ]);
  if (user === null) notFound();
  await recordViews(client, { actorId: caller.userId, userIds: [userId] }, now);
  const locale = preferredLocale(await headers());
  const formats = createFormats(locale, history.currency);
  const asked = new Set(questions.readings.flatMap(({ readings }) => readings.map(({ id }) => id)));
  const otherHeld = user.held.filter(({ id }) => !asked.has(id));
  const missing = history.coverage.expectedDays - history.coverage.presentDays;
  return (
    <div className="flex flex-col gap-10">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="mb-2 text-sm">
            <Link
              href="/admin/coverage"
              className="inline-block py-1 text-accent underline-offset-4 hover:underline"
            >
              Back to coverage
            </Link>
          </p>
          <h1 className="text-2xl font-semibold tracking-tight break-words">{user.email}</h1>
          <p className={`mt-1 ${GeistMono.className} text-xs break-all text-ink-soft`}>{user.userId}</p>
        </div>
        <Link href={backfillHref({ user: userId })} className={buttonClass({ look: 'primary' })}>
          Backfill this user
        </Link>
      </header>
      {questions.readings.length > 0 && (
        <Section title="Held values">
          <QuestionList questions={questions.readings} locale={locale} currency={history.currency} />
        </Section>
      )}
      {otherHeld.length > 0 && (
        <Section title="Other held values" note="settled by later ones, or part of no question">
          <HeldList held={otherHeld} locale={locale} />
        </Section>
      )}
      {questions.accounts.length > 0 && (
        <Section title="Accounts of an unknown kind">
          <AccountQuestions accounts={questions.accounts} asker="administrator" />
        </Section>
      )}
      {questions.movements.length > 0 && (
        <Section title="Unknown movements">
          <MovementList movements={questions.movements} asker="administrator" locale={locale} />
        </Section>
      )}
      {decisions.length > 0 && (
        <Section title="Decided by people" note="can be taken back">
          <DecidedList decisions={decisions} asker="administrator" locale={locale} />
        </Section>
      )}
      <Section
        title="Missing days"
        note={`${formats.count(missing)} of ${formats.count(history.coverage.expectedDays)}`}
      >
        <GapRanges userId={userId} gaps={history.gaps} formats={formats} />
      </Section>
      <Section title="Estimates">
        <EstimatesPermission userId={userId} permission={estimates} locale={locale} />
      </Section>
      <Section title="Connections">
        <ConnectionList connections={user.connections} formats={formats} />
      </Section>
      {history.points.length > 0 && (
        <Section title="As the user sees it" note="all of their history, read only">
          <UserChart history={history} locale={locale} />
        </Section>
      )}
      <FormatsProvider locale={locale} currency={history.currency}>
        <CorrectionList corrections={corrections} />
      </FormatsProvider>
    </div>
  );
}
