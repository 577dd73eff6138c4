import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readUnsubscribed, setSubscription, settleNotices } from '@/lib/messages/store';
import { readUnsubscribeToken } from '@/lib/messages/unsubscribe';
import { deleteUser, readUserExport } from '@/lib/user-data/store';
import { account, value } from '../support/fill-fixture';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { MAIL_APP_URL, type MailHarness, openMailHarness } from '../support/mail-harness';
import { linkPortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

let stack: TestStack;
let mail: MailHarness;
let user: TestUser;
let portfolio: TestPortfolio;

beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => {
  user = await stack.createUser();
  portfolio = await linkPortfolio(stack, { userId: user.id, institution: 'Northwind' });
  mail = await openMailHarness(stack);
});
afterEach(async () => {
  await mail.close();
  await stack.sql`delete from portfolios`;
});
afterAll(() => stack.close());

const BROKEN_AT = '2026-11-20T21:00:00Z';
const at = (time: string) => `2026-11-20T${time}:00Z`;
const breakConnection = (since = BROKEN_AT, one: Pick<TestPortfolio, 'record'> = portfolio) =>
  one.record({ connection: { status: 'disabled', disabledSince: since, succeeded: false } }, since);
const heal = (when: string) => portfolio.record({}, when);
const subjects = () => mail.caught.map(({ subject }) => subject);
const unsubscribe = (topic: 'connection_broken' | 'connection_healed' | 'question') =>
  setSubscription(stack.admin, { userId: user.id, topic, isWanted: false }, new Date(BROKEN_AT));

const BROKEN = 'Northwind: please sign in again';
const HEALED = 'Northwind is connected again';

describe('a connection that breaks', () => {
  it('is one message however often anybody looks, and one more when it works again', async () => {
    expect(await mail.send(at('20:30'))).toEqual({ sent: 0, mailerFailed: false });
    await breakConnection();
    for (const time of ['21:07', '21:22', '21:37']) await mail.send(at(time));
    expect(subjects()).toEqual([BROKEN]);

    await heal(at('22:00'));
    for (const time of ['22:07', '22:22']) await mail.send(at(time));
    expect(subjects()).toEqual([BROKEN, HEALED]);
  });

  it('says in words and without amounts what happened and what to do, with a way to stop such messages', async () => {
    await portfolio.record({ observations: [value('account', '2026-11-19', '123456.78')] });
    await breakConnection();
    await mail.send(at('21:07'));
    const [message] = mail.caught;
    expect(message?.to).toBe(user.email);
    expect(message?.from).toContain('mail@portfolio.example');
    for (const part of [message?.text, message?.html]) {
      expect(part).toContain('Northwind, since Nov 20, 2026');
      expect(part).toContain(`${MAIL_APP_URL}/connections`);
      expect(part).toContain(`${MAIL_APP_URL}/unsubscribe?token=`);
      expect(part).not.toMatch(/123|\$/);
    }
    const list = Object.fromEntries(message?.headers.entries() ?? []);
    expect(JSON.stringify(list)).toContain('One-Click');
    const token = /unsubscribe\?token=([^\s&"<]+)/.exec(message?.text ?? '')?.[1] ?? '';
    expect(readUnsubscribeToken(decodeURIComponent(token), CREDENTIALS_KEY)).toEqual({
      userId: user.id,
      topic: 'connection_broken',
    });
  });

  it('is no message to a user who wants none, while others are told', async () => {
    const other = await stack.createUser();
    const theirs = await linkPortfolio(stack, { userId: other.id, institution: 'Keystone' });
    await unsubscribe('connection_broken');
    await breakConnection();
    await breakConnection(BROKEN_AT, theirs);
    await mail.send(at('21:07'));
    await heal(at('22:00'));
    await mail.send(at('22:07'));
    expect(mail.caught.map(({ to, subject }) => [to, subject])).toEqual([
      [other.email, 'Keystone: please sign in again'],
    ]);
  });

  it('ends its messages by kind: the one that it works again is a kind of its own', async () => {
    await unsubscribe('connection_healed');
    await breakConnection();
    await mail.send(at('21:07'));
    await heal(at('22:00'));
    await mail.send(at('22:07'));
    expect(subjects()).toEqual([BROKEN]);
    expect(await readUnsubscribed(stack.admin, user.id)).toEqual(['connection_healed']);
  });

  it('is no message when it is over before anybody could be told', async () => {
    await breakConnection();
    await settleNotices(stack.admin, true, new Date(at('21:01')));
    await heal(at('21:05'));
    await mail.send(at('21:07'));
    await mail.send(at('21:22'));
    expect(subjects()).toEqual([]);
  });

  it('is one message a day when it comes and goes', async () => {
    await breakConnection();
    await mail.send(at('21:07'));
    await heal(at('21:10'));
    await mail.send(at('21:22'));
    await breakConnection(at('21:30'));
    await mail.send(at('21:37'));
    await mail.send(at('23:37'));
    expect(subjects()).toEqual([BROKEN, HEALED]);
    await mail.send('2026-11-21T21:10:00Z');
    expect(subjects()).toEqual([BROKEN, HEALED, BROKEN]);
  });

  it('that its user unlinked is over without a message', async () => {
    await breakConnection();
    await mail.send(at('21:07'));
    await stack.sql`update brokerage_connections set status = 'removed', disabled_since = null`;
    await mail.send(at('21:22'));
    expect(subjects()).toEqual([BROKEN]);
  });

  it('is one message for all that broke of one user', async () => {
    const another = await portfolio.connectAnother({ institution: 'Keystone' });
    await breakConnection();
    await breakConnection(BROKEN_AT, another);
    await mail.send(at('21:07'));
    expect(subjects()).toEqual(['Keystone and Northwind: please sign in again']);
  });
});

describe('a mail server', () => {
  it('that is away loses no message and gets none twice, with growing pauses between attempts', async () => {
    await breakConnection();
    await mail.goDown();
    expect(await mail.send(at('21:07'))).toEqual({ sent: 0, mailerFailed: true });
    const pending = () => stack.sql<{ attempts: number; next: Date }[]>`
      select attempts, next_attempt_at as next from user_messages`;
    const [first] = await pending();
    await mail.send(at('21:22'));
    const [second] = await pending();
    expect([first?.attempts, second?.attempts]).toEqual([1, 2]);
    const pause = (row: typeof first, since: string) => Number(row?.next) - Date.parse(since);
    expect(pause(second, at('21:22'))).toBeGreaterThan(pause(first, at('21:07')));
    await mail.comeBack();
    await mail.send('2026-11-21T02:00:00Z');
    await mail.send('2026-11-21T03:00:00Z');
    expect(subjects()).toEqual([BROKEN]);
  });

  it('that refuses one message for good takes all others, and is left alone with that one after five times', async () => {
    await breakConnection();
    mail.refuseWith(550);
    for (const day of ['21', '22', '23', '24', '25', '26'])
      expect(await mail.send(`2026-11-${day}T12:00:00Z`)).toMatchObject({ mailerFailed: false });
    mail.refuseWith(null);
    await mail.send('2026-11-27T12:00:00Z');
    expect(subjects()).toEqual([]);
    expect([
      ...(await stack.sql`select attempts, withdrawn_at is not null as over from user_messages`),
    ]).toEqual([{ attempts: 5, over: true }]);
  });

  it('gets a message once from two workers at the same time', async () => {
    await breakConnection();
    await Promise.all([mail.send(at('21:07')), mail.send(at('21:07')), mail.send(at('21:07'))]);
    expect(subjects()).toEqual([BROKEN]);
  });

  it('is sent nothing where none is configured, and once it is what is still so', async () => {
    await breakConnection();
    await settleNotices(stack.admin, false, new Date(at('21:07')));
    expect(await stack.sql`select from user_messages`).toHaveLength(0);
    await mail.send('2026-11-23T12:00:00Z');
    expect(subjects()).toEqual([BROKEN]);
  });
});

describe('a question', () => {
  const ask = () =>
    portfolio.record({
      accounts: [{ ...account('odd', { name: 'Odd' }), category: null as never }],
      flows: [{ ...journal, externalId: 'account' } as never],
      reconciled: [],
    });
  const journal = {
    key: 'journal',
    date: '2026-11-19',
    amount: null,
    currency: 'USD',
    type: 'unclassified',
    isUnknown: true,
    description: null,
  };

  it('is one message with all that is new, and none of what was asked before', async () => {
    await ask();
    await mail.send(at('21:07'));
    await mail.send(at('21:22'));
    expect(subjects()).toEqual(['Questions about your accounts']);
    expect(mail.caught[0]?.text).toContain('What is Odd at Northwind?');
    expect(mail.caught[0]?.text).toContain('What moved on account at Northwind?');

    const relinked = await portfolio.connectAnother({ institution: 'Keystone' });
    await stack.service`
      insert into account_match_proposals (user_id, account_id, candidate_id, created_at)
      select ${user.id}, a.id, k.id, ${at('21:30')}
      from accounts a, accounts k
      where a.connection_id = ${relinked.connectionId} and k.connection_id = ${portfolio.connectionId} and k.name = 'account'`;
    await mail.send(at('21:37'));
    expect(subjects().at(-1)).toBe('A question about your accounts');
    expect(mail.caught.at(-1)?.text).toContain(
      'Are account at Keystone and account at Northwind one account?',
    );
    expect(mail.caught.at(-1)?.text).toContain(`${MAIL_APP_URL}/connections`);
    expect(mail.caught).toHaveLength(2);
  });

  it('is no message to a user who wants none, and none when it is answered first', async () => {
    await unsubscribe('question');
    await ask();
    await mail.send(at('21:07'));
    expect(subjects()).toEqual([]);
  });
});

it('what a user was sent is in what they take along, and goes with them', async () => {
  await breakConnection();
  await mail.send(at('21:07'));
  await unsubscribe('question');
  const taken = await readUserExport(stack.admin, user.id);
  expect(taken).toMatchObject({
    user_notices: [{ kind: 'connection_broken' }],
    user_messages: [{ kind: 'connection_broken' }],
    unsubscriptions: [{ topic: 'question' }],
  });
  await deleteUser(stack.admin, user.id, new Date(at('22:00')));
  for (const table of ['user_notices', 'user_messages', 'unsubscriptions'])
    expect(await stack.sql`select from ${stack.sql(table)} where user_id = ${user.id}`).toHaveLength(0);
});
