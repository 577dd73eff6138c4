import { randomBytes, randomUUID } from 'node:crypto';
import { encryptCredentials } from '@/lib/credentials';
import type { SandboxUser } from '@/lib/local/sandbox';
import type { TestStack } from './test-stack';

/** Opens the credentials that `linkUser` stores. */
export const CREDENTIALS_KEY = randomBytes(32).toString('base64');

/** Long before anything that tests are about. */
const LINKED_AT = '2026-01-02T12:00:00Z';

/** A user without a password who has linked all connections of a sandbox user; none was asked yet. Returns our id. */
export async function linkUser(
  { sql }: TestStack,
  { userId: sandboxUserId, userSecret, connections }: SandboxUser,
): Promise<string> {
  const userId = randomUUID();
  await sql`insert into auth.users (id, email) values (${userId}, ${`${userId}@example.com`})`;
  await sql`insert into portfolios (user_id) values (${userId})`;
  for (const { id, institution } of connections) {
    const connectionId = randomUUID();
    await sql`
      insert into brokerage_connections (id, user_id, provider, external_id, institution, created_at)
      values (${connectionId}, ${userId}, 'snaptrade', ${id}, ${institution.name}, ${LINKED_AT})`;
    await sql`
      insert into connection_credentials (connection_id, ciphertext)
      values (${connectionId}, ${encryptCredentials({ userId: sandboxUserId, userSecret }, CREDENTIALS_KEY)})`;
  }
  return userId;
}

/** Removes all users with everything of theirs, all runs, backfills and exchange rates, and what is left of request budgets. */
export async function forgetEverything({ sql }: TestStack): Promise<void> {
  await sql`delete from auth.users`;
  await sql`delete from runs`;
  await sql`delete from backfill_requests`;
  await sql`delete from alerts`;
  await sql`delete from exchange_rates`;
  await sql`delete from exchange_rate_readings`;
  await sql`delete from granted_requests`;
  await sql`update request_budgets set paused_until = null`;
}
