import { describe, expect, it } from 'vitest';
import { readUnsubscribeToken, unsubscribeToken } from '@/lib/messages/unsubscribe';

const KEY = 'a key of this deployment';
const WHOSE = { userId: '0e173281-fb2a-4221-af6d-8c15689c4c31', topic: 'question' } as const;

describe('the link that ends messages', () => {
  const token = unsubscribeToken(WHOSE, KEY);

  it('says whose and which messages, to whoever has the key', () => {
    expect(readUnsubscribeToken(token, KEY)).toEqual(WHOSE);
  });

  it('still works while the key is rotated, and is signed with the new one', () => {
    expect(readUnsubscribeToken(token, `a new key,${KEY}`)).toEqual(WHOSE);
    expect(unsubscribeToken(WHOSE, `a new key,${KEY}`)).toBe(unsubscribeToken(WHOSE, 'a new key'));
  });

  it.each([
    { name: 'nothing', given: null },
    { name: 'an empty text', given: '' },
    { name: 'another topic', given: token.replace('question', 'connection_broken') },
    { name: 'another user', given: token.replace('0e17', '0e18') },
    { name: 'no signature', given: token.split('.').slice(0, 2).join('.') },
    { name: 'half a signature', given: token.slice(0, -5) },
    { name: 'something more', given: `${token}.more` },
    { name: 'the signature of another key', given: unsubscribeToken(WHOSE, 'another key') },
  ])('is none with $name', ({ given }) => {
    expect(readUnsubscribeToken(given, KEY)).toBeNull();
  });
});
