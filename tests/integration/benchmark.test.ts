import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { latestClosedSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import { refreshBenchmark } from '@/lib/history/benchmark';
import { getHistory } from '@/lib/history/read';
import { newestBenchmarkPrice, recordBenchmarkPrices } from '@/lib/history/store';
import { type RunningSandbox, startSandbox } from '@/lib/local/sandbox';
import { fetchDailyCloses } from '@/lib/providers/alpaca/bars';
import { amountOf } from '../support/chart-history';
import { SANDBOX_KEYS, scenario } from '../support/scenario';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

/** A Friday night, and the Tuesday night after the weekend. */
const FRIDAY = '2026-11-20T22:30:00Z';
const TUESDAY = '2026-11-24T22:30:00Z';
const SOURCE = 'test closes';

let stack: TestStack;
let reader: TestUser;
beforeAll(async () => {
  stack = await startTestStack();
  reader = await stack.createUser();
});
afterAll(() => stack.close());

let sandbox: RunningSandbox;
let now = FRIDAY;
beforeEach(async () => {
  await stack.sql`delete from benchmark_prices`;
  sandbox = await startSandbox({
    port: 0,
    scenario: scenario(),
    ...SANDBOX_KEYS,
    now: () => new Date(now),
    readWallClockMs: () => 0,
  });
});
afterEach(() => sandbox.close());

const options = (baseUrl = sandbox.url, secretKey: string = SANDBOX_KEYS.consumerKey) => ({
  keyId: SANDBOX_KEYS.clientId,
  secretKey,
  baseUrl,
  timeoutMs: 2_000,
});

/** What a tick does at an instant; returns how many days changed and the ranges that were asked for. */
async function tick(at: string, source = SOURCE, asked = options()) {
  now = at;
  const ranges: string[] = [];
  const days = await refreshBenchmark(new Date(at), {
    newest: () => newestBenchmarkPrice(stack.admin, 'sp500', source),
    fetchCloses: (from, through) => {
      ranges.push(`${from} to ${through.date}`);
      return fetchDailyCloses(asked, 'SPY', from, through);
    },
    record: (prices) => recordBenchmarkPrices(stack.admin, 'sp500', source, prices),
  });
  return { days, ranges };
}

function read(from: string, to: string) {
  const query = { period: 'custom', from: toDate(from), to: toDate(to), benchmark: 'sp500' } as const;
  return getHistory(reader.client, reader.id, query, toDate('2026-11-20'), new Date(FRIDAY));
}

describe('the closes of a benchmark', () => {
  it('are fetched for five years at first, then for what is missing, each with one request', async () => {
    const five = tradingSessions('2021-11-19', '2026-11-20').length;
    expect(await tick(FRIDAY)).toEqual({ days: five, ranges: ['2021-11-19 to 2026-11-20'] });
    expect(await tick(FRIDAY)).toEqual({ days: 0, ranges: [] });
    expect(await tick(TUESDAY)).toEqual({ days: 2, ranges: ['2026-11-21 to 2026-11-24'] });
    expect(await tick('2026-11-25T20:00:00Z')).toEqual({ days: 0, ranges: [] });
  });

  it('belong to their own day in New York, in winter and in summer', async () => {
    await tick(FRIDAY);
    const { benchmark } = await read('2026-03-02', '2026-11-20');
    expect(benchmark?.points.map(({ date }) => date)).toEqual(
      tradingSessions('2026-03-02', '2026-11-20').map(({ date }) => date),
    );
    for (const date of ['2026-03-06', '2026-03-09', '2026-10-30', '2026-11-02']) {
      const level = sandbox.state.market.levelOn('SANDBOX-500', toDate(date));
      expect(benchmark?.points.find((point) => point.date === date)?.close).toBe(
        level?.toDecimalPlaces(4).toFixed(),
      );
    }
  });

  it('are told with their name and source to every signed-in user who asks, and else not', async () => {
    await tick(FRIDAY);
    expect((await read('2026-11-19', '2026-11-20')).benchmark).toMatchObject({
      name: 'S&P 500',
      source: SOURCE,
      points: [{ date: '2026-11-19' }, { date: '2026-11-20' }],
    });
    const query = { period: 'custom', from: toDate('2026-11-19'), to: toDate('2026-11-20') } as const;
    const unasked = await getHistory(reader.client, reader.id, query, query.to, new Date(FRIDAY));
    expect(unasked.benchmark).toBeNull();
  });

  it('are none while nothing is stored', async () => {
    expect((await read('2026-11-19', '2026-11-20')).benchmark).toBeNull();
  });

  it('of two sources are never mixed: the newest one is told, and fetched whole', async () => {
    await tick(FRIDAY, 'another source');
    const { days } = await tick(FRIDAY);
    expect(days).toBeGreaterThan(1_000);
    await stack.sql`
      insert into benchmark_prices values ('sp500', '2020-01-02', 1, 'another source')`;
    const { benchmark } = await read('2019-12-31', '2026-11-20');
    expect(benchmark?.source).toBe(SOURCE);
    expect(benchmark?.points.at(0)?.date).toBe('2021-11-19');
  });

  it('that a split changed are corrected when they are told again', async () => {
    await tick(FRIDAY);
    const told = [{ date: toDate('2026-11-20'), close: amountOf('1.5') }];
    expect(await recordBenchmarkPrices(stack.admin, 'sp500', SOURCE, told)).toBe(1);
    expect(await recordBenchmarkPrices(stack.admin, 'sp500', SOURCE, told)).toBe(0);
    expect((await read('2026-11-20', '2026-11-20')).benchmark?.points).toEqual(told);
  });
});

describe('a source that fails', () => {
  const through = latestClosedSession(FRIDAY, 30);
  const ask = (baseUrl: string, secretKey?: string) =>
    fetchDailyCloses(options(baseUrl, secretKey), 'SPY', toDate('2026-11-16'), through);

  let server: Server | undefined;
  afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

  /** A source that gives one answer to everything. */
  function answerWith(status: number, body: string, headers: Record<string, string> = {}): Promise<string> {
    return new Promise((started) => {
      server = createServer((_request, response) => response.writeHead(status, headers).end(body));
      server.listen(0, '127.0.0.1', () => {
        const address = server?.address();
        started(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
      });
    });
  }
  const bars = (t: string, c: unknown) =>
    JSON.stringify({ bars: { SPY: [{ t, c }] }, next_page_token: null });

  it('refuses wrong keys, which is told as such and shows neither of them', async () => {
    const refused = await ask(sandbox.url, 'wrong-secret').catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'keys_refused' });
    expect(String(refused)).not.toContain('wrong-secret');
  });

  it.each([
    ['is busy', 429, '{}', 'rate_limited'],
    ['is broken', 500, 'oops', 'unavailable'],
    ['answers no JSON', 200, '<html>', 'bad_data'],
    ['answers in another shape', 200, '{"bars": []}', 'bad_data'],
    ['tells a price of zero', 200, bars('2026-11-20T05:00:00Z', 0), 'bad_data'],
    ['tells a bar that begins at no midnight in New York', 200, bars('2026-11-20T00:00:00Z', 1), 'bad_data'],
    ['has more than one page', 200, '{"bars": {}, "next_page_token": "x"}', 'bad_data'],
  ] as const)('%s', async (_what, status, body, kind) => {
    await expect(ask(await answerWith(status, body))).rejects.toMatchObject({ kind });
  });

  it('sends us elsewhere, where our keys do not go', async () => {
    const url = await answerWith(302, '', { location: sandbox.url });
    await expect(ask(url)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is nowhere: the tick says so, what is stored stays, and the next tick makes up for it', async () => {
    await tick(FRIDAY);
    await expect(tick(TUESDAY, SOURCE, options('http://127.0.0.1:9'))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect((await read('2026-11-19', '2026-11-24')).benchmark?.points).toHaveLength(2);
    expect((await tick(TUESDAY)).days).toBe(2);
  });

  it('knows no such symbol, which is no price rather than a guessed one', async () => {
    now = FRIDAY;
    expect(await fetchDailyCloses(options(), 'NONE', toDate('2026-11-16'), through)).toEqual([]);
  });
});
