import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEnv } from '@/lib/env';
import { requireAdministrator, requireCaller } from '@/lib/http/caller';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';
import { signAnew } from '../support/tokens';

let stack: TestStack;
let administrator: TestUser;
let user: TestUser;
beforeAll(async () => {
  stack = await startTestStack();
  administrator = await stack.createUser();
  user = await stack.createUser();
  await stack.sql`
    update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"role": "admin"}'
    where id = ${administrator.id}`;
});
afterAll(() => stack.close());

const settings = (required: 'true' | 'false') =>
  parseEnv({
    NEXT_PUBLIC_SUPABASE_URL: stack.supabaseUrl,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: stack.keys.publishableKey,
    SUPABASE_SECRET_KEY: stack.keys.secretKey,
    CRON_SECRET: 'a-secret-of-the-cron',
    CREDENTIALS_KEY: Buffer.alloc(32).toString('base64'),
    SNAPTRADE_CLIENT_ID: 'unused',
    SNAPTRADE_CONSUMER_KEY: 'unused',
    ADMIN_SECOND_FACTOR: required,
  });
const by = (token: string) =>
  new Request('https://app.example/', { headers: { authorization: `Bearer ${token}` } });
const withLevel = ({ accessToken }: TestUser, aal: string) =>
  signAnew(accessToken, { aal }, stack.keys.jwtSecret);

describe('where administrators need a second factor', () => {
  it('the role alone opens nothing', async () => {
    const request = by(withLevel(administrator, 'aal1'));
    const caller = await requireCaller(request, settings('true'));
    expect(caller).toMatchObject({ isAdministrator: false, lacksSecondFactor: true });
    await expect(requireAdministrator(request, settings('true'))).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('second factor'),
    });
  });

  it('a session with both is an administrator’s', async () => {
    const caller = await requireCaller(by(withLevel(administrator, 'aal2')), settings('true'));
    expect(caller).toMatchObject({ isAdministrator: true, lacksSecondFactor: false });
  });

  it('a second factor makes nobody an administrator', async () => {
    const caller = await requireCaller(by(withLevel(user, 'aal2')), settings('true'));
    expect(caller).toMatchObject({ isAdministrator: false, lacksSecondFactor: false });
  });

  it('a token that claims one and is signed by somebody else is nobody’s', async () => {
    const forged = signAnew(administrator.accessToken, { aal: 'aal2' }, 'another secret');
    await expect(requireCaller(by(forged), settings('true'))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

it('where it is not required, the password is enough', async () => {
  const caller = await requireCaller(by(withLevel(administrator, 'aal1')), settings('false'));
  expect(caller).toMatchObject({ isAdministrator: true, lacksSecondFactor: false });
});
