import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type Meter, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { METRICS, type Metric, type Telemetry, type TelemetryAttributes } from './telemetry';

/** A collector that does not answer holds a tick up for no longer. */
const EXPORT_TIMEOUT_MS = 3_000;

const SCOPE = 'portfolio-history';

/**
 * Telemetry by OTLP over HTTP in JSON, to the endpoint that OpenTelemetry's own variables name. Nothing is registered
 * globally: Next.js and HTTP clients would otherwise add spans of their own, with addresses in them, and SnapTrade's
 * addresses hold secrets.
 */
export function createOtlpTelemetry(serviceName: string): Telemetry {
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    // Metrics of processes that run at once must not be taken for one another's.
    'service.instance.id': crypto.randomUUID(),
  });
  const exporting = { timeoutMillis: EXPORT_TIMEOUT_MS };
  const tracers = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(exporting) })],
  });
  const meters = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(exporting) })],
  });
  const tracer = tracers.getTracer(SCOPE);
  const instruments = createInstruments(meters.getMeter(SCOPE));
  const around = new AsyncLocalStorage<Context>();

  return {
    isOn: true,
    span: (name, attributes, work) => {
      const parent = around.getStore() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name, { attributes }, parent);
      return around.run(trace.setSpan(parent, span), async () => {
        try {
          return await work((more) => span.setAttributes(more));
        } catch (error) {
          // Not the message: it is written for logs, which are redacted.
          span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    measure: (metric, value, attributes) => instruments[metric](value, attributes),
    flush: async () => {
      const timeoutMillis = EXPORT_TIMEOUT_MS;
      await Promise.allSettled([tracers.forceFlush({ timeoutMillis }), meters.forceFlush({ timeoutMillis })]);
    },
  };
}

type Instrument = (value: number, attributes?: TelemetryAttributes) => void;

function createInstruments(meter: Meter): Readonly<Record<Metric, Instrument>> {
  const create = (name: Metric): Instrument => {
    const { kind, unit } = METRICS[name];
    switch (kind) {
      case 'gauge': {
        const gauge = meter.createGauge(name, { unit });
        return (value, attributes) => gauge.record(value, attributes);
      }
      case 'histogram': {
        const histogram = meter.createHistogram(name, { unit });
        return (value, attributes) => histogram.record(value, attributes);
      }
      case 'counter': {
        const counter = meter.createCounter(name, { unit });
        return (value, attributes) => counter.add(value, attributes);
      }
    }
  };
  return {
    'portfolio_history.coverage': create('portfolio_history.coverage'),
    'portfolio_history.capture.lag': create('portfolio_history.capture.lag'),
    'portfolio_history.runs': create('portfolio_history.runs'),
    'portfolio_history.provider.requests': create('portfolio_history.provider.requests'),
    'portfolio_history.provider.wait': create('portfolio_history.provider.wait'),
    'portfolio_history.provider.errors': create('portfolio_history.provider.errors'),
  };
}
