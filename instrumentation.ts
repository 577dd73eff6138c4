/** Runs once when a server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { stopUnlessConfigured } = await import('@/lib/env');
    stopUnlessConfigured();
    const { guardServers } = await import('@/lib/http/guard-server');
    guardServers();
    if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
      const { startTelemetry } = await import('@/lib/telemetry/start-telemetry');
      startTelemetry();
    }
  }
}
