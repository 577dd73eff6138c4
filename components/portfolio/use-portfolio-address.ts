'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { keepKnownAccounts, type PortfolioAddress, parseAddress, writeAddress } from './portfolio-address';

/**
 * What the page's address asks for, and a way to change it without asking the server for the page again or moving the
 * reader. Every change is a step that the browser's back button undoes.
 */
export function usePortfolioAddress(
  knownAccountIds: readonly string[],
): readonly [PortfolioAddress, (change: Partial<PortfolioAddress>) => void] {
  const parameters = useSearchParams();
  const pathname = usePathname();
  const address = keepKnownAccounts(parseAddress(parameters), knownAccountIds);
  const change = (changes: Partial<PortfolioAddress>) => {
    const next = keepKnownAccounts({ ...address, ...changes }, knownAccountIds);
    window.history.pushState(null, '', `${pathname}?${writeAddress(next)}`);
  };
  return [address, change];
}
