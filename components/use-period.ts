'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { isPeriod, type Period } from '@/lib/domain/period';

/**
 * The period in the page's address, so that it survives a reload and can be shared, and a way to change it
 * without asking the server for the page again or moving the reader.
 */
export function usePeriod(initial: Period): readonly [Period, (period: Period) => void] {
  const parameters = useSearchParams();
  const pathname = usePathname();
  const inAddress = parameters.get('period') ?? '';
  const setPeriod = (period: Period) => {
    const next = new URLSearchParams(parameters);
    next.set('period', period);
    window.history.pushState(null, '', `${pathname}?${next}`);
  };
  return [isPeriod(inAddress) ? inAddress : initial, setPeriod];
}
