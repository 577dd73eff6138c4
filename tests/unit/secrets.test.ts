import { describe, expect, it } from 'vitest';
import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import { bearerToken, matchesSecret } from '@/lib/http/caller';
import { redact } from '@/lib/log';

const key = Buffer.alloc(32, 1).toString('base64');
const credentials = { userId: 'u', userSecret: 'top-secret' };

describe('stored credentials', () => {
  it('come back as they were, and look different every time', () => {
    const stored = encryptCredentials(credentials, key);
    expect(decryptCredentials(stored, key)).toEqual(credentials);
    expect(encryptCredentials(credentials, key)).not.toBe(stored);
    expect(stored).not.toContain('top-secret');
  });

  it('are refused when altered, with another key, or in an unknown form', () => {
    const [version, nonce, tag, text = ''] = encryptCredentials(credentials, key).split('.');
    const altered = [
      version,
      nonce,
      tag,
      text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`,
    ].join('.');
    expect(() => decryptCredentials(altered, key)).toThrow();
    expect(() =>
      decryptCredentials(encryptCredentials(credentials, key), Buffer.alloc(32, 2).toString('base64')),
    ).toThrow();
    expect(() => decryptCredentials('plain text', key)).toThrow('unknown form');
  });
});

describe('a secret', () => {
  it('matches itself alone', () => {
    expect(matchesSecret('the-secret', 'the-secret')).toBe(true);
    expect(matchesSecret('the-secreT', 'the-secret')).toBe(false);
    expect(matchesSecret('the-secret-and-more', 'the-secret')).toBe(false);
  });

  it('that is not set matches nothing, whatever is sent', () => {
    for (const given of ['undefined', '', 'null', null, undefined]) {
      expect(matchesSecret(given, undefined)).toBe(false);
      expect(matchesSecret(given, '')).toBe(false);
    }
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Bearer', null],
    ['Bearer ', null],
    ['Basic abc', null],
    ['Bearer a b', null],
  ])('reads the token of %j as %j', (header, token) => {
    expect(bearerToken(new Request('https://app.example', { headers: { authorization: header } }))).toBe(
      token,
    );
  });
});

describe('a log line', () => {
  it('blanks secrets by the name of their field and by their form in text', () => {
    const line = JSON.stringify(
      {
        userSecret: 'one',
        nested: {
          Authorization: 'Bearer two',
          message: 'GET /accounts?userId=u&userSecret=three&Signature=four failed',
        },
        detail: 'sent Bearer five and sb_secret_six',
      },
      redact,
    );
    for (const secret of ['one', 'two', 'three', 'four', 'five', 'six']) expect(line).not.toContain(secret);
    expect(line).toContain('userId=u');
  });
});
