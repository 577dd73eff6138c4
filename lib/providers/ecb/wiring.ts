import 'server-only';
import type { Env } from '@/lib/env';
import type { ExchangeRateSource } from '@/lib/providers/exchange-rate-source';
import { createEcbRates } from './index';

/** The longest one answer may take; a year of all currencies is about 400 kB. */
const TIMEOUT_MS = 15_000;

/** The reference rates as an environment reaches them. */
export function configuredEcb(env: Env): ExchangeRateSource {
  return createEcbRates({ baseUrl: env.ECB_DATA_BASE_URL, timeoutMs: TIMEOUT_MS });
}
