'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { Currency } from '@/lib/domain/money';
import { createFormats, type Formats, hideAmounts } from './formats';

const FormatsContext = createContext<Formats | null>(null);

/**
 * Gives everything below it one way to write amounts and dates. The locale comes from the server, so that
 * the first paint in the browser reads exactly as the server wrote it.
 */
export function FormatsProvider({
  locale,
  currency,
  areAmountsHidden = false,
  children,
}: {
  readonly locale: string;
  readonly currency: Currency;
  readonly areAmountsHidden?: boolean;
  readonly children: ReactNode;
}) {
  const formats = useMemo(() => {
    const plain = createFormats(locale, currency);
    return areAmountsHidden ? hideAmounts(plain) : plain;
  }, [locale, currency, areAmountsHidden]);
  return <FormatsContext value={formats}>{children}</FormatsContext>;
}

/** The formats of the nearest provider; throws outside of one. */
export function useFormats(): Formats {
  const formats = useContext(FormatsContext);
  if (formats === null) throw new Error('useFormats needs a FormatsProvider above it');
  return formats;
}
