import type { Formats } from '@/components/format/formats';
import { KIND_LABELS } from '@/components/labels/day-states';
import { withoutSign } from '@/components/portfolio/value-change';
import { addAmounts } from '@/lib/domain/money';
import type { Correction, HistoryFlow } from '@/lib/history/document';

/** The sum of some flows as a number for pixels and signs. */
export function netOf(flows: readonly HistoryFlow[]): number {
  return flows.reduce((sum, flow) => sum + Number(flow.amount), 0);
}

/** `$500.00 deposited` and `$9,000.00 withdrawn`, each the sum of its kind; nothing without flows. */
export function describeFlows(flows: readonly HistoryFlow[], formats: Formats): string[] {
  const amounts = flows.map((flow) => flow.amount);
  const sides = [
    { verb: 'deposited', side: amounts.filter((amount) => !amount.startsWith('-')) },
    { verb: 'withdrawn', side: amounts.filter((amount) => amount.startsWith('-')) },
  ];
  return sides
    .filter(({ side }) => side.length > 0)
    .map(({ verb, side }) => `${formats.money(withoutSign(addAmounts(...side)))} ${verb}`);
}

/** `Corrected Nov 21, 2026, 09:00 ET: was $100.00, estimated`, one for each. */
export function describeCorrections(corrections: readonly Correction[], formats: Formats): string[] {
  return corrections.map(({ changedAt, oldValue, oldKind, newValue }) => {
    const verb = newValue === null ? 'Withdrawn' : 'Corrected';
    const was = `was ${formats.money(oldValue)}, ${KIND_LABELS[oldKind].label.toLowerCase()}`;
    return `${verb} ${formats.instant(changedAt)}: ${was}`;
  });
}
