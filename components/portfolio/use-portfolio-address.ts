'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import {
  keepOffered,
  type PortfolioAddress,
  type PortfolioOffer,
  parseAddress,
  writeAddress,
} from './portfolio-address';

/**
 * What the page's address asks for, and a way to change it without asking the server for the page again or moving the
 * reader. Every change is a step that the browser's back button undoes.
 */
export function usePortfolioAddress(
  offer: PortfolioOffer,
): readonly [PortfolioAddress, (change: Partial<PortfolioAddress>) => void] {
  const pathname = usePathname();
  const [search, setSearch] = useSearch();
  const address = keepOffered(parseAddress(new URLSearchParams(search)), offer);
  const change = (changes: Partial<PortfolioAddress>) => {
    const next = keepOffered({ ...address, ...changes }, offer);
    window.history.pushState(null, '', `${pathname}?${writeAddress(next)}`);
    setSearch(window.location.search);
  };
  return [address, change];
}

/**
 * The query string of the browser's own address. The router's is only where it starts: the router follows the back button in
 * transitions of its own, and one that is overtaken by the next step back can stay behind the address.
 */
function useSearch(): readonly [string, (search: string) => void] {
  const parameters = useSearchParams();
  // Written as the browser writes it, or the page would be drawn once more as soon as it is there.
  const [search, setSearch] = useState(parameters.size === 0 ? '' : `?${parameters}`);
  useEffect(() => {
    const follow = () => setSearch(window.location.search);
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  // A link to this page changes the address without a step in the browser's history being taken back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the router's address is what this waits for.
  useEffect(() => setSearch(window.location.search), [parameters]);
  return [search, setSearch];
}
