import type { MovementEffect } from '@/lib/domain/reconcile/effects';
import type { MovementStatement } from '@/lib/domain/reconcile/evidence';
import type { Reconciliation } from '@/lib/domain/reconcile/reconcile';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { AccountName, FlowRecord } from './record';

/** A statement and whose it is: null for one that was read just now. */
type OwnedStatement = MovementStatement & { readonly accountId: string | null };

/**
 * The movements of a line as they count, since a day: each is recorded with the account of the line that reported it, and with `owner`
 * where that was just now.
 */
export function flowRecordsOf(
  { movements, intervals }: Pick<Reconciliation, 'movements' | 'intervals'>,
  statements: readonly OwnedStatement[],
  owner: AccountName,
  from: TradingDate,
): readonly FlowRecord[] {
  const reported = new Map(
    statements.flatMap(({ accountId, rows }) => rows.map((row) => [row.id, { accountId, row }])),
  );
  const currency = intervals.currency.at(-1)?.value ?? null;
  return movements
    .filter(({ kind, bookedOn }) => kind !== 'other' && bookedOn >= from)
    .map((movement) => {
      const accountId = movement.rowIds.flatMap((id) => reported.get(id)?.accountId ?? [])[0];
      const newest = movement.rowIds.at(-1);
      const description = newest === undefined ? null : (reported.get(newest)?.row.description ?? null);
      return {
        ...(accountId === undefined ? owner : { accountId }),
        ...toFlow(movement),
        description,
        currency: movement.currency ?? currency,
      };
    });
}

function toFlow({ key, bookedOn, effectiveOn, amount, kind, isWithdrawn, isUnknown }: MovementEffect) {
  return { key, date: bookedOn, effectiveOn, amount, type: kind, isWithdrawn, isUnknown };
}
