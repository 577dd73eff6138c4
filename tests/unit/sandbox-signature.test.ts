import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedBy, signRequest, toSortedJson } from '@/lib/local/sandbox/signature';

const REQUEST = { content: null, path: '/accounts', query: 'clientId=A&timestamp=1' };

describe('the signature of a request', () => {
  it('is the one that another HMAC implementation gives', () => {
    // printf '{"content":null,"path":"/accounts","query":"clientId=A&timestamp=1"}' | openssl dgst -sha256 -hmac key -binary | base64
    expect(signRequest(REQUEST, 'key')).toBe('x7A0rpe9EMSAXSlCLEyjym6zLyh9rgKiu3WHtCD/qyI=');
  });

  it('covers the path, the query as it was sent, and the body', () => {
    const signature = signRequest(REQUEST, 'key');
    expect(isSignedBy(REQUEST, signature, 'key')).toBe(true);
    expect(isSignedBy({ ...REQUEST, path: '/api/v1/accounts' }, signature, 'key')).toBe(false);
    expect(isSignedBy({ ...REQUEST, query: 'timestamp=1&clientId=A' }, signature, 'key')).toBe(false);
    expect(isSignedBy({ ...REQUEST, content: { a: 1 } }, signature, 'key')).toBe(false);
    expect(isSignedBy(REQUEST, signature, 'other')).toBe(false);
    expect(isSignedBy(REQUEST, '', 'key')).toBe(false);
  });

  it('sorts keys at every depth and leaves lists in order', () => {
    expect(toSortedJson({ b: [{ d: 1, c: 2 }, 3], a: { z: null, y: 'x' } })).toBe(
      '{"a":{"y":"x","z":null},"b":[{"c":2,"d":1},3]}',
    );
  });

  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
        const reversed = Object.fromEntries(Object.entries(content).reverse());
        expect(signRequest({ ...REQUEST, content: reversed }, 'key')).toBe(
          signRequest({ ...REQUEST, content }, 'key'),
        );
      }),
    );
  });
});
