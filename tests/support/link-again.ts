import { randomUUID } from 'node:crypto';
import { encryptCredentials } from '@/lib/credentials';
import type { SandboxAccount } from '@/lib/local/sandbox/scenario';
import type { FillBench } from './fill-bench';
import { CREDENTIALS_KEY } from './link-user';

/** What a new link of the first user's first connection looks like. */
interface NewLink {
  /** Whether the provider still knows the old connection too. */
  readonly besidesTheOld?: boolean;
  /** What else is different about the accounts, which get the ids `<id>-again`. */
  readonly account?: Partial<SandboxAccount>;
}

/** Links the first user's first connection anew: the provider gives other ids to it and its accounts. */
export async function linkAgain(bench: FillBench, link: NewLink = {}): Promise<void> {
  const { state } = bench.sandbox;
  const [user, ...others] = state.scenario.users;
  const [old, ...further] = user?.connections ?? [];
  if (user === undefined || old === undefined) throw new Error('the scenario has no connection');
  const accounts = old.accounts.map((one) => ({ ...one, ...link.account, id: `${one.id}-again` }));
  const again = { ...old, id: `${old.id}-again`, accounts };
  const kept = link.besidesTheOld === true ? [old, ...further] : further;
  state.replaceUsers([{ ...user, connections: [...kept, again] }, ...others]);

  const connectionId = randomUUID();
  const credentials = { userId: user.userId, userSecret: user.userSecret };
  await bench.stack.sql`
    insert into brokerage_connections (id, user_id, provider, external_id, institution)
    values (${connectionId}, ${bench.userId()}, 'snaptrade', ${again.id}, ${again.institution.name})`;
  await bench.stack.sql`
    insert into connection_credentials (connection_id, ciphertext)
    values (${connectionId}, ${encryptCredentials(credentials, CREDENTIALS_KEY)})`;
}

/** Our id of a row that the provider calls by this id. */
export async function idOf(
  { stack }: FillBench,
  table: 'accounts' | 'brokerage_connections',
  externalId: string,
): Promise<string> {
  const [row] = await stack.sql<{ id: string }[]>`
    select id from ${stack.sql(table)} where external_id = ${externalId}`;
  if (row === undefined) throw new Error(`${table} has no ${externalId}`);
  return row.id;
}

/** How many real accounts the stored rows are taken for. */
export async function countLines({ stack }: FillBench): Promise<number> {
  const [row] = await stack.sql<
    { lines: number }[]
  >`select count(distinct line_id)::int as lines from accounts`;
  return row?.lines ?? 0;
}
