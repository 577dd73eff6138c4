/** What is measured, with its unit as OpenTelemetry writes units. */
export const METRICS = {
  /** Account days of the due trading day that are there, as a share of those that should be. */
  'portfolio_history.coverage': { kind: 'gauge', unit: '1' },
  /** From the close of a trading day to the recording of an account's value of it. */
  'portfolio_history.capture.lag': { kind: 'histogram', unit: 's' },
  'portfolio_history.runs': { kind: 'counter', unit: '{run}' },
  'portfolio_history.provider.requests': { kind: 'counter', unit: '{request}' },
  /** Time spent waiting for the request budget. */
  'portfolio_history.provider.wait': { kind: 'counter', unit: 'ms' },
  'portfolio_history.provider.errors': { kind: 'counter', unit: '{error}' },
} as const;

export type Metric = keyof typeof METRICS;

type SpanName = 'tick' | 'claim' | 'provider call' | 'record';

/** Plain facts: ids of ours, names, counts and codes; never a credential, an amount, an address or an email. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/** Where traces and metrics go. */
export interface Telemetry {
  /** Whether anybody receives it, so that measuring what costs a query can be left out. */
  readonly isOn: boolean;
  /** Does some work within a span, a child of the span around it; `annotate` adds what is known only later. */
  span<T>(
    name: SpanName,
    attributes: TelemetryAttributes,
    work: (annotate: (more: TelemetryAttributes) => void) => Promise<T>,
  ): Promise<T>;
  measure(metric: Metric, value: number, attributes?: TelemetryAttributes): void;
  /** Sends what is waiting, within seconds, before the platform freezes the process. Never throws. */
  flush(): Promise<void>;
}

/** Sends nothing to nobody. */
export const NO_TELEMETRY: Telemetry = {
  isOn: false,
  span: (_name, _attributes, work) => work(() => {}),
  measure: () => {},
  flush: async () => {},
};

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
