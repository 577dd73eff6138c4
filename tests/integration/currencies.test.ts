import { describe, expect, it } from 'vitest';
import { type Amount, Exact, toAmount, toCurrency } from '@/lib/domain/money';
import { toDate } from '@/lib/domain/trading-date';
import { recordExchangeRates } from '@/lib/fill/evidence-store';
import { listCorrections, listPublished, readPublished } from '../support/published';
import { account, referenceRates, type ScenarioParts, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const FRIDAY_LATER = '2026-11-20T23:30:00Z';
const MONDAY_MID_SESSION = '2026-11-23T16:00:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const MONDAY_LATER = '2026-11-23T23:30:00Z';

const RATES = referenceRates({ 'CAD-USD': { '2026-11-20': '0.7301', '2026-11-23': '0.7299' } });

/** An account in US dollars beside one in Canadian dollars, known since Thursday. */
function openTwoCurrencies(parts: ScenarioParts = {}): Promise<WorkerHarness> {
  const since = { openedOn: '2026-11-19', investedShare: 0.5 };
  const accounts = [account({ id: 'us', ...since }), account({ id: 'ca', currency: 'CAD', ...since })];
  return harnesses.open(scenario({ accounts, exchangeRates: RATES, ...parts }));
}

/** What both accounts were worth together in US dollars. */
function inDollars(harness: WorkerHarness, date: string, rate: string): Amount | null {
  const told = new Exact(harness.brokerTotal(date, 'ca')).times(rate);
  return toAmount(told.plus(harness.brokerTotal(date, 'us')).toFixed());
}

const failRates = (harness: WorkerHarness) =>
  harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'listExchangeRates' } });

const takeRateRequests = (harness: WorkerHarness) =>
  harness.takeRequests().filter((line) => line.startsWith('listExchangeRates'));

async function listGaps(harness: WorkerHarness, at: string): Promise<readonly string[]> {
  const { gaps } = await harness.history(at);
  return gaps.map(({ from, to, reason, final }) => `${from}..${to} ${reason}${final ? ' final' : ''}`);
}

describe('a total of several currencies', () => {
  it('is told in the user’s, exactly, at the rate of the evening', async () => {
    const harness = await openTwoCurrencies();
    const run = await harness.tick(FRIDAY_NIGHT);

    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `2026-11-20 ${inDollars(harness, '2026-11-20', '0.7301')} daily_eod`,
    ]);
    expect(run.reasons.rate_missing).toBeUndefined();
    expect(takeRateRequests(harness)).toHaveLength(1);
    // Nothing was published before Friday: the day before keeps its values and stays without a total.
    expect(await listGaps(harness, FRIDAY_NIGHT)).toEqual(['2026-11-19..2026-11-19 rate_missing final']);
  });

  it('is converted by way of the euro, in which alone rates are published', async () => {
    const harness = await openTwoCurrencies({ exchangeRates: { 'EUR-USD': '1.16', 'EUR-CAD': '1.45' } });
    await harness.tick(FRIDAY_NIGHT);
    expect((await readPublished(harness.stack, harness.userId())).at(-1)?.value).toBe(
      inDollars(harness, '2026-11-20', '0.8'),
    );
  });

  it('is completed for the days before, since published rates stay published', async () => {
    const rates = referenceRates({ 'CAD-USD': { '2026-11-19': '0.75', '2026-11-20': '0.7301' } });
    const harness = await openTwoCurrencies({ exchangeRates: rates });
    await harness.tick(FRIDAY_NIGHT);
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `2026-11-19 ${inDollars(harness, '2026-11-19', '0.75')} reconstructed`,
      `2026-11-20 ${inDollars(harness, '2026-11-20', '0.7301')} daily_eod`,
    ]);
  });

  it('costs one request for rates in a trading day, which comes before the values', async () => {
    const harness = await openTwoCurrencies();
    for (const at of [FRIDAY_NIGHT, FRIDAY_LATER, MONDAY_MID_SESSION]) await harness.tick(at);
    // The accounts came into view by the first tick, and their pair with them.
    expect(takeRateRequests(harness)).toHaveLength(1);

    await harness.tick(MONDAY_NIGHT);
    await harness.tick(MONDAY_LATER);
    expect(harness.takeRequests()[0]).toBe('listExchangeRates null');
    expect((await readPublished(harness.stack, harness.userId())).at(-1)?.value).toBe(
      inDollars(harness, '2026-11-23', '0.7299'),
    );
    expect(takeRateRequests(harness)).toEqual([]);
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([]);
  });

  it('does not move when a day’s rate is told again', async () => {
    const harness = await openTwoCurrencies();
    await harness.tick(FRIDAY_NIGHT);
    const before = await listPublished(harness.stack, harness.userId());
    const [base, quote, rate] = [toCurrency('CAD'), toCurrency('USD'), toAmount('0.9')];
    if (base === null || quote === null || rate === null) throw new Error('not a rate');
    const day = toDate('2026-11-20');
    const reading = { rates: [{ base, quote, rate, date: day }], pairs: [], since: day, through: day };
    expect(await recordExchangeRates(harness.stack.admin, reading, 'ecb', new Date(FRIDAY_LATER))).toBe(0);
    expect(await listPublished(harness.stack, harness.userId())).toEqual(before);
  });
});

describe('a missing rate', () => {
  it('leaves the day a gap with that reason, and fails neither the run nor the capture', async () => {
    const harness = await openTwoCurrencies();
    failRates(harness);
    const run = await harness.tick(FRIDAY_NIGHT);

    expect(run).toMatchObject({ status: 'complete', counts: { captured: 2, failed: 0 } });
    expect(run.reasons.rate_missing).toBe(1);
    expect(takeRateRequests(harness)).toHaveLength(1);
    expect(await readPublished(harness.stack, harness.userId())).toEqual([]);
    // Rates of the past can be read later, so neither day is given up.
    expect(await listGaps(harness, FRIDAY_NIGHT)).toEqual(['2026-11-19..2026-11-20 rate_missing']);
  });

  it('that arrives later publishes the day then, without asking for any value again', async () => {
    const harness = await openTwoCurrencies();
    failRates(harness);
    await harness.tick(FRIDAY_NIGHT);
    harness.endFaults();
    harness.takeRequests();

    const run = await harness.tick(FRIDAY_LATER);

    expect(run.counts).toMatchObject({ published: 1, observations: 0 });
    expect(harness.takeRequests()).toEqual(['listExchangeRates null']);
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `2026-11-20 ${inDollars(harness, '2026-11-20', '0.7301')} daily_eod`,
    ]);
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([]);
  });

  it('is learned days later too, and the day completed', async () => {
    const harness = await openTwoCurrencies();
    failRates(harness);
    await harness.tick(FRIDAY_NIGHT);
    harness.endFaults();
    harness.takeRequests();

    await harness.tick(MONDAY_NIGHT);
    expect(takeRateRequests(harness)).toHaveLength(1);
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `2026-11-20 ${inDollars(harness, '2026-11-20', '0.7301')} daily_eod`,
      `2026-11-23 ${inDollars(harness, '2026-11-23', '0.7299')} daily_eod`,
    ]);
  });

  it('of a holiday of the source is that of the day before, and is asked for once an hour', async () => {
    const rates = referenceRates({ 'CAD-USD': { '2026-04-02': '0.72', '2026-04-07': '0.71' } });
    const since = { openedOn: '2026-04-01', investedShare: 0.5 };
    const accounts = [account({ id: 'us', ...since }), account({ id: 'ca', currency: 'CAD', ...since })];
    const harness = await openTwoCurrencies({ accounts, exchangeRates: rates });
    // Easter Monday: New York is open, Frankfurt is not.
    for (const minute of ['00', '30', '50']) await harness.tick(`2026-04-06T21:${minute}:00Z`);
    expect(takeRateRequests(harness)).toHaveLength(1);
    expect(await listPublished(harness.stack, harness.userId())).toContain(
      `2026-04-06 ${inDollars(harness, '2026-04-06', '0.72')} daily_eod`,
    );
    await harness.tick('2026-04-06T22:05:00Z');
    expect(takeRateRequests(harness)).toHaveLength(1);
  });

  it('is stood in for by that of the session before, until it is known', async () => {
    const harness = await openTwoCurrencies();
    await harness.tick(FRIDAY_NIGHT);
    failRates(harness);
    await harness.tick(MONDAY_NIGHT);
    const stoodIn = inDollars(harness, '2026-11-23', '0.7301');
    expect((await readPublished(harness.stack, harness.userId())).at(-1)?.value).toBe(stoodIn);

    harness.endFaults();
    await harness.tick(MONDAY_LATER);
    const told = inDollars(harness, '2026-11-23', '0.7299');
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([
      `2026-11-23 ${stoodIn} daily_eod -> ${told} daily_eod: restated`,
    ]);
  });

  it('that is published for nobody is asked for once in a run, and missing for good', async () => {
    const harness = await openTwoCurrencies({ exchangeRates: { 'EUR-USD': '1.16' } });
    const run = await harness.tick(FRIDAY_NIGHT);
    expect(run).toMatchObject({ status: 'complete', reasons: { rate_missing: 1 } });
    expect(takeRateRequests(harness)).toHaveLength(1);
    expect(await readPublished(harness.stack, harness.userId())).toEqual([]);
    expect(await listGaps(harness, FRIDAY_NIGHT)).toEqual(['2026-11-19..2026-11-20 rate_missing final']);

    // Every tick meets the same reason, and has nothing else to tell.
    const { stack } = harness;
    for (let tick = 1; tick <= 5; tick += 1)
      await harness.tick(new Date(Date.parse(FRIDAY_NIGHT) + tick * 300_000).toISOString());
    const rows = await stack.sql`select calls, reasons from runs order by started_at offset 1`;
    expect([...rows]).toEqual([{ calls: 5, reasons: { rate_missing: 1 } }]);
  });

  it('is no matter of users with one currency', async () => {
    const harness = await harnesses.open(scenario({ exchangeRates: RATES }));
    const run = await harness.tick(FRIDAY_NIGHT);
    expect(takeRateRequests(harness)).toEqual([]);
    expect(run.reasons.rate_missing).toBeUndefined();
  });
});
