import type { Formats } from '@/components/format/formats';
import type { RangeReading } from './range-reading';

/** A range in words: its dates, and its figures by the names that the headline uses for them. */
export interface RangeWords {
  readonly when: string;
  readonly figures: readonly { readonly label: string; readonly value: string }[];
}

const NOT_KNOWN = 'not known';

/** Describes what happened between two days. */
export function describeRange(range: RangeReading, formats: Formats): RangeWords {
  const money = (amount: RangeReading['valueChange']) =>
    amount === null ? NOT_KNOWN : formats.signedMoney(amount);
  return {
    when: formats.dateRange(range.from, range.to),
    figures: [
      { label: 'Change', value: money(range.valueChange) },
      { label: 'Market change', value: money(range.marketChange) },
      { label: 'Net deposits', value: money(range.netDeposits) },
      { label: 'Return', value: range.twr === null ? NOT_KNOWN : formats.signedPercent(range.twr) },
    ],
  };
}

/** The same as one announcement. */
export function speakRange(range: RangeReading, formats: Formats): string {
  const { when, figures } = describeRange(range, formats);
  return [when, ...figures.map(({ label, value }) => `${label} ${value}`), 'Enter shows this range'].join(
    '. ',
  );
}
