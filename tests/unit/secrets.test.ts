import { describe, expect, it } from 'vitest';
import { currentPrefix, decryptCredentials, encryptCredentials } from '@/lib/credentials';
import { bearerToken, matchesSecret } from '@/lib/http/caller';
import { redact } from '@/lib/log';

const key = Buffer.alloc(32, 1).toString('base64');
const otherKey = Buffer.alloc(32, 2).toString('base64');
const credentials = { userId: 'u', userSecret: 'top-secret' };

describe('stored credentials', () => {
  it('come back as they were, and look different every time', () => {
    const stored = encryptCredentials(credentials, key);
    expect(decryptCredentials(stored, key)).toEqual(credentials);
    expect(encryptCredentials(credentials, key)).not.toBe(stored);
    expect(stored).not.toContain('top-secret');
  });

  it('are refused when altered, with another key, or in an unknown form', () => {
    const stored = encryptCredentials(credentials, key);
    const last = stored.lastIndexOf('.') + 1;
    const altered = stored.slice(0, last) + (stored[last] === 'A' ? 'B' : 'A') + stored.slice(last + 1);
    expect(() => decryptCredentials(altered, key)).toThrow('altered');
    expect(() => decryptCredentials(stored, otherKey)).toThrow('not in CREDENTIALS_KEY');
    for (const text of ['plain text', 'v3.a.b.c.d', 'v2.a.b.c', 'v1.a.b'])
      expect(() => decryptCredentials(text, key)).toThrow('unknown form');
  });

  it('open with whichever key they are encrypted with, and are encrypted with the first', () => {
    const old = encryptCredentials(credentials, key);
    const rotated = `${otherKey},${key}`;
    expect(decryptCredentials(old, rotated)).toEqual(credentials);
    const fresh = encryptCredentials(credentials, rotated);
    expect(decryptCredentials(fresh, otherKey)).toEqual(credentials);
    expect(() => decryptCredentials(fresh, key)).toThrow('not in CREDENTIALS_KEY');
    expect(old.startsWith(currentPrefix(rotated))).toBe(false);
    expect(fresh.startsWith(currentPrefix(rotated))).toBe(true);
  });

  it('that are older than the ids of keys open with any of the keys', () => {
    const [, , ...parts] = encryptCredentials(credentials, key).split('.');
    const old = ['v1', ...parts].join('.');
    expect(decryptCredentials(old, `${otherKey}, ${key}`)).toEqual(credentials);
    expect(() => decryptCredentials(old, otherKey)).toThrow('not in CREDENTIALS_KEY');
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
