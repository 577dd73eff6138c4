import { randomUUID } from 'node:crypto';
import { account, asked, type FillDocument, fill, flow, liveValue, value } from './fill-fixture';
import type { TestStack } from './test-stack';

/** Friday, an hour after the close; the week's trading days are 2026-11-16 to 2026-11-20. */
export const FRIDAY_EVENING = '2026-11-20T22:00:00Z';

/** A user with one connection, and what tests do with them. */
export interface TestPortfolio {
  readonly userId: string;
  readonly connectionId: string;
  /** Records a fill of the connection as some worker. */
  record(parts: Partial<FillDocument>, now?: string): Promise<RecordedCounts>;
  /** A further connection of the same user. */
  connectAnother(parts?: ConnectionParts): Promise<Omit<TestPortfolio, 'connectAnother'>>;
}

interface RecordedCounts {
  readonly observations: number;
  readonly published: number;
}

interface ConnectionParts {
  /** Accounts, or only their external ids. */
  readonly accounts?: readonly (string | ReturnType<typeof account>)[];
  /** The trading day on which the accounts became known. */
  readonly since?: string;
  readonly institution?: string;
  /** Since when the connection has work; null for none. */
  readonly dueAt?: string | null;
}

export interface PortfolioParts extends ConnectionParts {
  readonly userId?: string;
  readonly currency?: string;
  readonly dataNotice?: string;
}

/** A user whose accounts are known since Monday, 2026-11-16, unless named otherwise; nothing is observed yet. */
export async function linkPortfolio(stack: TestStack, parts: PortfolioParts = {}): Promise<TestPortfolio> {
  const userId = parts.userId ?? (await addUser(stack));
  await stack.service`
    insert into portfolios (user_id, currency, data_notice)
    values (${userId}, ${parts.currency ?? 'USD'}, ${parts.dataNotice ?? null})
    on conflict do nothing`;
  const first = await connect(stack, userId, parts);
  return { ...first, connectAnother: (others = {}) => connect(stack, userId, others) };
}

async function connect(stack: TestStack, userId: string, parts: ConnectionParts) {
  const { accounts = ['account'], since = '2026-11-16', institution = 'Broker', dueAt = null } = parts;
  const connectionId = randomUUID();
  await stack.service`
    insert into brokerage_connections (id, user_id, provider, external_id, institution, due_at)
    values (${connectionId}, ${userId}, 'snaptrade', ${connectionId}, ${institution}, ${dueAt})`;
  const known = accounts.map((one) => (typeof one === 'string' ? account(one) : one));
  if (known.length > 0) await recordFill(stack, connectionId, { accounts: known }, `${since}T16:00:00Z`);
  return {
    userId,
    connectionId,
    record: (document: Partial<FillDocument>, now = FRIDAY_EVENING) =>
      recordFill(stack, connectionId, document, now),
  };
}

/** Records a fill with the service role's rights. */
export async function recordFill(
  stack: TestStack,
  connectionId: string,
  parts: Partial<FillDocument>,
  now: string,
  worker: string = randomUUID(),
): Promise<RecordedCounts> {
  const document = stack.service.json(JSON.parse(JSON.stringify(fill(parts))));
  const [row] = await stack.service<{ counts: RecordedCounts }[]>`
    select record_fill(${connectionId}, ${worker}, ${document}, ${now}) as counts`;
  if (row === undefined) throw new Error('record_fill answered nothing');
  return row.counts;
}

/** A user without a password: enough for everything that does not sign in. */
async function addUser(stack: TestStack): Promise<string> {
  const userId = randomUUID();
  await stack.sql`insert into auth.users (id, email) values (${userId}, ${`${userId}@example.com`})`;
  return userId;
}

/** A portfolio with something in every table: what one user could see of another if a policy were missing. */
export async function populatePortfolio(stack: TestStack, userId: string): Promise<TestPortfolio> {
  const portfolio = await linkPortfolio(stack, { userId, accounts: ['isa'] });
  await portfolio.record({
    observations: [value('isa', '2026-11-18', '90'), value('isa', '2026-11-19', '100')],
    outcomes: [asked('isa', '2026-11-20')],
    live: [liveValue('isa', '101')],
    flows: [flow('isa', '2026-11-19', '5')],
    sightings: [
      {
        externalId: 'isa',
        isListed: true,
        isOpen: true,
        category: 'investment',
        isPaper: false,
        currency: 'USD',
      },
    ],
    statements: [
      {
        externalId: 'isa',
        sameAs: null,
        from: '2026-11-01',
        to: '2026-11-20',
        isComplete: true,
        rows: [{ kind: 'deposit', vendorType: 'CONTRIBUTION', amount: '5', date: '2026-11-19', nth: 1 }],
      },
    ],
    spans: [{ externalId: 'isa', from: '2026-11-18', to: '2026-11-19', keys: ['a movement'] }],
  });
  await stack.service`
    insert into decisions (user_id, account_id, actor_id, reading_id, verdict, reason, at)
    select user_id, account_id, user_id, id, 'accept', 'a test', '2026-11-20T22:00:00Z' from account_values where user_id = ${userId}`;
  await stack.service`
    insert into verdict_changes (user_id, reading_id, old_verdict, new_verdict, contradicts, changed_at)
    select user_id, id, 'held', 'accepted', '{}', '2026-11-20T22:00:00Z' from account_values where user_id = ${userId}`;
  // A second word about a day leaves a correction.
  await portfolio.record({
    observations: [value('isa', '2026-11-19', '102', { asOf: '2026-11-19T21:45:00Z' })],
  });
  await portfolio.record(
    { live: [liveValue('isa', '100', { asOf: '2026-11-23T15:00:00Z' })] },
    '2026-11-23T15:01:00Z',
  );
  await stack.service`
    insert into question_backoffs (account_id, user_id, question, attempts, asked_at, retry_at, reason)
    select id, user_id, 'movements', 1, '2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z', 'unavailable'
    from accounts where connection_id = ${portfolio.connectionId}`;
  await stack.service`select save_note(${userId}, '2026-11-20', 'A note', '2026-11-20T22:00:00Z')`;
  await stack.service`
    insert into connection_credentials (connection_id, ciphertext) values (${portfolio.connectionId}, 'sealed')`;
  await stack.service`
    select begin_registration(${userId}, 'snaptrade', null, 'another-id', '2026-11-20T22:00:00Z', 60000)`;
  await stack.service`select keep_provider_user(${userId}, 'snaptrade', 'sealed', null, ${userId}::text)`;
  await stack.service`
    insert into link_sessions (user_id, provider, ciphertext, created_at, expires_at)
    values (${userId}, 'plaid', 'sealed', '2026-11-20T22:00:00Z', '2026-11-21T04:00:00Z')`;
  await stack.service`
    insert into connection_removals
    values ('plaid', ${`item-of-${userId}`}, 'sealed', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z')`;
  await stack.service`select count_request('link', ${userId}::text, 10, 600, '2026-11-20T22:00:00Z')`;
  await stack.service`select open_run(gen_random_uuid(), 'user', '2026-11-20', ${userId}, '2026-11-20T22:00:00Z', 900)`;
  await stack.service`
    insert into exchange_rates values ('EUR', 'USD', '2026-11-20', 1.1, 'test') on conflict do nothing`;
  await stack.service`
    insert into exchange_rate_readings
    values ('EUR', 'USD', '2026-11-20', '2026-11-20', 'test', '2026-11-20T22:00:00Z') on conflict do nothing`;
  await stack.service`select claim_calendar_check('test', '2026-11-20')`;
  await stack.service`
    select record_benchmark_prices('sp500', 'test', '[{"date": "2026-11-19", "close": "600"}, {"date": "2026-11-20", "close": "601"}]')`;
  await stack.service`
    with opened as (
      insert into alerts (incident_key, kind, facts, opened_at, last_seen_at)
      values ('no_run', 'no_run', '{}', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z')
      on conflict do nothing
      returning id
    )
    insert into alert_deliveries (alert_id, state, pending_since, next_attempt_at)
    select id, 'open', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z' from opened`;
  await stack.service`
    insert into audit_log (actor_id, action, target, reason, at)
    values (${userId}, 'reject_held', 'account_values/1', 'a test', '2026-11-20T22:00:00Z')`;
  await stack.service`
    select record_connection_event(
      provider, external_id, ${`event-of-${userId}`}, 'CONNECTION_UPDATED', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z'
    )
    from brokerage_connections where id = ${portfolio.connectionId}`;
  await stack.sql`insert into user_deletions (deleted_at, deleted) values ('2026-11-20T22:00:00Z', '{"accounts": 1}')`;
  const relinked = await portfolio.connectAnother();
  await stack.service`
    insert into account_match_proposals (user_id, account_id, candidate_id, created_at)
    select ${userId}, a.id, k.id, '2026-11-20T22:00:00Z'
    from accounts a, accounts k
    where a.connection_id = ${relinked.connectionId} and k.connection_id = ${portfolio.connectionId}`;
  await stack.service`
    select decide_match(user_id, id, true, '2026-11-20T22:00:00Z') from account_match_proposals where user_id = ${userId}`;
  await stack.service`
    select import_statement(
      gen_random_uuid(), ${userId}, 'statements.csv', false,
      (
        select jsonb_build_array(jsonb_build_object(
          'line', 2, 'accountId', line_id, 'date', '2026-10-30', 'total', '80', 'currency', 'USD'
        ))
        from accounts where connection_id = ${portfolio.connectionId}
      ),
      '2026-11-20T22:00:00Z'
    )`;
  await stack.service`
    with noticed as (
      insert into user_notices (user_id, kind, subject, facts, began_at)
      values (${userId}, 'connection_broken', ${portfolio.connectionId}, '{}', '2026-11-20T22:00:00Z')
      returning id
    )
    insert into user_messages (user_id, notice_id, kind, pending_since, next_attempt_at)
    select ${userId}, id, 'connection_broken', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z' from noticed`;
  await stack.service`select set_subscription(${userId}, 'question', false, '2026-11-20T22:00:00Z')`;
  await stack.service`
    insert into inbox_events (item, actor_id, action, at) values ('alert:1', ${userId}, 'assign', '2026-11-20T22:00:00Z')`;
  await stack.service`select take_requests('snaptrade', 1, 250)`;
  await stack.service`
    select open_backfill(
      ${userId}, null, null, null, '2026-11-16', '2026-11-20', '2025-11-20', ${userId}, 'a test', '2026-11-20T22:00:00Z', null
    )`;
  return portfolio;
}
