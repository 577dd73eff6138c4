/** A share as a percentage, rounded down: what is short of a target never reads as if it met it. */
export function formatShare(part: number, whole: number, locale: string): string {
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  return percent.format(whole === 0 ? 0 : Math.floor((part / whole) * 10_000 + 1e-9) / 10_000);
}
