import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseEnv } from '@/lib/env';
import { runTick } from '@/lib/jobs/tick';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { SANDBOX_KEYS } from '../support/scenario';
import { startTestStack, type TestStack } from '../support/test-stack';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

let stack: TestStack;
let receiver: WebhookReceiver;
beforeAll(async () => {
  stack = await startTestStack();
  receiver = await openWebhookReceiver(async () => new Response('ok'));
});
afterAll(async () => {
  await receiver.close();
  await stack.close();
});

function tick() {
  const env = parseEnv({
    NEXT_PUBLIC_SUPABASE_URL: stack.supabaseUrl,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: stack.keys.publishableKey,
    SUPABASE_SECRET_KEY: stack.keys.secretKey,
    CRON_SECRET: 'a-long-enough-cron-secret',
    CREDENTIALS_KEY,
    SNAPTRADE_CLIENT_ID: SANDBOX_KEYS.clientId,
    SNAPTRADE_CONSUMER_KEY: SANDBOX_KEYS.consumerKey,
    ALERT_WEBHOOK_URL: receiver.url,
    ALERT_WEBHOOK_SECRET: 'alert-secret-of-the-tick',
  });
  return runTick(env, { trigger: 'cron', requestId: randomUUID() });
}

it('a tick that could do nothing else still tells somebody, and fails', async () => {
  const now = new Date();
  await stack.sql`
    insert into runs (id, trigger, trading_day, status, started_at, alive_at, finished_at)
    values (${randomUUID()}, 'cron', '2026-11-20', 'failed', ${now}, ${now}, ${now})`;
  await stack.sql`revoke execute on function open_run from service_role`;

  await expect(tick()).rejects.toThrow('open_run failed');

  expect(receiver.letters.map(({ body }) => body)).toEqual([
    expect.stringContaining('Alert: A capture run failed'),
  ]);
  await stack.sql`grant execute on function open_run to service_role`;
});

it('a tick whose alerts cannot be looked at is a good tick all the same', async () => {
  await stack.sql`revoke execute on function alert_facts from service_role`;

  expect(await tick()).toMatchObject({ status: 'complete' });
});
