import { createHmac } from 'node:crypto';

/** A token with other claims, signed anew with this secret. */
export function signAnew(token: string, claims: object, secret: string): string {
  const [header = '', payload = ''] = token.split('.');
  const changed = encode({ ...decode(payload), ...claims });
  const signature = createHmac('sha256', secret).update(`${header}.${changed}`).digest('base64url');
  return `${header}.${changed}.${signature}`;
}

/** A token with other claims that claims to need no signature. */
export function withoutSignature(token: string, claims: object): string {
  const [, payload = ''] = token.split('.');
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ ...decode(payload), ...claims })}.`;
}

/** Tokens that nobody may be let in by, though each claims to be an administrator's, or the server's own. */
export function worthlessTokens(token: string, secret: string): Readonly<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000);
  const admin = { app_metadata: { role: 'admin' } };
  return {
    expired: signAnew(token, { ...admin, iat: 1_600_000_000, exp: 1_600_003_600 }, secret),
    forged: signAnew(token, admin, 'not-the-secret-of-this-stack'),
    'forged service role': signAnew(token, { role: 'service_role', exp: now + 3600 }, 'not-the-secret'),
    'alg none': withoutSignature(token, admin),
    'alg none service role': withoutSignature(token, { role: 'service_role', exp: now + 3600 }),
    'no token at all': 'nothing',
  };
}

function decode(part: string): object {
  return Object(JSON.parse(Buffer.from(part, 'base64url').toString()));
}

function encode(claims: object): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}
