import type { GapReason } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';

/** What a backfill is to mend; what is left out is not limited. */
interface BackfillScope {
  readonly user?: string;
  readonly institution?: string | null;
  readonly provider?: string;
  readonly reason?: GapReason;
  readonly from?: TradingDate;
  readonly to?: TradingDate;
}

/** The backfill page with its form filled in. */
export function backfillHref(scope: BackfillScope): string {
  const given = Object.entries(scope).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0
    ? '/admin/backfill'
    : `/admin/backfill?${new URLSearchParams(Object.fromEntries(given))}`;
}
