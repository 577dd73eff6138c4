import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { encryptCredentials } from '@/lib/credentials';
import type { Database } from '@/lib/db/types';
import type { StackStatus } from '@/lib/local/status-file';
import { changeStack } from './sandbox-control';
import { type AccountInput, account, connection, user } from './scenario';

/** A user of a test's own at the running app, linked to an account at its brokerage. */
export interface LinkedUser {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
  /** Of the account and its connection at the brokerage. */
  readonly accountId: string;
  readonly connectionId: string;
  /** Takes the user's data away, so that other tests do not meet it. */
  remove(): Promise<void>;
}

export interface LinkedUserParts {
  readonly account?: Partial<AccountInput>;
  readonly institution?: string;
  /** A trading day since which the account is expected, though nothing was captured; null when it was never asked. */
  readonly knownSince?: string | null;
  /** Until when no scheduled tick asks for it; null for at once. */
  readonly notBefore?: string | null;
}

/** The running app that the user is to be at. */
export interface AppFacts {
  readonly status: StackStatus;
  /** Seals the user's credentials. */
  readonly credentialsKey: string;
}

/** Signs a user up, opens an account for them at the sandbox brokerage, and links it. */
export async function linkUserAt(
  { status, credentialsKey }: AppFacts,
  parts: LinkedUserParts = {},
): Promise<LinkedUser> {
  const key = randomUUID();
  const brokerUser = user({
    userId: `user-${key}`,
    connections: [
      connection({
        id: `connection-${key}`,
        accounts: [account({ id: `account-${key}`, ...parts.account })],
      }),
    ],
  });
  await addToSandbox(status, brokerUser);

  const visitor = createClient(status.supabaseUrl, status.publishableKey, {
    auth: { persistSession: false },
  });
  const email = `${key}@example.com`;
  const { data } = await visitor.auth.signUp({ email, password: key });
  if (data.user === null || data.session === null) throw new Error('cannot sign up');
  const id = data.user.id;

  const service = createClient<Database>(status.supabaseUrl, status.secretKey, {
    auth: { persistSession: false },
  });
  await succeed(service.from('portfolios').insert({ user_id: id }));
  await succeed(
    service.from('brokerage_connections').insert({
      id: key,
      user_id: id,
      provider: 'snaptrade',
      external_id: `connection-${key}`,
      institution: parts.institution ?? 'Test Brokerage',
      retry_at: parts.notBefore ?? null,
    }),
  );
  const { userId, userSecret } = brokerUser;
  const ciphertext = encryptCredentials({ userId, userSecret }, credentialsKey);
  await succeed(service.from('connection_credentials').insert({ connection_id: key, ciphertext }));
  if (parts.knownSince) {
    await succeed(
      service.from('accounts').insert({
        user_id: id,
        connection_id: key,
        external_id: `account-${key}`,
        name: 'Account',
        currency: 'USD',
        category: 'investment',
        first_known_on: parts.knownSince,
        history_asked_at: `${parts.knownSince}T22:30:00Z`,
      }),
    );
  }
  return {
    id,
    email,
    accessToken: data.session.access_token,
    accountId: `account-${key}`,
    connectionId: `connection-${key}`,
    remove: () => succeed(service.from('portfolios').delete().eq('user_id', id)),
  };
}

async function addToSandbox(status: StackStatus, brokerUser: ReturnType<typeof user>): Promise<void> {
  const state = await changeStack(status, 'GET', '/state');
  const { scenario } = z.object({ scenario: z.looseObject({ users: z.array(z.unknown()) }) }).parse(state);
  const instrument = { symbol: 'SANDBOX-500' };
  const instruments = z.array(z.looseObject({ symbol: z.string() })).parse(scenario.instruments);
  const body = {
    ...scenario,
    instruments: [...instruments.filter(({ symbol }) => symbol !== instrument.symbol), instrument],
    users: [...scenario.users, brokerUser],
  };
  await changeStack(status, 'PUT', '/scenario', body);
}

async function succeed(
  writing: PromiseLike<{ readonly error: { readonly message: string } | null }>,
): Promise<void> {
  const { error } = await writing;
  if (error !== null) throw new Error(error.message);
}
