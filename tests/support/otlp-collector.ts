import { z } from 'zod';
import { openWebhookReceiver } from './webhook-receiver';

/** A receiver of OTLP over HTTP in JSON, as a telemetry collector is one. */
export interface OtlpCollector {
  readonly url: string;
  spans(): readonly CollectedSpan[];
  points(): readonly CollectedPoint[];
  /** Everything that arrived, as it came. */
  text(): string;
  close(): Promise<void>;
}

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface CollectedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])));

const traces = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              name: z.string(),
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().default(''),
              attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A number of one data point; of a histogram, its sum. */
const point = z
  .object({ asInt: z.coerce.number(), asDouble: z.number(), sum: z.number() })
  .partial()
  .extend({ attributes })
  .transform((data) => ({
    value: data.asInt ?? data.asDouble ?? data.sum ?? Number.NaN,
    attributes: data.attributes,
  }));
const points = z.object({ dataPoints: z.array(point) });

const metrics = z.object({
  resourceMetrics: z.array(
    z.object({
      scopeMetrics: z.array(
        z.object({
          metrics: z.array(
            z.object({
              name: z.string(),
              unit: z.string(),
              gauge: points.optional(),
              sum: points.optional(),
              histogram: points.optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export async function openOtlpCollector(): Promise<OtlpCollector> {
  const received: { readonly path: string; readonly text: string }[] = [];
  const webhookReceiver = await openWebhookReceiver(async (request) => {
    received.push({ path: new URL(request.url).pathname, text: await request.text() });
    return Response.json({});
  });
  const documents = (path: string): readonly unknown[] =>
    received.filter((one) => one.path === path).map(({ text }) => JSON.parse(text));
  return {
    url: webhookReceiver.url,
    text: () => received.map(({ text }) => text).join('\n'),
    spans: () =>
      documents('/v1/traces')
        .flatMap((document) => traces.parse(document).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .map(({ parentSpanId, ...span }) => ({ ...span, parentId: parentSpanId })),
    points: () =>
      documents('/v1/metrics')
        .flatMap((document) => metrics.parse(document).resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap((scope) => scope.metrics)
        .flatMap(({ name, unit, gauge, sum, histogram }) =>
          [gauge, sum, histogram].flatMap((kind) =>
            (kind?.dataPoints ?? []).map((data) => ({ metric: name, unit, ...data })),
          ),
        ),
    close: () => webhookReceiver.close(),
  };
}
