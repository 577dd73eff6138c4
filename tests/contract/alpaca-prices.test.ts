import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import { type RunningSandbox, startSandbox } from '@/lib/local/sandbox';
import { createAlpacaPrices } from '@/lib/providers/alpaca/prices';
import { MOVED_OTHERWISE, REPLAYED, SANDBOX_KEYS, scenario } from '../support/scenario';

const RANGE = { from: toDate('2026-10-19'), to: toDate('2026-10-22') };

let sandbox: RunningSandbox | undefined;
let server: Server | undefined;
afterEach(async () => {
  await sandbox?.close();
  server?.close();
  sandbox = undefined;
  server = undefined;
});

const pricesAt = (baseUrl: string, secretKey: string = SANDBOX_KEYS.consumerKey) =>
  createAlpacaPrices({ keyId: SANDBOX_KEYS.clientId, secretKey, baseUrl, timeoutMs: 2_000 });

async function openMarket() {
  sandbox = await startSandbox({
    port: 0,
    scenario: scenario({
      instruments: [{ ...REPLAYED, splits: { '2026-10-21': '4' } }, MOVED_OTHERWISE],
    }),
    ...SANDBOX_KEYS,
    now: () => new Date('2026-11-20T22:30:00Z'),
    readWallClockMs: () => 0,
  });
  return sandbox;
}

/** A server that gives these answers, one after another, and remembers what it was asked. */
async function answering(...answers: readonly { readonly status?: number; readonly body: unknown }[]) {
  const asked: URL[] = [];
  const rest = [...answers];
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://localhost'));
    const { status = 200, body } = rest.shift() ?? { body: { bars: {}, corporate_actions: {} } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

describe('prices from Alpaca', () => {
  it('are closes as they were traded on each session, with the splits between them', async () => {
    const { url, state } = await openMarket();
    const { closes, splits } = await pricesAt(url).pricesOf(['SANDBOX-500', 'SANDBOX-OTHER'], RANGE);
    const sessions = tradingSessions(RANGE.from, RANGE.to).map(({ date }) => date);
    expect(closes).toEqual([
      // One of the old shares was worth four of the new ones.
      ...sessions.map((date) => ({
        symbol: 'SANDBOX-500',
        date,
        close: state.market
          .levelOn('SANDBOX-500', date)
          ?.times(date < '2026-10-21' ? 4 : 1)
          .toDecimalPlaces(4)
          .toFixed(),
      })),
      ...sessions.map((date) => ({
        symbol: 'SANDBOX-OTHER',
        date,
        close: state.market.levelOn('SANDBOX-OTHER', date)?.toDecimalPlaces(4).toFixed(),
      })),
    ]);
    expect(splits).toEqual([{ symbol: 'SANDBOX-500', date: '2026-10-21', ratio: '4' }]);
  });

  it('are none of what it does not know, and nobody is asked for what can be no share', async () => {
    const { url } = await openMarket();
    const nothing = { closes: [], splits: [] };
    expect(await pricesAt(url).pricesOf(['UNKNOWN'], RANGE)).toEqual(nothing);
    const { url: other, asked } = await answering();
    const symbols = ['crypto:BTC', 'option:ABC261218C00100000', 'plaid:x', 'SHOP.TO', ''];
    expect(await pricesAt(other).pricesOf(symbols, RANGE)).toEqual(nothing);
    expect(asked).toEqual([]);
  });

  it('are read page by page, also where one ends within a symbol', async () => {
    const bar = (day: string, c: number) => ({ t: `2026-10-${day}T04:00:00Z`, c });
    const { url, asked } = await answering(
      { body: { bars: { AAA: [bar('19', 1)] }, next_page_token: 'more' } },
      { body: { bars: { AAA: [bar('20', 2)], BBB: [bar('19', 3)] }, next_page_token: null } },
    );
    const { closes } = await pricesAt(url).pricesOf(['AAA', 'BBB'], RANGE);
    expect(closes.map(({ symbol, date, close }) => `${symbol} ${date} ${close}`)).toEqual([
      'AAA 2026-10-19 1',
      'AAA 2026-10-20 2',
      'BBB 2026-10-19 3',
    ]);
    expect(
      asked.map(({ pathname, searchParams }) => `${pathname} ${searchParams.get('page_token')}`),
    ).toEqual(['/v2/stocks/bars null', '/v2/stocks/bars more', '/v1/corporate-actions null']);
    expect(asked[0]?.searchParams.get('adjustment')).toBe('raw');
  });

  it('tell a reverse split by a ratio below one', async () => {
    const reverse = { symbol: 'AAA', ex_date: '2026-10-20', old_rate: 50, new_rate: 1 };
    const { url } = await answering(
      { body: { bars: {} } },
      { body: { corporate_actions: { reverse_splits: [reverse] }, next_page_token: null } },
    );
    expect((await pricesAt(url).pricesOf(['AAA'], RANGE)).splits).toEqual([
      { symbol: 'AAA', date: '2026-10-20', ratio: '0.02' },
    ]);
  });

  it('are refused by name where keys are wrong, where it is away, and where the answer is odd', async () => {
    const { url } = await openMarket();
    await expect(pricesAt(url, 'wrong').pricesOf(['AAA'], RANGE)).rejects.toMatchObject({
      kind: 'keys_refused',
    });
    for (const [answer, kind] of [
      [{ status: 503, body: {} }, 'unavailable'],
      [{ status: 429, body: {} }, 'rate_limited'],
      [{ body: { bars: { AAA: [{ t: '2026-10-19T04:00:00Z', c: 0 }] } } }, 'bad_data'],
      [{ body: { bars: { AAA: [{ t: '2026-10-19T00:00:00Z', c: 1 }] } } }, 'bad_data'],
    ] as const) {
      server?.close();
      const { url: odd } = await answering(answer);
      await expect(pricesAt(odd).pricesOf(['AAA'], RANGE)).rejects.toMatchObject({ kind });
    }
  });
});
