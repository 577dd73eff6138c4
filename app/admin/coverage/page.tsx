import { headers } from 'next/headers';
import { type ReactNode, Suspense } from 'react';
import { CoverageFilters } from '@/components/coverage/coverage-filters';
import { CoverageGrid } from '@/components/coverage/coverage-grid';
import { DayHeadline } from '@/components/coverage/day-headline';
import { DayLegend } from '@/components/coverage/day-square';
import { GapGroups } from '@/components/coverage/gaps';
import { HeldLinks } from '@/components/coverage/held-list';
import { IncidentList } from '@/components/coverage/incident-list';
import { Section } from '@/components/coverage/section';
import { TrendChart } from '@/components/coverage/trend-chart';
import { ANY_CURRENCY, createPlainFormats, type Formats } from '@/components/format/formats';
import { FormatsProvider } from '@/components/format/formats-context';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { readLinkedBrokerages } from '@/lib/backfill/store';
import { type CoverageQuery, coverageRange, parseCoverageQuery } from '@/lib/coverage/query';
import {
  readCoveragePage,
  readDayCoverage,
  readGaps,
  readGridTotals,
  readIncidents,
  readTrend,
  readWaitingHeld,
} from '@/lib/coverage/read';
import { serviceClient } from '@/lib/db/clients';
import { capturePromise, env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, toSearchParams } from '@/lib/http/query';

export const metadata = { title: 'Coverage' };

/** Whether every user's every trading day is there, and what is wrong where it is not. */
export default async function CoveragePage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  await requireAdministratorPage();
  const search = toSearchParams(await searchParams);
  const formats = createPlainFormats(preferredLocale(await headers()));
  const { query, fault } = readQuery(search);
  const now = new Date();
  const parts = { now, formats, query };
  return (
    <div className="flex flex-col gap-10">
      <h1 className="text-2xl font-semibold tracking-tight">Coverage</h1>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Suspense fallback={<Skeleton className="h-48" />}>
          <Headline {...parts} />
        </Suspense>
        <Section title="Trend" note="users with a value, 90 days">
          <Suspense fallback={<Skeleton className="h-32" />}>
            <Trend {...parts} />
          </Suspense>
        </Section>
      </div>
      <Section title="Incidents">
        <Suspense fallback={<Skeleton className="h-12" />}>
          <Incidents {...parts} />
        </Suspense>
      </Section>
      <Section title="Held values" note="wait for a verdict">
        <Suspense fallback={<Skeleton className="h-12" />}>
          <Held {...parts} />
        </Suspense>
      </Section>
      <Section title="Open gaps" note="account days">
        <Suspense fallback={<Skeleton className="h-24" />}>
          <Gaps {...parts} />
        </Suspense>
      </Section>
      <div id="users" className="scroll-mt-4">
        <Section title="Users by trading days">
          {fault !== null && (
            <div className="mb-4">
              <Notice tone="caution" role="alert" title="Unknown filter: showing all users">
                {fault}
              </Notice>
            </div>
          )}
          <Suspense fallback={<Skeleton className="h-96" />}>
            <Users {...parts} />
          </Suspense>
        </Section>
      </div>
    </div>
  );
}

interface Parts {
  readonly now: Date;
  readonly formats: Formats;
  readonly query: CoverageQuery;
}

async function Headline({ now, formats }: Parts): Promise<ReactNode> {
  const { health, ...day } = await readDayCoverage(serviceClient(env()), capturePromise(env()), now);
  return <DayHeadline day={{ ...day, ...health }} formats={formats} />;
}

async function Trend({ now, formats }: Parts): Promise<ReactNode> {
  return <TrendChart days={await readTrend(serviceClient(env()), now)} formats={formats} />;
}

async function Incidents({ now, formats }: Parts): Promise<ReactNode> {
  const incidents = await readIncidents(serviceClient(env()), capturePromise(env()), now);
  return <IncidentList incidents={incidents} due={coverageRange(now, 1).due} formats={formats} />;
}

async function Held({ formats }: Parts): Promise<ReactNode> {
  return <HeldLinks held={await readWaitingHeld(serviceClient(env()))} locale={formats.locale} />;
}

async function Gaps({ now, formats, query: { days } }: Parts): Promise<ReactNode> {
  const { from, due } = coverageRange(now, days);
  const groups = await readGaps(serviceClient(env()), days, now);
  return <GapGroups groups={groups} days={days} range={{ from, to: due }} formats={formats} />;
}

async function Users({ now, formats, query }: Parts): Promise<ReactNode> {
  const client = serviceClient(env());
  const [page, totals, brokerages] = await Promise.all([
    readCoveragePage(client, query, now),
    readGridTotals(client, query, now),
    readLinkedBrokerages(client),
  ]);
  const { days, filter, sort } = query;
  const search = writeQuery(query);
  return (
    <FormatsProvider locale={formats.locale} currency={ANY_CURRENCY}>
      <div className="grid grid-cols-1 gap-4">
        <CoverageFilters
          days={days}
          filter={filter}
          sort={sort}
          institutions={[...new Set(brokerages.map(({ institution }) => institution))]}
        />
        <div className="min-w-0">
          <CoverageGrid key={search} days={page.range.days} totals={totals} query={search} first={page} />
        </div>
        <p className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
          <a
            href={`/api/admin/coverage/export?${search}`}
            download
            className="inline-block py-1 text-accent underline-offset-4 hover:underline"
          >
            Download this grid (CSV)
          </a>
        </p>
        <DayLegend />
      </div>
    </FormatsProvider>
  );
}

/** An address that somebody mistyped shows everybody and says why. */
function readQuery(search: URLSearchParams): {
  readonly query: CoverageQuery;
  readonly fault: string | null;
} {
  try {
    return { query: parseCoverageQuery(search), fault: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { query: parseCoverageQuery(new URLSearchParams()), fault: error.message };
  }
}

function writeQuery({ days, filter, sort }: CoverageQuery): string {
  const given = Object.entries({ days: String(days), sort, ...filter }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  );
  return new URLSearchParams(given).toString();
}
