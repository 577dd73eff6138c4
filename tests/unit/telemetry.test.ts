import { afterEach, expect, it, vi } from 'vitest';
import { register } from '@/instrumentation';
import { currentTelemetry, NO_TELEMETRY } from '@/lib/telemetry/telemetry';

const COMPLETE = {
  NEXT_RUNTIME: 'nodejs',
  NEXT_PUBLIC_SUPABASE_URL: 'https://project.supabase.example',
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
  SUPABASE_SECRET_KEY: 'sb_secret_x',
  CRON_SECRET: 'a-long-enough-cron-secret',
  CREDENTIALS_KEY: Buffer.alloc(32, 7).toString('base64'),
  SNAPTRADE_CLIENT_ID: 'CLIENT',
  SNAPTRADE_CONSUMER_KEY: 'consumer-key',
};

afterEach(() => {
  vi.unstubAllEnvs();
});

it('without an endpoint the server starts with telemetry that does nothing but the work', async () => {
  for (const [name, value] of Object.entries(COMPLETE)) vi.stubEnv(name, value);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '');

  await register();

  expect(currentTelemetry()).toBe(NO_TELEMETRY);
  const work = currentTelemetry().span('tick', {}, async (say) => {
    say({ connections: 1 });
    return 'done';
  });
  expect(await work).toBe('done');
});
