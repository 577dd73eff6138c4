import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { StandIn } from './gate';
import { signAnew } from './tokens';

/** The only code that is right. */
export const RIGHT_CODE = '246810';
export const SECRET_OF_FACTOR = 'JBSWY3DPEHPK3PXP';
/** Where Supabase's Auth server has what the embedded one lacks: authenticators. */
export const FACTORS = '/auth/v1/factors';

const enrolment = z.looseObject({ factor_type: z.literal('totp') });
const attempt = z.looseObject({ challenge_id: z.uuid(), code: z.string() });

/** Answers as Supabase does about one user's authenticator: it is set up, challenged, and a right code makes the session `aal2`. */
export function standInForFactors(jwtSecret: string): StandIn {
  const factorId = randomUUID();
  const challengeId = randomUUID();
  return ({ method, path, token, body }) => {
    if (method !== 'POST') return null;
    if (path === FACTORS && enrolment.safeParse(body).success)
      return {
        status: 200,
        body: { id: factorId, type: 'totp', totp: { secret: SECRET_OF_FACTOR, qr_code: '', uri: '' } },
      };
    if (path === `${FACTORS}/${factorId}/challenge`)
      return { status: 200, body: { id: challengeId, type: 'totp', expires_at: 4_102_444_800 } };
    const tried = attempt.safeParse(body).data;
    if (path !== `${FACTORS}/${factorId}/verify` || tried?.challenge_id !== challengeId) return null;
    if (tried.code !== RIGHT_CODE)
      return { status: 422, body: { code: 'mfa_verification_failed', message: 'Invalid TOTP code entered' } };
    const [, claims = ''] = token.split('.');
    const { sub, email } = z
      .looseObject({ sub: z.uuid(), email: z.string() })
      .parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
    return {
      status: 200,
      body: {
        access_token: signAnew(token, { aal: 'aal2' }, jwtSecret),
        refresh_token: 'of-the-session-with-both',
        token_type: 'bearer',
        expires_in: 3_600,
        user: { id: sub, email, aud: 'authenticated', app_metadata: {}, user_metadata: {}, created_at: '' },
      },
    };
  };
}
