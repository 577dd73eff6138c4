import { describe, expect, it } from 'vitest';
import { foldNetworkError, foldRefusal, readRefusal } from '@/lib/providers/snaptrade/errors';

function fold(status: number, code: string | null, headers: Record<string, string> = {}) {
  const body = code === null ? '<html>' : { detail: 'text with userSecret=abc', status_code: status, code };
  return foldRefusal('someCall', readRefusal(status, headers, body));
}

describe('a refusal', () => {
  it.each([
    [400, '1006', 'bad_data'],
    [401, '0000', 'needs_reconnect'],
    [401, '1076', 'keys_refused'],
    [401, null, 'unavailable'],
    [402, '3003', 'needs_reconnect'],
    [403, '1066', 'needs_reconnect'],
    [403, '1141', 'unavailable'],
    [403, null, 'unavailable'],
    [404, '1011', 'needs_reconnect'],
    [404, null, 'unavailable'],
    [425, '3012', 'unavailable'],
    [429, '0000', 'rate_limited'],
    [429, null, 'rate_limited'],
    [500, '1000', 'unavailable'],
    [501, null, 'unavailable'],
    [503, '3002', 'unavailable'],
    [302, null, 'unavailable'],
  ])('with status %i and code %s is %s', (status, code, kind) => {
    expect(fold(status, code)).toMatchObject({ kind });
  });

  it('does not repeat the text of the provider, and keeps the id of the request', () => {
    const error = fold(503, '3002', { 'x-request-id': 'req-1' });
    expect(error.message).toBe('SnapTrade answered someCall with status 503, code 3002');
    expect(error.requestId).toBe('req-1');
  });

  it('is read in either spelling of the body', () => {
    expect(readRefusal(400, {}, { default_detail: 'x', default_code: 1006 }).code).toBe('1006');
  });
});

describe('the wait after a rate limit', () => {
  const throttled = { detail: 'Request was throttled. Expected available in 7 seconds.', code: '0000' };

  it.each([
    [{ 'x-ratelimit-reset': '42' }, throttled, 42_000],
    [{}, throttled, 7_000],
    [{}, { detail: 'Expected available in 1 second.' }, 1_000],
    [{ 'x-ratelimit-reset': '0' }, null, 1_000],
    [{ 'x-ratelimit-reset': 'soon' }, null, null],
    [{}, { detail: 'slow down' }, null],
    [{}, null, null],
  ])('with headers %j and body %j is %s ms', (headers, body, waitMs) => {
    expect(readRefusal(429, headers, body).retryAfterMs).toBe(waitMs);
  });
});

describe('a request without an answer', () => {
  it.each(['ERR_CANCELED', 'ECONNABORTED', 'ETIMEDOUT'])('that ended with %s took too long', (code) => {
    const error = foldNetworkError('someCall', Object.assign(new Error('secret'), { code }), 500);
    expect(error).toMatchObject({
      kind: 'unavailable',
      message: 'SnapTrade did not answer someCall within 500 ms',
    });
  });

  it('carries nothing of the original error but a short code', () => {
    const original = Object.assign(new Error('https://x/?userSecret=abc'), {
      code: 'ENOTFOUND',
      url: 'https://x',
    });
    const error = foldNetworkError('someCall', original, 500);
    expect(error.message).toBe('SnapTrade could not be reached for someCall (ENOTFOUND)');
    expect(error.cause).toBeUndefined();
  });

  it.each([{ code: 'https://x/?userSecret=abc' }, { code: 7 }, 'text', null])(
    '%j leaves no trace',
    (original) => {
      expect(foldNetworkError('someCall', original, 500).message).toBe(
        'SnapTrade could not be reached for someCall',
      );
    },
  );
});
