import { describe, expect, it } from 'vitest';
import { damagedSessionCookies, readableCookies, sessionCookieOptions } from '@/lib/db/clients';

const NAME = 'sb-project-auth-token';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({ alg: 'HS256' })}.${encode({ sub: 'somebody' })}.c2lnbmF0dXJl`;
const session = {
  access_token: token,
  refresh_token: 'refresh',
  expires_at: 1_800_000_000,
  user: { id: '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f' },
};
const whole = `base64-${encode(session)}`;

describe('a session cookie', () => {
  it.each([
    ['in one piece', [{ name: NAME, value: whole }]],
    ['without encoding', [{ name: NAME, value: JSON.stringify(session) }]],
    [
      'in parts, in any order',
      [
        { name: `${NAME}.1`, value: whole.slice(100) },
        { name: `${NAME}.0`, value: whole.slice(0, 100) },
      ],
    ],
  ])('%s is kept', (_, cookies) => {
    expect(damagedSessionCookies(cookies)).toEqual([]);
    expect(readableCookies(cookies)).toEqual(cookies);
  });

  it.each([
    ['that is no base64', 'base64-garbage!'],
    ['that is no JSON', 'base64-garbage'],
    ['cut off', whole.slice(0, -20)],
    ['whose user is a scalar', `base64-${encode({ ...session, user: 5 })}`],
    ['that is a scalar', 'base64-NQ'],
    ['that is nothing', ''],
    ['without a user', `base64-${encode({ ...session, user: undefined })}`],
    ['whose token is no token', `base64-${encode({ ...session, access_token: 'a.b.c' })}`],
    ['whose token is a number', `base64-${encode({ ...session, access_token: 7 })}`],
    ['with bytes that are no text', `base64-${Buffer.from([0xff, 0xfe]).toString('base64url')}`],
  ])('%s counts as none, with all of its parts', (_, value) => {
    const other = { name: 'theme', value: 'dark' };
    const cookies = [other, { name: `${NAME}.0`, value }, { name: `${NAME}.4`, value: 'stray' }];
    expect(damagedSessionCookies(cookies)).toEqual([`${NAME}.0`, `${NAME}.4`]);
    expect(readableCookies(cookies)).toEqual([other]);
  });

  it('is out of reach of scripts and other sites, and lasts for thirty days', () => {
    expect(sessionCookieOptions({ maxAge: 34_560_000 })).toMatchObject({
      httpOnly: true,
      sameSite: 'lax',
      maxAge: 2_592_000,
    });
    expect(sessionCookieOptions({ maxAge: 0 }).maxAge).toBe(0);
  });
});
