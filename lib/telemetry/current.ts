import { NO_TELEMETRY, type Telemetry } from './telemetry';

/**
 * The instrumentation and each route are bundles of their own with modules of their own, so what the first starts and
 * the others use is kept where all of a process can see it.
 */
declare global {
  var portfolioHistoryTelemetry: Telemetry | undefined;
}

/** The telemetry of this process; one that sends nothing unless one was started. */
export function currentTelemetry(): Telemetry {
  return globalThis.portfolioHistoryTelemetry ?? NO_TELEMETRY;
}

export function setTelemetry(telemetry: Telemetry): void {
  globalThis.portfolioHistoryTelemetry = telemetry;
}
