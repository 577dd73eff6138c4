import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { ask, bearer, linkApiUser, serviceClient, signIn, signInWithCookie } from '../support/api';

const PATH = '/api/health';

async function readHealth(headers = bearer(inject('testApp').status.cronSecret)) {
  const answer = await ask(PATH, { headers });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const body: unknown = await answer.json();
  return { status: answer.status, body };
}

describe('health', () => {
  afterEach(async () => {
    expect(await readHealth()).toMatchObject({ status: 200 });
  });

  it('is good after the first tick, and says of which day', async () => {
    expect(await readHealth()).toMatchObject({
      status: 200,
      body: { status: 'ok', healthy: true, faults: [], warnings: [], tradingDay: '2026-11-19' },
    });
  });

  it('fails with a name when the day that is due is not covered, and is good again when it is', async () => {
    const uncovered = await linkApiUser({ knownSince: '2026-11-16', notBefore: '2027-01-01T00:00:00Z' });

    expect(await readHealth()).toMatchObject({
      status: 503,
      body: { status: 'failing', healthy: false, faults: ['coverage_below_target'] },
    });
    await uncovered.remove();
  });

  it.each([
    {
      name: 'the last tick failed',
      row: { trading_day: '2026-11-20', status: 'failed' },
      fault: 'last_run_failed',
    },
    {
      name: 'no tick came since the day was due',
      row: { trading_day: '2026-11-18', status: 'complete' },
      fault: 'no_run',
    },
  ])('fails with a name when $name', async ({ row, fault }) => {
    const id = randomUUID();
    const lately = '2026-11-20T23:59:00Z';
    const runs = serviceClient().from('runs');
    await runs.insert({
      id,
      trigger: 'cron',
      started_at: lately,
      alive_at: lately,
      finished_at: lately,
      ...row,
    });

    expect(await readHealth()).toMatchObject({ status: 503, body: { faults: [fault] } });
    // A run on behalf of one user says nothing of the schedule.
    await runs.update({ trigger: 'page_view' }).eq('id', id);
  });

  it('warns of alerts that nobody takes, and stays good', async () => {
    const alert = { incident_key: 'run_failed', kind: 'run_failed', facts: {}, state: 'resolved' };
    const long = '2026-11-20T20:00:00Z';
    const { data } = await serviceClient()
      .from('alerts')
      .insert({ ...alert, opened_at: long, last_seen_at: long, resolved_at: long })
      .select('id')
      .single();
    const pending = {
      alert_id: data?.id ?? -1,
      state: 'open',
      pending_since: long,
      next_attempt_at: '2027-01-01Z',
    };
    await serviceClient().from('alert_deliveries').insert(pending);

    expect(await readHealth()).toMatchObject({
      status: 200,
      body: { status: 'ok', faults: [], warnings: ['alerts_undelivered'] },
    });
    await serviceClient()
      .from('alert_deliveries')
      .update({ delivered_at: long })
      .eq('alert_id', pending.alert_id);
    expect(await readHealth()).toMatchObject({ body: { warnings: [] } });
  });

  it('is good or not for strangers and users, and nothing more, also when it is not', async () => {
    const uncovered = await linkApiUser({ knownSince: '2026-11-16', notBefore: '2027-01-01T00:00:00Z' });
    const strangers = [
      {},
      bearer('not-the-secret'),
      bearer(await signIn('steady')),
      bearer(uncovered.accessToken),
    ];
    for (const headers of strangers) {
      const answer = await ask(PATH, { headers });
      expect([answer.status, await answer.json()]).toEqual([503, { status: 'failing' }]);
    }
    await uncovered.remove();
    expect(await (await ask(PATH)).json()).toEqual({ status: 'ok' });
  });

  it('holds no name, amount or secret for operators either, whichever way they come', async () => {
    for (const headers of [bearer(await signIn('admin')), await signInWithCookie('admin')]) {
      const body: unknown = await (await ask(PATH, { headers })).json();
      expect(Object.keys(Object(body)).toSorted()).toEqual([
        'capture',
        'faults',
        'healthy',
        'status',
        'tradingDay',
        'warnings',
      ]);
      expect(JSON.stringify(body)).not.toMatch(/@|secret|key|value/i);
    }
  });
});

describe('the API', () => {
  it.each(['/api/nothing', '/api', '/api/portfolio', '/api/cron', '/api/portfolio/history/other'])(
    'has nothing at %s',
    async (path) => {
      expect((await ask(path, { redirect: 'manual' })).status).toBe(404);
    },
  );
});
