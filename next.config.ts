import type { NextConfig } from 'next';

const OPEN_TELEMETRY = [
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace',
];

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The SDK signs with Node's own crypto and is not meant to be bundled.
  // OpenTelemetry is loaded only where an endpoint is configured.
  serverExternalPackages: ['snaptrade-typescript-sdk', ...OPEN_TELEMETRY],
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'x-content-type-options', value: 'nosniff' },
        { key: 'x-frame-options', value: 'DENY' },
        { key: 'referrer-policy', value: 'strict-origin-when-cross-origin' },
        { key: 'permissions-policy', value: 'camera=(), microphone=(), geolocation=()' },
      ],
    },
  ],
};

export default config;
