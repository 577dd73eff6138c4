import { headers } from 'next/headers';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { backfillHref } from '@/components/backfill/address';
import { DayAccount, DaySnapshots } from '@/components/coverage/day-evidence';
import { Section } from '@/components/coverage/section';
import { ANY_CURRENCY, createPlainFormats } from '@/components/format/formats';
import { FormatsProvider } from '@/components/format/formats-context';
import { CorrectionList } from '@/components/portfolio/correction-list';
import { buttonClass } from '@/components/ui/button';
import { readCoverageDay } from '@/lib/coverage/store';
import { serviceClient } from '@/lib/db/clients';
import { isTradingDay, nextSession, previousSession } from '@/lib/domain/nyse-calendar';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { calendarDate } from '@/lib/http/query';
import { recordViews } from '@/lib/operations/store';

export const metadata = { title: 'One day' };

interface PageProps {
  readonly params: Promise<{ readonly userId: string; readonly date: string }>;
}

/** One trading day of one user: what was observed, judged, asked in vain, published and corrected. */
export default async function CoverageDayPage({ params }: PageProps) {
  const caller = await requireAdministratorPage();
  const asked = await params;
  const userId = z.uuid().safeParse(asked.userId).data;
  const date = calendarDate.safeParse(asked.date).data;
  if (userId === undefined || date === undefined) notFound();
  const client = serviceClient(env());
  const day = await readCoverageDay(client, userId, date);
  if (day === null) notFound();
  await recordViews(client, { actorId: caller.userId, userIds: [userId] }, new Date());
  const locale = preferredLocale(await headers());
  const formats = createPlainFormats(locale);
  const currency = day.snapshots[0]?.currency ?? ANY_CURRENCY;
  const address = `/admin/coverage/${userId}`;
  return (
    <div className="flex flex-col gap-10">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="mb-2 text-sm">
            <Link
              href={address}
              className="inline-block py-1 break-all text-accent underline-offset-4 hover:underline"
            >
              Back to {day.email}
            </Link>
          </p>
          <h1 className="text-2xl font-semibold tracking-tight">{formats.longDate(date)}</h1>
          {!isTradingDay(date) && <p className="mt-1 text-ink-soft">The exchange was closed on this day.</p>}
        </div>
        <nav aria-label="Days" className="flex flex-wrap gap-2">
          <Link href={`${address}/${previousSession(date).date}`} className={buttonClass()}>
            Day before
          </Link>
          <Link href={`${address}/${nextSession(date).date}`} className={buttonClass()}>
            Day after
          </Link>
          <Link
            href={backfillHref({ user: userId, from: date, to: date })}
            className={buttonClass({ look: 'primary' })}
          >
            Backfill this day
          </Link>
        </nav>
      </header>
      <Section title="Published">
        <DaySnapshots snapshots={day.snapshots} locale={locale} />
      </Section>
      <Section title="Accounts">
        {day.accounts.length === 0 ? (
          <p className="text-sm text-ink-soft">No account is known.</p>
        ) : (
          <ul className="grid gap-4">
            {day.accounts.map((account) => (
              <DayAccount key={account.id} account={account} formats={formats} />
            ))}
          </ul>
        )}
      </Section>
      <FormatsProvider locale={locale} currency={currency}>
        <CorrectionList corrections={day.corrections} />
      </FormatsProvider>
    </div>
  );
}
