import type { Formats } from '@/components/format/formats';
import { withoutSign } from '@/components/portfolio/value-change';
import type { Correction } from '@/lib/domain/correction';
import type { HistoryFlow } from '@/lib/domain/history';
import { addAmounts } from '@/lib/domain/money';
import { KIND_WORDS } from './words';

/** The sum of some flows as a number for pixels and signs. */
export function netOf(flows: readonly HistoryFlow[]): number {
  return flows.reduce((sum, flow) => sum + Number(flow.amount), 0);
}

/** More movements than this are told as their sum. */
const FLOWS_TOLD_MAX = 3;

/** `$500.00 deposited`, `$9,000.00 withdrawn`; nothing without flows. */
export function describeFlows(flows: readonly HistoryFlow[], formats: Formats): string[] {
  const amounts = flows.map((flow) => flow.amount);
  const told = amounts.length > FLOWS_TOLD_MAX ? [addAmounts(...amounts)] : amounts;
  return told.map(
    (amount) => `${formats.money(withoutSign(amount))} ${amount.startsWith('-') ? 'withdrawn' : 'deposited'}`,
  );
}

/** `Corrected on Nov 21, 2026: was $100.00, estimated`. */
export function describeCorrections(corrections: readonly Correction[], formats: Formats): string[] {
  return corrections.map(({ changedAt, oldValue, oldKind, newValue }) => {
    const verb = newValue === null ? 'Withdrawn' : 'Corrected';
    const was = `was ${formats.money(oldValue)}, ${KIND_WORDS[oldKind].label.toLowerCase()}`;
    return `${verb} ${formats.instant(changedAt)}: ${was}`;
  });
}
