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

/** `$500.00 deposited`, `$9,000.00 withdrawn`; nothing without flows. */
export function describeFlows(flows: readonly HistoryFlow[], formats: Formats): string[] {
  if (flows.length === 0) return [];
  const net = addAmounts(...flows.map((flow) => flow.amount));
  return [`${formats.money(withoutSign(net))} ${net.startsWith('-') ? 'withdrawn' : 'deposited'}`];
}

/** `Corrected on Nov 21, 2026: was $100.00, estimated`. */
export function describeCorrections(corrections: readonly Correction[], formats: Formats): string[] {
  return corrections.map(({ changedAt, oldValue, oldKind, newValue }) => {
    const verb = newValue === null ? 'Withdrawn' : 'Corrected';
    const was = `was ${formats.money(oldValue)}, ${KIND_WORDS[oldKind].label.toLowerCase()}`;
    return `${verb} ${formats.instant(changedAt)}: ${was}`;
  });
}
