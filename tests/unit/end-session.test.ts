import { expect, it } from 'vitest';
import { endSession } from '@/lib/http/session';

/** Nothing listens there. */
const UNREACHABLE = {
  NEXT_PUBLIC_SUPABASE_URL: 'http://127.0.0.1:9',
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_test',
  SUPABASE_SECRET_KEY: 'sb_secret_test',
};

it.each([
  ['a session', '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f'],
  ['a session that cannot be read', 'nobody'],
])('signing out ends %s in the browser even when the Auth server cannot be reached', async (_, user) => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const expiresAt = 4_000_000_000;
  const session = {
    access_token: `${encode({ alg: 'HS256' })}.${encode({ sub: 'a', exp: expiresAt })}.c2ln`,
    refresh_token: 'refresh',
    expires_at: expiresAt,
    expires_in: 3600,
    token_type: 'bearer',
    user: { id: user },
  };
  const jar = new Map([
    ['sb-127-auth-token', `base64-${encode(session)}`],
    ['theme', 'dark'],
  ]);
  await endSession(UNREACHABLE, {
    getAll: () => [...jar].map(([name, value]) => ({ name, value })),
    set: (name, value) => jar.set(name, value),
    delete: (name) => jar.delete(name),
  });
  expect([...jar.keys()]).toEqual(['theme']);
});
