import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNextPath, signInPath } from '@/lib/http/address';

const HERE = 'https://portfolio.example';

describe('where somebody goes after signing in', () => {
  it.each(['/', '/?period=1Y&show=return', '/data-quality', '/connections?broken=1'])(
    '%s is kept',
    (path) => {
      expect(readNextPath(path)).toBe(path);
    },
  );

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    '/./\\evil.example',
    '/..///evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'evil.example',
    '/ /evil.example',
    '',
    undefined,
    ['/data-quality', '/data-quality'],
  ])('%j leads to the portfolio', (path) => {
    expect(readNextPath(path)).toBe('/');
  });

  const staysHere = (text: string): void => {
    const path = readNextPath(text);
    expect(new URL(path, HERE).origin).toBe(HERE);
    // Reading it again, as the browser does, changes nothing any more.
    expect(readNextPath(path)).toBe(path);
  };

  // Whole addresses are slow to make.
  it('is on this site, whatever the address said', { timeout: 60_000 }, () => {
    const anything = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.webPath(),
      fc.string().map((text) => `/${text}`),
    );
    fc.assert(fc.property(anything, staysHere));
  });

  it('is on this site, whatever pieces a path is put together from', () => {
    const pieces = [
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      'evil.example',
      'x',
      '?',
      '#',
      '@',
      ':',
    ];
    const path = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => `/${parts.join('')}`);
    fc.assert(fc.property(path, staysHere), { numRuns: 1_000 });
  });

  it('is carried by the address of the sign-in page, unless it is the portfolio', () => {
    expect(signInPath('/')).toBe('/sign-in');
    const { searchParams } = new URL(signInPath('/?period=1Y&view=table'), HERE);
    expect(readNextPath(searchParams.get('next'))).toBe('/?period=1Y&view=table');
  });
});
