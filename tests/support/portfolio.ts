import { randomUUID } from 'node:crypto';
import { account, type FillDocument, fill } from './fill-document';
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

export interface RecordedCounts {
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

/** A user whose accounts are known since Monday, 2026-11-16, unless said otherwise; nothing is observed yet. */
export async function linkPortfolio(stack: TestStack, parts: PortfolioParts = {}): Promise<TestPortfolio> {
  const userId = parts.userId ?? (await addUser(stack));
  await stack.service`
    insert into portfolios (user_id, currency, data_notice)
    values (${userId}, ${parts.currency ?? 'USD'}, ${parts.dataNotice ?? null})`;
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
