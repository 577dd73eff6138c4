import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { hasReadableAddress, ownAddress } from '@/lib/http/address';
import { findFault } from '@/lib/http/refuse-request';

const PATH = '/connections/return';
const vercel = { VERCEL_PROJECT_PRODUCTION_URL: 'portfolio.vercel.app' };

describe('the address of this product', () => {
  it('is APP_URL where that is set, whatever the request claims', () => {
    const headers = new Headers({ 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' });
    expect(ownAddress(headers, PATH, { APP_URL: 'https://portfolio.example' })).toBe(
      'https://portfolio.example/connections/return',
    );
  });

  it('is this machine, or a host of the platform’s, where nothing is set', () => {
    const local = new Headers({ host: 'localhost:3000', 'x-forwarded-proto': 'http' });
    expect(ownAddress(local, PATH, {})).toBe('http://localhost:3000/connections/return');
    const hosted = new Headers({ host: '10.0.0.1', 'x-forwarded-host': 'Portfolio.vercel.app, proxy' });
    expect(ownAddress(hosted, PATH, vercel)).toBe('https://portfolio.vercel.app/connections/return');
  });

  it.each(['evil.example', 'portfolio.vercel.app.evil.example', 'localhost.evil.example'])(
    'is never %s, which only the request names',
    (host) => {
      expect(() => ownAddress(new Headers({ host }), PATH, vercel)).toThrow(AppError);
    },
  );
});

describe('headers that name a host', () => {
  it.each(['localhost:3000', 'portfolio.example', '[::1]:3000', '10.0.0.1', 'a.example, b.example:8443'])(
    '%s is readable',
    (host) => {
      expect(hasReadableAddress(new Headers({ host, 'x-forwarded-proto': 'https,http' }))).toBe(true);
    },
  );

  it.each(['evil example', 'a/b', 'user@host', 'host:port', '', 'a,,b', '<script>'])(
    '%j is refused',
    (host) => {
      expect(hasReadableAddress(new Headers({ 'x-forwarded-host': host }))).toBe(false);
    },
  );

  it.each(['ht tp', 'javascript', ''])('the protocol %j is refused', (protocol) => {
    expect(hasReadableAddress(new Headers({ 'x-forwarded-proto': protocol }))).toBe(false);
  });
});

describe('the head of a request', () => {
  const fault = (method: string, target: string, headers: Record<string, string> = {}) =>
    findFault({ method, target, headers: new Headers({ host: 'app.example', ...headers }) })?.code ?? null;

  it.each(['/', '/admin/runs/x?y=%ff', '/api/portfolio/history?period=1Y', '/%E2%82%AC'])(
    '%s passes',
    (target) => {
      expect(fault('GET', target)).toBeNull();
    },
  );

  it.each(['/admin/runs/%ff', '/api/..%zz', '/%', '/%00', '/%c0%80', '*', 'http://evil.example/', ''])(
    '%s is refused',
    (target) => {
      expect(fault('GET', target)).toBe('bad_request');
    },
  );

  it.each(['TRACE', 'PROPFIND', 'CONNECT', 'get'])('the method %s is refused', (method) => {
    expect(fault(method, '/')).toBe('method_not_allowed');
  });

  it('is refused when it announces more than any body of ours', () => {
    expect(fault('POST', '/', { 'content-length': '1048577' })).toBe('payload_too_large');
    expect(fault('POST', '/', { 'content-length': '1048576' })).toBeNull();
  });

  it.each(['https://evil.example', 'null', 'nonsense', 'https://app.example.evil.example'])(
    'is refused on a page when it comes from %s',
    (origin) => {
      expect(fault('POST', '/', { origin })).toBe('forbidden');
      expect(fault('GET', '/', { origin })).toBeNull();
    },
  );

  it('passes when it comes from our own page, also behind a proxy', () => {
    expect(fault('POST', '/', { origin: 'https://app.example' })).toBeNull();
    const behind = { origin: 'https://public.example', 'x-forwarded-host': 'public.example' };
    expect(fault('POST', '/', behind)).toBeNull();
  });
});
