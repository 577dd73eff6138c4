import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { traceProvider } from '@/lib/fill/tracing';
import { faultSchema } from '@/lib/local/sandbox/faults';
import { createOtlpTelemetry } from '@/lib/telemetry/otlp';
import type { Telemetry } from '@/lib/telemetry/telemetry';
import { type OtlpCollector, openOtlpCollector } from '../support/otlp-collector';
import { scenario } from '../support/scenario';
import { linkOf, type SnapTradeHarness, startSnapTradeHarness } from '../support/snaptrade-harness';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const opened: (OtlpCollector | WebhookReceiver | SnapTradeHarness['sandbox'])[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(): Promise<{ telemetry: Telemetry; collector: OtlpCollector }> {
  const collector = await openOtlpCollector();
  opened.push(collector);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  return { telemetry: createOtlpTelemetry('a-service'), collector };
}

it('a provider’s errors are counted by kind, and told on the span of the question', async () => {
  const { telemetry, collector } = await start();
  const { sandbox, provider } = await startSnapTradeHarness(scenario());
  opened.push(sandbox);
  const traced = traceProvider(provider, telemetry);
  sandbox.state.faults.add(faultSchema.parse({ id: 'down', effect: { type: 'status', status: 503 } }));

  await expect(traced.currentValues(linkOf(), true)).rejects.toThrow();
  await expect(traced.currentValues(linkOf(), true)).rejects.toThrow();
  sandbox.state.faults.replace([]);
  await traced.currentValues(linkOf(), true);
  await telemetry.flush();

  expect(collector.points()).toEqual([
    {
      metric: 'portfolio_history.provider.errors',
      unit: '{error}',
      value: 2,
      attributes: { provider: 'snaptrade', operation: 'currentValues', kind: 'unavailable' },
    },
  ]);
  expect(collector.spans().map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({ operation: 'currentValues', error_kind: 'unavailable' }),
    expect.objectContaining({ operation: 'currentValues', error_kind: 'unavailable' }),
    { provider: 'snaptrade', operation: 'currentValues' },
  ]);
  expect(collector.text()).not.toMatch(/userSecret|127\.0\.0\.1|secret-of/);
});

it('what goes on at once stays within the span that it belongs to', async () => {
  const { telemetry, collector } = await start();
  const tick = (runId: string) =>
    telemetry.span('tick', { run_id: runId }, async () => {
      await sleep(1);
      await Promise.all([1, 2].map((n) => telemetry.span('claim', { run_id: runId, n }, () => sleep(1))));
    });
  await Promise.all([tick('a'), tick('b')]);
  await telemetry.flush();

  const spans = collector.spans();
  const ticks = spans.filter(({ name }) => name === 'tick');
  const claims = spans.filter(({ name }) => name === 'claim');
  expect(claims).toHaveLength(4);
  for (const claim of claims) {
    const parent = ticks.find(({ spanId }) => spanId === claim.parentId);
    expect(parent?.attributes.run_id).toBe(claim.attributes.run_id);
  }
});

it('a failure is told by its name alone, and reaches whoever waits for the work', async () => {
  const { telemetry, collector } = await start();
  const failing = telemetry.span('record', {}, async () => {
    throw new TypeError('with userSecret=abc in it');
  });
  await expect(failing).rejects.toThrow('userSecret');
  await telemetry.flush();
  expect(collector.spans()).toMatchObject([{ name: 'record', attributes: { 'error.type': 'TypeError' } }]);
  expect(collector.text()).not.toContain('userSecret');
});

it.each([
  { name: 'refuses', answer: async () => new Response('no', { status: 400 }) },
  { name: 'never answers', answer: () => new Promise<Response>(() => {}) },
])('a collector that $name fails no work', async ({ answer }) => {
  const box = await openWebhookReceiver(answer);
  opened.push(box);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', box.url);
  const telemetry = createOtlpTelemetry('a-service');

  expect(await telemetry.span('tick', {}, async () => 'done')).toBe('done');
  telemetry.measure('portfolio_history.runs', 1);
  await telemetry.flush();

  expect(box.letters.length).toBeGreaterThan(0);
});
