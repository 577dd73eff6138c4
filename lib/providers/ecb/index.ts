import 'server-only';
import type { ReferenceRates } from '@/lib/domain/exchange-rate';
import { type Amount, type Currency, Exact, toAmount, toCurrency } from '@/lib/domain/money';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';
import type { Env } from '@/lib/env';
import type { ExchangeRateSource } from '@/lib/providers/exchange-rate-source';
import { ProviderError } from '@/lib/providers/provider';

export interface EcbOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/** The daily (`D`) spot (`SP00`) averages (`A`) of all currencies against the euro, in the Data Portal's exchange rate data set. */
const SERIES = '/service/data/EXR/D..EUR.SP00.A';

/**
 * The European Central Bank's euro foreign exchange reference rates. They are agreed at about 14:15 Frankfurt time and published
 * at about 16:00, hours before New York closes, on every day on which TARGET is open; none is corrected later. Free, without keys.
 */
export function createEcbRates({ baseUrl, timeoutMs }: EcbOptions): ExchangeRateSource {
  return {
    id: 'ecb',
    async ratesSince(from) {
      const url = new URL(SERIES, baseUrl);
      url.search = new URLSearchParams({
        startPeriod: from,
        detail: 'dataonly',
        format: 'csvdata',
      }).toString();
      return parseReferenceRates(await fetchText(url, timeoutMs));
    },
  };
}

/** The longest one answer may take; a year of all currencies is about 400 kB. */
const TIMEOUT_MS = 15_000;

/** The reference rates as an environment reaches them. */
export function ecbRatesOf(env: Env): ExchangeRateSource {
  return createEcbRates({ baseUrl: env.ECB_DATA_BASE_URL, timeoutMs: TIMEOUT_MS });
}

async function fetchText(url: URL, timeoutMs: number): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { accept: 'text/csv' }, signal: AbortSignal.timeout(timeoutMs) });
    if (answer.ok) return await answer.text();
  } catch {
    throw new ProviderError('unavailable', `the ECB did not answer rates within ${timeoutMs} ms`);
  }
  const kind = answer.status === 429 ? 'rate_limited' : 'unavailable';
  throw new ProviderError(kind, `the ECB answered rates with status ${answer.status}`);
}

const COLUMNS = ['CURRENCY', 'CURRENCY_DENOM', 'TIME_PERIOD', 'OBS_VALUE'] as const;

/**
 * Reads the Data Portal's CSV: one line an observation, in columns that the first line names. A value that is no number above
 * zero is a day without a rate, and so is one that is given twice and differently. Throws `ProviderError` when the columns are
 * not those that are known.
 */
export function parseReferenceRates(csv: string): readonly ReferenceRates[] {
  const [header = '', ...lines] = csv.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = header.split(',');
  const places = COLUMNS.map((name) => names.indexOf(name));
  // None of the columns holds free text, so a quotation mark belongs to a format that is not this one.
  if (places.includes(-1) || csv.includes('"'))
    throw new ProviderError('bad_data', 'the ECB answered rates in an unknown format');
  const days = new Map<TradingDate, Map<Currency, Amount | null>>();
  for (const line of lines) {
    const cells = line.split(',');
    const [code = '', denominator, date = '', value = ''] = places.map((place) => cells[place]);
    const currency = toCurrency(code);
    const rate = readRate(value);
    if (currency === null || denominator !== 'EUR' || !isDate(date) || rate === null) continue;
    const day = days.get(date) ?? new Map<Currency, Amount | null>();
    const known = day.get(currency);
    days.set(date, day.set(currency, known === undefined || known === rate ? rate : null));
  }
  return [...days]
    .map(([date, rates]) => ({ date, perEuro: new Map([...rates].flatMap(toKnown)) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

function toKnown([currency, rate]: readonly [Currency, Amount | null]): readonly (readonly [
  Currency,
  Amount,
])[] {
  return rate === null ? [] : [[currency, rate]];
}

function readRate(value: string): Amount | null {
  const rate = toAmount(value);
  return rate !== null && new Exact(rate).greaterThan(0) ? rate : null;
}
