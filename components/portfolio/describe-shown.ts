import type { HistoryAccount } from '@/lib/history/document';

/** More names than this are counted instead. */
const NAMED_MAX = 2;

/** Which accounts a selection shows, in words; null when all of them are shown. */
export function describeShown(accounts: readonly HistoryAccount[]): string | null {
  const shown = accounts.filter((account) => account.isShown);
  if (shown.length === accounts.length) return null;
  if (shown.length > NAMED_MAX) return `Only ${shown.length} of ${accounts.length} accounts`;
  const names = shown.map((account) => `${account.name} at ${account.institution}`);
  return `Only ${new Intl.ListFormat('en').format(names)}`;
}
