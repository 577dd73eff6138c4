import 'server-only';
import { z } from 'zod';
import { type Amount, Exact } from '@/lib/domain/money';
import { isTradingDay, sessionOn } from '@/lib/domain/nyse-calendar';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';
import type { MarketPrices, PriceSource } from '@/lib/providers/price-source';
import { type DateRange, ProviderError } from '@/lib/providers/provider';
import { type AlpacaOptions, askMarketData, barsSchema, dateOfBar, price } from './bars';

/** As many symbols as fit into one address. */
const SYMBOLS_PER_REQUEST = 50;
const ROWS_PER_PAGE = { bars: 10_000, actions: 1_000 } as const;

/** Forty years of fifty symbols; more is no answer to what was asked. */
const PAGES_MAX = 60;

/** What a share of a listed company is called: a class follows a dot. One odd symbol would have all others of a request refused. */
const TICKER = /^[A-Z][A-Z0-9-]{0,15}(\.[A-Z])?$/;

/** Alpaca's market data behind the port for prices: bars without any adjustment, and its list of splits. */
export function createAlpacaPrices(options: AlpacaOptions): PriceSource {
  return {
    id: 'alpaca',
    async pricesOf(symbols, range) {
      const tickers = symbols.filter((symbol) => TICKER.test(symbol));
      const closes: MarketPrices['closes'][number][] = [];
      const splits: MarketPrices['splits'][number][] = [];
      for (let start = 0; start < tickers.length; start += SYMBOLS_PER_REQUEST) {
        const asked = tickers.slice(start, start + SYMBOLS_PER_REQUEST);
        closes.push(...(await closesOf(options, asked, range)));
        splits.push(...(await splitsOf(options, asked, range)));
      }
      return { closes, splits };
    },
  };
}

async function closesOf(
  options: AlpacaOptions,
  symbols: readonly string[],
  { from, to }: DateRange,
): Promise<MarketPrices['closes']> {
  const pages = await readPages(options, '/v2/stocks/bars', barsSchema, {
    symbols: symbols.join(','),
    timeframe: '1Day',
    start: from,
    // The free plan refuses a range that reaches into the last quarter of an hour.
    end: sessionOn(to)?.closesAt ?? to,
    adjustment: 'raw',
    limit: String(ROWS_PER_PAGE.bars),
    sort: 'asc',
  });
  return pages.flatMap(({ bars }) =>
    Object.entries(bars).flatMap(([symbol, rows]) =>
      rows
        .map(({ t, c }) => ({ symbol, date: dateOfBar(t), close: c }))
        .filter(({ date }) => date >= from && date <= to && isTradingDay(date)),
    ),
  );
}

const splitSchema = z.object({
  symbol: z.string(),
  ex_date: z.string().refine(isDate, 'not a date'),
  old_rate: price,
  new_rate: price,
});

const actionsSchema = z.object({
  corporate_actions: z.object({
    forward_splits: z.array(splitSchema).nullish(),
    reverse_splits: z.array(splitSchema).nullish(),
  }),
  next_page_token: z.string().nullish(),
});

async function splitsOf(
  options: AlpacaOptions,
  symbols: readonly string[],
  { from, to }: DateRange,
): Promise<MarketPrices['splits']> {
  const pages = await readPages(options, '/v1/corporate-actions', actionsSchema, {
    symbols: symbols.join(','),
    types: 'forward_split,reverse_split',
    start: from,
    end: to,
    limit: String(ROWS_PER_PAGE.actions),
    sort: 'asc',
  });
  return pages
    .flatMap(({ corporate_actions: { forward_splits: forward, reverse_splits: reverse } }) => [
      ...(forward ?? []),
      ...(reverse ?? []),
    ])
    .map(({ symbol, ex_date: date, old_rate: before, new_rate: after }) => ({
      symbol,
      date: date as TradingDate,
      ratio: new Exact(after).div(before).toFixed() as Amount,
    }))
    .filter(({ symbol, date }) => symbols.includes(symbol) && date >= from && date <= to);
}

/** Every page of an answer. Throws `ProviderError`. */
async function readPages<T extends { readonly next_page_token?: string | null | undefined }>(
  options: AlpacaOptions,
  path: string,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
): Promise<readonly T[]> {
  const pages: T[] = [];
  let token: string | null = null;
  do {
    const url = new URL(path, options.baseUrl);
    url.search = new URLSearchParams({
      ...query,
      ...(token === null ? {} : { page_token: token }),
    }).toString();
    const parsed = schema.safeParse(await askMarketData(url, options));
    if (!parsed.success) throw new ProviderError('bad_data', `Alpaca answered ${path} in an unknown shape`);
    pages.push(parsed.data);
    token = parsed.data.next_page_token ?? null;
  } while (token !== null && pages.length < PAGES_MAX);
  if (token !== null)
    throw new ProviderError('bad_data', `the pages of Alpaca’s ${path} do not come to an end`);
  return pages;
}
