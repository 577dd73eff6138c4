import { Hono, type MiddlewareHandler } from 'hono';
import { exchangeInstant, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import type { SandboxKeys } from './signature';
import type { SandboxState } from './state';

const BARS_MAX = 10_000;

/** The symbol under which the first instrument of the scenario, which replays the S&P 500, is quoted besides its own. */
const SYMBOL = 'SPY';

interface Quoted {
  readonly symbol: string;
  readonly instrument: SandboxState['scenario']['instruments'][number];
}

/** Alpaca's market data: daily bars of sessions that have closed, of which nothing is known but the close, and splits. */
export function createMarketData(state: SandboxState, keys: SandboxKeys): Hono {
  const app = new Hono();
  const requireKeys: MiddlewareHandler = async (context, next) => {
    const isKnown =
      context.req.header('APCA-API-KEY-ID') === keys.clientId &&
      context.req.header('APCA-API-SECRET-KEY') === keys.consumerKey;
    if (!isKnown) return context.json({ message: 'forbidden.' }, 403);
    return next();
  };
  app.get('/v2/stocks/bars', requireKeys, (context) => {
    const { symbols = '', timeframe, start, end, limit = '1000', ...query } = context.req.query();
    if (timeframe !== '1Day' || start === undefined || end === undefined)
      return context.json({ message: 'invalid request' }, 400);
    const isRaw = (query['adjustment'] ?? 'raw') === 'raw';
    const all = quotedOf(state, symbols).flatMap((quoted) => barsBetween(state, quoted, start, end, isRaw));
    // A page holds so many bars of all symbols together, in their order.
    const first = Number(query['page_token'] ?? 0);
    const page = all.slice(first, first + Math.min(Number(limit), BARS_MAX));
    const symbolsOfPage = [...new Set(page.map(({ symbol }) => symbol))];
    const bars = symbolsOfPage.map((symbol) => [
      symbol,
      page.filter((one) => one.symbol === symbol).map(({ bar }) => bar),
    ]);
    const next = first + page.length;
    return context.json({
      bars: Object.fromEntries(bars),
      next_page_token: next < all.length ? String(next) : null,
    });
  });
  app.get('/v1/corporate-actions', requireKeys, (context) => {
    const { symbols = '', start = '', end = '9999-12-31' } = context.req.query();
    const splits = quotedOf(state, symbols).flatMap(({ symbol, instrument }) =>
      Object.entries(instrument.splits)
        .filter(([date]) => date >= start && date <= end)
        .map(([date, ratio]) => ({ symbol, ex_date: date, old_rate: 1, new_rate: Number(ratio) })),
    );
    return context.json({
      corporate_actions: {
        forward_splits: splits.filter(({ new_rate: rate }) => rate >= 1),
        reverse_splits: splits.filter(({ new_rate: rate }) => rate < 1),
      },
      next_page_token: null,
    });
  });
  return app;
}

/** The symbols that are known of those that were asked for, in the order of Alpaca's answers. */
function quotedOf(state: SandboxState, symbols: string): readonly Quoted[] {
  const [first] = state.scenario.instruments;
  return [...new Set(symbols.split(','))].sort().flatMap((symbol) => {
    const instrument =
      state.scenario.instruments.find((one) => one.symbol === symbol) ??
      (symbol === SYMBOL ? first : undefined);
    return instrument === undefined ? [] : [{ symbol, instrument }];
  });
}

function barsBetween(
  state: SandboxState,
  { symbol, instrument }: Quoted,
  start: string,
  end: string,
  isRaw: boolean,
) {
  const until = [toInstant(new Date(end)), state.now()].sort()[0] ?? state.now();
  return tradingSessions(start.slice(0, 10), until.slice(0, 10))
    .filter(({ closesAt }) => closesAt <= until)
    .map(({ date }) => {
      const level = state.market.levelOn(instrument.symbol, date);
      const traded = isRaw ? level?.times(state.market.unitsSince(instrument.symbol, date)) : level;
      const close = traded?.toDecimalPlaces(4).toNumber();
      const t = exchangeInstant(date, '00:00').replace('.000Z', 'Z');
      return { symbol, bar: { t, o: close, h: close, l: close, c: close, v: 0, n: 0, vw: close } };
    });
}
