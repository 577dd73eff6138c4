import { Hono } from 'hono';
import { exchangeInstant, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toInstant } from '@/lib/domain/trading-date';
import type { SandboxKeys } from './signature';
import type { SandboxState } from './state';

const BARS_MAX = 10_000;

/** The symbol under which the first instrument of the scenario, which replays the S&P 500, is quoted. */
const SYMBOL = 'SPY';

/** Daily bars as Alpaca's market data has them, of sessions that have closed; nothing is known but the close. */
export function createBars(state: SandboxState, keys: SandboxKeys): Hono {
  const app = new Hono();
  app.get('/bars', (context) => {
    const isKnown =
      context.req.header('APCA-API-KEY-ID') === keys.clientId &&
      context.req.header('APCA-API-SECRET-KEY') === keys.consumerKey;
    if (!isKnown) return context.json({ message: 'forbidden.' }, 403);
    const { symbols = '', timeframe, start, end, limit = '1000' } = context.req.query();
    if (timeframe !== '1Day' || start === undefined || end === undefined)
      return context.json({ message: 'invalid request' }, 400);
    const all = symbols.split(',').includes(SYMBOL) ? barsBetween(state, start, end) : [];
    const page = all.slice(0, Math.min(Number(limit), BARS_MAX));
    return context.json({
      bars: page.length === 0 ? {} : { [SYMBOL]: page },
      next_page_token: all[page.length]?.t ?? null,
    });
  });
  return app;
}

function barsBetween(state: SandboxState, start: string, end: string) {
  const symbol = state.scenario.instruments[0]?.symbol;
  if (symbol === undefined) return [];
  const until = [toInstant(new Date(end)), state.now()].sort()[0] ?? state.now();
  return tradingSessions(start.slice(0, 10), until.slice(0, 10))
    .filter(({ closesAt }) => closesAt <= until)
    .map(({ date }) => {
      const close = state.market.levelOn(symbol, date)?.toDecimalPlaces(4).toNumber();
      const t = exchangeInstant(date, '00:00');
      return { t: t.replace('.000Z', 'Z'), o: close, h: close, l: close, c: close, v: 0, n: 0, vw: close };
    });
}
