import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpCollector, openOtlpCollector } from '../support/otlp-collector';
import { type RunningApp, startRunningApp } from '../support/running-app';

let collector: OtlpCollector;
let app: RunningApp;

/** Friday, an hour and a half after the close. The first tick heals what the demo missed. */
beforeAll(async () => {
  collector = await openOtlpCollector();
  app = await startRunningApp({
    pinnedClock: '2026-11-20T22:30:30Z',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  const answer = await fetch(`${app.status.appUrl}/api/cron/capture`, {
    headers: { authorization: `Bearer ${app.status.cronSecret}` },
  });
  await answer.text();
}, 360_000);
afterAll(async () => {
  await app.stop();
  await collector.close();
});

describe('with an endpoint configured, a tick sends', () => {
  it('spans of its own parts and no others, each within its tick', async () => {
    const spans = collector.spans();
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set(['tick', 'claim', 'provider call', 'record']),
    );
    const ticks = spans.filter(({ name }) => name === 'tick');
    const parts = spans.filter(({ name }) => name !== 'tick');
    expect(ticks.filter(({ parentId }) => parentId !== '')).toEqual([]);
    expect(
      parts.filter(
        ({ parentId, traceId }) =>
          !ticks.some((tick) => tick.spanId === parentId && tick.traceId === traceId),
      ),
    ).toEqual([]);
  });

  it('by which a trace is found from a log line: the ids of run and request', async () => {
    const lines = app
      .readOutput()
      .split('\n')
      .filter((line) => line.includes('"run_finished"'))
      .map((line): Record<string, unknown> => JSON.parse(line));
    const logged = lines.map(({ runId, requestId }) => `${runId} ${requestId}`);
    const traced = collector
      .spans()
      .filter(({ name }) => name === 'tick')
      .map(({ attributes }) => `${attributes.run_id} ${attributes.request_id}`);
    expect(logged.length).toBeGreaterThan(1);
    expect(traced.toSorted()).toEqual(logged.toSorted());
  });

  it('what was asked of the provider, and what was recorded', async () => {
    const asked = collector.spans().filter(({ name }) => name === 'provider call');
    expect(asked.map(({ attributes }) => attributes.operation)).toContain('currentValues');
    expect(asked.map(({ attributes }) => attributes.provider)).toContain('snaptrade');
    const recorded = collector.spans().filter(({ name }) => name === 'record');
    expect(recorded.some(({ attributes }) => Number(attributes.observations) > 0)).toBe(true);
  });

  it('coverage, lag, runs, requests and waits', () => {
    const values = (metric: string): readonly number[] =>
      collector
        .points()
        .filter((point) => point.metric === `portfolio_history.${metric}`)
        .map(({ value }) => value);
    // Of the 26 accounts of working connections, all but the one whose broker does not answer.
    expect(values('coverage').at(-1)).toBe(25 / 26);
    expect(Math.max(...values('runs'))).toBeGreaterThan(0);
    expect(Math.max(...values('provider.requests'))).toBeGreaterThan(0);
    expect(Math.max(...values('provider.wait'))).toBeGreaterThanOrEqual(0);
    // From 21:00 to half past ten: an hour and a half, for each account that was captured.
    expect(Math.max(...values('capture.lag'))).toBeGreaterThan(5_400);
  });

  it('no secret, value, address or email', async () => {
    const text = collector.text();
    const { cronSecret, secretKey, apiKey, users } = app.status;
    const secrets = [cronSecret, secretKey, String(apiKey), ...users.map(({ email }) => email)];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const attributes = collector.spans().flatMap((span) => Object.entries(span.attributes));
    const names = new Set(attributes.map(([name]) => name));
    expect([...names].filter((name) => /secret|total|value|url|email|account/i.test(name))).toEqual([]);
    // An amount would be decimal text; an address has slashes.
    expect(attributes.filter(([, value]) => /\d\.\d|\/\/|@/.test(String(value)))).toEqual([]);
  });
});
