import { CHART_HEIGHT } from '@/components/chart/chart-height';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import type { ConnectionStatus } from '@/lib/domain/history';

/** For someone whose accounts are linked while their history is still being fetched for the first time. */
export function FirstFill({ connections }: { readonly connections: readonly ConnectionStatus[] }) {
  const institutions = [...new Set(connections.map((connection) => connection.institution))];
  const names = new Intl.ListFormat('en').format(institutions);
  return (
    <Card className="overflow-hidden p-6 sm:p-8" aria-busy="true">
      <h1 className="text-2xl font-semibold tracking-tight">Fetching your history</h1>
      <p role="status" className="mt-2 max-w-xl text-pretty text-ink-soft">
        {names} {institutions.length === 1 ? 'is' : 'are'} linked, and the past year is being fetched. This
        page shows the days as they arrive; there is nothing you need to do.
      </p>
      <Skeleton className={`mt-8 ${CHART_HEIGHT}`} />
    </Card>
  );
}
