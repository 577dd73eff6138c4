import type { MovementRow, MovementStatement } from '@/lib/domain/reconcile/evidence';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { ProviderStatement } from '@/lib/providers/provider';
import type { StatementRecord } from './record';

/** A statement as it is kept, and as evidence where it says anything that the newest one did not. */
interface ComparedStatement {
  readonly record: StatementRecord;
  /** Null where it repeats the newest one and only covers more days. */
  readonly news: MovementStatement | null;
}

/** What a statement that was just read of an account adds to the newest one that is known of it. */
export function compareStatement(
  { rows, isComplete }: ProviderStatement,
  newest: MovementStatement | null,
  {
    externalId,
    readAt,
    from,
    to,
  }: {
    readonly externalId: string;
    readonly readAt: Instant;
    readonly from: TradingDate;
    readonly to: TradingDate;
  },
): ComparedStatement {
  const read: MovementStatement = {
    id: `new ${externalId}`,
    readAt,
    from,
    to,
    isComplete,
    rows: rows.map(({ vendorType: _vendorType, holdings: _holdings, ...row }, index) => ({
      ...row,
      id: `new ${externalId} row ${index}`,
    })),
  };
  const range = { externalId, from, to, isComplete };
  if (newest !== null && newest.isComplete === isComplete && isSameStatement(newest, read))
    return { record: { ...range, sameAs: newest.id, rows: [] }, news: null };
  return { record: { ...range, sameAs: null, rows: numberEqualRows(rows) }, news: read };
}

/** Of equal rows in one statement each is a movement of its own. */
function numberEqualRows(rows: ProviderStatement['rows']): StatementRecord['rows'] {
  const counts = new Map<string, number>();
  return rows.map(({ holdings, ...reported }) => {
    const row = { ...reported, ...holdings };
    const content = JSON.stringify(row);
    const nth = (counts.get(content) ?? 0) + 1;
    counts.set(content, nth);
    return { ...row, nth };
  });
}

/** Whether a newer statement repeats an earlier one for the days that both cover, and nothing else. */
function isSameStatement(earlier: MovementStatement, later: MovementStatement): boolean {
  if (later.from < earlier.from) return false;
  const common = earlier.rows.filter(({ date }) => date >= later.from);
  if (common.length !== later.rows.length) return false;
  const contents = common.map(contentOf).toSorted();
  return later.rows
    .map(contentOf)
    .toSorted()
    .every((content, index) => content === contents[index]);
}

function contentOf({ reference, kind, amount, currency, date, description }: MovementRow): string {
  return JSON.stringify([
    date,
    kind,
    amount === null ? null : Number(amount),
    currency,
    reference,
    description,
  ]);
}
