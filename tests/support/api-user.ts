import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { inject } from 'vitest';
import { z } from 'zod';
import { encryptCredentials } from '@/lib/credentials';
import { serviceClient } from './api';
import { type AccountInput, account, connection, user } from './scenario';

/** A user of a test's own at the running app, linked to an account at its brokerage. */
export interface ApiUser {
  readonly id: string;
  readonly accessToken: string;
  readonly accountId: string;
  /** Takes the user's data away, so that other tests do not meet it. */
  remove(): Promise<void>;
}

interface ApiUserParts {
  readonly account?: Partial<AccountInput>;
  /** A trading day since which the account is expected, though nothing was captured; null when it was never asked. */
  readonly knownSince?: string | null;
  /** Until when no scheduled tick asks for it; null for at once. */
  readonly notBefore?: string | null;
}

/** Signs a user up, opens an account for them at the sandbox brokerage, and links it. */
export async function linkApiUser(parts: ApiUserParts = {}): Promise<ApiUser> {
  const { status, credentialsKey } = inject('testApp');
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
  await addToSandbox(brokerUser);

  const visitor = createClient(status.supabaseUrl, status.publishableKey, {
    auth: { persistSession: false },
  });
  const { data } = await visitor.auth.signUp({ email: `${key}@example.com`, password: key });
  if (data.user === null || data.session === null) throw new Error('cannot sign up');
  const id = data.user.id;

  const service = serviceClient();
  await succeed(service.from('portfolios').insert({ user_id: id }));
  await succeed(
    service.from('brokerage_connections').insert({
      id: key,
      user_id: id,
      provider: 'snaptrade',
      external_id: `connection-${key}`,
      institution: 'Test Brokerage',
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
    accessToken: data.session.access_token,
    accountId: `account-${key}`,
    remove: () => succeed(service.from('portfolios').delete().eq('user_id', id)),
  };
}

async function addToSandbox(brokerUser: ReturnType<typeof user>): Promise<void> {
  const control = `${inject('testApp').status.sandboxUrl}/_control`;
  const state: unknown = await (await fetch(`${control}/state`)).json();
  const { scenario } = z.object({ scenario: z.looseObject({ users: z.array(z.unknown()) }) }).parse(state);
  const instrument = { symbol: 'SANDBOX-500' };
  const instruments = z.array(z.looseObject({ symbol: z.string() })).parse(scenario.instruments);
  const body = {
    ...scenario,
    instruments: [...instruments.filter(({ symbol }) => symbol !== instrument.symbol), instrument],
    users: [...scenario.users, brokerUser],
  };
  const answer = await fetch(`${control}/scenario`, { method: 'PUT', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the sandbox refused another user: ${await answer.text()}`);
}

async function succeed(
  writing: PromiseLike<{ readonly error: { readonly message: string } | null }>,
): Promise<void> {
  const { error } = await writing;
  if (error !== null) throw new Error(error.message);
}
