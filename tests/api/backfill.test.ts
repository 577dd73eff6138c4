import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { BackfillDocument } from '@/lib/backfill/document';
import { isActiveBackfill } from '@/lib/domain/states';
import {
  ask,
  bearer,
  countWork,
  expectProblem,
  post,
  serviceClient,
  signIn,
  signInWithCookie,
} from '../support/api';
import { linkUserWithGap, stopAnswering, until } from '../support/backfill-harness';
import type { LinkedUser } from '../support/linked-user';

const PATH = '/api/admin/backfill';
const WEEK = { from: '2026-11-16', to: '2026-11-20' };
const NOBODY = '00000000-0000-4000-8000-000000000000';

let gap: LinkedUser;
let unanswered: LinkedUser;
let admin: { authorization: string };
beforeAll(async () => {
  gap = await linkUserWithGap(inject('testApp'));
  unanswered = await linkUserWithGap(inject('testApp'));
  await stopAnswering(inject('testApp'), unanswered);
  admin = bearer(await signIn('admin'));
});
afterAll(async () => {
  await Promise.all([gap.remove(), unanswered.remove()]);
});

async function countBackfills(): Promise<number> {
  const { count, error } = await serviceClient()
    .from('backfill_requests')
    .select('*', { count: 'exact', head: true });
  if (error !== null || count === null) throw new Error('cannot count the backfills');
  return count;
}

async function open(body: object, status: number): Promise<{ id: string; created: boolean }> {
  const answer = await post(PATH, body, admin);
  expect(answer.status).toBe(status);
  return (await answer.json()) as { id: string; created: boolean };
}

async function read(id: string): Promise<BackfillDocument> {
  const answer = await ask(`${PATH}/${id}`, { headers: admin });
  expect(answer.status).toBe(200);
  return (await answer.json()) as BackfillDocument;
}

describe('a request that is not understood', () => {
  it.each([
    { body: {}, detail: /from/ },
    { body: { from: '2026-11-16' }, detail: /to/ },
    { body: { ...WEEK, from: '2026-11-21', to: '2026-11-20' }, detail: /not be after/ },
    { body: { from: '2026-11-23', to: '2026-11-30' }, detail: /2026-11-20/ },
    { body: { ...WEEK, from: '16.11.2026' }, detail: /YYYY-MM-DD/ },
    { body: { ...WEEK, user: 'nobody@example.com' }, detail: /user/ },
    { body: { ...WEEK, user: NOBODY }, detail: /user/ },
    { body: { ...WEEK, user: "x' or 1=1 --" }, detail: /user/ },
    { body: { ...WEEK, reason: 'rate_missing' }, detail: /reason/ },
    { body: { ...WEEK, reason: 'because' }, detail: /reason/ },
    { body: { ...WEEK, provider: 'another' }, detail: /provider/ },
    { body: { ...WEEK, institution: '' }, detail: /institution/ },
    { body: { ...WEEK, note: 'x'.repeat(501) }, detail: /note/ },
    { body: { ...WEEK, preview: 'yes' }, detail: /preview/ },
    { body: { ...WEEK, users: ['somebody'] }, detail: /users/ },
    { body: [WEEK], detail: /object/ },
  ])('is refused with what is wrong, and changes nothing: $body', async ({ body, detail }) => {
    const before = [await countWork(), await countBackfills()];
    expect(await expectProblem(await post(PATH, body, admin), 400)).toMatch(detail);
    expect([await countWork(), await countBackfills()]).toEqual(before);
  });
});

describe('somebody who is no administrator', () => {
  it('may neither see nor ask nor cancel', async () => {
    const before = [await countWork(), await countBackfills()];
    for (const [headers, status] of [
      [{}, 401],
      [bearer('not-a-token'), 401],
      [{ 'x-api-key': String(inject('testApp').status.apiKey) }, 401],
      [bearer(await signIn('steady')), 403],
    ] as const) {
      await expectProblem(await post(PATH, { ...WEEK, preview: true }, headers), status);
      await expectProblem(await post(PATH, WEEK, headers), status);
      await expectProblem(await ask(PATH, { headers }), status);
      await expectProblem(await ask(`${PATH}/${NOBODY}`, { headers }), status);
      await expectProblem(await ask(`${PATH}/${NOBODY}`, { method: 'DELETE', headers }), status);
    }
    expect([await countWork(), await countBackfills()]).toEqual(before);
  });

  it('cannot have an administrator’s browser ask from another site', async () => {
    const headers = { ...(await signInWithCookie('admin')), origin: 'https://elsewhere.example' };
    await expectProblem(await post(PATH, WEEK, headers), 403);
    await expectProblem(await ask(`${PATH}/${NOBODY}`, { method: 'DELETE', headers }), 403);
  });

  it('cannot call the database’s functions or read its tables', async () => {
    const { supabaseUrl, publishableKey } = inject('testApp').status;
    const headers = { ...bearer(await signIn('steady')), apikey: publishableKey };
    for (const [path, body] of [
      ['rpc/list_backfills', { p_before: null, p_limit: 10 }],
      [
        'rpc/cancel_backfill',
        { p_request_id: NOBODY, p_actor_id: NOBODY, p_note: null, p_now: '2026-11-20' },
      ],
      ['rpc/user_email', { p_user_id: gap.id }],
      ['rpc/list_audit', { p_actor_id: null, p_action: null, p_before: null, p_limit: 10 }],
    ] as const) {
      const answer = await fetch(`${supabaseUrl}/rest/v1/${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(await answer.text()).not.toContain(gap.email);
    }
    for (const table of ['backfill_requests', 'backfill_accounts', 'audit_log', 'runs']) {
      const answer = await fetch(`${supabaseUrl}/rest/v1/${table}`, { headers });
      expect(answer.status, table).toBe(403);
    }
  });
});

describe('a backfill by script', () => {
  it('is previewed, opened, followed to its end, and listed', async () => {
    const scope = { ...WEEK, user: gap.email };
    const before = await countBackfills();
    const preview = await post(PATH, { ...scope, preview: true }, admin);
    expect(preview.status).toBe(200);
    expect(await preview.json()).toEqual({
      accountDays: 5,
      reopenedDays: 0,
      beyondReachDays: 0,
      presentDays: 0,
      users: 1,
      accounts: 1,
      connections: 1,
      requests: 2,
      requestsByProvider: { snaptrade: 2 },
      reasons: { not_yet_due: 5 },
      offDays: {},
      from: '2026-11-16',
      to: '2026-11-20',
      minutes: 1,
    });
    expect(await countBackfills()).toBe(before);

    const { id, created } = await open({ ...scope, note: 'she wrote to us' }, 201);
    expect(created).toBe(true);
    const done = await until(
      () => read(id),
      (backfill) => !isActiveBackfill(backfill),
    );
    expect(done).toMatchObject({
      status: 'done',
      scope: { userId: gap.id, email: gap.email, ...WEEK },
      requestedBy: 'admin@example.com',
      counts: { accountDays: 5, filledDays: 5, cannot: {} },
      runs: [{ status: 'complete' }],
      accounts: [{ userId: gap.id, ranges: [{ ...WEEK, days: 5, outcome: 'filled', reason: null }] }],
      next: null,
    });
    const history = await ask('/api/portfolio/history?period=1M', { headers: bearer(gap.accessToken) });
    expect(await history.json()).toMatchObject({ gaps: [] });

    const list = await ask(`${PATH}?limit=1`, { headers: admin });
    expect(await list.json()).toMatchObject({ backfills: [{ id, status: 'done' }], next: id });
  });

  it('that is asked for twice is one, and can be cancelled once', async () => {
    const scope = { ...WEEK, user: unanswered.id };
    const first = await open(scope, 201);
    const second = await open(scope, 200);
    expect(second).toEqual({ id: first.id, created: false });

    const cancelled = await ask(`${PATH}/${first.id}`, { method: 'DELETE', headers: admin });
    expect(cancelled.status).toBe(200);
    await expectProblem(await ask(`${PATH}/${first.id}`, { method: 'DELETE', headers: admin }), 404);
    expect(await read(first.id)).toMatchObject({ status: 'cancelled', counts: { filledDays: 0 } });
  });

  it('that does not exist is not found', async () => {
    await expectProblem(await ask(`${PATH}/${NOBODY}`, { headers: admin }), 404);
    await expectProblem(await ask(`${PATH}/x`, { headers: admin }), 404);
    await expectProblem(await ask(`${PATH}/x`, { method: 'DELETE', headers: admin }), 404);
  });
});

describe('the scheduled call that goes on with backfills', () => {
  const CRON = '/api/cron/backfill';

  it('needs the cron secret', async () => {
    await expectProblem(await ask(CRON), 401);
    await expectProblem(await ask(CRON, { headers: admin }), 401);
  });

  it('does nothing when none is under way', async () => {
    const before = await countWork();
    const answer = await ask(CRON, { headers: bearer(inject('testApp').status.cronSecret) });
    expect(await answer.json()).toEqual({ continued: 0 });
    expect(await countWork()).toEqual(before);
  });
});
