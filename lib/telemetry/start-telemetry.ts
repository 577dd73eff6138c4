import { env } from '@/lib/env';
import { createOtlpTelemetry } from './otlp';
import { setTelemetry } from './telemetry';

/** Starts to send traces and metrics; imported only where an endpoint is configured, so that nothing is loaded otherwise. */
export function startTelemetry(): void {
  setTelemetry(createOtlpTelemetry(env().OTEL_SERVICE_NAME));
}
