'use client';

import { CHART_HEIGHT } from '@/components/chart/layout';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import type { HistoryDocument } from '@/lib/history/document';
import { FillProgress } from './fill-progress';
import { findFirstFills } from './fill-state';

/** For someone whose accounts are linked while their history is still being fetched for the first time. */
export function FirstFill({ history }: { readonly history: HistoryDocument }) {
  const { connections, accounts } = history;
  const waiting = findFirstFills(history);
  const institutions = [...new Set(waiting.map((connection) => connection.institution))];
  const names = new Intl.ListFormat('en').format(institutions);
  const found = accounts.length === 1 ? 'one account was found' : `${accounts.length} accounts were found`;
  return (
    <Card className="overflow-hidden p-6 sm:p-8" aria-busy="true">
      <h1 className="text-2xl font-semibold tracking-tight">Fetching your history</h1>
      <p role="status" className="mt-2 max-w-xl text-pretty text-ink-soft">
        {names} {institutions.length === 1 ? 'is' : 'are'} linked
        {accounts.length > 0 && `, ${found}`}, and the past year is being fetched. This page shows the days as
        they arrive; there is nothing you need to do.
      </p>
      {connections.length > 1 && (
        <FillProgress done={connections.length - waiting.length} of={connections.length} unit="connections" />
      )}
      <Skeleton className={`mt-8 ${CHART_HEIGHT}`} />
    </Card>
  );
}
