import type { NextConfig } from 'next';
import { SECURITY_HEADERS } from './lib/security-headers';

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
  // SnapTrade's SDK signs with Node's own crypto; none of them is meant to be bundled.
  // OpenTelemetry is loaded only where an endpoint is configured.
  serverExternalPackages: [
    'snaptrade-typescript-sdk',
    '@alpacahq/alpaca-trade-api',
    'nodemailer',
    'plaid',
    ...OPEN_TELEMETRY,
  ],
  // What proxy.ts may hold of a body: nothing of ours is larger.
  experimental: { proxyClientMaxBodySize: '1mb' },
  headers: async () => [
    {
      source: '/:path*',
      headers: Object.entries(SECURITY_HEADERS).map(([key, value]) => ({ key, value })),
    },
  ],
};

export default config;
