'use client';

import { ProvenanceLegend } from '@/components/chart/legend';
import { PortfolioChart } from '@/components/chart/portfolio-chart';
import { FormatsProvider } from '@/components/format/formats-context';
import { Card } from '@/components/ui/card';
import type { HistoryDocument } from '@/lib/history/document';

/** The line as its user sees it, to be read only. */
export function UserChart({
  history,
  locale,
}: {
  readonly history: HistoryDocument;
  readonly locale: string;
}) {
  return (
    <FormatsProvider locale={locale} currency={history.currency}>
      <Card className="p-4 sm:p-6" aria-label="The line as the user sees it">
        <PortfolioChart history={history} measure="value" onRangeSelect={ignoreRange} />
        <div className="mt-5 border-t border-hairline pt-5">
          <ProvenanceLegend coverage={history.coverage} />
        </div>
      </Card>
    </FormatsProvider>
  );
}

/** Operators look at the whole line; ranges are their user's own. */
function ignoreRange(): void {}
