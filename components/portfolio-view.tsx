'use client';

import Link from 'next/link';
import { useState } from 'react';
import { FormatsProvider } from '@/components/format/formats-context';
import type { Correction } from '@/lib/domain/correction';
import type { HistoryDocument } from '@/lib/domain/history';
import type { Measure } from '@/lib/domain/measure';
import type { Period } from '@/lib/domain/period';
import { ChartPanel, type ChartView } from './chart/chart-panel';
import { ConnectionBanner } from './chart/connection-banner';
import { DataNotice } from './chart/data-notice';
import { GapList } from './chart/gap-list';
import { PortfolioHeadline } from './chart/portfolio-headline';
import { CorrectionList } from './correction-list';
import { EmptyPortfolio } from './empty-portfolio';
import { FirstFill } from './first-fill';
import { RefreshNotice } from './refresh-notice';
import { usePeriod } from './use-period';
import { usePortfolioHistory } from './use-portfolio-history';

/** The portfolio page's content: the headline, the line, how it is known and what is missing. */
export function PortfolioView({
  initial,
  period: initialPeriod,
  locale,
  corrections = [],
  connectionsHref = null,
}: {
  /** The document of `period`, read on the server. */
  readonly initial: HistoryDocument;
  readonly period: Period;
  /** The viewer's language tag, as the server chose it. */
  readonly locale: string;
  /** The latest corrections of the user's published days, newest first. */
  readonly corrections?: readonly Correction[];
  /** Where accounts are linked and mended, when there is such a page. */
  readonly connectionsHref?: string | null;
}) {
  const [period, setPeriod] = usePeriod(initialPeriod);
  const { history, error, isRefreshing, refreshedAt, retry } = usePortfolioHistory(initial, period);
  const [measure, setMeasure] = useState<Measure>('value');
  const [view, setView] = useState<ChartView>('chart');
  const isArriving = history.period !== period;
  return (
    <FormatsProvider locale={locale} currency={history.currency}>
      <div className="flex flex-col gap-6 sm:gap-8">
        <div className="flex flex-col gap-3 empty:hidden">
          {error !== undefined && (
            <RefreshNotice
              error={error}
              refreshedAt={refreshedAt}
              isRefreshing={isRefreshing}
              onRetry={retry}
            />
          )}
          <ConnectionBanner connections={history.connections} connectionsHref={connectionsHref} />
          {history.dataNotice !== null && <DataNotice text={history.dataNotice} />}
        </div>
        {isNothingLinked(history) ? (
          <EmptyPortfolio connectionsHref={connectionsHref} />
        ) : isFirstFillRunning(history) ? (
          <FirstFill connections={history.connections} />
        ) : (
          <>
            <PortfolioHeadline history={history} />
            <ChartPanel
              history={history}
              period={period}
              onPeriodChange={setPeriod}
              measure={measure}
              onMeasureChange={setMeasure}
              view={view}
              onViewChange={setView}
              onRangeSelect={() => undefined}
              isBenchmarkShown={false}
              onBenchmarkChange={null}
              state={!isArriving ? 'shown' : error === undefined ? 'arriving' : 'failed'}
            />
            <p className="text-sm">
              <Link href="/trust" className="text-accent underline-offset-4 hover:underline">
                How far can I trust a point?
              </Link>
            </p>
            {!isArriving && <GapList gaps={history.gaps} />}
            <CorrectionList corrections={corrections} />
          </>
        )}
      </div>
    </FormatsProvider>
  );
}

function isNothingLinked(history: HistoryDocument): boolean {
  return history.points.length === 0 && history.connections.length === 0;
}

/** Nothing is known and a working connection has not answered once: later, empty days are gaps with reasons. */
function isFirstFillRunning(history: HistoryDocument): boolean {
  return (
    history.points.length === 0 &&
    history.connections.some(
      (connection) => connection.status === 'active' && connection.lastSuccessAt === null,
    )
  );
}
