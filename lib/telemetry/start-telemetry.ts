import { env } from '@/lib/config/env';
import { setTelemetry } from './current';
import { createOtlpTelemetry } from './otlp';

/** Starts to send traces and metrics; imported only where an endpoint is configured, so that nothing is loaded otherwise. */
export function startTelemetry(): void {
  setTelemetry(createOtlpTelemetry(env().OTEL_SERVICE_NAME));
}
