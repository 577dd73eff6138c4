import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { serviceClient } from '@/lib/db/clients';
import { account, connection, scenario, user } from '../support/scenario';
import { openWebhookReceiver } from '../support/webhook-receiver';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const world = scenario({
  users: [
    user({
      connections: [
        connection({ id: 'good', accounts: [account({ id: 'good', openedOn: '2026-11-16' })] }),
        connection({ id: 'failing', accounts: [account({ id: 'failing', openedOn: '2026-11-16' })] }),
        connection({ id: 'unreadable', accounts: [account({ id: 'unreadable', openedOn: '2026-11-16' })] }),
      ],
    }),
  ],
});

it('every line that a run logs carries its own id and the id of the request, and the run is stored with both', async () => {
  const harness = await harnesses.open(world);
  harness.addFault({ type: 'status', status: 500 }, { match: { connectionId: 'failing' } });
  await harness.stack.sql`
    update connection_credentials k set ciphertext = 'v1.nonsense'
    from brokerage_connections c where c.id = k.connection_id and c.external_id = 'unreadable'`;
  const requestId = randomUUID();

  const { runId } = await harness.tick(FRIDAY_NIGHT, { requestId });

  const lines = harness.logged.map((line): Record<string, unknown> => JSON.parse(line));
  expect(lines.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['run_started', 'connection_not_filled', 'connection_failed', 'run_finished']),
  );
  expect(lines.filter((line) => line.runId !== runId || line.requestId !== requestId)).toEqual([]);
  expect(await harness.stack.sql`select request_id from runs where id = ${runId}`).toEqual([
    { request_id: requestId },
  ]);
});

it('a run that no request caused says so', async () => {
  const harness = await harnesses.open(world);

  const { runId } = await harness.tick(FRIDAY_NIGHT);

  expect(await harness.stack.sql`select request_id from runs where id = ${runId}`).toEqual([
    { request_id: null },
  ]);
});

it('every call of the database carries the id of the request', async () => {
  const said: (string | null)[] = [];
  const receiver = await openWebhookReceiver(async (request) => {
    said.push(request.headers.get('x-request-id'));
    return Response.json(0);
  });
  const settings = {
    NEXT_PUBLIC_SUPABASE_URL: receiver.url,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
    SUPABASE_SECRET_KEY: 'sb_secret_x',
  };
  const now = '2026-11-20T22:30:00Z';
  const scope = { p_user_id: '', p_from: '2026-11-20', p_to: '2026-11-20', p_now: now };

  await serviceClient(settings, 'request-1').rpc('publish_missing', scope);
  await serviceClient(settings).rpc('publish_missing', scope);
  await receiver.close();

  expect(said).toEqual(['request-1', null]);
});
