import type { Currency } from '@/lib/domain/money';
import { createFormats, type Formats } from './formats';

/** Pages without amounts need no currency, but formats have one; the cast is safe because it is an ISO code. */
export const ANY_CURRENCY = 'USD' as Currency;

/** Formats for pages that show counts, days and instants but no amounts. */
export function createPlainFormats(locale: string): Formats {
  return createFormats(locale, ANY_CURRENCY);
}
