import { asked, flow, liveValue, value } from './fill-document';
import { linkPortfolio, type TestPortfolio } from './portfolio';
import type { TestStack } from './test-stack';

/** A portfolio with something in every table: what one user could see of another if a policy were missing. */
export async function furnishPortfolio(stack: TestStack, userId: string): Promise<TestPortfolio> {
  const portfolio = await linkPortfolio(stack, { userId, accounts: ['isa'] });
  await portfolio.record({
    observations: [value('isa', '2026-11-18', '90'), value('isa', '2026-11-19', '100')],
    outcomes: [asked('isa', '2026-11-20')],
    live: [liveValue('isa', '101')],
    flows: [flow('isa', '2026-11-19', '5')],
  });
  // A second word about a day leaves a correction.
  await portfolio.record({
    observations: [value('isa', '2026-11-19', '102', { asOf: '2026-11-19T21:45:00Z' })],
  });
  await portfolio.record(
    { live: [liveValue('isa', '100', { asOf: '2026-11-23T15:00:00Z' })] },
    '2026-11-23T15:01:00Z',
  );
  await stack.service`
    insert into connection_credentials (connection_id, ciphertext) values (${portfolio.connectionId}, 'sealed')`;
  await stack.service`
    select begin_registration(${userId}, 'snaptrade', null, 'another-id', '2026-11-20T22:00:00Z', 60000)`;
  await stack.service`select keep_provider_user(${userId}, 'snaptrade', 'sealed', null, ${userId}::text)`;
  await stack.service`select count_request('link', ${userId}::text, 10, 600, '2026-11-20T22:00:00Z')`;
  await stack.service`select open_run(gen_random_uuid(), 'user', '2026-11-20', ${userId}, '2026-11-20T22:00:00Z', 900)`;
  await stack.service`
    insert into exchange_rates values ('EUR', 'USD', '2026-11-20', 1.1, 'test') on conflict do nothing`;
  await stack.service`
    insert into exchange_rate_readings
    values ('EUR', 'USD', '2026-11-20', '2026-11-20', 'test', '2026-11-20T22:00:00Z') on conflict do nothing`;
  await stack.service`
    select record_benchmark_prices('sp500', 'test', '[{"date": "2026-11-19", "close": "600"}, {"date": "2026-11-20", "close": "601"}]')`;
  await stack.service`
    with told as (
      insert into alerts (incident_key, kind, facts, opened_at, last_seen_at)
      values ('no_run', 'no_run', '{}', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z')
      on conflict do nothing
      returning id
    )
    insert into alert_deliveries (alert_id, state, owed_since, next_attempt_at)
    select id, 'open', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z' from told`;
  await stack.service`
    insert into audit_log (actor_id, action, target, reason, at)
    values (${userId}, 'reject_held', 'account_values/1', 'a test', '2026-11-20T22:00:00Z')`;
  await stack.service`
    select hint_connection(
      provider, external_id, ${`event-of-${userId}`}, 'CONNECTION_UPDATED', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z'
    )
    from brokerage_connections where id = ${portfolio.connectionId}`;
  const relinked = await portfolio.connectAnother();
  await stack.service`
    insert into account_match_proposals (user_id, account_id, candidate_id, created_at)
    select ${userId}, a.id, k.id, '2026-11-20T22:00:00Z'
    from accounts a, accounts k
    where a.connection_id = ${relinked.connectionId} and k.connection_id = ${portfolio.connectionId}`;
  await stack.service`
    select decide_match(user_id, id, true, '2026-11-20T22:00:00Z') from account_match_proposals where user_id = ${userId}`;
  await stack.service`select take_requests('snaptrade', 1, 250)`;
  await stack.service`
    select open_backfill(
      ${userId}, null, null, null, '2026-11-16', '2026-11-20', '2025-11-20', ${userId}, 'a test', '2026-11-20T22:00:00Z'
    )`;
  return portfolio;
}
