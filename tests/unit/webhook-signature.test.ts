import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedBySnapTrade } from '@/lib/webhooks/event';

const KEY = 'consumer-key-test';

/** What Python's `json.dumps` sends, and what its `hmac` says of it with sorted keys: with escapes, and without. */
const FROM_PYTHON = {
  body: String.raw`{"webhookId": "b7c1", "eventType": "ACCOUNT_HOLDINGS_UPDATED", "details": {"total_value": {"success": true, "error": null}, "note": "Z\u00fcrich \u2013 \u65e5\u672c \ud83d\ude42 \u007f \" \\ \n / </b>"}, "userId": "ada", "10": 1, "9": [1.0, 2.5, -3, 1e+22], "\ufb01": 1, "\ud83d\ude42": 2}`,
  escaped: 'wqHOFRUKXOVpvyB99klbfBsZCICXj0gQp0AAZ8UR5og=',
  unescaped: 'O3CCsaxFiRZiRdfLMNuFn/GdhyZvb/81G7uEJiCjF+Q=',
};

function sign(text: string, key = KEY): string {
  return createHmac('sha256', key).update(text).digest('base64');
}

describe('the signature of a webhook', () => {
  it('that Python made is recognised, with letters beyond ASCII, odd keys and numbers that JavaScript would rewrite', () => {
    expect(isSignedBySnapTrade(FROM_PYTHON.body, FROM_PYTHON.escaped, KEY)).toBe(true);
  });

  it('over the text without escapes is recognised too', () => {
    expect(isSignedBySnapTrade(FROM_PYTHON.body, FROM_PYTHON.unescaped, KEY)).toBe(true);
  });

  it('does not depend on how the body was escaped, ordered or spaced on its way', () => {
    const respelled = '{\n "b": {"y":1, "x":"é"},\n "a": [true, null]}';
    expect(
      isSignedBySnapTrade(respelled, sign(String.raw`{"a":[true,null],"b":{"x":"\u00e9","y":1}}`), KEY),
    ).toBe(true);
  });

  it.each([
    { name: 'none', signature: null },
    { name: 'an empty one', signature: '' },
    { name: 'one of another key', signature: sign('{"a":1}', 'another-key') },
    { name: 'one of another body', signature: sign('{"a":2}') },
    { name: 'a part of the right one', signature: sign('{"a":1}').slice(0, -1) },
    {
      name: 'the right one in hexadecimal',
      signature: createHmac('sha256', KEY).update('{"a":1}').digest('hex'),
    },
  ])('is refused when it is $name', ({ signature }) => {
    expect(isSignedBySnapTrade('{"a":1}', signature, KEY)).toBe(false);
  });

  it('is not worked out for a body with far more in it than an event has, even a right one', () => {
    const body = JSON.stringify(Array.from({ length: 600 }, (_, index) => index));
    expect(isSignedBySnapTrade(body, sign(body), KEY)).toBe(false);
  });

  it.each([
    { name: 'nothing', body: '' },
    { name: 'half a document', body: '{"a":' },
    { name: 'a document nested without end', body: '['.repeat(60_000) + ']'.repeat(60_000) },
  ])('is refused over $name, even when the bytes are signed', ({ body }) => {
    expect(isSignedBySnapTrade(body, sign(body), KEY)).toBe(false);
  });

  it('of any event holds, and no longer when one of its texts is changed', () => {
    const event = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { minKeys: 1 });
    fc.assert(
      fc.property(event, fc.string(), (payload, other) => {
        const [key = ''] = Object.keys(payload);
        const byKey = ([a]: [string, string], [b]: [string, string]) =>
          Buffer.compare(Buffer.from(a), Buffer.from(b));
        const members = Object.entries(payload).sort(byKey);
        const text = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
        expect(isSignedBySnapTrade(JSON.stringify(payload), sign(text), KEY)).toBe(true);
        const changed = JSON.stringify({ ...payload, [key]: `${payload[key]}${other}!` });
        expect(isSignedBySnapTrade(changed, sign(text), KEY)).toBe(false);
      }),
    );
  });
});
