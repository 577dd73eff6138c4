import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type ApiUser, ask, countWork, expectProblem, linkApiUser, serviceClient } from '../support/api';
import { controlStack } from '../support/sandbox-control';

const PATH = '/api/webhooks/snaptrade';

/** A user whom no scheduled tick asks for before the new year. */
let linked: ApiUser;
beforeEach(async () => {
  linked = await linkApiUser({ account: { openedOn: '2026-11-02' }, notBefore: '2027-01-01T00:00:00Z' });
});
afterEach(() => linked.remove());

/** Has the sandbox brokerage send an event of the user's connection to the app, signed; returns what the app answered. */
async function emit(eventType: string, parts: Record<string, unknown> = {}): Promise<number | null> {
  const { status: stack } = inject('testApp');
  const connectionId = linked.accountId.replace('account-', 'connection-');
  const event = { url: `${stack.appUrl}${PATH}`, eventType, connectionId, ...parts };
  const answer = await controlStack(stack, 'POST', '/webhooks', event);
  const { status } = (await answer.json()) as { status: number | null };
  return status;
}

async function countCaptured(): Promise<number | null> {
  const { count } = await serviceClient()
    .from('user_portfolio_history')
    .select('*', { count: 'exact', head: true })
    .eq('user_id', linked.id)
    .eq('snapshot_type', 'daily_eod');
  return count;
}

async function listWebhookRuns(): Promise<readonly (string | null)[]> {
  const { data } = await serviceClient()
    .from('runs')
    .select('finished_at')
    .eq('requested_by', linked.id)
    .eq('trigger', 'webhook');
  return (data ?? []).map(({ finished_at }) => finished_at);
}

async function listFinishedRuns(): Promise<readonly (string | null)[]> {
  return (await listWebhookRuns()).filter((finishedAt) => finishedAt !== null);
}

describe('a SnapTrade webhook', () => {
  it('is answered at once, and the day is captured after the answer', async () => {
    expect(await emit('ACCOUNT_HOLDINGS_UPDATED', { details: { total_value: { success: true } } })).toBe(200);
    await expect.poll(countCaptured, { timeout: 20_000 }).toBe(1);
  });

  it('that is delivered again is answered with 200 and starts nothing', async () => {
    const webhookId = randomUUID();
    expect(await emit('CONNECTION_UPDATED', { webhookId })).toBe(200);
    await expect.poll(countCaptured, { timeout: 20_000 }).toBe(1);

    expect(await emit('CONNECTION_UPDATED', { webhookId })).toBe(200);
    // Had the repeated delivery started a run, it would be there before that of a later event has ended.
    expect(await emit('CONNECTION_UPDATED')).toBe(200);
    await expect.poll(listFinishedRuns, { timeout: 20_000 }).toHaveLength(2);
    expect(await listWebhookRuns()).toHaveLength(2);
  });

  it('of a kind that we do not know is answered with 200 and starts nothing', async () => {
    const before = await countWork();
    expect(await emit('NOT_YET_INVENTED')).toBe(200);
    expect(await countWork()).toEqual(before);
  });
});

describe('a webhook that is signed', () => {
  it.each(['a\0b', 'a\ud800b'])(
    'and holds text that cannot be stored (%j) is refused, and nothing is done',
    async (text) => {
      const before = await countWork();
      for (const parts of [{ webhookId: text }, { accountId: text }])
        expect(await emit('CONNECTION_UPDATED', parts)).toBe(400);
      expect(await emit(`CONNECTION_UPDATED${text}`)).toBe(400);
      expect(await countWork()).toEqual(before);
    },
  );
});

describe('a request that SnapTrade did not sign', () => {
  const body = JSON.stringify({ webhookId: 'forged', eventType: 'CONNECTION_UPDATED' });
  const signedWith = (key: string): string => createHmac('sha256', key).update(body).digest('base64');

  it.each([
    { name: 'no signature', headers: () => ({}) },
    { name: 'an empty signature', headers: () => ({ Signature: '' }) },
    { name: 'a signature of another key', headers: () => ({ Signature: signedWith('another-key') }) },
    { name: 'a signature of no key', headers: () => ({ Signature: signedWith('') }) },
    { name: 'the cron secret instead', headers: () => ({ Signature: inject('testApp').status.cronSecret }) },
  ])('is refused with $name, and nothing is done', async ({ headers }) => {
    const before = await countWork();
    await expectProblem(await ask(PATH, { method: 'POST', headers: headers(), body }), 401);
    expect(await countWork()).toEqual(before);
  });

  it('is cut off when it is large', async () => {
    const answer = await ask(PATH, {
      method: 'POST',
      headers: { Signature: signedWith('another-key') },
      body: 'x'.repeat(70_000),
    });
    await expectProblem(answer, 413);
  });

  it.each(['GET', 'PUT', 'DELETE'])('is not taken as %s', async (method) => {
    expect((await ask(PATH, { method })).status).toBe(405);
  });
});
