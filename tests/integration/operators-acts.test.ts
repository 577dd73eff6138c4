import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { previewReminder, remindOwners, setSubscription } from '@/lib/messages/store';
import { listAudit, recordViews } from '@/lib/operations/store';
import { type MailHarness, openMailHarness } from '../support/mail-harness';
import { linkPortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

const OPERATOR = '00000000-0000-4000-8000-00000000ad01';
const OTHER = '00000000-0000-4000-8000-00000000ad02';
const BROKEN_AT = '2026-11-20T21:00:00Z';

let stack: TestStack;
let mail: MailHarness;
const users: TestUser[] = [];
const portfolios: TestPortfolio[] = [];
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => {
  mail = await openMailHarness(stack);
  for (const institution of ['Keystone', 'Keystone', 'Keystone', 'Northwind']) {
    const user = await stack.createUser();
    const portfolio = await linkPortfolio(stack, { userId: user.id, institution });
    await portfolio.record(
      { connection: { status: 'disabled', disabledSince: BROKEN_AT, succeeded: false } },
      BROKEN_AT,
    );
    users.push(user);
    portfolios.push(portfolio);
  }
});
afterEach(async () => {
  await mail.close();
  users.length = 0;
  portfolios.length = 0;
  await stack.sql`delete from portfolios`;
  await stack.sql`delete from audit_log`;
});
afterAll(() => stack.close());

const audit = (limit = 10) => listAudit(stack.admin, { actorId: null, action: null, before: null, limit });
const scope = { provider: 'snaptrade', institution: 'Keystone' };
const remind = (at: string) =>
  remindOwners(stack.admin, { ...scope, actorId: OPERATOR, reason: 'a month by now' }, new Date(at));

describe('a reminder to reconnect', () => {
  it('reaches each owner of a broken connection there once, but those who want none, and is on record', async () => {
    const [first, second, unsubscribed] = users;
    await setSubscription(
      stack.admin,
      { userId: unsubscribed?.id ?? '', topic: 'connection_broken', isWanted: false },
      new Date(BROKEN_AT),
    );
    expect(await previewReminder(stack.admin, scope)).toEqual({
      owners: 3,
      unsubscribed: 1,
      reminded: 0,
      recipients: 2,
    });

    expect(await remind('2026-11-23T12:00:00Z')).toBe(2);
    expect(await remind('2026-11-23T12:00:01Z')).toBe(0);
    expect(await previewReminder(stack.admin, scope)).toMatchObject({ reminded: 2, recipients: 0 });
    await mail.send('2026-11-23T12:01:00Z');
    const reminders = mail.caught.filter(({ subject }) => subject.includes('still waits'));
    expect(reminders.map(({ to }) => to).toSorted()).toEqual([first?.email, second?.email].toSorted());
    expect(await audit()).toMatchObject([
      {
        action: 'remind_owners',
        actorId: OPERATOR,
        reason: 'a month by now',
        reminder: { provider: 'snaptrade', institution: 'Keystone', users: 2 },
      },
    ]);
  });

  it('is not sent to whoever reconnects before it goes out, and again when it breaks anew', async () => {
    await remind('2026-11-23T12:00:00Z');
    await portfolios[0]?.record({}, '2026-11-23T12:00:30Z');
    await mail.send('2026-11-23T12:01:00Z');
    expect(mail.caught.filter(({ subject }) => subject.includes('still waits'))).toHaveLength(2);
    await portfolios[0]?.record(
      { connection: { status: 'disabled', disabledSince: '2026-11-24T12:00:00Z', succeeded: false } },
      '2026-11-24T12:00:00Z',
    );
    expect(await remind('2026-11-25T12:00:00Z')).toBe(1);
  });
});

describe('the audit log', () => {
  it('says that an administrator looked at a user’s money, once an hour for each of both', async () => {
    const [user, other] = users.map(({ id }) => id);
    const view = (actorId: string, userIds: readonly (string | undefined)[], at: string) =>
      recordViews(
        stack.admin,
        { actorId, userIds: userIds.filter((id) => id !== undefined) },
        new Date(`2026-11-20T${at}:00Z`),
      );
    for (const at of ['21:00', '21:01', '21:59']) await view(OPERATOR, [user], at);
    expect(await audit()).toHaveLength(1);
    await view(OTHER, [user], '21:01');
    await view(OPERATOR, [user, other], '22:01');
    expect(await audit()).toMatchObject([
      ...[other, user].toSorted().map(() => ({ action: 'view_user', actorId: OPERATOR })),
      { action: 'view_user', actorId: OTHER, user: { userId: user, email: users[0]?.email } },
      { action: 'view_user', actorId: OPERATOR, reason: null },
    ]);
    // Looking at one's own is nobody's business.
    await view(user ?? '', [user], '22:02');
    expect(await audit()).toHaveLength(4);
  });

  it('says whom a backfill was about and how much it was', async () => {
    await stack.service`
      select open_backfill(
        ${users[0]?.id ?? null}, null, null, null, '2026-11-16', '2026-11-20', '2025-11-20', ${OPERATOR}, 'asked for', '2026-11-20T22:00:00Z', null
      )`;
    expect(await audit()).toMatchObject([
      {
        backfill: {
          accountDays: expect.any(Number),
          scope: { userId: users[0]?.id, email: users[0]?.email, from: '2026-11-16', to: '2026-11-20' },
        },
      },
    ]);
  });
});
