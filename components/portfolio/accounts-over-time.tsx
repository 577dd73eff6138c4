'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import useSWR from 'swr';
import { CHART_HEIGHT } from '@/components/chart/layout';
import { useFormats } from '@/components/format/formats-context';
import { useOwnDocuments } from '@/components/session/session-guard';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { HistoryDocument } from '@/lib/history/document';
import { stackAccounts } from './account-stack';

/** Recharts draws it, and is fetched by whoever opens it. */
const AccountsChart = dynamic(() => import('./accounts-chart').then((module) => module.AccountsChart), {
  ssr: false,
  loading: () => <Skeleton className={CHART_HEIGHT} />,
});

/** The accounts on top of each other, day by day: unfolded by whoever wants to see it. */
export function AccountsOverTime({ search }: { readonly search: string }) {
  const formats = useFormats();
  const { viewer, fetchOwn } = useOwnDocuments();
  const [isOpen, setIsOpen] = useState(false);
  const { data, error, mutate } = useSWR<HistoryDocument, unknown>(
    isOpen ? ([viewer, `${search}&split=accounts`] as const) : null,
    ([, asked]: readonly [string, string]) => fetchOwn<HistoryDocument>(`/api/portfolio/history?${asked}`),
    { keepPreviousData: true },
  );
  return (
    <div className="mt-3">
      <Button
        size="touch"
        aria-expanded={isOpen}
        aria-controls="accounts-over-time"
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? 'Hide accounts over time' : 'Show accounts over time'}
      </Button>
      <div id="accounts-over-time" hidden={!isOpen} className="mt-3">
        {isOpen && data !== undefined ? (
          <AccountsChart stack={stackAccounts(data)} formats={formats} />
        ) : error === undefined ? (
          isOpen && <Skeleton className={CHART_HEIGHT} />
        ) : (
          <p role="alert" className="text-sm">
            We couldn’t load the accounts.{' '}
            <Button
              onClick={() => {
                mutate().catch(() => undefined);
              }}
            >
              Try again
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}
